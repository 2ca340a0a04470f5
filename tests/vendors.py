"""What the four wires answer, in the vendors' own shapes, streamed and plain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

WIRES = ("openai", "anthropic", "gemini", "ollama")
MODELS = {
    "openai": "openai/gpt-4o",
    "anthropic": "anthropic/claude-sonnet-4-6",
    "gemini": "gemini/gemini-flash-latest",
    "ollama": "ollama/llava",
}
ADDRESS = {
    "openai": "OPENAI_BASE_URL",
    "anthropic": "ANTHROPIC_BASE_URL",
    "gemini": "GOOGLE_GEMINI_BASE_URL",
    "ollama": "OLLAMA_HOST",
}
KEYS = {"openai": "OPENAI_API_KEY", "anthropic": "ANTHROPIC_API_KEY", "gemini": "GEMINI_API_KEY"}
PIECES = ("A **red** square", " on a", " white ground.")
TEXT = "".join(PIECES)


def wire_of(path: str) -> str:
    if path.endswith("/chat/completions") or "/publishers/mistralai/" in path:
        return "openai"
    if path.endswith("/v1/messages") or "/publishers/anthropic/" in path:
        return "anthropic"
    return "ollama" if path.endswith("/api/chat") else "gemini"


def is_stream(path: str, body: dict[str, Any]) -> bool:
    return "streamGenerateContent" in path or body.get("stream") is True


def plain(wire: str, text: str = TEXT) -> bytes:
    match wire:
        case "openai":
            message = {"role": "assistant", "content": text, "refusal": None}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            usage = {"prompt_tokens": 85, "completion_tokens": 9, "total_tokens": 94}
            answer = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1}
            answer |= {"model": "gpt-4o-2024-08-06", "choices": [choice], "usage": usage}
        case "anthropic":
            answer = {"id": "msg_1", "type": "message", "role": "assistant"}
            answer |= {"model": "claude-sonnet-4-6", "stop_reason": "end_turn"}
            answer |= {"content": [{"type": "text", "text": text}], "stop_sequence": None}
            answer |= {"usage": {"input_tokens": 85, "output_tokens": 9}}
        case "gemini":
            answer = _gemini(text, "STOP")
        case _:
            answer = {"model": "llava", "message": {"role": "assistant", "content": text}}
            answer |= {"done": True, "done_reason": "stop"}
            answer |= {"prompt_eval_count": 85, "eval_count": 9}
    return json.dumps(answer).encode()


def _gemini(text: str, reason: str | None) -> dict[str, Any]:
    content = {"role": "model", "parts": [{"text": text}]}
    candidate: dict[str, Any] = {"index": 0, "content": content}
    if reason:
        candidate["finishReason"] = reason
    usage = {"promptTokenCount": 85, "candidatesTokenCount": 9, "totalTokenCount": 94}
    return {
        "candidates": [candidate],
        "usageMetadata": usage,
        "modelVersion": "gemini-flash",
        "responseId": "r1",
    }


def streamed(wire: str, pieces: Sequence[str] = PIECES, *, whole: bool = True) -> list[bytes]:
    """The body in pieces; whole=False leaves out everything that says the answer has ended."""
    match wire:
        case "openai":
            chunks = [_chunk({"role": "assistant", "content": ""}, None)]
            chunks += [_chunk({"content": piece}, None) for piece in pieces]
            usage = {"prompt_tokens": 85, "completion_tokens": 9, "total_tokens": 94}
            last = {**_chunk({}, None), "choices": [], "usage": usage}
            end = [_chunk({}, "stop"), last] if whole else []
            frames = [_sse(chunk) for chunk in [*chunks, *end]]
            return [*frames, b"data: [DONE]\n\n"] if whole else frames
        case "anthropic":
            return [_sse(event, event["type"]) for event in _anthropic(pieces, whole=whole)]
        case "gemini":
            last = "STOP" if whole else None
            ends = [None] * (len(pieces) - 1) + [last]
            return [_sse(_gemini(p, e)) for p, e in zip(pieces, ends, strict=True)]
    lines = [{"message": {"role": "assistant", "content": p}, "done": False} for p in pieces]
    end = json.loads(plain("ollama", "")) if whole else None
    return [
        json.dumps({"model": "llava", **line}).encode() + b"\n" for line in [*lines, end] if line
    ]


def _chunk(delta: dict[str, Any], reason: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o"}
    return {**head, "choices": [choice]}


def _anthropic(pieces: Sequence[str], *, whole: bool) -> list[dict[str, Any]]:
    message = json.loads(plain("anthropic", "")) | {"content": [], "stop_reason": None}
    block = {"type": "content_block_start", "index": 0}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": message},
        {**block, "content_block": {"type": "text", "text": ""}},
        {"type": "ping"},
    ]
    for piece in pieces:
        delta = {"type": "text_delta", "text": piece}
        events.append({"type": "content_block_delta", "index": 0, "delta": delta})
    if whole:
        delta = {"stop_reason": "end_turn", "stop_sequence": None}
        events.append({"type": "content_block_stop", "index": 0})
        events.append({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 9}})
        events.append({"type": "message_stop"})
    return events


def _sse(data: dict[str, Any], event: str = "") -> bytes:
    head = f"event: {event}\n" if event else ""
    return f"{head}data: {json.dumps(data)}\n\n".encode()

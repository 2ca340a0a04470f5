"""Says one answer on every wire, streamed and whole, as a provider would."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Speech:
    """pieces: (is it reasoning, text). full: the length limit was reached."""

    pieces: tuple[tuple[bool, str], ...]
    full: bool = False
    input: int | None = None
    output: int | None = None
    ascii: bool = True

    @property
    def text(self) -> str:
        return "".join(text for thought, text in self.pieces if not thought)

    @property
    def reasoning(self) -> str:
        return "".join(text for thought, text in self.pieces if thought)

    def dump(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=self.ascii)

    def frames(self, values: Iterable[Any]) -> bytes:
        return "".join(f"data: {self.dump(value)}\n\n" for value in values).encode()


def given(**members: Any) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def openai_stream(said: Speech) -> bytes:
    def chunk(delta: Any, finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {"id": "c1", "model": "m", "choices": [choice]}

    counts = given(prompt_tokens=said.input, completion_tokens=said.output)
    pieces = [
        chunk({"reasoning_content" if thought else "content": text})
        for thought, text in said.pieces
    ]
    end = chunk({}, "length" if said.full else "stop")
    usage = {"id": "c1", "model": "m", "choices": [], "usage": counts}
    return said.frames([chunk({"role": "assistant"}), *pieces, end, usage]) + b"data: [DONE]\n\n"


def openai_whole(said: Speech) -> bytes:
    message = {"content": said.text or None, "reasoning_content": said.reasoning or None}
    choice = {"index": 0, "message": message, "finish_reason": "length" if said.full else "stop"}
    counts = given(prompt_tokens=said.input, completion_tokens=said.output)
    return said.dump({"id": "c1", "model": "m", "choices": [choice], "usage": counts}).encode()


def anthropic_stream(said: Speech) -> bytes:
    message = {"id": "c1", "model": "m", "content": [], "usage": given(input_tokens=said.input)}
    events: list[dict[str, Any]] = [{"type": "message_start", "message": message}]
    for thought, text in said.pieces:
        delta = (
            {"type": "thinking_delta", "thinking": text}
            if thought
            else {"type": "text_delta", "text": text}
        )
        events.append({"type": "content_block_delta", "index": 0, "delta": delta})
    stop = {"stop_reason": "max_tokens" if said.full else "end_turn"}
    events.append(
        {"type": "message_delta", "delta": stop, "usage": given(output_tokens=said.output)}
    )
    events.append({"type": "message_stop"})
    return "".join(f"event: {e['type']}\ndata: {said.dump(e)}\n\n" for e in events).encode()


def anthropic_whole(said: Speech) -> bytes:
    content = [
        {"type": "thinking", "thinking": text} if thought else {"type": "text", "text": text}
        for thought, text in said.pieces
    ]
    stop = "max_tokens" if said.full else "end_turn"
    usage = given(input_tokens=said.input, output_tokens=said.output)
    whole = {"id": "c1", "model": "m", "content": content, "stop_reason": stop, "usage": usage}
    return said.dump(whole).encode()


def gemini_response(said: Speech, parts: list[Any], *, last: bool) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if last:
        candidate["finishReason"] = "MAX_TOKENS" if said.full else "STOP"
    counts = given(promptTokenCount=said.input, candidatesTokenCount=said.output)
    known = {"responseId": "c1", "modelVersion": "m"}
    return {"candidates": [candidate], **known, **({"usageMetadata": counts} if last else {})}


def gemini_stream(said: Speech) -> bytes:
    parts = [{"text": text, **({"thought": True} if t else {})} for t, text in said.pieces]
    chunks = [gemini_response(said, [part], last=False) for part in parts]
    return said.frames([*chunks, gemini_response(said, [], last=True)])


def gemini_whole(said: Speech) -> bytes:
    parts = [{"text": text, **({"thought": True} if t else {})} for t, text in said.pieces]
    return said.dump(gemini_response(said, parts, last=True)).encode()


def ollama_line(said: Speech, *, content: str, thinking: str, done: bool) -> dict[str, Any]:
    line: dict[str, Any] = {"model": "m", "message": {"role": "assistant", "content": content}}
    if thinking:
        line["message"]["thinking"] = thinking
    line["done"] = done
    if done:
        line["done_reason"] = "length" if said.full else "stop"
        line |= given(prompt_eval_count=said.input, eval_count=said.output)
    return line


def ollama_stream(said: Speech) -> bytes:
    lines = [
        ollama_line(said, content="" if t else text, thinking=text if t else "", done=False)
        for t, text in said.pieces
    ]
    lines.append(ollama_line(said, content="", thinking="", done=True))
    return "".join(said.dump(line) + "\n" for line in lines).encode()


def ollama_whole(said: Speech) -> bytes:
    line = ollama_line(said, content=said.text, thinking=said.reasoning, done=True)
    return said.dump(line).encode()


Voice = Callable[[Speech], bytes]
WIRES: dict[str, tuple[Voice, Voice]] = {
    "anthropic": (anthropic_stream, anthropic_whole),
    "gemini": (gemini_stream, gemini_whole),
    "ollama": (ollama_stream, ollama_whole),
    "openai_chat": (openai_stream, openai_whole),
}

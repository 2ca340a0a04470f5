"""Anthropic's Messages, answered.

https://platform.claude.com/docs/en/api/messages-streaming
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from visioncli.core.answer import merged
from visioncli.core.completion import Head
from visioncli.core.errors import Refused, VisionError
from visioncli.core.types import (
    Answer,
    Event,
    Finished,
    FinishReason,
    ReasoningDelta,
    Started,
    TextDelta,
    Usage,
)

from . import failures, messages_in
from .body import Body
from .question import Question
from .receipt import Bill
from .wire import event

REASONS: Mapping[FinishReason | None, str] = {
    FinishReason.STOP: "end_turn",
    FinishReason.LENGTH: "max_tokens",
    FinishReason.FILTER: "refusal",
    FinishReason.REFUSAL: "refusal",
    FinishReason.INCOMPLETE: "max_tokens",
    None: "end_turn",
}


class Messages:
    name = "messages"

    def read(self, body: Body) -> Question:
        return messages_in.read(body)

    def whole(
        self, answer: Answer, head: Head, question: Question, bill: Bill
    ) -> Mapping[str, Any]:
        del question
        content: list[dict[str, Any]] = []
        if answer.reasoning:
            content.append({"type": "thinking", "thinking": answer.reasoning, "signature": ""})
        if answer.text:
            content.append({"type": "text", "text": answer.text})
        return {
            **_message(answer.id, head.model),
            "content": content,
            **_stop(answer.finish, answer.finish_raw),
            "usage": bill.usage(_usage(answer.usage)),
            **bill.member(),
        }

    def streaming(self, head: Head, question: Question) -> MessagesStreaming:
        del question
        return MessagesStreaming(head)

    def refused(self, error: VisionError) -> Mapping[str, Any]:
        return refused(error)


class MessagesStreaming:
    """One block after the other: what was thought, then what is answered."""

    def __init__(self, head: Head) -> None:
        self._id: str | None = None
        self._model = head.model
        self._usage = Usage()
        self._finished: Finished | None = None
        self._block = -1
        self._kind = ""  # of the open block
        self._begun = False

    def add(self, came: Event) -> Iterator[bytes]:
        match came:
            case Started(id_):
                self._id = id_
            case TextDelta(text) if text:
                yield from self._opened("text", {"type": "text", "text": ""})
                yield self._delta({"type": "text_delta", "text": text})
            case ReasoningDelta(text) if text:
                block = {"type": "thinking", "thinking": "", "signature": ""}
                yield from self._opened("thinking", block)
                yield self._delta({"type": "thinking_delta", "thinking": text})
            case Usage():
                self._usage = merged(self._usage, came)
            case Finished() if self._finished is None:
                self._finished = came

    def close(self, bill: Bill) -> Iterator[bytes]:
        yield from self._begin()
        yield from self._closed()
        finished = self._finished
        delta = _stop(finished.reason if finished else None, finished.raw if finished else None)
        usage = {"usage": bill.usage(_usage(self._usage)), **bill.member()}
        yield event({"type": "message_delta", "delta": delta, **usage}, "message_delta")
        yield event({"type": "message_stop"}, "message_stop")

    def failed(self, error: VisionError, bill: Bill) -> Iterator[bytes]:
        refused_in_words = self._finished and self._finished.reason is FinishReason.REFUSAL
        if isinstance(error, Refused) and refused_in_words:
            yield from self.close(bill)
            return
        yield event(refused(error), "error")

    def _begin(self) -> Iterator[bytes]:
        if not self._begun:
            self._begun = True
            message = {
                **_message(self._id, self._model),
                "content": [],
                "stop_reason": None,
                "stop_sequence": None,
                "usage": {**_usage(self._usage), "output_tokens": 0},
            }
            yield event({"type": "message_start", "message": message}, "message_start")

    def _opened(self, kind: str, block: Mapping[str, Any]) -> Iterator[bytes]:
        yield from self._begin()
        if self._kind != kind:
            yield from self._closed()
            self._kind = kind
            self._block += 1
            start = {"type": "content_block_start", "index": self._block, "content_block": block}
            yield event(start, "content_block_start")

    def _closed(self) -> Iterator[bytes]:
        if self._kind:
            self._kind = ""
            stop = {"type": "content_block_stop", "index": self._block}
            yield event(stop, "content_block_stop")

    def _delta(self, delta: Mapping[str, Any]) -> bytes:
        made = {"type": "content_block_delta", "index": self._block, "delta": delta}
        return event(made, "content_block_delta")


def _message(id_: str | None, model: str) -> dict[str, Any]:
    own = id_ if id_ and id_.startswith("msg_") else f"msg_{os.urandom(12).hex()}"
    return {"id": own, "type": "message", "role": "assistant", "model": model}


def _stop(reason: FinishReason | None, raw: str | None) -> dict[str, Any]:
    said = "stop_sequence" if raw == "stop_sequence" else REASONS[reason]
    return {"stop_reason": said, "stop_sequence": None}


def _usage(usage: Usage) -> dict[str, Any]:
    """Anthropic counts what was cached apart. Its clients want numbers: what nobody says is 0."""
    cached = usage.cached or 0
    return {
        "input_tokens": max(0, (usage.input or 0) - cached),
        "output_tokens": usage.output or 0,
        "cache_read_input_tokens": cached,
        "cache_creation_input_tokens": 0,
    }


def refused(error: VisionError) -> Mapping[str, Any]:
    """https://platform.claude.com/docs/en/api/errors"""
    kind = failures.types(failures.status(error), error)[1]
    said: dict[str, Any] = {
        "type": "error",
        "error": {"type": kind, "message": failures.words(error)},
    }
    if error.request_id:
        said["request_id"] = error.request_id
    return said

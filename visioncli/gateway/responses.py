"""OpenAI's Responses, answered.

https://platform.openai.com/docs/api-reference/responses-streaming
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

from visioncli.core.answer import Fold
from visioncli.core.completion import Head
from visioncli.core.errors import Refused, VisionError
from visioncli.core.types import (
    Answer,
    Event,
    Finished,
    FinishReason,
    ReasoningDelta,
    TextDelta,
    Usage,
)

from . import responses_in
from .body import Body
from .chat import refused
from .question import Question
from .receipt import Bill
from .wire import event

INCOMPLETE: Mapping[FinishReason | None, str] = {
    FinishReason.LENGTH: "max_output_tokens",
    FinishReason.FILTER: "content_filter",
    FinishReason.INCOMPLETE: "max_output_tokens",
}
REPEATED = ("instructions", "max_output_tokens", "temperature", "top_p", "metadata", "text")


class Responses:
    name = "responses"

    def read(self, body: Body) -> Question:
        return responses_in.read(body)

    def whole(
        self, answer: Answer, head: Head, question: Question, bill: Bill
    ) -> Mapping[str, Any]:
        output = []
        if answer.reasoning:
            output.append(_reasoning(_id("rs"), answer.reasoning))
        if answer.text or not output:
            refusal = answer.finish is FinishReason.REFUSAL
            output.append(_message(_id("msg"), answer.text, refusal=refusal))
        response = _response(_id("resp"), head, question)
        return _completed(response, answer, output, bill)

    def streaming(self, head: Head, question: Question) -> ResponsesStreaming:
        return ResponsesStreaming(head, question)

    def refused(self, error: VisionError) -> Mapping[str, Any]:
        return refused(error)


class ResponsesStreaming:
    """One item after the other: what was thought, then what is answered."""

    def __init__(self, head: Head, question: Question) -> None:
        self._response = _response(_id("resp"), head, question)
        self._fold = Fold()
        self._number = 0
        self._begun = False
        self._output: list[dict[str, Any]] = []
        self._kind = ""  # of the open item
        self._item = ""
        self._text: list[str] = []
        self._finish: FinishReason | None = None

    def add(self, came: Event) -> Iterator[bytes]:
        self._fold.add(came)
        match came:
            case TextDelta(text) if text:
                yield from self._opened("message", "msg")
                self._text.append(text)
                place = {**self._place(), "content_index": 0}
                delta = {**place, "delta": text, "logprobs": []}
                yield self._event("response.output_text.delta", delta)
            case ReasoningDelta(text) if text:
                yield from self._opened("reasoning", "rs")
                self._text.append(text)
                place = {**self._place(), "summary_index": 0}
                yield self._event("response.reasoning_summary_text.delta", {**place, "delta": text})
            case Finished(reason) if self._finish is None:
                self._finish = reason

    def close(self, bill: Bill) -> Iterator[bytes]:
        yield from self._begin()
        if not self._output and not self._kind:
            yield from self._opened("message", "msg")
        yield from self._closed()
        whole = _completed(self._response, self._fold.answer, self._output, bill)
        yield self._event(f"response.{whole['status']}", {"response": whole})

    def failed(self, error: VisionError, bill: Bill) -> Iterator[bytes]:
        if isinstance(error, Refused) and self._finish is FinishReason.REFUSAL:
            yield from self.close(bill)
            return
        yield from self._begin()
        said = refused(error)["error"]
        failed = {
            **self._response,
            "status": "failed",
            "output": self._output,
            "error": {"code": said["code"], "message": said["message"]},
        }
        yield self._event("response.failed", {"response": failed})

    def _event(self, name: str, data: Mapping[str, Any]) -> bytes:
        made = {"type": name, "sequence_number": self._number, **data}
        self._number += 1
        return event(made, name)

    def _begin(self) -> Iterator[bytes]:
        if not self._begun:
            self._begun = True
            yield self._event("response.created", {"response": self._response})
            yield self._event("response.in_progress", {"response": self._response})

    def _place(self) -> dict[str, Any]:
        return {"item_id": self._item, "output_index": len(self._output)}

    def _opened(self, kind: str, prefix: str) -> Iterator[bytes]:
        yield from self._begin()
        if self._kind == kind:
            return
        yield from self._closed()
        self._kind, self._item, self._text = kind, _id(prefix), []
        index = {"output_index": len(self._output)}
        if kind == "message":
            item = {**_message(self._item, ""), "status": "in_progress", "content": []}
            yield self._event("response.output_item.added", {**index, "item": item})
            part = {**self._place(), "content_index": 0, "part": _text_part("")}
            yield self._event("response.content_part.added", part)
        else:
            item = {**_reasoning(self._item, ""), "summary": []}
            yield self._event("response.output_item.added", {**index, "item": item})
            part = {**self._place(), "summary_index": 0, "part": _summary("")}
            yield self._event("response.reasoning_summary_part.added", part)

    def _closed(self) -> Iterator[bytes]:
        if not self._kind:
            return
        text, kind = "".join(self._text), self._kind
        self._kind = ""
        if kind == "message":
            place = {**self._place(), "content_index": 0}
            done = {**place, "text": text, "logprobs": []}
            yield self._event("response.output_text.done", done)
            yield self._event("response.content_part.done", {**place, "part": _text_part(text)})
            item = _message(self._item, text)
        else:
            place = {**self._place(), "summary_index": 0}
            yield self._event("response.reasoning_summary_text.done", {**place, "text": text})
            yield self._event(
                "response.reasoning_summary_part.done", {**place, "part": _summary(text)}
            )
            item = _reasoning(self._item, text)
        index = {"output_index": len(self._output)}
        yield self._event("response.output_item.done", {**index, "item": item})
        self._output.append(item)


def _id(prefix: str) -> str:
    return f"{prefix}_{os.urandom(16).hex()}"


def _response(id_: str, head: Head, question: Question) -> dict[str, Any]:
    """All that a response has before it is answered; what was asked for is repeated."""
    said = {name: question.body.get(name) for name in REPEATED}
    return {
        "id": id_,
        "object": "response",
        "created_at": head.created,
        "status": "in_progress",
        "error": None,
        "incomplete_details": None,
        "model": head.model,
        "output": [],
        "parallel_tool_calls": False,
        "previous_response_id": None,
        "store": False,
        "tool_choice": "none",
        "tools": [],
        "truncation": "disabled",
        "usage": None,
        **said,
        "metadata": said["metadata"] or {},
        "text": said["text"] or {"format": {"type": "text"}},
    }


def _completed(
    response: Mapping[str, Any], answer: Answer, output: list[dict[str, Any]], bill: Bill
) -> dict[str, Any]:
    why = INCOMPLETE.get(answer.finish)
    return {
        **response,
        "status": "incomplete" if why else "completed",
        "incomplete_details": {"reason": why} if why else None,
        "output": output,
        "usage": bill.usage(_usage(answer.usage)),
        **bill.member(),
    }


def _message(id_: str, text: str, *, refusal: bool = False) -> dict[str, Any]:
    part = {"type": "refusal", "refusal": text} if refusal else _text_part(text)
    return {
        "id": id_,
        "type": "message",
        "status": "completed",
        "role": "assistant",
        "content": [part],
    }


def _text_part(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def _reasoning(id_: str, text: str) -> dict[str, Any]:
    return {"id": id_, "type": "reasoning", "summary": [_summary(text)]}


def _summary(text: str) -> dict[str, Any]:
    return {"type": "summary_text", "text": text}


def _usage(usage: Usage) -> dict[str, Any] | None:
    """None where nothing was reported; else its clients want numbers: what nobody says is 0."""
    if usage == Usage():
        return None
    counts = (usage.input or 0, usage.output or 0)
    return {
        "input_tokens": counts[0],
        "input_tokens_details": {"cached_tokens": usage.cached or 0},
        "output_tokens": counts[1],
        "output_tokens_details": {"reasoning_tokens": usage.reasoning or 0},
        "total_tokens": sum(counts),
    }

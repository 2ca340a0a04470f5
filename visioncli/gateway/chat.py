"""OpenAI's chat completions: the JSON is that of the core; here it becomes bytes.

https://platform.openai.com/docs/api-reference/chat
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from visioncli.core import completion, openai
from visioncli.core.chunks import ChatCompletionChunk, Chunks
from visioncli.core.completion import Head
from visioncli.core.errors import Refused, VisionError
from visioncli.core.types import Answer, Event, FinishReason, Started

from . import failures
from .body import Body
from .question import Question, check_fields, checked_schema, model, picturing
from .receipt import Bill
from .wire import event

DONE = b"data: [DONE]\n\n"


class Chat:
    name = "chat"

    def read(self, body: Body) -> Question:
        tree = body.tree
        check_fields(tree)
        return Question(
            model=model(tree),
            request=checked_schema(openai.parse(tree, picturing(body))),
            include_usage=openai.wants_usage(tree),
        )

    def whole(
        self, answer: Answer, head: Head, question: Question, bill: Bill
    ) -> Mapping[str, Any]:
        del question
        made = completion.whole(replace(answer, model=None), head).model_dump()
        message = made["choices"][0]["message"]
        if message["reasoning_content"] is None:
            del message["reasoning_content"]  # it is no field of OpenAI's
        return {**made, "usage": bill.usage(made["usage"]), **bill.member()}

    def streaming(self, head: Head, question: Question) -> ChatStreaming:
        return ChatStreaming(head, include_usage=question.include_usage)

    def refused(self, error: VisionError) -> Mapping[str, Any]:
        return refused(error)


class ChatStreaming:
    def __init__(self, head: Head, *, include_usage: bool) -> None:
        self._chunks = Chunks(head, include_usage=include_usage)

    def add(self, came: Event) -> Iterator[bytes]:
        if isinstance(came, Started):
            came = replace(came, model=None)
        for chunk in self._chunks.add(came):
            yield _bytes(chunk, Bill(warnings=self._chunks.warnings))

    def close(self, bill: Bill) -> Iterator[bytes]:
        for chunk in self._chunks.close():
            yield _bytes(chunk, bill)
        yield DONE

    def failed(self, error: VisionError, bill: Bill) -> Iterator[bytes]:
        if isinstance(error, Refused) and self._chunks.finish is FinishReason.REFUSAL:
            yield from self.close(bill)  # its words have been told
            return
        yield event(refused(error))


def _bytes(chunk: ChatCompletionChunk, bill: Bill) -> bytes:
    """Fields of a delta that are not there are left out, as OpenAI does; all others are there."""
    made: dict[str, Any] = {
        "id": chunk.id,
        "object": chunk.object,
        "created": chunk.created,
        "model": chunk.model,
        "choices": [
            {
                "index": choice.index,
                "delta": choice.delta.model_dump(exclude_none=True),
                "logprobs": None,
                "finish_reason": choice.finish_reason,
            }
            for choice in chunk.choices
        ],
    }
    if not chunk.choices:
        usage = chunk.usage.model_dump(exclude_none=True) if chunk.usage else None
        made["usage"] = bill.usage(usage)
    elif chunk.choices[0].finish_reason:
        made |= bill.member()
    return event(made)


def refused(error: VisionError) -> Mapping[str, Any]:
    """https://platform.openai.com/docs/guides/error-codes, with who failed and its request's id."""
    said: dict[str, Any] = {
        "message": failures.words(error),
        "type": failures.types(failures.status(error), error)[0],
        "param": None,
        "code": error.code,
    }
    if error.provider:
        said["provider"] = error.provider
    if error.request_id:
        said["request_id"] = error.request_id
    return {"error": said}

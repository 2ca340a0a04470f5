"""An answer in pieces, as OpenAI's chat completion chunks.

https://platform.openai.com/docs/api-reference/chat/streaming
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from .answer import merged
from .completion import REASONS, CompletionUsage, Fields, Head, Reason, usage
from .record import record
from .types import Event, Finished, FinishReason, ReasoningDelta, Started, TextDelta, Usage, Warned


@record(kw_only=True)
class Delta(Fields):
    role: Literal["assistant"] | None = None
    content: str | None = None
    refusal: str | None = None
    reasoning_content: str | None = None


@record(kw_only=True)
class ChunkChoice(Fields):
    index: int = 0
    delta: Delta
    finish_reason: Reason | None = None
    logprobs: None = None


@record(kw_only=True)
class ChatCompletionChunk(Fields):
    """A piece of an answer. choices: one; none in the last chunk, which holds the usage."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: tuple[ChunkChoice, ...]
    usage: CompletionUsage | None = None


class Chunks:
    """Takes events one by one and gives the chunks they amount to; `close` gives the last ones.

    include_usage: whether a last chunk tells the usage. warnings: those of the events so far.
    """

    def __init__(self, head: Head, *, include_usage: bool = False) -> None:
        self._head, self._include_usage = head, include_usage
        self._usage = Usage()
        self._begun = False
        self.finish: FinishReason | None = None
        self.warnings: tuple[str, ...] = ()

    def add(self, event: Event) -> Iterator[ChatCompletionChunk]:
        match event:
            case Started(id_, model):
                head = self._head
                self._head = replace(head, id=id_ or head.id, model=model or head.model)
            case TextDelta(text):
                yield from self._begin()
                yield self._chunk(Delta(content=text))
            case ReasoningDelta(text):
                yield from self._begin()
                yield self._chunk(Delta(reasoning_content=text))
            case Usage():
                self._usage = merged(self._usage, event)
            case Warned(text):
                self.warnings += (text,)
            case Finished(reason) if self.finish is None:
                self.finish = reason
                yield from self._begin()
                yield self._chunk(Delta(), REASONS[reason])

    def close(self) -> Iterator[ChatCompletionChunk]:
        if self._include_usage:
            yield replace(self._chunk(Delta()), choices=(), usage=usage(self._usage))

    def _begin(self) -> Iterator[ChatCompletionChunk]:
        """The first chunk says whose words follow."""
        if not self._begun:
            self._begun = True
            yield self._chunk(Delta(role="assistant", content=""))

    def _chunk(self, delta: Delta, reason: Reason | None = None) -> ChatCompletionChunk:
        head = self._head
        return ChatCompletionChunk(
            id=head.id,
            created=head.created,
            model=head.model,
            choices=(ChunkChoice(delta=delta, finish_reason=reason),),
        )

"""An answer as OpenAI's chat completion.

https://platform.openai.com/docs/api-reference/chat/object
The objects are read as attributes (`.choices[0].message.content`), as mappings
(`["choices"][0]["message"]["content"]`, `dict(message)`) and as plain JSON (`.model_dump()`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, Literal

from .record import record
from .types import Answer, FinishReason, Usage

Reason = Literal["stop", "length", "content_filter"]
REASONS: Mapping[FinishReason | None, Reason] = {
    FinishReason.STOP: "stop",
    FinishReason.LENGTH: "length",
    FinishReason.FILTER: "content_filter",
    FinishReason.REFUSAL: "content_filter",
    FinishReason.INCOMPLETE: "length",
    None: "length",
}
NOT_DUMPED = "warnings"  # ours, not OpenAI's


class Fields(Mapping[str, Any]):
    """A dataclass whose fields can be read as items."""

    __slots__ = ()

    def __getitem__(self, name: str) -> Any:
        if name not in _names(type(self)):
            raise KeyError(name)
        return getattr(self, name)

    def __iter__(self) -> Iterator[str]:
        return iter(_names(type(self)))

    def __len__(self) -> int:
        return len(_names(type(self)))

    def model_dump(self, *, exclude_none: bool = False) -> dict[str, Any]:
        """Plain JSON: dicts, lists, strings, numbers and None."""
        plain = {name: _plain(value, exclude_none) for name, value in self.items()}
        return {k: v for k, v in plain.items() if v is not None} if exclude_none else plain

    def model_dump_json(self, *, exclude_none: bool = False) -> str:
        return json.dumps(self.model_dump(exclude_none=exclude_none), ensure_ascii=False)


@cache
def _names(cls: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls) if field.name != NOT_DUMPED)


def _plain(value: Any, exclude_none: bool) -> Any:
    if isinstance(value, Fields):
        return value.model_dump(exclude_none=exclude_none)
    return [_plain(item, exclude_none) for item in value] if isinstance(value, tuple) else value


@record(kw_only=True)
class PromptTokensDetails(Fields):
    cached_tokens: int


@record(kw_only=True)
class CompletionTokensDetails(Fields):
    reasoning_tokens: int


@record(kw_only=True)
class CompletionUsage(Fields):
    """Counts of tokens as the provider reported them. None: not reported, never zero."""

    prompt_tokens: int | None
    completion_tokens: int | None
    total_tokens: int | None
    prompt_tokens_details: PromptTokensDetails | None = None
    completion_tokens_details: CompletionTokensDetails | None = None


@record(kw_only=True)
class CompletionMessage(Fields):
    """content: None where there is no text. refusal: why there is none, or the refusing text.

    reasoning_content: what the model thought before it answered, where it tells. As it stands the
    message can be put into the `messages` of the next call.
    """

    role: Literal["assistant"] = "assistant"
    content: str | None
    refusal: str | None = None
    reasoning_content: str | None = None


@record(kw_only=True)
class Choice(Fields):
    index: int = 0
    message: CompletionMessage
    finish_reason: Reason
    logprobs: None = None


@record(kw_only=True)
class ChatCompletion(Fields):
    """id: the provider's, or one of ours. created: seconds since 1970. model: what answered.

    choices: one. usage: None where nothing was reported. warnings: what is worth telling, and is
    no error; not in model_dump().
    """

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: tuple[Choice, ...]
    usage: CompletionUsage | None = None
    warnings: tuple[str, ...] = ()


@record(kw_only=True)
class Head:
    """What stands in for what the provider does not say of its answer, and when it was asked."""

    id: str
    model: str
    created: int


def whole(answer: Answer, head: Head, warnings: tuple[str, ...] = ()) -> ChatCompletion:
    """warnings: what was known before there was an answer."""
    refused = answer.finish is FinishReason.REFUSAL
    message = CompletionMessage(
        content=answer.text or None,
        refusal=(answer.text or answer.finish_raw or "refusal") if refused else None,
        reasoning_content=answer.reasoning or None,
    )
    return ChatCompletion(
        id=answer.id or head.id,
        created=head.created,
        model=answer.model or head.model,
        choices=(Choice(message=message, finish_reason=REASONS[answer.finish]),),
        usage=usage(answer.usage),
        warnings=(*warnings, *answer.warnings),
    )


def usage(counts: Usage) -> CompletionUsage | None:
    if counts == Usage():
        return None
    both = None if counts.input is None or counts.output is None else counts.input + counts.output
    cached, thought = counts.cached, counts.reasoning
    return CompletionUsage(
        prompt_tokens=counts.input,
        completion_tokens=counts.output,
        total_tokens=both,
        prompt_tokens_details=None if cached is None else PromptTokensDetails(cached_tokens=cached),
        completion_tokens_details=None
        if thought is None
        else CompletionTokensDetails(reasoning_tokens=thought),
    )

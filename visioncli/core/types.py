"""The vocabulary every layer shares. Frozen dataclasses; tuples, not lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Literal, Protocol

from .errors import UsageError
from .record import record

PDF = "application/pdf"
Role = Literal["system", "user", "assistant"]
Detail = Literal["low", "high", "auto", "original"]


class Blob(Protocol):
    """Bytes that can be read more than once without being held in memory. size: bytes."""

    @property
    def size(self) -> int: ...

    def open(self) -> Iterator[bytes]:
        """The bytes from the start, in chunks; ImageProblem if they are no longer as promised."""
        ...


@record
class BytesBlob:
    """Bytes that are in memory already."""

    data: bytes = field(repr=False)

    @property
    def size(self) -> int:
        return len(self.data)

    def open(self) -> Iterator[bytes]:
        yield self.data


@record
class Unfetched:
    """Stands in a dry run for bytes that would be downloaded. shown: the address. size: 0."""

    shown: str
    size: int = 0

    def open(self) -> Iterator[bytes]:
        """Raises UsageError: the bytes are not here."""
        raise UsageError(
            f"{self.shown} would be fetched first, and a dry run sends nothing",
            hint="without --full and --curl, or download it and name the file",
        )


@record
class TextPart:
    """Words of a message."""

    text: str


@record
class ImagePart:
    """media_type: canonical, e.g. "image/jpeg", or None for an address whose type nothing tells.

    PDF is a document with all its pages, for the wires that have a place for one.
    source: a Blob is sent inline; a str is an address (https, gs, …) that the provider fetches.
    """

    media_type: str | None
    source: Blob | str
    detail: Detail | None = None


Part = TextPart | ImagePart


@record
class Message:
    """What one side said, its parts in order."""

    role: Role
    parts: tuple[Part, ...]


@record(kw_only=True)
class Options:
    """What may be asked for beside the messages. None and () mean: leave it to the provider.

    extra: further fields of the request body, as the provider names them; they win over our own.
    """

    max_tokens: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    schema: Mapping[str, Any] | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@record(kw_only=True)
class Request:
    """One question to one model; the model itself is named by the Target."""

    messages: tuple[Message, ...]
    options: Options = field(default_factory=Options)
    stream: bool = True


class FinishReason(StrEnum):
    """Why an answer ended; of these STOP alone says that it is whole."""

    STOP = "stop"
    LENGTH = "length"
    FILTER = "filter"
    REFUSAL = "refusal"
    INCOMPLETE = "incomplete"


@record
class Started:
    """The answer has begun. id: the provider's id of it. model: what it says answered."""

    id: str | None
    model: str | None


@record
class TextDelta:
    """A piece of the answer."""

    text: str


@record
class ReasoningDelta:
    """A piece of what the model thought before it answered."""

    text: str


@record(kw_only=True)
class Usage:
    """Token counts as reported; input includes cached. None: not reported, never zero.

    cost: what the provider says it charged, in its own currency.
    """

    input: int | None = None
    output: int | None = None
    cached: int | None = None
    reasoning: int | None = None
    cost: float | None = None


@record
class Warned:
    """What is worth telling, and no error."""

    text: str


@record
class Finished:
    """raw: the provider's own word for the reason."""

    reason: FinishReason
    raw: str | None = None


Event = Started | TextDelta | ReasoningDelta | Usage | Warned | Finished


@record(kw_only=True)
class Answer:
    """What all events of one answer fold to. finish is None only while nothing finished it."""

    text: str
    reasoning: str
    finish: FinishReason | None
    finish_raw: str | None
    usage: Usage
    model: str | None
    id: str | None
    warnings: tuple[str, ...]

    def __str__(self) -> str:
        return self.text

"""The contract between the core and one wire format.

A dialect is a module of `visioncli.dialects` with one object, `DIALECT`. It builds an HttpRequest
from a Request and a Target, and makes a parser for each response: `frame` reads one frame of a
stream, `whole` reads an answer that was not streamed. Both yield the same events. A parser lives as
long as one response and keeps what it must remember in typed attributes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from typing import Any, Protocol

from .body import JsonBody
from .errors import VisionError
from .fields import preview
from .framing import Frame, Framing
from .record import record
from .target import Target
from .types import Event, Finished, FinishReason, Request, Warned


@record(kw_only=True)
class HttpRequest:
    """What goes over the wire, but for the key. warnings: what the wire could not say."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: JsonBody
    warnings: tuple[str, ...] = ()


@record(kw_only=True)
class HttpError:
    """A response that is an error. headers: names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Parser(Protocol):
    def frame(self, frame: Frame) -> Iterator[Event]:
        """The events of one frame of a stream. Raises the error that an error event tells of."""
        ...

    def whole(self, data: Mapping[str, Any]) -> Iterator[Event]:
        """The events of a whole answer. Raises the error that an error object in a 200 tells of."""
        ...

    @property
    def ended(self) -> bool:
        """The wire's own end marker was seen, where it has one."""
        ...


class Dialect(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def quirks(self) -> type:
        """A dataclass of the quirks that a provider's row may set; its defaults are the rule."""
        ...

    @property
    def framing(self) -> Callable[[], Framing]: ...

    def parser(self) -> Parser: ...

    def build(self, request: Request, target: Target) -> HttpRequest: ...

    def error(self, response: HttpError) -> VisionError:
        """Total: HTML, empty bodies, lists and nonsense give an error by the status alone."""
        ...


def finished(reasons: Mapping[str, FinishReason], raw: str) -> Iterator[Event]:
    """The end, in the provider's own word; one never seen before keeps the text, with a warning."""
    if raw not in reasons:
        yield Warned(f"the provider gave a reason to finish that is not known: {preview(raw)}")
    yield Finished(reasons.get(raw, FinishReason.STOP), raw)


@record(frozen=False)
class Warnings:
    """Collects what a wire cannot say, each once."""

    texts: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        if text not in self.texts:
            self.texts.append(text)

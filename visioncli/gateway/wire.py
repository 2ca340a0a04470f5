"""The contract between the gateway and one of the APIs that it speaks.

A wire reads a caller's JSON into a Question and writes an answer as its callers know it: whole, or
piece by piece. The model that an answer names is the one that was asked for: what a server behind
calls it, which may be the path of a file, is its own affair.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from visioncli.core.completion import Head
from visioncli.core.errors import VisionError
from visioncli.core.types import Answer, Event

from .body import Body
from .question import Question
from .receipt import Bill


class Streaming(Protocol):
    """One streamed answer. Gives the bytes to be sent."""

    def add(self, came: Event) -> Iterator[bytes]: ...
    def close(self, bill: Bill) -> Iterator[bytes]:
        """The end of an answer that came to its end."""
        ...

    def failed(self, error: VisionError, bill: Bill) -> Iterator[bytes]:
        """The end of one that did not."""
        ...


class Wire(Protocol):
    @property
    def name(self) -> str: ...

    def read(self, body: Body) -> Question:
        """Raises UsageError (2), ImageProblem (5)."""
        ...

    def whole(
        self, answer: Answer, head: Head, question: Question, bill: Bill
    ) -> Mapping[str, Any]: ...
    def streaming(self, head: Head, question: Question) -> Streaming: ...
    def refused(self, error: VisionError) -> Mapping[str, Any]:
        """The JSON of an error."""
        ...


def dump(value: Any) -> bytes:
    """ASCII: half a surrogate pair, which a model may write, is no UTF-8."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def event(data: Mapping[str, Any], name: str = "") -> bytes:
    """One server-sent event."""
    head = b"event: " + name.encode() + b"\n" if name else b""
    return head + b"data: " + dump(data) + b"\n\n"

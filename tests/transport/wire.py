"""Sends one question over a dialect with small deadlines, and keeps all that came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from visioncli import dialects, transport
from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import VisionError
from visioncli.core.secret import Secret
from visioncli.core.target import ModelRef, Provider, Target
from visioncli.core.types import (
    Blob,
    BytesBlob,
    Event,
    Finished,
    ImagePart,
    Message,
    Request,
    TextDelta,
    TextPart,
    Warned,
)

KEY = "sk-canary-0123456789abcdefWXYZ"
DIALECTS = {
    "openai": "openai_chat",
    "anthropic": "anthropic",
    "gemini": "gemini",
    "ollama": "ollama",
}
PIXELS = BytesBlob(bytes(range(256)) * 4)


@dataclass
class Came:
    """What a question led to. delays: seconds announced before each further attempt."""

    events: list[Event] = field(default_factory=list)
    error: VisionError | None = None
    retried: list[VisionError] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(e.text for e in self.events if isinstance(e, TextDelta))

    @property
    def warnings(self) -> list[str]:
        return [e.text for e in self.events if isinstance(e, Warned)]

    @property
    def finished(self) -> bool:
        return any(isinstance(e, Finished) for e in self.events)

    @property
    def exit(self) -> int:
        return self.error.exit if self.error else 0

    @property
    def said(self) -> str:
        assert self.error is not None
        assert "\n" not in self.error.message
        assert str(self.error) == self.error.message
        return self.error.message


def request(
    base_url: str, *, wire: str = "openai", stream: bool = False, picture: Blob = PIXELS
) -> HttpRequest:
    name = DIALECTS[wire]
    target = Target(
        ref=ModelRef(wire, "m"),
        provider=Provider(name=wire, dialect=name),
        model="m",
        base_url=base_url,
    )
    message = Message("user", (ImagePart("image/png", picture), TextPart("What is it?")))
    return dialects.load(name).build(Request(messages=(message,), stream=stream), target)


def ask(
    base_url: str,
    *,
    wire: str = "openai",
    stream: bool = False,
    picture: Blob = PIXELS,
    retries: int = 0,
    key: str = KEY,
    headers: dict[str, str] | None = None,
    **deadlines: float,
) -> Came:
    """The base_url is a vendor's, `/v1` and all: a fault's address needs nothing behind it."""
    built = request(base_url, wire=wire, stream=stream, picture=picture)
    more = {"authorization": f"Bearer {key}", **(headers or {})}
    sent = HttpRequest(
        method=built.method, url=built.url, headers={**built.headers, **more}, body=built.body
    )
    came = Came()

    def retried(error: VisionError, delay: float) -> None:
        came.retried.append(error)
        came.delays.append(delay)

    usual: dict[str, Any] = {"connect": 5.0, "idle": 5.0, "total": 20.0}
    try:
        for event in transport.send(
            sent,
            dialects.load(DIALECTS[wire]),
            stream=stream,
            provider=wire,
            secret=Secret(key),
            deadlines=transport.Deadlines(**{**usual, **deadlines}),
            retries=retries,
            on_retry=retried,
        ):
            came.events.append(event)
    except VisionError as error:
        came.error = error
    return came

"""Plays raw bytes to a dialect's reader, as the transport does, and says what came of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from visioncli import dialects
from visioncli.core.answer import Fold, problem
from visioncli.core.dialect import HttpError
from visioncli.core.errors import VisionError
from visioncli.core.reading import reader
from visioncli.core.types import Answer, Event

WIRE = Path(__file__).parents[1] / "wire"


def events(dialect: str, chunks: Iterable[bytes], *, stream: bool) -> Iterator[Event]:
    reading = reader(dialects.load(dialect), stream=stream)
    for chunk in chunks:
        yield from reading.feed(chunk)
    yield from reading.close()


def play(
    dialect: str, chunks: Iterable[bytes], *, stream: bool
) -> tuple[Answer, VisionError | None]:
    """The answer, or what there is of it, and the error that ended it or that it amounts to."""
    folded = Fold()
    try:
        for event in events(dialect, chunks, stream=stream):
            folded.add(event)
    except VisionError as error:
        return folded.answer, error
    return folded.answer, problem(folded.answer)


def shown(answer: Answer) -> dict[str, Any]:
    """An answer as JSON, without what nobody reported."""
    whole = json.loads(json.dumps(asdict(answer)))
    plain = {name: value for name, value in whole.items() if value not in (None, "", [])}
    usage = {name: value for name, value in plain.pop("usage").items() if value is not None}
    return {**plain, "usage": usage} if usage else plain


def error_shown(error: VisionError) -> dict[str, Any]:
    names = ("message", "hint", "code", "status", "request_id", "wait")
    said = {name: value for name in names if (value := getattr(error, name)) is not None}
    return {"kind": type(error).__name__, "exit": error.exit, **said, "retry": error.retry}


def response(raw: bytes) -> HttpError:
    """A status line and headers, an empty line, then the body as it came."""
    head, _, body = raw.partition(b"\n\n")
    first, *lines = head.decode().splitlines()
    headers = dict(line.split(": ", 1) for line in lines)
    return HttpError(status=int(first.split()[1]), headers=headers, body=body)

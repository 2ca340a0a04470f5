"""One line of a list, and one record of the results."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from visioncli.core.errors import UsageError, VisionError
from visioncli.core.record import record
from visioncli.core.target import ModelRef
from visioncli.core.types import Answer, Usage
from visioncli.images import names

DEEPEST = 64  # levels of a value that comes from elsewhere; Python's own limit may be near

_json = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode


@record
class Item:
    """One request to come.

    number: its place in the list, from 0. images: sources, in the order of the request. question:
    None where the run's own is meant. id: any JSON value that the list gives. problem: why the line
    cannot be asked at all.
    """

    number: int
    images: tuple[str, ...]
    question: str | None = None
    id: Any = None
    problem: VisionError | None = None

    @property
    def image(self) -> str | list[str]:
        """As a record shows it: one source, or a list of several. No password stands there, and no
        pixels: of data: its beginning alone; the key tells two of them apart.
        """
        if len(self.images) == 1:
            return _shown(self.images[0])
        return [_shown(image) for image in self.images]


@record(kw_only=True)
class Outcome:
    """What became of an item. sha256: of each picture as found, None for one that was not here.

    error: None for an answer that is whole. ms: from the first attempt to the end. key: hex.
    """

    item: Item
    ref: ModelRef
    key: str
    sha256: tuple[str | None, ...] = ()
    answer: Answer | None = None
    error: VisionError | None = None
    cost_usd: float | None = None
    ms: int | None = None

    def record(self) -> dict[str, Any]:
        """The object of the contract; "answer" and "error" are both there where text was cut."""
        answer = self.answer
        usage = answer.usage if answer else Usage()
        text = answer.text if answer else ""
        made: dict[str, Any] = {
            "id": self.item.id,
            "image": self.item.image,
            "sha256": self.sha256[0] if len(self.sha256) == 1 else list(self.sha256) or None,
            "model": str(self.ref),
        }
        if text or self.error is None:
            made["answer"] = text
        if self.error is not None:
            made["error"] = {
                "code": self.error.code,
                "message": self.error.message,
                "retryable": self.error.retryable,
                "exit": self.error.exit,
            }
        return made | {
            "finish": answer.finish if answer else None,
            "usage": {
                "input": usage.input,
                "output": usage.output,
                "cached": usage.cached,
                "reasoning": usage.reasoning,
            },
            "cost_usd": self.cost_usd,
            "ms": self.ms,
            "key": self.key,
        }


def _shown(image: str) -> str:
    if image[:5].lower() == "data:":
        return names.shown(image)
    if "@" in image and names.scheme(image) in ("http", "https"):
        with suppress(UsageError):  # what is no address is told when it is read
            return names.without_user(image)[0]
    return image


def can_be_kept(value: Any, levels: int = DEEPEST) -> bool:
    """Whether JSON can say it, and be read again: no NaN, nothing that is nested without end."""
    match value:
        case None | str():  # nearly always
            return True
        case float():
            return math.isfinite(value)
        case list():
            return levels > 0 and all(can_be_kept(item, levels - 1) for item in value)
        case dict():
            return levels > 0 and all(can_be_kept(item, levels - 1) for item in value.values())
    return True


def line(record: Mapping[str, Any]) -> bytes:
    """One line of JSON Lines, in ASCII: no terminal obeys it, no cut leaves half a character, and
    the bytes of a file's name that are not UTF-8 come back as they were (\\udc80 to \\udcff).
    """
    return _json(record).encode("ascii") + b"\n"

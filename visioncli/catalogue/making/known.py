"""What all sources together have said of one model, as the merge holds it between two files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from types import MappingProxyType
from typing import TypeVar

from visioncli.core.record import record

T = TypeVar("T")

# A value and the source that gave it; the first one counts, more stand where they differ.
Sourced = tuple[tuple[str, T], ...]


@record
class Heard:
    """One statement. vision: None where the source listed the model and did not say."""

    source: str
    as_of: str
    vision: bool | None


@record
class Known:
    """heard: oldest first. missing: the sources whose newest list no longer has the model.

    gone: YYYY-MM-DD since when none of them has it, or "". The other fields are as in Stated;
    input is that of the first source alone, output stands where it is more or other than text.
    """

    heard: tuple[Heard, ...] = ()
    missing: str = ""
    mode: str = ""
    input: Sourced[tuple[str, ...]] = ()
    output: Sourced[tuple[str, ...]] = ()
    context: Sourced[int] = ()
    max_output: Sourced[int] = ()
    usd_in: Sourced[float] = ()
    usd_out: Sourced[float] = ()
    usd_image: float | None = None
    retires: str = ""
    gone: str = ""
    released: str = ""
    knowledge: str = ""
    status: str = ""

    def last(self, source: str) -> Heard | None:
        """The newest statement of this source, be it that it only lists the model."""
        return next((heard for heard in reversed(self.heard) if heard.source == source), None)

    def stated(self, source: str) -> Heard | None:
        """The newest of this source that says whether the model takes pictures."""
        said = (heard for heard in reversed(self.heard) if heard.source == source)
        return next((heard for heard in said if heard.vision is not None), None)

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(heard.source for heard in self.heard))


@record
class Collected:
    """Rows by id: what a base holds, or a file of collected facts. dropped: lines of no use."""

    rows: Mapping[str, Known] = field(default_factory=lambda: MappingProxyType({}))
    dropped: int = 0


def heard(statements: Iterable[Heard]) -> tuple[Heard, ...]:
    """In order of time, without what a newer statement of the same source repeats."""
    kept: list[Heard] = []
    newer: dict[str, bool | None] = {}
    for one in sorted(statements, key=lambda one: (one.as_of, one.source), reverse=True):
        if one.source not in newer or newer[one.source] != one.vision:
            kept.append(one)
        newer[one.source] = one.vision
    return tuple(reversed(kept))

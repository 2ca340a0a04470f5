"""All rows, in the order of their numbers, and what running one comes to."""

from __future__ import annotations

from pathlib import Path

from tests.faults.peer import Faults

from . import needs
from .judging import judge
from .place import Place
from .rows import Row
from .sections import MODULES

ROWS: dict[str, Row] = {}
for _module in MODULES:
    for _row in _module.ROWS:
        assert _row.id not in ROWS, _row.id
        ROWS[_row.id] = _row


def listed() -> list[Row]:
    return sorted(ROWS.values(), key=lambda row: (row.number, len(row.id), row.id))


def run(row: Row, server: Faults, folder: Path) -> None:
    """Raises AssertionError where it goes otherwise than the row says. folder: a new one."""
    place = Place(row, folder / "here", server)
    done = place.ask() if row.act is None else row.act(place)
    judge(row, place, done)


def skipped(row: Row) -> str:
    """Why it is not run here, or ""."""
    return needs.skipped(row)

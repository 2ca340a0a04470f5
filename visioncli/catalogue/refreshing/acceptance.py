"""Whether a new catalogue may take the place of the old one: never a worse one."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from pathlib import Path

from visioncli.catalogue import facts, index
from visioncli.catalogue.making import cells
from visioncli.core.errors import BadAnswer, VisionError


def check(folder: Path, must: Collection[str]) -> list[str]:
    """The ids of the catalogue in `folder`. must: those that have to be in it.

    Both files are read as the program will read them: the first line says what they are and of
    when, the lines are in order, short enough to be found, and of the same models in both. Raises
    BadAnswer (8).
    """
    try:
        ids = list(cells.read(folder).rows)
        listed = [row[0] for row in index.rows(path=str(folder / index.NAME))]
    except (VisionError, ValueError) as error:
        raise _unsound(str(error)) from None
    if ids != listed:
        raise _unsound("its two files are not of the same models")
    for name in (index.NAME, facts.NAME):
        _check_lines((folder / name).read_bytes().split(b"\n")[1:-1])
    if lost := set(must).difference(ids):
        raise _unsound(f"{len(lost):,} models would be lost, among them {min(lost)}")
    return ids


def _check_lines(lines: list[bytes]) -> None:
    keys = [(line.partition(b"\t")[0].lower() + b"\t", line) for line in lines]
    if any(a >= b for a, b in pairwise(keys)):
        raise _unsound("its lines are not in order")
    if any(len(line) >= index.LONGEST for line in lines):
        raise _unsound("a line of it is too long to be found")


def _unsound(why: str) -> BadAnswer:
    return BadAnswer(
        f"the new catalogue is not sound, and the old one stays: {why}",
        hint="please report it, with the source that was read",
        code="unsound",
    )

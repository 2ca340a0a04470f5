"""Facts collected from several lists at several times, as JSON Lines: one object a model.

`model` (provider/name), `says` (a list's code, to true, false or null), and where known `mode`,
`input`, `output`, `context`, `context_other`, `max_output`, `usd_in`, `usd_in_other`, `usd_out`,
`usd_out_other`, `usd_image`, `retires`, `gone` ([last seen, first date without it]),
`missing_in` (names of sources), `released`, `knowledge`, `status`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from visioncli.catalogue.index import SOURCES
from visioncli.core.errors import VisionError

from . import sound
from .known import Collected, Heard, Known, Sourced, T, heard
from .snapshots import Stated
from .statements import RANK

# The lists that the facts were collected from, each with its date.
DATES = {
    "L1": "2025-06-01", "L2": "2025-11-16", "L3": "2026-11-12",
    "M1": "2026-01-15", "M2": "2026-05-21", "M3": "2026-08-18",
    "O": "2026-11-22",
}  # fmt: skip
LETTERS = {name: letter for letter, name in SOURCES.items()}


def read(lines: list[bytes]) -> Collected:
    """Raises VisionError where no line is such an object; those that are not are counted."""
    rows: dict[str, Known] = {}
    dropped = 0
    for line in lines:
        fact = _object(line)
        known = _known(fact)
        if known is None or fact["model"] in rows:
            dropped += 1
        else:
            rows[fact["model"]] = known
    if not rows:
        raise VisionError("no line of it is a collected fact")
    return Collected(rows, dropped)


def _object(line: bytes) -> dict[str, Any]:
    try:
        fact = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return fact if isinstance(fact, dict) else {}


def _known(fact: dict[str, Any]) -> Known | None:
    says = fact.get("says")
    if not isinstance(says, dict) or not sound.model(fact.get("model")):
        return None
    said = heard(_heard(says))
    if not said:
        return None
    one = sound.stated(**{each.name: fact.get(each.name) for each in fields(Stated)})
    letters = {one.source for one in said}
    first = next(letter for letter in RANK if letter in letters)
    other = next((letter for letter in RANK if letter in letters and letter != first), first)
    gone = fact.get("gone")
    gone = sound.date(gone[1]) if isinstance(gone, list) and len(gone) == 2 else ""
    missing = fact.get("missing_in") or ()
    missing = missing if isinstance(missing, list) else ()

    def sourced(value: T | None, differing: T | None = None) -> Sourced[T]:
        pair = ((first, value), (other, None if differing == value else differing))
        return tuple((letter, one) for letter, one in pair if one not in (None, ()))

    return Known(
        heard=said,
        missing="".join(
            letter for letter in RANK if letter in letters and (gone or SOURCES[letter] in missing)
        ),
        mode=one.mode,
        input=sourced(one.input),
        output=sourced(one.output),
        context=sourced(one.context, sound.tokens(fact.get("context_other"))),
        max_output=sourced(one.max_output),
        usd_in=sourced(one.usd_in, sound.usd(fact.get("usd_in_other"))),
        usd_out=sourced(one.usd_out, sound.usd(fact.get("usd_out_other"))),
        usd_image=one.usd_image,
        retires=one.retires,
        gone=gone,
        released=one.released,
        knowledge=one.knowledge,
        status=one.status,
    )


def _heard(says: dict[str, Any]) -> Iterator[Heard]:
    for code, vision in says.items():
        if code in DATES and (vision is None or isinstance(vision, bool)):
            yield Heard(code[0], DATES[code], vision)

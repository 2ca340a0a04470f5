"""One new list of models, laid over what is known.

Every statement is kept until a newer one of the same source repeats it. A model that the list no
longer has is missing in that source, and gone, from that day, when it is missing in every source
that ever listed it. A list that drops a whole provider says nothing about its models, and neither
does one that is less than half as long as the one before: it may have been cut.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from visioncli.catalogue.index import SOURCES
from visioncli.core.errors import VisionError

from . import sound
from .known import Heard, Known, Sourced, heard
from .snapshots import Snapshot, Stated
from .statements import RANK

N = TypeVar("N", bound=float)
Words = Sourced[tuple[str, ...]]

TOLERANCE = {"context": 0.05, "max_output": 0.05, "usd_in": 0.02, "usd_out": 0.02}


def lay(rows: dict[str, Known], snapshot: Snapshot, today: str) -> tuple[int, bool]:
    """How many of the snapshot's rows were of no use, and whether it may tell what is missing.

    Raises VisionError for a source or a date that no list can have.
    """
    source, as_of = snapshot.source, snapshot.as_of
    if source not in SOURCES or not sound.date(as_of):
        raise VisionError(f"a list needs a known source and its day, not {source!r} and {as_of!r}")
    as_of = min(as_of, today)
    listed = {model: said for model, said in snapshot.rows.items() if sound.model(model)}
    providers = {_provider(model) for model in listed}
    before = [
        model
        for model, known in rows.items()
        if source in known.sources
        and source not in known.missing
        and (source != "P" or _provider(model) in providers)
    ]
    newer = any(_heard_after(rows[model], source, as_of) for model in before)
    whole = not newer and 2 * len(listed) >= len(before)
    for model, said in listed.items():
        known = rows.get(model, Known())
        if not _heard_after(known, source, as_of):
            rows[model] = _told(known, source, as_of, sound.again(said))
    if whole:
        for model in before:
            if model not in listed and _provider(model) in providers:
                known = replace(rows[model], missing=_with(rows[model].missing, source))
                rows[model] = replace(known, gone=as_of) if is_gone(known) else known
    return len(snapshot.rows) - len(listed), whole


def is_gone(known: Known) -> bool:
    """Whether no source lists it any more."""
    return bool(known.heard) and all(source in known.missing for source in known.sources)


def _heard_after(known: Known, source: str, as_of: str) -> bool:
    last = known.last(source)
    return last is not None and last.as_of > as_of


def _told(known: Known, source: str, as_of: str, said: Stated) -> Known:
    one = Heard(source, as_of, said.vision)
    earlier = (old for old in known.heard if (old.source, old.as_of) != (source, as_of))
    changed = replace(
        known,
        heard=heard((*earlier, one)),
        missing=known.missing.replace(source, ""),
        gone="",
        context=_figure("context", known.context, source, said.context),
        max_output=_figure("max_output", known.max_output, source, said.max_output)[:1],
        usd_in=_figure("usd_in", known.usd_in, source, said.usd_in),
        usd_out=_figure("usd_out", known.usd_out, source, said.usd_out),
        input=_modalities(known.input, source, said.input)[:1],
        output=_outputs(known.output, source, said.output),
        released=said.released or known.released,
        knowledge=said.knowledge or known.knowledge,
    )
    if source == "L":  # the registry's newest word on what it alone knows, silence included
        changed = replace(changed, mode=_mode(said), retires=said.retires)
    elif said.mode or said.retires:
        changed = replace(
            changed, mode=said.mode or known.mode, retires=said.retires or known.retires
        )
    if source == "M" or said.status:
        changed = replace(changed, status=said.status)
    if said.usd_image is not None:
        changed = replace(changed, usd_image=said.usd_image)
    return changed


def _mode(said: Stated) -> str:
    return "" if said.mode == "chat" else said.mode


def _figure(name: str, old: Sourced[N], source: str, value: N | None) -> Sourced[N]:
    """The first source's figure, and the next one's that differs from it by more than a little."""
    if value is None:
        return old
    values = {**dict(old), source: value}
    ordered = [(letter, values[letter]) for letter in RANK if letter in values]
    first = ordered[0]
    far = [one for one in ordered if _apart(first[1], one[1], TOLERANCE[name])]
    return (first, *far[:1])


def _apart(one: float, other: float, tolerance: float) -> bool:
    return abs(one - other) > tolerance * max(one, other)


def _outputs(old: Words, source: str, value: tuple[str, ...]) -> Words:
    """Text alone is not kept."""
    if value == ("text",):
        return tuple(one for one in old if one[0] != source)
    said = _modalities(old, source, value)
    return tuple(one for one in said if one is said[0] or set(one[1]) != set(said[0][1]))


def _modalities(old: Words, source: str, value: tuple[str, ...]) -> Words:
    if not value:
        return old
    values = {**dict(old), source: value}
    return tuple((letter, values[letter]) for letter in RANK if letter in values)


def _with(missing: str, source: str) -> str:
    return "".join(letter for letter in RANK if letter in missing or letter == source)


def _provider(model: str) -> str:
    return model.partition("/")[0]

"""New lists of models, laid over what is known: nothing is lost, and the rule gives each verdict.

Lists are laid on in order of their dates (`laying`); the newest statement of any source counts
(`statements`), and where all are silent the same model elsewhere (`siblings`). Corrections by hand
come last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from pathlib import Path

from visioncli.core.errors import UsageError
from visioncli.core.record import record

from . import cells, laying, siblings
from .known import Collected, Known, heard
from .snapshots import Snapshot
from .statements import RANK, Judged

CORRECTIONS = Path(__file__).with_name("corrections.tsv")


@record
class Counts:
    """models: rows in all. new, gone, changed: by this merge; changed: another verdict than before.

    yes, no, unknown: verdicts. dropped: entries of the lists that were of no use. partial: the
    sources ("L 2026-11-24") whose list was too short to say what is missing.
    """

    models: int
    yes: int
    no: int
    unknown: int
    new: int
    gone: int
    changed: int
    dropped: int
    partial: tuple[str, ...] = ()


@record
class Built:
    """The bytes of index.tsv and facts.tsv."""

    index: bytes
    facts: bytes
    counts: Counts


def merge(
    lists: Iterable[Snapshot | Collected],
    *,
    base: Path | Collected | None,
    today: str,
    corrections: Iterable[str] | None = None,
    strict: bool = False,
) -> Built:
    """base: what to begin with, or the folder of its index.tsv and facts.tsv. today: YYYY-MM-DD;
    a list that claims a later day is of today.

    The same input gives the same bytes. Raises VisionError where the base is not a catalogue.
    strict: UsageError where a correction expects another verdict than the sources give, which
    tells the maintainer to look again; a refresh keeps it.
    """
    known = cells.read(base) if isinstance(base, Path) else base or Collected()
    before = known.rows
    rows = dict(before)
    taken = list(lists)
    partial = []
    for collected in [one for one in taken if isinstance(one, Collected)]:
        for model, one in collected.rows.items():
            rows[model] = _joined(rows[model], one) if model in rows else one
    snapshots = (one for one in taken if isinstance(one, Snapshot))
    dropped = sum(one.dropped for one in taken)
    for snapshot in sorted(snapshots, key=lambda one: (one.as_of, RANK.find(one.source))):
        lost, whole = laying.lay(rows, snapshot, today)
        dropped += lost
        if not whole:
            partial.append(f"{snapshot.source} {snapshot.as_of}")
    own = CORRECTIONS.read_text("ascii").splitlines() if corrections is None else [*corrections]
    verdicts = siblings.judge(rows)
    verdicts |= _corrected(verdicts, own, strict=strict)
    index, facts = cells.written(rows, verdicts, today)
    old = siblings.judge(before)
    old |= _corrected(old, own, strict=False) if old else {}
    tally = Counter(said.verdict for said in verdicts.values())
    counts = Counts(
        models=len(verdicts),
        yes=tally["y"],
        no=tally["n"],
        unknown=tally["u"],
        new=len(rows.keys() - before.keys()),
        gone=sum(1 for model, one in rows.items() if one.gone and not _gone(before, model)),
        changed=sum(1 for model, said in old.items() if verdicts[model].verdict != said.verdict),
        dropped=dropped,
        partial=tuple(partial),
    )
    return Built(index, facts, counts)


def _gone(rows: Mapping[str, Known], model: str) -> bool:
    return model in rows and bool(rows[model].gone)


def _corrected(
    verdicts: Mapping[str, Judged], corrections: Iterable[str], *, strict: bool
) -> dict[str, Judged]:
    found = {}
    for line in corrections:
        if line.startswith("#"):
            continue
        model, verdict, as_of, was, why = line.split("\t")
        given = verdicts[model].verdict if model in verdicts else ""
        if strict and given != was:
            raise UsageError(
                f"the correction of {model!r} expects {was or 'no row'!r}, the facts differ",
                hint="read the facts again and drop or change the correction",
            )
        found[model] = Judged(verdict, why, "V", as_of)
    return found


def _joined(old: Known, new: Known) -> Known:
    """Two accounts of one model: all statements of both, the values of the one that is newer."""
    first, second = (old, new) if _newest(old) > _newest(new) else (new, old)
    missing = "".join(
        letter
        for letter in RANK
        if any(letter in one.missing and _latest(one, letter, old, new) for one in (old, new))
    )
    filled = {
        name: getattr(first, name) or getattr(second, name)
        for name in (each.name for each in fields(Known))
        if name not in ("heard", "missing", "gone")
    }
    joined = Known(heard=heard((*old.heard, *new.heard)), missing=missing, **filled)
    gone = old.gone or new.gone
    return replace(joined, gone=gone if laying.is_gone(joined) else "")


def _newest(known: Known) -> str:
    return known.heard[-1].as_of if known.heard else ""


def _latest(one: Known, source: str, *all_: Known) -> bool:
    dates = [last.as_of for known in all_ if (last := known.last(source)) is not None]
    mine = one.last(source)
    return mine is not None and mine.as_of == max(dates)

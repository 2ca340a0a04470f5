"""Where the sources disagree, by class, and what was made of it.

python -m visioncli.catalogue.making.conflicts
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from visioncli.catalogue import current, index
from visioncli.core.record import record

from . import cells
from .known import Known, Sourced

Kind = Literal["vision", "change", "context", "price", "listing"]

# How each class is resolved, by the written rule.
RULES: dict[Kind, str] = {
    "vision": "the newest statement counts, unless it answers without text or was corrected",
    "change": "the newest statement counts",
    "context": "the provider's own figure, else LiteLLM's; the other one is kept beside it",
    "price": "the provider's own price, else LiteLLM's; the other one is kept beside it",
    "listing": "it counts as served while any source lists it",
}


@record
class Conflict:
    """kind: vision (two sources state otherwise), change (one source did, over time), context and
    price (figures more than 5 % or 2 % apart), listing (one source has dropped the model).

    said: who says what, one sentence a source. resolved: what the catalogue says, and why.
    """

    kind: Kind
    model: str
    said: tuple[str, ...]
    resolved: str


def conflicts(folder: Path | None = None) -> Iterator[Conflict]:
    """Of the catalogue in use, or the one in `folder`; in its order of models, class by class."""
    home = folder or Path(current.file(cells.INDEX)).parent
    rows = cells.read(home).rows
    verdicts = {row[0]: row for row in index.rows(path=str(home / cells.INDEX))}
    for kind in RULES:
        for model, known in rows.items():
            said = _said(kind, known)
            if said:
                yield Conflict(kind, model, said, _resolved(kind, known, verdicts[model]))


def _said(kind: Kind, known: Known) -> tuple[str, ...]:
    """Nothing where there is no such conflict."""
    if kind == "vision":
        newest = [one for source in known.sources if (one := known.stated(source)) is not None]
        if len({one.vision for one in newest}) < 2:
            return ()
        return tuple(_sentence(one.source, one.as_of, _word(one.vision)) for one in newest)
    if kind == "change":
        stated = [one for one in known.heard if one.vision is not None]
        changed = [
            one
            for one in stated
            if any(one.source == two.source and one.vision != two.vision for two in stated)
        ]
        return tuple(_sentence(one.source, one.as_of, _word(one.vision)) for one in changed)
    if kind == "context":
        return _figures(known.context, "tokens")
    if kind == "price":
        return (*_figures(known.usd_in, "USD in"), *_figures(known.usd_out, "USD out"))
    if not known.missing or known.gone:
        return ()
    return tuple(
        _sentence(source, last.as_of, "last listed" if source in known.missing else "lists it")
        for source in known.sources
        if (last := known.last(source)) is not None
    )


def _resolved(kind: Kind, known: Known, row: index.Row) -> str:
    if kind in ("vision", "change"):
        return f"{_word(row[1] == 'y')}: {row[6]}"
    if kind == "context":
        return f"{known.context[0][1]:,} tokens"
    if kind == "price":
        return " and ".join(
            f"{price[0][1]:g} USD" for price in (known.usd_in, known.usd_out) if price
        )
    return "listed, not gone"


def _figures(values: Sourced[int] | Sourced[float], unit: str) -> tuple[str, ...]:
    if len(values) < 2:
        return ()
    return tuple(f"{index.SOURCES[letter]}: {value:,} {unit}" for letter, value in values)


def _sentence(source: str, as_of: str, what: str) -> str:
    return f"{index.SOURCES[source]}: {what} ({as_of})"


def _word(vision: bool | None) -> str:
    return "yes" if vision else "no"


def main() -> int:
    """One conflict a line: class, model, what each source says, what the catalogue says."""
    for one in conflicts():
        sys.stdout.write("\t".join((one.kind, one.model, "; ".join(one.said), one.resolved)) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""The table of `vision models`: aligned text for pipes, styled and fitted on a terminal.

An id is never cut. On a terminal columns are left out, the least important first, until nine of ten
ids stand beside their cells; the cells of the others stand on a line of their own below.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from visioncli.models.listing import Known
from visioncli.models.readiness import Key

from .render import Look
from .terminal import clean_line

GAP = "  "
ID = "MODEL"
BESIDE = 0.9  # of the ids stand beside their cells
KEYS = {Key.SET: "set", Key.NOT_NEEDED: "n/a", Key.MISSING: "", None: ""}
SEES = {True: "yes", False: "no", None: "unknown"}
Codes = Mapping[str, tuple[str, str]]  # style -> what is written before and after


class Column(NamedTuple):
    """weight: of two columns the lighter one is left out first. style: of a cell; None: bare."""

    title: str
    cell: Callable[[Known], str]
    weight: int
    right: bool = True
    style: Callable[[Known], str] | None = None


class Table(NamedTuple):
    """left_out: the titles of columns for which the terminal is too narrow."""

    lines: Sequence[str]
    left_out: tuple[str, ...] = ()


def table(
    models: Sequence[Known], look: Look, size: tuple[int, int] | None, *, verdicts: bool
) -> Table:
    """models: at least one. size: columns and lines of the terminal; None: as wide as it gets, for
    a pipe or a file. verdicts: whether there are others in the list than models that can see.
    """
    ids = [clean_line(model.model) for model in models]
    lengths = [width_of(model) for model in ids]
    columns = {c: [c.cell(model) for model in models] for c in (SIGHT,) * verdicts + COLUMNS}
    widths = {c: max(len(c.title), *map(len, cells)) for c, cells in columns.items()}
    width = max(*lengths, len(ID))
    left_out: tuple[str, ...] = ()
    if size is not None:
        usual = sorted(lengths)[int(BESIDE * (len(lengths) - 1))]
        kept = _kept(widths, size[0] - max(usual, len(ID)))
        left_out = tuple(c.title for c, cells in columns.items() if c not in kept and any(cells))
        columns = {c: cells for c, cells in columns.items() if c in kept}
        room = size[0] - sum(widths[c] + len(GAP) for c in columns)
        width = max(min(width, room), len(ID))
    codes = _codes(look)
    titles = [_aligned(c.title, widths[c], right=c.right) for c in columns]
    head = _painted(GAP.join((ID.ljust(width), *titles)).rstrip(), codes.get("head"))
    texts = [_column(c, cells, widths[c], models, codes) for c, cells in columns.items()]
    rows = list(map(GAP.join, zip(*texts, strict=True))) if texts else [""] * len(models)
    lines = _Lines(head, size[1] if size else None)
    taken = sum(widths[c] + len(GAP) for c in columns) + len(GAP)
    for model, name, length, row in zip(models, ids, lengths, rows, strict=True):
        lines.of(model.model.partition("/")[0])
        shown, long = _named(name, codes), length
        if length > width and row.strip():
            lines.add(shown)
            shown, long = "", 0
        line = f"{shown}{' ' * (width - long)}{GAP}{row}"
        notes = _notes(model, verdicts=verdicts)
        told = _painted(notes, codes.get("name"))
        if not notes or size is None or max(long, width) + taken + width_of(notes) <= size[0]:
            lines.add(f"{line}{GAP}{told}")
        else:
            lines.add(line)
            lines.add(f"{GAP}{told}")
    return Table(lines.all, left_out)


def _kept(widths: Mapping[Column, int], room: int) -> set[Column]:
    """The weightiest columns that fit beside each other, each with a gap."""
    kept: set[Column] = set()
    for column in sorted(widths, key=lambda c: -c.weight):
        room -= widths[column] + len(GAP)
        if room < 0:
            break
        kept.add(column)
    return kept


class _Lines:
    """The head stands above, and on a terminal again where a provider begins a screen later."""

    def __init__(self, head: str, screen: int | None) -> None:
        self.all = [head]
        self._head, self._screen, self._at, self._provider = head, screen, 0, ""

    def of(self, provider: str) -> None:
        """What comes next is a model of this provider's."""
        if provider != self._provider:
            if self._screen is not None and len(self.all) - self._at >= self._screen - 1:
                self._at = len(self.all)
                self.all.append(self._head)
            self._provider = provider

    def add(self, line: str) -> None:
        self.all.append(line.rstrip())


def _column(
    column: Column, cells: Sequence[str], width: int, models: Sequence[Known], codes: Codes
) -> Sequence[str]:
    """The cells as wide as they must be. White space around one stays bare."""
    if not codes or column.style is None:
        return [_aligned(cell, width, right=column.right) for cell in cells]
    styled = [
        _painted(cell, codes[column.style(model)]) if cell else ""
        for cell, model in zip(cells, models, strict=True)
    ]
    padding = [" " * (width - len(cell)) for cell in cells]
    pairs = zip(padding, styled, strict=True) if column.right else zip(styled, padding, strict=True)
    return [before + after for before, after in pairs]


def _aligned(text: str, width: int, *, right: bool) -> str:
    return text.rjust(width) if right else text.ljust(width)


def _codes(look: Look) -> Codes:
    """Of every style; {} where nothing is styled."""
    if not look.markdown:
        return {}
    from . import paint  # rich, for terminals alone

    return paint.codes(colour=look.colour)


def _painted(text: str, code: tuple[str, str] | None) -> str:
    return f"{code[0]}{text}{code[1]}" if code and text else text


def _named(model: str, codes: Codes) -> str:
    """The provider faint, so that the eye finds the model."""
    provider, slash, name = model.partition("/")
    return _painted(provider + slash, codes["faint"]) + name if codes else model


def width_of(text: str) -> int:
    """How wide it stands on a terminal."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # for what a user called so alone: the catalogue is ASCII

    return cell_len(text)


# ---------------------------------------------------------------------------------- cells


def tokens(count: int | None) -> str:
    """131072 -> 131k, 1048576 -> 1.05M."""
    if count is None:
        return ""
    if count < 1000:
        return str(count)
    return f"{count / 1000:.0f}k" if count < 999_500 else f"{count / 1e6:.3g}M"


def dollars(price: float | None) -> str:
    """Cents at least, else three digits that say something: 15.00, 0.075, 0.00191, 0."""
    if price is None:
        return ""
    if not price:
        return "0"
    text = f"{price:.2f}"
    if price >= 10 or abs(float(text) - price) < price / 1000:
        return text
    if price >= 1e-4:
        return f"{price:.3g}"
    return f"{price:.{2 - math.floor(math.log10(price))}f}".rstrip("0")


def _retires(model: Known) -> str:
    return f"since {model.retired}" if model.retired else model.retires or ""


def _notes(model: Known, *, verdicts: bool) -> str:
    """What the configuration makes of it."""
    unsure = model.vision is None and not verdicts
    if not (model.default or model.aliases or unsure):
        return ""  # nearly all of them
    names = ("default",) * model.default + model.aliases + ("not known to see",) * unsure
    return clean_line(", ".join(names))


SIGHT = Column(
    *("SEES", lambda m: SEES[m.vision], 9, False),
    style=lambda m: {True: "good", False: "bad", None: "open"}[m.vision],
)
COLUMNS = (
    Column("CONTEXT", lambda m: tokens(m.facts.context if m.facts else None), 3),
    Column("$IN/M", lambda m: dollars(m.usd_in), 8),
    Column("$OUT/M", lambda m: dollars(m.usd_out), 6),
    Column("$PICTURE", lambda m: dollars(m.usd_picture), 7),
    Column("KEY", lambda m: KEYS[m.key], 5, right=False, style=lambda _: "good"),
    Column(
        *("RETIRES", _retires, 2, False),
        style=lambda m: "bad" if m.retired else "open",
    ),
)

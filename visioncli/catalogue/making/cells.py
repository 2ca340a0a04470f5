"""The two files of the catalogue, as lines of a base and as rows of the merge."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from visioncli.catalogue import current
from visioncli.catalogue.facts import MODALITIES, NAME, VISION
from visioncli.catalogue.index import LONGEST, SOURCES
from visioncli.core.errors import VisionError

from .known import Collected, Heard, Known, Sourced
from .sound import DATE
from .statements import RANK, Judged

INDEX = "index.tsv"
CREDIT = (
    "facts from LiteLLM's model registry (MIT, Copyright Berri AI) and models.dev (MIT, Copyright"
    " 2025 models.dev)"
)
INDEX_COLUMNS = "id verdict source as_of retires gone why"
FACTS_COLUMNS = (
    "id heard missing context max_output usd_in usd_out usd_image input output mode released"
    " knowledge status"
)
LETTERS = {name: letter for letter, name in MODALITIES.items()}
SIGNS = {vision: sign for sign, vision in VISION.items()}
HEARD = re.compile(rf"[{''.join(SOURCES)}]{DATE.pattern}[-+?]")
FIGURE = re.compile(r"([A-Z]?)([0-9a-z.e+-]*)")


def written(
    rows: Mapping[str, Known], verdicts: Mapping[str, Judged], date: str
) -> tuple[bytes, bytes]:
    """index.tsv and facts.tsv. Raises VisionError where a row cannot stand in them."""
    order = sorted(verdicts, key=lambda model: (model.lower() + "\t", model))
    index, facts = [], []
    for model in order:
        known, said = rows.get(model, Known()), verdicts[model]
        dates = (said.as_of, known.retires, known.gone)
        index.append("\t".join((model, said.verdict, said.source, *dates, said.why)))
        facts.append("\t".join((model, *_facts(known))))
    for line in (*index, *facts):
        if not (line.isascii() and line.replace("\t", "").isprintable() and len(line) < LONGEST):
            raise VisionError(f"a row cannot be written: {line!r:.200}")
    return _joined(INDEX_COLUMNS, date, index), _joined(FACTS_COLUMNS, date, facts)


def read(folder: Path) -> Collected:
    """The rows of a folder's two files. Raises VisionError where they are not a catalogue."""
    index, facts = _lines(folder / INDEX), _lines(folder / NAME)
    rows = {}
    try:
        for verdict, line in zip(index, facts, strict=True):
            model, *_, retires, gone, _why = verdict.split("\t")
            rows[model] = _known(model, line.split("\t"), retires=retires, gone=gone)
    except ValueError as error:
        raise VisionError(f"the catalogue in {folder} is damaged ({error})") from None
    return Collected(rows)


def _joined(columns: str, date: str, lines: list[str]) -> bytes:
    rows = "".join(f"{line}\n" for line in lines)
    head = current.head(date, f"{columns}\t{CREDIT}", len(rows))
    return f"{head}\n{rows}".encode()


def _lines(path: Path) -> list[str]:
    if not current.made(str(path)):
        raise VisionError(f"{path} is not a catalogue of this version")
    try:
        return path.read_text("ascii").split("\n")[1:-1]
    except (OSError, ValueError) as error:
        raise VisionError(f"{path} cannot be read ({error})") from None


def _facts(known: Known) -> tuple[str, ...]:
    leading = next((letter for letter in RANK if letter in known.sources), "")
    return (
        " ".join(f"{one.source}{one.as_of}{SIGNS[one.vision]}" for one in known.heard),
        known.missing,
        _sourced(known.context, leading),
        _sourced(known.max_output, leading),
        _sourced(known.usd_in, leading),
        _sourced(known.usd_out, leading),
        "" if known.usd_image is None else _plain(known.usd_image),
        _sourced(known.input, leading),
        _sourced(known.output, leading),
        known.mode,
        known.released,
        known.knowledge,
        known.status,
    )


def _known(model: str, cells: list[str], *, retires: str, gone: str) -> Known:
    same, heard, missing, context, most, usd_in, usd_out, usd_image, taken, given, *rest = cells
    mode, released, knowledge, status = rest
    if same != model:
        raise ValueError(model)
    said = tuple(_heard(one) for one in heard.split())
    leading = next((letter for letter in RANK if any(one.source == letter for one in said)), "")
    return Known(
        heard=said,
        missing=missing,
        context=tuple((letter, int(value)) for letter, value in _split(context, leading)),
        max_output=tuple((letter, int(value)) for letter, value in _split(most, leading)),
        usd_in=tuple((letter, float(value)) for letter, value in _split(usd_in, leading)),
        usd_out=tuple((letter, float(value)) for letter, value in _split(usd_out, leading)),
        usd_image=float(usd_image) if usd_image else None,
        input=tuple((letter, _words(value)) for letter, value in _split(taken, leading)),
        output=tuple((letter, _words(value)) for letter, value in _split(given, leading)),
        mode=mode,
        released=released,
        knowledge=knowledge,
        status=status,
        retires=retires,
        gone=gone,
    )


def _sourced(values: Sourced[int] | Sourced[float] | Sourced[tuple[str, ...]], leading: str) -> str:
    cells = [letter + _plain(value) for letter, value in values]
    if values and values[0][0] == leading:
        cells[0] = cells[0][1:]
    return " ".join(cells)


def _plain(value: float | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return "".join(LETTERS[word] for word in value)
    return f"{value:.9g}" if isinstance(value, float) else str(value)


def _split(cell: str, leading: str) -> list[tuple[str, str]]:
    found = []
    for figure in cell.split():
        match = FIGURE.fullmatch(figure)
        if match is None:
            raise ValueError(figure)
        found.append((match[1] or leading, match[2]))
    return found


def _words(initials: str) -> tuple[str, ...]:
    try:
        return tuple(MODALITIES[letter] for letter in initials)
    except KeyError as error:
        raise ValueError(initials) from error


def _heard(one: str) -> Heard:
    if HEARD.fullmatch(one) is None:
        raise ValueError(one)
    return Heard(one[0], one[1:11], VISION[one[11]])

"""Writes index.tsv from the collected facts: python -m visioncli.catalogue.build FACTS.jsonl.gz OUT

FACTS is gzipped JSON Lines, one object a model: `model` (provider/name), `verdict` (yes | no |
unknown), `source` (litellm | models.dev | ollama-library), `as_of`, `why`, and where known
`retires` (date) and `gone` ([last seen, first date without it]). corrections.tsv, beside this file,
is laid over it: what the sources have wrong, and models they do not know. The same facts and
corrections give the same bytes.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from visioncli.core.errors import UsageError

from .index import LONGEST, SOURCES

CORRECTIONS = Path(__file__).with_name("corrections.tsv")
HEAD = (
    "#id\tverdict\tsource\tas of\tretires\tgone\twhy; facts from LiteLLM's model registry (MIT,"
    " Copyright Berri AI) and models.dev (MIT, Copyright 2025 models.dev)"
)
LETTER = {name: letter for letter, name in SOURCES.items()}
DATE = re.compile(r"\d{4}-\d\d-\d\d")
Cells = tuple[str, ...]


def index(facts: Iterable[str], corrections: Iterable[str] = ()) -> bytes:
    """The file's bytes, from the lines of both. Raises UsageError naming the row that is wrong."""
    table: dict[str, Cells] = {}
    for fact in map(json.loads, facts):
        cells = (
            fact["model"],
            fact["verdict"][0],
            LETTER[fact["source"]],
            fact["as_of"],
            fact.get("retires", ""),
            fact.get("gone", ["", ""])[1],
            fact["why"],
        )
        if fact["model"] in table:
            raise UsageError(f"{fact['model']!r} is listed twice")
        table[fact["model"]] = cells
    table.update(_corrected(table, corrections))
    lines = [_line(cells) for cells in table.values()]
    lines.sort(key=lambda line: (line.partition(b"\t")[0].lower() + b"\t", line))
    return b"\n".join((HEAD.encode(), *lines, b""))


def _corrected(table: dict[str, Cells], corrections: Iterable[str]) -> Iterator[tuple[str, Cells]]:
    for line in corrections:
        if line.startswith("#"):
            continue
        model, verdict, as_of, was, why = line.rstrip("\n").split("\t")
        old = table.get(model)
        if (old[1] if old else "") != was:
            raise UsageError(
                f"the correction of {model!r} expects {was or 'no row'!r}, the facts differ",
                hint="read the facts again and drop or change the correction",
            )
        retires, gone = old[4:6] if old else ("", "")
        yield model, (model, verdict, LETTER["visioncli"], as_of, retires, gone, why)


def _line(cells: Cells) -> bytes:
    model, verdict, _source, *dates, why = cells
    line = "\t".join(cells)
    good = (
        line.isascii()
        and all(cell.isprintable() for cell in cells)
        and all(model.partition("/"))
        and verdict in ("y", "n", "u")
        and all(DATE.fullmatch(date) for date in dates if date)
        and dates[0]
        and why
        and model > "$"  # after the first line
        and len(line) < LONGEST
    )
    if not good:
        raise UsageError(f"the row of {model!r} cannot be written: {cells}")
    return line.encode()


def main(argv: list[str]) -> int:
    if len(argv) != 2:
        raise UsageError("usage: python -m visioncli.catalogue.build FACTS.jsonl.gz OUT")
    with (
        gzip.open(argv[0], "rt", encoding="utf-8") as facts,
        CORRECTIONS.open("rt", encoding="utf-8") as own,
    ):
        data = index(facts, own)
    Path(argv[1]).write_bytes(data)
    sys.stdout.write(f"{len(data.splitlines()) - 1} models, {len(data)} bytes\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

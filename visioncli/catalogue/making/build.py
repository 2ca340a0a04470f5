"""Makes the packaged catalogue: python -m visioncli.catalogue.making.build FACTS.jsonl.gz [FOLDER]

FACTS is what `collected` reads. index.tsv and facts.tsv are written into FOLDER, this one if none
is named, by the same merge as a refresh, with corrections.tsv laid over them. The same facts and
corrections give the same bytes: the date of the files is the newest that any of them names.
"""

from __future__ import annotations

import sys
from pathlib import Path

from visioncli.catalogue import facts
from visioncli.core.errors import UsageError

from . import cells, readers
from .known import Collected
from .merge import CORRECTIONS, Built, merge


def built(data: bytes, corrections: list[str]) -> Built:
    """data: the collected facts. Raises UsageError naming what is wrong in either."""
    collected = readers.read(data, as_of="", name="FACTS")
    if not isinstance(collected, Collected) or collected.dropped:
        raise UsageError("FACTS is not collected facts, or lines of it cannot be used")
    own = [line for line in corrections if not line.startswith("#")]
    dates = [line.split("\t")[2] for line in own]
    heard = [known.heard[-1].as_of for known in collected.rows.values()]
    today = max((*dates, *heard))
    return merge([collected], base=None, today=today, corrections=own, strict=True)


def main(argv: list[str]) -> int:
    if len(argv) not in (1, 2):
        raise UsageError(
            "usage: python -m visioncli.catalogue.making.build FACTS.jsonl.gz [FOLDER]"
        )
    folder = Path(argv[1]) if argv[1:] else CORRECTIONS.parent
    made = built(Path(argv[0]).read_bytes(), CORRECTIONS.read_text("ascii").splitlines())
    (folder / cells.INDEX).write_bytes(made.index)
    (folder / facts.NAME).write_bytes(made.facts)
    counts = made.counts
    sys.stdout.write(
        f"{counts.models} models: {counts.yes} yes, {counts.no} no, {counts.unknown} unknown;"
        f" {len(made.index)} and {len(made.facts)} bytes\n"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

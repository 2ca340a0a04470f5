"""Prints the matrix of faults as a table: `python -m tests.faults [NUMBER...]`.

Each row is one fault around the installed program, and what became of it; exit 1 where one went
otherwise than it should.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

from tests.faults.server import serving
from tests.matrix.rows import Row
from tests.matrix.subjects import SUBJECTS
from tests.matrix.table import listed, run, skipped

LINE = "{:>5}  {:<52.52}  {:<58.58}  {:>4}  {:>8}  {}"


def main(words: Sequence[str]) -> int:
    """words: numbers of subjects or of rows; none: all."""
    rows = [row for row in listed() if not words or row.id in words or str(row.number) in words]
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    wrong: list[str] = []
    told(LINE.format("row", "subject", "fault", "exit", "requests", "verdict"))
    with (
        serving() as server,
        tempfile.TemporaryDirectory() as folder,
        ThreadPoolExecutor(os.cpu_count()) as workers,
    ):

        def verdict(row: Row) -> tuple[str, str]:
            if why := skipped(row):
                return "skipped", why
            try:
                run(row, server, Path(folder, row.id))
            except Exception as error:  # noqa: BLE001 - told below, and the rest goes on
                return "FAILED", f"{type(error).__name__}: {error}"
            return "passed", ""

        for row, (word, why) in zip(rows, workers.map(verdict, rows), strict=True):
            counts[word] += 1
            if word == "skipped":
                reasons[why] += 1
            if word == "FAILED":
                wrong.append(f"{row.id} {row.case}\n    " + why.replace("\n", "\n    "))
            many = "some" if row.requests is None else row.requests
            line = LINE.format(row.id, SUBJECTS[row.number], row.case, row.exit, many, word)
            told(line)
    for one in wrong:
        told(f"\n{one}")
    told(
        f"\n{len(rows)} rows, {len({row.number for row in rows})} subjects:"
        f" {counts['passed']} passed, {counts['FAILED']} failed, {counts['skipped']} skipped"
    )
    for why, count in reasons.items():
        told(f"  {count} skipped: {why}")
    return 1 if wrong else 0


def told(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what the command is for


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

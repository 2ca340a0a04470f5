"""What holds for every row: its status, its lines, its stdout, its requests, and no secret told."""

from __future__ import annotations

import os
import re

from tests.cli.test_terminal import obeyed
from tests.program import KEY

from .place import Done, Place
from .rows import Row

AGAIN = re.compile(r".+; again in \d+\.\d s")
ONE_ERROR = re.compile(r"(?!error: |  try: ).*", re.DOTALL)


def judge(row: Row, place: Place, done: Done) -> None:
    lines = shown(place, done.err)
    told = "\n".join(lines)
    assert done.status == row.exit, f"{done.status}\n{told}\n{done.out[:500]}"
    further = [line for line in lines if AGAIN.fullmatch(line)]
    rest = [line for line in lines if not AGAIN.fullmatch(line)]
    assert len(rest) == len(row.says), told
    for line, wanted in zip(rest, row.says, strict=True):
        assert re.fullmatch(wanted, line), f"{line!r} is not {wanted!r}"
    assert len(further) == row.again, told
    one_error(row, rest)
    answered(row, done)
    assert row.requests in (None, place.requests), place.requests
    clean(place, done)


def shown(place: Place, err: str) -> list[str]:
    """Its lines, without what differs from run to run."""
    told = err.replace(place.server.address, "SERVER").replace(str(place.folder), "PLACE")
    return told.removesuffix("\n").split("\n") if told else []


def one_error(row: Row, lines: list[str]) -> None:
    """One line says what is wrong and at most one more what to do; they are the last ones."""
    errors = [n for n, line in enumerate(lines) if line.startswith("error: ")]
    remedies = [n for n, line in enumerate(lines) if line.startswith("  try: ")]
    silent = row.verdict or row.exit in (0, 11, 130, 141, 143)
    assert len(errors) == (0 if silent else 1), lines
    assert remedies in ([], [errors[0] + 1] if errors else []), lines


def answered(row: Row, done: Done) -> None:
    wanted = row.expected
    if isinstance(wanted, str):
        assert done.out == wanted
    else:
        assert wanted.fullmatch(done.out), done.out


def clean(place: Place, done: Done) -> None:
    both = done.out + done.err
    assert "Traceback" not in both
    assert not [c for c in both if obeyed(c)], ascii(both)
    assert KEY not in both
    for file in place.left():
        assert KEY.encode() not in os.fsencode(file) + file.read_bytes(), file

"""Names in the order that people count, img2 before img10: any number of them, in flat memory."""

from __future__ import annotations

import heapq
import io
import marshal
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO

RUN = 20_000  # names that are sorted at a time: about 4 MB
BLOCK = 200  # names of a run that are held while runs are merged
DIGITS = re.compile(r"[0-9]+")
Keyed = tuple[str, str]  # what a name is sorted by, the name


def key(name: str) -> str:
    """Numbers by their value, letters whatever their case; "a01" and "a1" lie side by side."""
    return DIGITS.sub(_number, name.casefold())


def _number(digits: re.Match[str]) -> str:
    """How many digits there are, then these: of two numbers the longer is the larger."""
    plain = digits[0].lstrip("0") or "0"
    return f"{len(plain):03}{plain}"


def ordered(names: Iterable[str]) -> Iterator[str]:
    """Each name once it is its turn; all are taken before the first is given."""
    run: list[Keyed] = []
    runs: list[tuple[int, int]] = []  # where in the file a sorted run begins and ends
    with ExitStack() as stack:
        file: IO[bytes] | None = None
        for name in names:
            run.append((key(name), name))
            if len(run) == RUN:
                file = file or stack.enter_context(tempfile.TemporaryFile())
                runs.append(_kept(run, file))
                run = []
        run.sort()
        kept = [_read(file, *place) for place in runs] if file else []
        for _, name in heapq.merge(run, *kept) if kept else run:
            yield name


def _kept(run: list[Keyed], file: IO[bytes]) -> tuple[int, int]:
    run.sort()
    start = file.seek(0, io.SEEK_END)
    for at in range(0, len(run), BLOCK):
        marshal.dump(run[at : at + BLOCK], file)
    return start, file.tell()


def _read(file: IO[bytes], at: int, end: int) -> Iterator[Keyed]:
    while at < end:
        file.seek(at)
        block: list[Keyed] = marshal.load(file)  # noqa: S302 - what was written above
        at = file.tell()
        yield from block

"""Undoes a content encoding that nobody asked for, a bounded piece at a time."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from visioncli.core.errors import BadAnswer
from visioncli.core.fields import preview

STEP = 1 << 16  # bytes that come out at once, however little went in
WINDOW = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


def inflated(chunks: Iterable[bytes], encoding: str, answer: str) -> Iterator[bytes]:
    """Raises BadAnswer for an encoding that is not known, or for data that is not of it.

    answer: how messages call what comes.
    """
    name = encoding.strip().lower()
    if name in ("", "identity"):
        yield from chunks
        return
    if name not in WINDOW:
        raise BadAnswer(
            f"{answer} comes in the encoding {preview(repr(name))}, which was not asked for"
        )
    machine = zlib.decompressobj(WINDOW[name])
    try:
        for chunk in chunks:
            rest = chunk
            while rest and not machine.eof:
                yield machine.decompress(rest, STEP)
                rest = machine.unconsumed_tail
    except zlib.error:
        raise BadAnswer(f"{answer} says that it is {name}, and is not") from None
    if not machine.eof:
        raise BadAnswer(f"{answer} is {name} that is cut short")

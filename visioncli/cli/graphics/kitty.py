"""The graphics protocol of kitty, which Ghostty and Konsole speak too.

https://sw.kovidgoyal.net/kitty/graphics-protocol/ (docs/graphics-protocol.rst, read 2026-11-24)
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

CHUNK = 4096  # characters of base64 at a time, as it asks for
# A picture of one pixel that is only looked at, never shown; who understands says OK.
QUERY = "\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\"


def drawn(png: bytes, cells: tuple[int, int] | None) -> Iterator[str]:
    """cells: columns and rows to be filled; None: pixel by pixel.

    q=2: it never answers, so that nothing is left for the shell to read. The cursor is left at the
    right end of the last row.
    """
    data = b64encode(png).decode("ascii")
    place = f",c={cells[0]},r={cells[1]}" if cells else ""
    first = f"a=T,f=100,q=2{place},"
    for at in range(0, len(data), CHUNK):
        more = int(at + CHUNK < len(data))
        yield f"\x1b_G{first}m={more};{data[at : at + CHUNK]}\x1b\\"
        first = ""
    yield "\n"

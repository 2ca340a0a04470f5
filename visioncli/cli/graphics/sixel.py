"""Sixel: six pixels below one another are a character. xterm, foot, mlterm, Windows Terminal.

VT330/VT340 Programmer Reference Manual, chapter 14, https://vt100.net/docs/vt3xx-gp/chapter14.html
(read 2026-11-24).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

HEIGHT = 6  # px of a band
ZERO = 63  # "?": none of the six
AGAIN = re.compile(r"(.)\1{3,}")  # `!4A` is shorter than that
# Says how many colours it has; terminals that do not know the question say nothing.
REGISTERS = "\x1b[?1;1;0S"


def drawn(
    size: tuple[int, int], colours: Sequence[tuple[int, int, int]], pixels: bytes
) -> Iterator[str]:
    """size: px. colours: of 0 to 255, at most 256. pixels: the number of a colour each.

    Every pixel is drawn; those below the last row are left as they are.
    """
    width, height = size
    yield f'\x1bP0;1;0q"1;1;{width};{height}'
    for number, colour in enumerate(colours):
        red, green, blue = (round(part * 100 / 255) for part in colour)
        yield f"#{number};2;{red};{green};{blue}"
    for top in range(0, height, HEIGHT):
        yield "-" if top else ""
        yield from _band(pixels[top * width : (top + HEIGHT) * width], width)
    yield "\x1b\\\n"


def _band(pixels: bytes, width: int) -> Iterator[str]:
    rows: dict[int, bytearray] = {}
    for place, colour in enumerate(pixels):
        if (row := rows.get(colour)) is None:
            row = rows[colour] = bytearray([ZERO]) * width
        row[place % width] += 1 << place // width
    for number, (colour, row) in enumerate(rows.items()):
        line = row.decode("ascii").rstrip("?")
        again = AGAIN.sub(lambda found: f"!{len(found[0])}{found[1]}", line)
        yield f"{'$' if number else ''}#{colour}{again}"

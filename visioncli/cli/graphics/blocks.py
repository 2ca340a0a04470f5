"""Half blocks: two pixels above one another are a character, for every terminal with colours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

UPPER = "▀"  # its upper half has the colour of text, its lower that of the ground
LEVELS = (0, 95, 135, 175, 215, 255)  # of the cube of 6x6x6 colours that xterm has as 16 to 231
Colour = tuple[int, int, int]


def drawn(size: tuple[int, int], rgb: bytes, *, true: bool) -> Iterator[str]:
    """A line for two rows of pixels. true: 24 bits a colour, else the 256 colours of xterm."""
    width, height = size
    paint = _true if true else _of_256
    for top in range(0, height, 2):
        line, last = "", ("", "")
        for x in range(width):
            above = paint(_at(rgb, top * width + x))
            below = paint(_at(rgb, (top + 1) * width + x)) if top + 1 < height else ""
            if (above, below) != last:
                ground = f"48;{below}" if below else "49"
                line += f"\x1b[38;{above};{ground}m"
                last = above, below
            line += UPPER
        yield f"{line}\x1b[0m\n"


def _at(rgb: bytes, pixel: int) -> Colour:
    red, green, blue = rgb[3 * pixel : 3 * pixel + 3]
    return red, green, blue


def _true(colour: Colour) -> str:
    return "2;{};{};{}".format(*colour)


@cache
def _of_256(colour: Colour) -> str:
    """The nearest of the cube and of the 24 greys."""
    cube = [min(range(6), key=lambda level: abs(LEVELS[level] - part)) for part in colour]
    grey = min(23, max(0, round((sum(colour) / 3 - 8) / 10)))
    in_cube = LEVELS[cube[0]], LEVELS[cube[1]], LEVELS[cube[2]]
    in_greys = (8 + 10 * grey,) * 3
    if _far(colour, in_greys) < _far(colour, in_cube):
        return f"5;{232 + grey}"
    return f"5;{16 + 36 * cube[0] + 6 * cube[1] + cube[2]}"


def _far(one: Colour, other: Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))

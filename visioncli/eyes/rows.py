"""From pieces of text to the rows a person would read, on a page that may lie askew."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from .seen import Line

GAP = "  "  # between two pieces of a row
SAME_ROW = 0.5  # of a piece's height


def skew(lines: Sequence[Line]) -> float:
    """The page's angle in radians: the median slope of the wide lines, 0 if there is none."""
    edges = [(t.quad[1][0] - t.quad[0][0], t.quad[1][1] - t.quad[0][1]) for t in lines]
    slopes = [math.atan2(y, x) for x, y in edges if abs(x) > 2 * abs(y)]
    return median(slopes) if slopes else 0.0


def rows(lines: Sequence[Line]) -> tuple[str, ...]:
    """Pieces at one height, once the page is turned straight, joined: "TOTAL GBP  14.91"."""
    angle = skew(lines)
    cos, sin = math.cos(angle), math.sin(angle)
    placed = []  # (middle, height, left, text)
    for line in lines:
        across = [x * cos + y * sin for x, y in line.quad]
        down = [y * cos - x * sin for x, y in line.quad]
        placed.append((sum(down) / 4, max(down) - min(down), min(across), line.text))
    out: list[tuple[float, list[tuple[float, str]]]] = []
    for middle, tall, left, text in sorted(placed):
        if out and middle - out[-1][0] < SAME_ROW * tall:
            out[-1][1].append((left, text))
        else:
            out.append((middle, [(left, text)]))
    return tuple(GAP.join(text for _, text in sorted(parts)) for _, parts in out)


def tallest(lines: Sequence[Line]) -> Line:
    """The line of the tallest letters, of several the highest on the page: a title, mostly.

    A line's box also grows with the letters it happens to hold, so a quarter more or less is equal.
    """
    heights = {id(t): min(math.dist(t.quad[0], t.quad[i]) for i in (1, 3)) for t in lines}
    most = max(heights.values())
    tall = [t for t in lines if heights[id(t)] >= 0.8 * most]
    return min(tall, key=lambda t: sum(y for _, y in t.quad))

"""What the eyes saw, as plain values: no array, nothing that needs numpy to be read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from visioncli.core.record import record

Box = tuple[float, float, float, float]  # x0, y0, x1, y1
Point = tuple[float, float]
Reach = Literal["in", "partial", "out"]
Share = tuple[str, float]  # a colour's name and its share of the picture, 0..1


@record
class Found:
    """label: COCO-80 name; score: 0..1, not calibrated; box: px of the picture it was found in."""

    label: str
    score: float
    box: Box


@record
class Line:
    """A piece of text. score: mean probability of its characters.

    quad: px, clockwise from the top left of the text as it is read.
    """

    text: str
    score: float
    quad: tuple[Point, Point, Point, Point]


@record
class Labels:
    """What the whole picture looks like.

    top: the five likeliest ImageNet names with probability. sums: every name and WordNet parent,
    lower case, to its summed probability. best: the most specific name that may be said, or None.
    hint: the best weaker one where best is None. parents: an ImageNet name to its own and its
    parents' names, lower case. chances: an ImageNet name to its probability.
    """

    top: tuple[tuple[str, float], ...]
    sums: Mapping[str, float]
    best: tuple[str, float] | None
    hint: tuple[str, float] | None
    parents: Mapping[str, frozenset[str]]
    chances: Mapping[str, float]


@record(kw_only=True)
class Pixels:
    """Measurements without a model.

    brightness, contrast: mean and standard deviation of grey, 0..255. sharpness: variance of the
    Laplacian, below 60 is soft. flat: share of pixels without an edge, 0..1; graphics and scans are
    above 0.6. grey: no colour in it. colours: largest share first.
    """

    brightness: float
    contrast: float
    sharpness: float
    flat: float
    grey: bool
    colours: tuple[Share, ...]


@record
class Reply:
    """What a rule says. kind: the rule's subject, for scripts."""

    reach: Reach
    text: str
    kind: str


@record
class Sight:
    """The answer to one question. evidence: one JSON-ready object a picture."""

    answer: str
    reach: Reach
    kind: str
    evidence: tuple[dict[str, object], ...]

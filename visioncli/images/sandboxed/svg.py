"""SVG and SVGZ, drawn by resvg in a process apart. Nothing inside reaches a file or the network."""

from __future__ import annotations

from typing import NamedTuple

from visioncli.core.types import Blob

from . import apart

LONGEST = 1568  # px of the longer side where nobody says another


class Drawn(NamedTuple):
    """png: the bytes, RGB on white. size: px. warnings: what is worth telling."""

    png: bytes
    size: tuple[int, int]
    warnings: tuple[str, ...]


def drawn(blob: Blob, name: str, longest: int = LONGEST) -> Drawn:
    """The picture at its own size; a small one larger, so that it can be recognised.

    longest: px that no side exceeds. Raises ImageProblem: no SVG, hostile, or the extra is missing.
    """
    made = apart.made("svg", blob, name, longest=longest)
    with made.file:
        png = made.data()
    size = made.facts["size"][0], made.facts["size"][1]
    return Drawn(png, size, tuple(f"{name} {text}" for text in made.warnings))

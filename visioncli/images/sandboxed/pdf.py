"""Pages of a PDF as pictures, drawn by PDFium in a process apart."""

from __future__ import annotations

from typing import NamedTuple

from visioncli.core.errors import ImageProblem
from visioncli.core.types import Blob, BytesBlob

from . import apart

LONGEST = 1568  # px of the longer side where nobody says another


class Drawn(NamedTuple):
    """media_type: PNG, or JPEG where that is smaller, as with scans. size: px."""

    media_type: str
    blob: Blob
    size: tuple[int, int]


def count(blob: Blob, name: str) -> int:
    """How many pages there are. Raises ImageProblem."""
    made = apart.made("pdf", blob, name)
    made.file.close()
    return int(made.facts["pages"])


def drawn(blob: Blob, name: str, page: int, longest: int = LONGEST) -> Drawn:
    """One page, on white. page: from 1. longest: px of its longer side.

    Raises ImageProblem: no such page, encrypted, damaged, hostile, or the extra is missing.
    """
    made = apart.made("pdf", blob, name, page=page, longest=longest)
    with made.file:
        facts = made.facts
        if "media_type" not in facts:
            raise _beyond(name, int(facts["pages"]))
        size = facts["size"][0], facts["size"][1]
        return Drawn(facts["media_type"], BytesBlob(made.data()), size)


def _beyond(name: str, last: int) -> ImageProblem:
    has = "one page" if last == 1 else f"{last:,} pages"
    return ImageProblem(f"{name}: there is no such page; it has {has}", code="image_page")

"""Pages of a PDF as they are named: `doc.pdf#2-4` is three pictures. Nothing is opened."""

from __future__ import annotations

import re

from visioncli.core.errors import UsageError

from . import names

MOST = 10_000  # pages that one name may mean
RANGE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
HOW = "DOC.pdf#2, DOC.pdf#2-4 or DOC.pdf#1,3; the first page is 1"


def each(image: str) -> tuple[str, ...]:
    """A name for every page: "doc.pdf#2-4" is doc.pdf#2, doc.pdf#3, doc.pdf#4; any other is itself.

    Raises UsageError for what is no list of pages.
    """
    found = names.pages(image)
    if found is None:
        return (image,)
    file, said = found
    return tuple(f"{file}#{page}" for page in numbers(image, said))


def numbers(image: str, said: str) -> tuple[int, ...]:
    """said: "2-4,7". Raises UsageError."""
    found: list[int] = []
    for part in said.split(","):
        match = RANGE.fullmatch(part)
        first = int(match[1]) if match else 0
        if match is None or not first:
            raise UsageError(f"{names.shown(image)} names no pages", hint=HOW)
        last = int(match[2]) if match[2] else first
        if last < first:
            raise UsageError(f"{names.shown(image)}: {part} counts backwards", hint=HOW)
        if len(found) + last - first >= MOST:
            what = f"{names.shown(image)} names more than {MOST:,} pages"
            raise UsageError(what, hint="fewer at a time")
        found += range(first, last + 1)
    return tuple(found)

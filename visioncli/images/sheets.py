"""One page of a PDF, as a picture among others: doc.pdf#2."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from typing import TYPE_CHECKING

from visioncli.core.errors import UsageError
from visioncli.core.target import Provider
from visioncli.core.types import Blob, Unfetched

from . import blobs, names, pages
from .examine import examined
from .picture import Picture

if TYPE_CHECKING:
    from .fetch import Fetched

LONGEST = 1568  # px of the longer side of a page, where nobody says another
DOCUMENT = "document "  # begins the name under which a PDF is kept
Kept = MutableMapping[str, Blob]


def page(
    image: str,
    download: Callable[[str], Fetched] | None,
    media_type: str | None,
    provider: Provider,
    *,
    longest: int,
    kept: Kept,
) -> Picture:
    """download: for an address; None: nothing is fetched. kept: where the last one is left.

    Raises UsageError where `image` names no page or several, ImageProblem for the file.
    """
    file, said = names.pages(image) or (image, "")
    numbers = pages.numbers(image, said)
    if len(numbers) != 1:
        what = f"{names.shown(image)} is {len(numbers)} pictures, where one is meant"
        raise UsageError(what, hint=f"{names.shown(file)}#{numbers[0]}")
    blob = _document(file, download, kept)
    if isinstance(blob, Unfetched):
        return Picture(image, media_type, blob)
    from .sandboxed import pdf  # it starts a process, which little else needs

    drawn = pdf.drawn(blob, names.shown(file), numbers[0], longest)
    return examined(image, drawn.blob, media_type, provider)


def _document(file: str, download: Callable[[str], Fetched] | None, kept: Kept) -> Blob:
    """The PDF, of this machine or from an address: fetched once for all its pages."""
    if names.scheme(file) not in ("http", "https"):
        return blobs.from_path(file)
    if (last := kept.get(DOCUMENT + file)) is not None:
        return last
    address, _ = names.without_user(file)
    if download is None:
        return Unfetched(names.shown(address))
    blob = download(address).blob
    for other in [key for key in kept if key.startswith(DOCUMENT)]:
        kept.pop(other, None)
    kept[DOCUMENT + file] = blob
    return blob

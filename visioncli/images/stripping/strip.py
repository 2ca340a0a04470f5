"""A picture without anything that is not the picture: its pixels stay as they were compressed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib import import_module
from typing import BinaryIO

from visioncli.core.errors import ImageProblem
from visioncli.core.types import Blob
from visioncli.images.blobs import as_file
from visioncli.images.pieces import PiecedBlob, Range

from .strip_found import Found, Odd

__all__ = ("Found", "found", "stripped")

WALKS = {
    "image/jpeg": "strip_jpeg",
    "image/png": "strip_png",
    "image/webp": "strip_webp",
    "image/gif": "strip_gif",
}


@cache
def _walk(media_type: str) -> Callable[[BinaryIO], Found]:
    """Loaded when the first picture of its type comes: mostly one of the four is all there is."""
    module = import_module(f".{WALKS[media_type]}", __package__)
    walked: Callable[[BinaryIO], Found] = module.walked
    return walked


def found(blob: Blob, media_type: str) -> Found:
    """What can be known of a picture without decoding it: in one pass, in a few MB of memory.

    A file that cannot be followed, and every other type, is found to need its pixels. Raises
    ImageProblem where the bytes cannot be read, or have changed.
    """
    if media_type not in WALKS:
        return Found(needs_pixels=f"only Pillow knows {media_type}")
    with as_file(blob) as file:
        try:
            told = _walk(media_type)(file)
        except Odd as odd:
            return Found(needs_pixels=str(odd))
    if told.needs_pixels or told.metadata or told.moves:
        return told
    # Filling, a second end, a header that speaks of what is not there: it has no name of its own.
    kept = told.coloured[:-1] if told.cut else told.coloured
    whole = kept == (Range(0, blob.size - told.tail),)
    return told if whole else replace(told, metadata=("loose bytes",))


def stripped(blob: Blob, media_type: str, found: Found, *, keep_profile: bool) -> Blob:
    """The same compressed pixels without metadata, further pictures, and bytes behind their end.

    found: of this very blob. keep_profile: whatever says what the colours mean stays: an ICC
    profile, and gAMA, cHRM, sRGB, cICP of a PNG. The orientation goes with the metadata: who wants
    the picture upright turns its pixels first. Gives `blob` itself where nothing is to be dropped.
    Raises ImageProblem where the pixels are needed.
    """
    if found.needs_pixels:
        raise ImageProblem(
            f"{media_type} cannot be cleaned without decoding it: {found.needs_pixels}"
        )
    pieces = found.coloured if keep_profile else found.plain
    if pieces == (Range(0, blob.size),):
        return blob
    return PiecedBlob(blob, pieces)

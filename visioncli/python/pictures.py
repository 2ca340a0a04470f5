"""Images as Python's callers name them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TypeAlias

from visioncli.core import data_address
from visioncli.core.errors import UsageError
from visioncli.core.fields import preview
from visioncli.core.openai import Image
from visioncli.core.types import BytesBlob, Detail, ImagePart
from visioncli.images import names, sniff, sources

Picture: TypeAlias = str | os.PathLike[str] | bytes
SHOWN = 60  # characters of what is no picture
LEAST = 16  # letters of base64; a GIF of one pixel has 36


def in_message(image: Image) -> ImagePart:
    """An address, or base64 that libmagic recognises. Never a file: messages may be anybody's."""
    kind = _canonical(image.format, f"{image.where}: 'format'")
    if names.scheme(image.url) or ":" in image.url:  # a provider's file id has a colon, base64 none
        return ImagePart(kind, image.url, image.detail)
    data = data_address.base64(image.url.encode("utf-8", "replace"))
    if data is not None and len(image.url) >= LEAST and (kind or sniff.picture_type(data)):
        return ImagePart(kind, BytesBlob(data), image.detail)
    raise UsageError(
        f"{image.where} is no address, nor a picture in base64: {preview(image.url, SHOWN)}",
        hint="https://…, data:image/png;base64,…, or visioncli.ask for a file",
    )


def of_question(
    images: Picture | Iterable[Picture], kind: str | None, detail: Detail | None
) -> tuple[ImagePart, ...]:
    """One image or several: a file's name or path, an address, or the bytes themselves."""
    kind = _canonical(kind, "'format'")
    several = [images] if isinstance(images, str | bytes | os.PathLike) else images
    if not isinstance(several, Iterable):
        raise _none(several)
    found = [source for image in several for source in _sources(image)]
    return tuple(ImagePart(kind, source, detail) for source in found)


def _sources(image: Picture) -> tuple[str | BytesBlob, ...]:
    """doc.pdf#2-4 is three pictures."""
    match image:
        case bytes() | bytearray() | memoryview():
            return (BytesBlob(bytes(image)),)
        case str() | os.PathLike():
            return sources.each(os.fsdecode(image))
    raise _none(image)


def _none(image: object) -> UsageError:
    return UsageError(
        f"a {type(image).__name__} is no image",
        hint="a path, an address, or the bytes of a picture",
    )


def _canonical(kind: str | None, where: str) -> str | None:
    if kind is None:
        return None
    try:
        return sniff.canonical(kind)
    except UsageError as error:
        raise UsageError(f"{where}: {error.message}", hint="for example image/jpeg") from None

"""The one way in which pictures are prepared in these tests, and how what comes out is judged."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, ImageChops, ImageStat

from visioncli.core.types import BytesBlob
from visioncli.images.picture import Picture
from visioncli.images.preparing.plan import Wanted
from visioncli.images.preparing.prepare import Prepared, prepared

JPEG_AND_PNG = ("image/jpeg", "image/png")
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp"}

HARMLESS = {  # what Pillow tells of how the pixels are kept and shown
    *("jfif", "jfif_version", "jfif_unit", "jfif_density", "adobe", "adobe_transform"),
    *("transparency", "interlace", "loop", "background", "timestamp", "duration", "version"),
}


def prepare(data: bytes, media_type: str | None = None, **wanted: Any) -> Prepared:
    return prepared(Picture("photo", media_type, BytesBlob(data)), Wanted(**wanted))


def sent(ready: Prepared) -> bytes:
    return b"".join(ready.blob.open())


def arrived(ready: Prepared) -> Image.Image:
    """As a server sees it: opened by its bytes, judged by its label; nothing beside its pixels."""
    data = sent(ready)
    assert ready.blob.size == len(data)
    image = Image.open(io.BytesIO(data))
    image.load()
    assert FORMATS[image.format or ""] == ready.media_type
    assert image.size == (ready.width, ready.height)
    assert not image.getexif()
    assert set(image.info) <= HARMLESS
    assert b"CANARY" not in data
    return image


def on_white(image: Image.Image) -> Image.Image:
    if image.mode not in ("LA", "RGBA", "PA") and "transparency" not in image.info:
        return image.convert("RGB")
    seen = image.convert("RGBA")
    white = Image.new("RGBA", seen.size, "white")
    white.alpha_composite(seen)
    return white.convert("RGB")


def apart(one: Image.Image, other: Image.Image) -> tuple[float, int]:
    """(mean, largest) difference of the two on white, of 255."""
    assert one.size == other.size
    difference = ImageChops.difference(on_white(one), on_white(other))
    mean = sum(ImageStat.Stat(difference).mean) / 3
    return mean, max(high for _, high in difference.getextrema())  # type: ignore[misc]

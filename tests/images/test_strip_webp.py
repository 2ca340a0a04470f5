"""WebPs of every kind: all is dropped but the picture, and no pixel changes; Pillow judges."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from .made import HORSE, animated, encoded
from .strip_made import (
    CANARY,
    LAB,
    SIDES,
    check,
    clean,
    extended,
    is_left_alone,
    looked,
    webp_notes,
)

WEBPS = {
    "lossy": encoded("WEBP", SIDES),
    "lossless": encoded("WEBP", SIDES, lossless=True),
}


def transparent(**how: object) -> bytes:
    out = io.BytesIO()
    with Image.open(HORSE) as horse:
        horse.resize(SIDES).save(out, "WEBP", **how)
    return out.getvalue()


@pytest.mark.parametrize("name", [*WEBPS, "alpha", "lossless alpha"])
def test_webps_of_every_kind(name: str) -> None:
    data = WEBPS.get(name) or transparent(lossless=name == "lossless alpha")
    told = looked(data, "image/webp")
    assert told.alpha == ("alpha" in name)
    assert told.mode == ("rgba" if "alpha" in name else "rgb")
    assert is_left_alone(data, "image/webp")
    noted = extended(data, *webp_notes(), profile=LAB)
    assert looked(noted, "image/webp").metadata == ("EXIF", "XMP", "other chunks")
    check(noted + CANARY, "image/webp")
    check(data + CANARY, "image/webp")
    with Image.open(io.BytesIO(clean(noted, "image/webp", keep_profile=True))) as picture:
        assert picture.info["icc_profile"] == LAB
    behind = extended(data, profile=LAB + CANARY, flags=0)
    check(behind, "image/webp")
    left = clean(behind, "image/webp", keep_profile=True)
    assert left == extended(data, profile=LAB, flags=0)
    assert is_left_alone(extended(data, flags=0), "image/webp")


def test_a_chunk_behind_the_pixels_of_a_simple_webp() -> None:
    data = WEBPS["lossy"]
    more = b"junk" + struct.pack("<I", len(CANARY)) + CANARY
    noted = data[:4] + struct.pack("<I", len(data) - 8 + len(more)) + data[8:] + more
    assert looked(noted, "image/webp").metadata == ("other chunks",)
    assert clean(noted, "image/webp") == data


def test_an_animated_webp_needs_its_pixels() -> None:
    told = looked(animated("WEBP"), "image/webp")
    assert told.moves
    assert told.needs_pixels == "first picture of an animation"

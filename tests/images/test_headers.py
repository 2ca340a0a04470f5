"""Width and height out of a header, judged by Pillow."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from visioncli.images.headers import size

from .made import PHOTOS, encoded

TYPES = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
}
SIDES = st.integers(1, 300)


@pytest.mark.parametrize("photo", sorted(PHOTOS.glob("*.jpg")) + sorted(PHOTOS.glob("*.png")))
def test_photographs(photo: Path) -> None:
    with photo.open("rb") as file, Image.open(photo) as picture:
        assert size(file, TYPES[picture.format or ""]) == picture.size


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("JPEG", {"exif": b"Exif\0\0" + bytes(60_000), "icc_profile": bytes(200_000)}),
        ("PNG", {}),
        ("GIF", {}),
        ("WEBP", {}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0"}),
    ],
)
@given(width=SIDES, height=SIDES)
@settings(max_examples=12, deadline=None)
def test_every_size_in_every_variant(
    kind: str, how: dict[str, object], width: int, height: int
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (width, height)).save(out, kind, **how)
    assert size(out, TYPES[kind]) == (width, height)


@given(st.sampled_from(sorted(TYPES)), st.integers(0, 120), st.binary(max_size=40))
@settings(max_examples=200, deadline=None)
def test_a_damaged_header_gives_a_size_or_none(kind: str, cut: int, noise: bytes) -> None:
    found = size(io.BytesIO(encoded(kind)[:cut] + noise), TYPES[kind])
    assert found is None or all(side > 0 for side in found)


def test_types_without_such_a_header_are_left_to_pillow() -> None:
    assert size(io.BytesIO(encoded("TIFF")), "image/tiff") is None

"""JPEGs of every kind: all is dropped but the picture, and no pixel changes; Pillow judges."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from visioncli.core.types import BytesBlob
from visioncli.images.stripping import strip_jpeg
from visioncli.images.stripping.strip import stripped

from .made import PHOTOS, encoded
from .strip_made import (
    CANARY,
    LAB,
    SIDES,
    assert_bare,
    check,
    clean,
    icc_segments,
    is_left_alone,
    jpeg_notes,
    looked,
    seen,
    with_segments,
)

JPEGS = {
    "grey": ("L", {}),
    "colour": ("RGB", {}),
    "4:4:4": ("RGB", {"subsampling": 0}),
    "4:2:2": ("RGB", {"subsampling": 1}),
    "4:2:0": ("RGB", {"subsampling": 2}),
    "progressive": ("RGB", {"progressive": True}),
    "progressive grey": ("L", {"progressive": True}),
    "restarts": ("RGB", {"restart_marker_blocks": 1}),
    "progressive with restarts": ("RGB", {"progressive": True, "restart_marker_rows": 1}),
    "optimised": ("RGB", {"optimize": True, "quality": 100}),
    "RGB as such": ("RGB", {"keep_rgb": True}),
    "CMYK": ("CMYK", {}),
    "CMYK progressive": ("CMYK", {"progressive": True, "subsampling": 0}),
    "density": ("RGB", {"dpi": (300, 300)}),
}


def jpeg(name: str) -> bytes:
    mode, how = JPEGS[name]
    return encoded("JPEG", SIDES, mode, **how)


def ycck() -> bytes:
    """A CMYK picture whose Adobe marker says that it is YCCK: that mark makes its colours."""
    data = jpeg("CMYK")
    at = data.index(b"Adobe") + 11
    return data[:at] + b"\x02" + data[at + 1 :]


@pytest.mark.parametrize("name", JPEGS)
def test_jpegs_of_every_kind(name: str) -> None:
    data = jpeg(name)
    assert is_left_alone(data, "image/jpeg")
    left = check(with_segments(data, *jpeg_notes()) + CANARY, "image/jpeg")
    assert left == data


def test_ycck() -> None:
    data = ycck()
    assert is_left_alone(data, "image/jpeg")
    assert seen(data)["pixels"] != seen(jpeg("CMYK"))["pixels"]
    assert check(with_segments(data, *jpeg_notes()) + CANARY, "image/jpeg") == data


@pytest.mark.parametrize("photo", sorted(PHOTOS.glob("*.jpg")))
def test_photographs(photo: Path) -> None:
    check(photo.read_bytes(), "image/jpeg")
    check(with_segments(photo.read_bytes(), *jpeg_notes()), "image/jpeg")


def test_a_thumbnail_in_the_jfif_header() -> None:
    data = jpeg("density")
    thumb = b"JFIF\0\1\2\1\1\x2c\1\x2c\x04\x04" + CANARY.ljust(48)
    noted = data[:2] + b"\xff\xe0" + struct.pack(">H", 2 + len(thumb)) + thumb + data[20:]
    left = check(noted, "image/jpeg")
    assert left[2:20] == b"\xff\xe0\0\x10JFIF\0\1\2\1\1\x2c\1\x2c\0\0"
    assert looked(noted, "image/jpeg").metadata == ("a thumbnail",)
    with Image.open(io.BytesIO(left)) as picture:
        assert picture.info["dpi"] == (300, 300)


def test_an_adobe_marker_with_something_behind_it() -> None:
    data = ycck()
    at = data.index(b"Adobe") - 2
    noted = data[:at] + struct.pack(">H", 14 + len(CANARY)) + data[at + 2 : at + 14] + CANARY
    assert looked(noted + data[at + 14 :], "image/jpeg").metadata == ("APP14",)
    assert check(noted + data[at + 14 :], "image/jpeg") == data


def test_notes_between_the_scans_of_a_progressive_jpeg() -> None:
    data = jpeg("progressive")
    second = data.index(b"\xff\xc4", data.index(b"\xff\xda"))
    noted = data[:second] + b"".join(jpeg_notes()) + data[second:]
    assert check(noted, "image/jpeg") == data


def test_a_second_picture_behind_the_first() -> None:
    out = io.BytesIO()
    frames = [Image.new("RGB", (32, 32), colour) for colour in ("red", "blue")]
    frames[0].save(out, "MPO", save_all=True, append_images=frames[1:])
    data = out.getvalue()
    told = looked(data, "image/jpeg")
    assert "further pictures" in told.metadata
    assert told.tail > 300
    assert check(data, "image/jpeg").count(b"\xff\xd8\xff") == 1


def test_a_jpeg_without_its_end_marker_gets_one() -> None:
    data = jpeg("colour")
    assert looked(data[:-2], "image/jpeg").cut
    assert clean(data[:-2], "image/jpeg") == data
    assert not looked(data, "image/jpeg").cut


@pytest.mark.parametrize("name", ["colour", "progressive", "restarts"])
def test_every_cut_of_a_jpeg_is_shown_as_before(name: str) -> None:
    data = jpeg(name)
    for end in range(data.index(b"\xff\xda") + 40, len(data), 7):
        left = clean(data[:end], "image/jpeg")
        assert_bare(left, "image/jpeg")
        try:
            before = seen(data[:end])
        except OSError:
            continue
        assert seen(left) == before


@pytest.mark.parametrize("parts", [1, 2, 7])
def test_the_profile_of_a_jpeg(parts: int) -> None:
    segments = icc_segments(LAB, parts)
    data = with_segments(jpeg("colour"), *segments)
    told = looked(data, "image/jpeg")
    assert told.profile == LAB
    blob = BytesBlob(data)
    assert stripped(blob, "image/jpeg", told, keep_profile=True) is blob
    assert clean(data, "image/jpeg") == jpeg("colour")
    shuffled = with_segments(jpeg("colour"), *reversed(segments))
    left = clean(shuffled, "image/jpeg", keep_profile=True)
    with Image.open(io.BytesIO(left)) as picture:
        assert picture.info["icc_profile"] == LAB
    check(shuffled, "image/jpeg")


@pytest.mark.parametrize("window", [strip_jpeg.FIRST, strip_jpeg.FIRST + strip_jpeg.WINDOW])
@pytest.mark.parametrize("more", [-2, -1, 0, 1])
def test_an_end_marker_that_is_read_in_two_goes(window: int, more: int) -> None:
    data = jpeg("grey")
    begin = data.index(b"\xff\xda") + 10  # behind the head of its one scan
    long = data[:begin].ljust(begin + window + more, b"\1") + b"\xff\xd9"
    told = looked(long + CANARY, "image/jpeg")
    assert (told.tail, told.cut) == (len(CANARY), False)
    assert clean(long + CANARY, "image/jpeg") == long

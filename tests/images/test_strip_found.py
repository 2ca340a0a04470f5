"""What is found in a picture's notes: which way up it is, its profile, its end."""

from __future__ import annotations

import io
import struct
import zlib
from itertools import product

import pytest
from PIL import Image, ImageOps

from visioncli.images import sniff
from visioncli.images.stripping import strip_notes

from .made import chunk, encoded
from .strip_made import (
    CANARY,
    LAB,
    SRGB,
    TYPES,
    XMP,
    check,
    clean,
    exif,
    extended,
    gif_extension,
    icc_segments,
    looked,
    segment,
    with_chunks,
    with_extensions,
    with_segments,
)

JPEG, PNG, WEBP = encoded("JPEG"), encoded("PNG"), encoded("WEBP")
TURNED = (5, 6, 7, 8)
XAP = b"http://ns.adobe.com/xap/1.0/\0"


def noted(kind: str, tiff: bytes) -> bytes:
    match kind:
        case "JPEG":
            return with_segments(JPEG, segment(0xE1, b"Exif\0\0" + tiff))
        case "PNG":
            return with_chunks(PNG, chunk(b"eXIf", tiff))
        case "PNG, behind the pixels":
            return with_chunks(PNG, chunk(b"eXIf", tiff), before=b"IEND")
        case "PNG of ImageMagick":
            return with_chunks(PNG, chunk(b"zTXt", b"Raw profile type exif\0\0" + raw(tiff)))
        case "WEBP":
            return extended(WEBP, (b"EXIF", tiff))
    return extended(WEBP, (b"EXIF", b"Exif\0\0" + tiff))


def raw(tiff: bytes) -> bytes:
    text = b"\nexif\n%8d\n%s\n" % (len(tiff), tiff.hex("\n", 36).encode())
    return zlib.compress(text)


KINDS = (
    "JPEG",
    "PNG",
    "PNG, behind the pixels",
    "PNG of ImageMagick",
    "WEBP",
    "WEBP with the header of a JPEG",
)


def turned_by_pillow(data: bytes) -> tuple[int, bool]:
    """(the orientation, whether the sides are exchanged)"""
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        upright = ImageOps.exif_transpose(picture)
        return picture.getexif().get(0x0112, 1), upright.size != picture.size


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("orientation", "order"), [*product(range(1, 9), ("big", "little"))])
def test_every_orientation(kind: str, orientation: int, order: str) -> None:
    data = noted(kind, exif(orientation, order))
    told = looked(data, TYPES[kind[:4].rstrip(" ,")])
    assert told.orientation == orientation
    assert turned_by_pillow(data) == (orientation, orientation in TURNED)
    assert "EXIF" in told.metadata


@pytest.mark.parametrize("orientation", [0, 9, 77, 65535])
def test_an_orientation_that_is_none(orientation: int) -> None:
    assert looked(noted("JPEG", exif(orientation)), "image/jpeg").orientation == 1
    assert not turned_by_pillow(noted("JPEG", exif(orientation)))[1]


def entry(kind: int, count: int, value: bytes) -> bytes:
    return b"II*\0\x08\0\0\0\1\0" + struct.pack("<HHI", 0x0112, kind, count) + value.ljust(8, b"\0")


@pytest.mark.parametrize(
    ("tiff", "orientation"),
    [
        (entry(4, 1, b"\6\0\0\0"), 6),  # a long number
        (entry(1, 1, b"\6"), 6),  # a byte
        (entry(3, 2, b"\6\0\6\0"), 1),  # two of them
        (entry(2, 1, b"6"), 1),  # text
        (entry(5, 1, b"\6\0\0\0"), 1),  # a fraction
    ],
)
def test_odd_types_of_an_orientation(tiff: bytes, orientation: int) -> None:
    data = noted("JPEG", tiff)
    assert looked(data, "image/jpeg").orientation == orientation


@pytest.mark.parametrize(
    "tiff",
    [
        b"",
        b"II",
        b"II*\0",
        b"II*\0\xff\xff\xff\xff",
        b"MM\0*\0\0\0\0",  # the directory is the header
        b"II*\0\x08\0\0\0",
        b"II*\0\x08\0\0\0\xff\xff" + bytes(30),
        b"XX*\0\x08\0\0\0" + bytes(30),
        exif(6)[:20],
        b"II*\0\x08\0\0\0\0\0\x08\0\0\0",  # the next directory is this one
        b"Exif\0\0" * 5000,
    ],
)
def test_a_directory_that_cannot_be_read_turns_nothing(tiff: bytes) -> None:
    for kind in ("JPEG", "PNG", "WEBP"):
        told = looked(noted(kind, tiff), TYPES[kind])
        assert told.orientation == 1
        assert told.needs_pixels == ""


@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_xmp_says_where_exif_says_nothing(orientation: int) -> None:
    """As Pillow has it: a picture lies the same way whether its pixels are needed or not."""
    packet = XMP % (orientation, b"")
    text = b"XML:com.adobe.xmp\0%b\0\0%b"
    cases = {
        "image/jpeg": with_segments(JPEG, segment(0xE1, XAP + packet)),
        "image/png": with_chunks(PNG, chunk(b"iTXt", text % (b"\0\0", packet))),
        "image/webp": extended(WEBP, (b"XMP ", packet)),
    }
    packed = with_chunks(PNG, chunk(b"iTXt", text % (b"\1\0", zlib.compress(packet))))
    for media_type, data in (*cases.items(), ("image/png", packed)):
        assert looked(data, media_type).orientation == orientation
        assert turned_by_pillow(data)[0] == orientation
    both = with_segments(JPEG, segment(0xE1, b"Exif\0\0" + exif(3)), segment(0xE1, XAP + packet))
    assert looked(both, "image/jpeg").orientation == turned_by_pillow(both)[0] == 3


# ------------------------------------------------------------------------------ profiles


SPOILED = {
    "nothing": b"",
    "no profile": bytes(4000),
    "cut": LAB[:-1],
    "a header alone": LAB[:128],
    "too large by its own word": b"\xff\xff\xff\xff" + LAB[4:],
    "too small by its own word": b"\0\0\0\4" + LAB[4:],
}


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_profile_goes(name: str) -> None:
    profile = SPOILED[name]
    cases = {
        "image/jpeg": with_segments(JPEG, *icc_segments(profile or b"", 1)),
        "image/png": with_chunks(PNG, chunk(b"iCCP", b"x\0\0" + zlib.compress(profile))),
        "image/webp": extended(WEBP, (b"ICCP", profile), flags=0x20),
    }
    for media_type, data in cases.items():
        told = looked(data, media_type)
        assert told.profile is None
        assert told.needs_pixels == ""
        assert b"ICC" not in clean(data, media_type, keep_profile=True)
        assert b"iCCP" not in clean(data, media_type, keep_profile=True)


def parts(*numbers: tuple[int, int], data: bytes = LAB) -> bytes:
    step = len(data) // len(numbers) + 1
    return with_segments(
        JPEG,
        *(
            segment(0xE2, b"ICC_PROFILE\0" + bytes(pair) + data[n * step : (n + 1) * step])
            for n, pair in enumerate(numbers)
        ),
    )


@pytest.mark.parametrize(
    "numbers",
    [
        [(1, 3), (2, 3)],  # one is missing
        [(1, 2), (1, 2)],  # one is there twice
        [(1, 2), (2, 3)],  # they do not agree
        [(0, 2), (1, 2)],  # numbered from nought
        [(1, 255)],
        [(2, 1)],
    ],
)
def test_parts_of_a_profile_that_do_not_fit(numbers: list[tuple[int, int]]) -> None:
    told = looked(parts(*numbers), "image/jpeg")
    assert told.profile is None
    assert told.metadata == ("a spoiled profile",)
    assert clean(parts(*numbers), "image/jpeg", keep_profile=True) == JPEG


def test_a_profile_that_is_larger_than_what_is_held() -> None:
    huge = struct.pack(">I", 2 << 20) + SRGB[4:] + bytes((2 << 20) - len(SRGB))
    cases = {
        "image/jpeg": with_segments(JPEG, *icc_segments(huge, 40)),
        "image/webp": extended(WEBP, profile=huge),
    }
    for media_type, data in cases.items():
        assert "colour profile" in looked(data, media_type).needs_pixels
    bomb = with_chunks(PNG, chunk(b"iCCP", b"x\0\0" + zlib.compress(huge)))
    assert looked(bomb, "image/png").metadata == ("a spoiled profile",)  # Pillow refuses it, too


def test_a_profile_with_damaged_packing() -> None:
    for packed in (b"\0nonsense", b"\1" + zlib.compress(LAB), b"\0" + zlib.compress(LAB)[:-9], b""):
        data = with_chunks(PNG, chunk(b"iCCP", b"x\0" + packed))
        assert looked(data, "image/png").profile is None
        assert clean(data, "image/png", keep_profile=True) == PNG
    behind = with_chunks(PNG, chunk(b"iCCP", b"x\0\0" + zlib.compress(LAB) + b"more"))
    assert looked(behind, "image/png").profile is None


def test_unpacking_stops_at_its_bound() -> None:
    assert strip_notes.unpacked(zlib.compress(bytes(strip_notes.MOST))) == bytes(strip_notes.MOST)
    assert strip_notes.unpacked(zlib.compress(bytes(strip_notes.MOST + 1))) is None


# ----------------------------------------------------------------------------- the frame


@pytest.mark.parametrize(
    ("marker", "why"),
    [
        (0xC1, ""),
        (0xC2, ""),
        (0xC3, "lossless coding"),
        (0xC5, "several resolutions"),
        (0xC9, "arithmetic coding"),
        (0xCA, "arithmetic coding"),
        (0xCB, "lossless coding"),
    ],
)
def test_frames_that_few_readers_know(marker: int, why: str) -> None:
    at = JPEG.index(b"\xff\xc0") + 1
    assert looked(JPEG[:at] + bytes((marker,)) + JPEG[at + 1 :], "image/jpeg").rare == why


def test_twelve_bits() -> None:
    at = JPEG.index(b"\xff\xc0") + 4
    told = looked(JPEG[:at] + b"\x0c" + JPEG[at + 1 :], "image/jpeg")
    assert (told.depth, told.rare) == (12, "12 bits a sample")


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("length", [1, 1000, 3_000_000])
def test_bytes_behind_the_end_are_counted_and_dropped(kind: str, length: int) -> None:
    data = encoded(kind)
    behind = data + b"PK\3\4".ljust(length, b"\xff")[:length]
    assert looked(behind, TYPES[kind]).tail == length
    assert clean(behind, TYPES[kind]) == data


def loose() -> dict[str, tuple[bytes, bytes]]:
    """(with bytes that have no name of their own, without)"""
    plain, webp = JPEG, extended(WEBP, flags=0)
    behind = with_chunks(PNG, chunk(b"iCCP", b"x\0\0" + zlib.compress(LAB + CANARY)))
    return {
        "filling of a JPEG": (with_segments(plain, b"\xff" * 50), plain),
        "bytes of no segment": (with_segments(plain, b"\0" + CANARY), plain),
        "flags of a WebP": (extended(WEBP, flags=0x0C), webp),
        "behind a profile": (behind, PNG),
        "an animation of one picture": (
            with_extensions(encoded("GIF"), gif_extension(0xFF, b"NETSCAPE2.0", b"\1\0\0")),
            encoded("GIF"),
        ),
    }


@pytest.mark.parametrize("name", loose())
def test_whatever_is_dropped_is_told(name: str) -> None:
    noted, data = loose()[name]
    media_type = sniff.media_type(data)
    assert looked(noted, media_type).metadata == ("loose bytes",)
    assert check(noted, media_type) == data


@pytest.mark.parametrize("kind", ["image/tiff", "image/heic", "image/bmp", "image/svg+xml"])
def test_any_other_type_needs_its_pixels(kind: str) -> None:
    assert looked(b"II*\0" + bytes(40), kind).needs_pixels == f"only Pillow knows {kind}"


@pytest.mark.parametrize("kind", TYPES)
def test_a_label_that_is_wrong_needs_the_pixels(kind: str) -> None:
    for other, media_type in TYPES.items():
        if other != kind:
            assert looked(encoded(kind), media_type).needs_pixels

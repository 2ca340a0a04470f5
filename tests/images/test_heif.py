"""HEIC through libheif: decoded, turned once, bounded."""

from __future__ import annotations

import io
import struct
from contextlib import suppress
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from visioncli.core.errors import ImageProblem
from visioncli.core.types import BytesBlob
from visioncli.images import sniff
from visioncli.images.sandboxed import heif, heif_reader

from .papers import stand_in

CORNERS = {"red": (0, 0), "lime": (1, 0), "blue": (0, 1), "white": (1, 1)}  # left, top


def four(size: tuple[int, int] = (96, 64), mode: str = "RGB") -> Image.Image:
    """A picture whose every corner has a colour of its own."""
    width, height = size
    picture = Image.new("RGB", size)
    for colour, (left, top) in CORNERS.items():
        box = (
            left * width // 2,
            top * height // 2,
            (left + 1) * width // 2,
            (top + 1) * height // 2,
        )
        picture.paste(colour, box)
    return picture.convert(mode)


def heic(picture: Image.Image, **how: object) -> bytes:
    out = io.BytesIO()
    pillow_heif.from_pillow(picture).save(out, quality=-1, chroma=444, **how)
    return out.getvalue()


def near(one: Image.Image, other: Image.Image) -> bool:
    """Equal but for what the colours lose on their way."""
    pairs = zip(one.convert("RGB").tobytes(), other.convert("RGB").tobytes(), strict=True)
    return one.size == other.size and max(abs(a - b) for a, b in pairs) <= 6


def opened(data: bytes) -> heif.Opened:
    return heif.opened(BytesBlob(data), "a.heic")


def refused(data: bytes) -> ImageProblem:
    with pytest.raises(ImageProblem) as told:
        opened(data)
    assert told.value.exit == 5
    assert told.value.message.startswith("a.heic ")
    assert told.value.message.isprintable()
    return told.value


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA"])
def test_it_is_decoded(mode: str) -> None:
    picture = four(mode=mode)
    found = opened(heic(picture))
    assert found.image.mode in (mode, mode.replace("L", "RGB"))
    assert (found.image.size, found.stored, found.warnings) == ((96, 64), (96, 64), ())
    assert near(found.image, picture)


def test_its_type_is_known() -> None:
    assert sniff.media_type(heic(four())) == "image/heic"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_turned_once(orientation: int) -> None:
    """Its boxes say how, and EXIF says it again."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    picture = four()
    turned = heic(picture, exif=exif.tobytes())
    upright = Image.open(io.BytesIO(tagged(picture, exif)))
    from PIL import ImageOps

    expected = ImageOps.exif_transpose(upright)
    found = opened(turned)
    assert near(found.image, expected)
    assert "exif" not in found.image.info
    assert found.image.getexif().get(0x0112, 1) == 1


def tagged(picture: Image.Image, exif: Image.Exif) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG", exif=exif)
    return out.getvalue()


def test_a_box_that_turns_is_honoured_without_exif() -> None:
    data = heic(four())
    exif = Image.Exif()
    exif[0x0112] = 6
    with_both = heic(four(), exif=exif.tobytes())
    assert b"irot" in with_both
    assert opened(with_both).image.size == (64, 96)
    assert opened(data).image.size == (96, 64)


def test_exif_alone_does_not_turn_it() -> None:
    """As the standard says: a reader that obeys the boxes leaves EXIF's word alone."""
    exif = Image.Exif()
    exif[0x0112] = 6
    data = heic(four(), exif=exif.tobytes())
    without = data.replace(b"irot", b"skip")
    assert b"irot" not in without
    assert opened(without).image.size == (96, 64)


def test_its_colour_profile_comes_along() -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = four()
    picture.info["icc_profile"] = profile
    assert opened(heic(picture)).image.info["icc_profile"] == profile


def test_of_several_pictures_the_main_one_is_used() -> None:
    container = pillow_heif.from_pillow(four())
    container.add_from_pillow(Image.new("RGB", (64, 64), "blue"))
    out = io.BytesIO()
    container.save(out, quality=-1)
    found = opened(out.getvalue())
    assert found.image.size == (96, 64)
    assert found.warnings == ("a.heic holds 2 pictures; the main one is used",)


def test_ten_bits_become_eight() -> None:
    deep = pillow_heif.encode
    out = io.BytesIO()
    deep("RGB;16", (64, 64), b"\xff\x7f" * (64 * 64 * 3), out, quality=-1, chroma=444)
    found = opened(out.getvalue())
    assert found.image.mode == "RGB"
    assert all(abs(value - 127) <= 2 for pair in found.image.getextrema() for value in pair)


# ------------------------------------------------------------------------------- hostile ones


def lying(data: bytes, width: int, height: int) -> bytes:
    """Its header says another size (box "ispe": version and flags, width, height)."""
    at = data.index(b"ispe") + 8
    return data[:at] + struct.pack(">II", width, height) + data[at + 8 :]


@pytest.mark.parametrize(
    "size", [(0, 0), (1, 1), (97, 64), (30_000, 30_000), (2**32 - 1, 2**32 - 1), (9_000, 9_000)]
)
def test_a_size_that_lies_is_refused(size: tuple[int, int]) -> None:
    refused(lying(heic(four()), *size))


def test_more_pixels_than_are_decoded() -> None:
    error = refused(lying(heic(four()), 12_000, 12_000))
    assert "has 12000x12000 pixels, more than are decoded (50 megapixels)" in error.message
    assert heif_reader.MOST == 50_000_000


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.95])
def test_one_that_is_cut_short_is_refused(share: float) -> None:
    data = heic(Image.effect_noise((256, 256), 50).convert("RGB"))
    error = refused(data[: int(len(data) * share)])
    assert error.code == "image_damaged"


def test_one_that_is_scrambled_says_so_or_gives_a_picture() -> None:
    data = bytearray(heic(Image.effect_noise((128, 128), 50).convert("RGB")))
    for at in range(len(data) // 2, len(data), 97):
        data[at] ^= 0x55
    with suppress(ImageProblem):
        assert opened(bytes(data)).image.size == (128, 128)


def test_nothing_of_a_picture_at_all() -> None:
    assert refused(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(300)).code == "image_damaged"


def test_without_the_extra_there_is_one_line_to_paste(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for library in ("pi_heif", "pillow_heif"):
        stand_in(tmp_path, monkeypatch, library, "raise ModuleNotFoundError('none')")
    error = refused(heic(four()))
    assert error.message == "a.heic is HEIC, and the library that reads it is not installed"
    assert (error.hint, error.code) == ("pip install 'visioncli[heic]'", "extra_missing")


def test_a_long_colour_profile_is_no_obstacle() -> None:
    picture = four()
    picture.info["icc_profile"] = bytes(300_000)
    assert len(opened(heic(picture)).image.info["icc_profile"]) == 300_000

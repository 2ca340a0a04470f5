"""PNGs of every kind: all is dropped but the picture, and no pixel changes; Pillow judges."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from visioncli.core.types import BytesBlob
from visioncli.images.stripping.strip import stripped

from .made import HORSE, animated, chunk, encoded
from .strip_made import (
    CANARY,
    LAB,
    PNG_KINDS,
    SIDES,
    SRGB,
    assert_bare,
    check,
    clean,
    is_left_alone,
    looked,
    names,
    png_made,
    png_notes,
    seen,
    with_chunks,
)


@pytest.mark.parametrize("laced", [False, True])
@pytest.mark.parametrize(("colour_type", "depth"), PNG_KINDS)
def test_pngs_of_every_kind(colour_type: int, depth: int, laced: bool) -> None:
    data = png_made(colour_type, depth, laced=laced)
    assert is_left_alone(data, "image/png")
    noted = with_chunks(data, *png_notes())
    assert check(noted + CANARY, "image/png") == data
    behind = with_chunks(data, *png_notes(), before=b"IEND")
    assert check(behind + CANARY, "image/png") == data
    told = looked(data, "image/png")
    assert (told.mode, told.depth) == (
        {0: "gray", 2: "rgb", 3: "palette", 4: "gray+alpha", 6: "rgba"}[colour_type],
        depth,
    )


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_pngs_of_pillow(mode: str) -> None:
    assert is_left_alone(encoded("PNG", SIDES, mode), "image/png")
    check(encoded("PNG", SIDES, mode, icc_profile=SRGB, dpi=(96, 96)), "image/png")


def test_a_photograph_with_alpha() -> None:
    whole = HORSE.read_bytes()
    assert check(with_chunks(whole, chunk(b"tEXt", b"Author\0me")), "image/png") == whole


def test_what_says_the_colours_of_a_png_stays_where_it_is_wanted() -> None:
    colours = [
        chunk(b"gAMA", struct.pack(">I", 45455)),
        chunk(b"cHRM", bytes(32)),
        chunk(b"sRGB", b"\0"),
        chunk(b"cICP", b"\1\x0d\0\1"),
        chunk(b"bKGD", b"\0\1\0\1\0\1"),
    ]
    data = with_chunks(encoded("PNG"), *colours, chunk(b"sBIT", b"\5\5\5"))
    assert looked(data, "image/png").colours == ("cHRM", "cICP", "gAMA", "sRGB")
    kept = names(clean(data, "image/png", keep_profile=True), "image/png")
    assert kept == ["IHDR", "gAMA", "cHRM", "sRGB", "cICP", "bKGD", "IDAT", "IEND"]
    assert names(clean(data, "image/png"), "image/png") == ["IHDR", "bKGD", "IDAT", "IEND"]


def test_the_profile_of_a_png() -> None:
    data = encoded("PNG", icc_profile=LAB)
    told = looked(data, "image/png")
    assert told.profile == LAB
    assert told.metadata == ()
    blob = BytesBlob(data)
    assert stripped(blob, "image/png", told, keep_profile=True) is blob
    behind = encoded("PNG", icc_profile=LAB + CANARY)
    assert looked(behind, "image/png").profile == LAB
    left = clean(behind, "image/png", keep_profile=True)
    with Image.open(io.BytesIO(left)) as picture:
        assert picture.info["icc_profile"] == LAB
    assert seen(left) == seen(data)


def test_an_animated_png_becomes_its_first_picture() -> None:
    data = animated("PNG")
    told = looked(data, "image/png")
    assert told.moves
    assert told.needs_pixels == ""
    left = clean(data, "image/png")
    assert_bare(left, "image/png")
    assert seen(left) == seen(data)
    assert not looked(left, "image/png").moves


def test_an_animated_png_whose_picture_at_rest_is_another_needs_its_pixels() -> None:
    out = io.BytesIO()
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:], default_image=True)
    told = looked(out.getvalue(), "image/png")
    assert told.moves
    assert told.needs_pixels == "its first picture is not the one that is shown at rest"

"""A picture made small enough for a terminal, whatever it is and however large."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

from tests.bench.measure import once
from visioncli.core.errors import ImageProblem
from visioncli.core.types import BytesBlob, Unfetched
from visioncli.images.picture import Picture
from visioncli.images.preview import preview

from .corpus import exif, saved, scene


def small(data: bytes, within: tuple[int, int] = (60, 40)) -> Image.Image:
    picture = Picture("x", None, BytesBlob(data))
    made = preview(picture, within)
    return Image.frombytes("RGB", made.size, made.rgb())


def apart(one: Image.Image, other: Image.Image) -> float:
    return max(ImageStat.Stat(ImageChops.difference(one, other)).mean)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "JPEG2000"])
def test_every_type_that_is_sent_can_be_looked_at(kind: str) -> None:
    whole = scene((240, 160))
    shown = small(saved(whole, kind))
    assert shown.size == (60, 40)
    assert apart(shown, whole.resize((60, 40), Image.Resampling.LANCZOS)) < 6


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_every_kind_of_pixels(mode: str) -> None:
    grey = scene((120, 80)).convert("L")
    if mode == "I;16":
        made = grey.convert("I").point(lambda value: value * 257).convert("I;16")
    else:
        made = grey.convert(mode)
    shown = small(saved(made, "TIFF" if mode == "CMYK" else "PNG"))
    assert shown.size == (60, 40)
    expected = (made.convert("L") if mode in ("1", "CMYK") else grey).convert("RGB")
    assert apart(shown, expected.resize((60, 40), Image.Resampling.LANCZOS)) < 6


@pytest.mark.parametrize("orientation", range(1, 9))
def test_it_is_upright(orientation: int) -> None:
    shown = small(saved(scene((300, 150)), "JPEG", exif=exif(orientation)), (40, 40))
    assert shown.size == ((40, 20) if orientation < 5 else (20, 40))


@pytest.mark.parametrize(
    ("size", "wanted"), [((4000, 2), (60, 1)), ((2, 4000), (1, 40)), ((3, 3), (3, 3))]
)
def test_the_shape_is_kept_as_far_as_pixels_go(
    size: tuple[int, int], wanted: tuple[int, int]
) -> None:
    assert small(saved(Image.new("RGB", size, "red"), "PNG")).size == wanted


def test_few_colours_are_the_picture_still() -> None:
    made = preview(Picture("x", None, BytesBlob(saved(scene((240, 160)), "PNG"))), (60, 40))
    few = made.in_colours(64)
    assert len(few.colours) <= 64
    assert len(few.pixels) == 60 * 40
    drawn = Image.frombytes("RGB", made.size, b"".join(bytes(few.colours[i]) for i in few.pixels))
    assert apart(drawn, Image.frombytes("RGB", made.size, made.rgb())) < 12


def test_a_single_colour() -> None:
    data = saved(Image.new("RGB", (9, 9), (10, 200, 30)), "PNG")
    few = preview(Picture("x", None, BytesBlob(data)), (9, 9)).in_colours(256)
    assert {few.colours[pixel] for pixel in few.pixels} == {(10, 200, 30)}


@pytest.mark.parametrize(
    ("picture", "why"),
    [
        (Picture("a", None, None, "https://a.b/c"), "a is fetched by the provider"),
        (Picture("a", None, None, "file-abc"), "a is with the provider"),
        (Picture("a", None, Unfetched("a")), "a would be fetched first"),
        (Picture("a", None, BytesBlob(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")), "a is a document"),
        (Picture("a", None, BytesBlob(b"<svg xmlns='http://www.w3.org/2000/svg'/>")), "a is image"),
        (Picture("a", None, BytesBlob(saved(scene(), "PNG")[:150])), "a is damaged"),
    ],
)
def test_what_cannot_be_looked_at_says_why(picture: Picture, why: str) -> None:
    with pytest.raises(ImageProblem, match=why):
        preview(picture, (60, 40))


@pytest.mark.skipif(sys.platform == "win32", reason="wait4")
def test_a_large_picture_takes_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "large.jpg"
    scene((800, 600)).resize((8000, 6000)).save(file, quality=80)  # 48 megapixels
    script = """
import sys
from visioncli.images import blobs
from visioncli.images.picture import Picture
from visioncli.images.preview import preview
assert preview(Picture("x", None, blobs.from_path(sys.argv[1])), (400, 240)).size == (320, 240)
"""
    run = once([sys.executable, "-c", script, str(file)], dict(os.environ))
    assert run.status == 0
    assert run.kilobytes < 80 * 1024  # 31 MB

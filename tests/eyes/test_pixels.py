"""Colours, light and sharpness of pictures whose pixels are known."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFilter

from visioncli.eyes import pixels
from visioncli.eyes.colours import BASIC, colour_name

from .pictures import IMAGES, receipt, two_halves


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((255, 0, 0), "red"),
        ((0, 0, 0), "black"),
        ((255, 255, 255), "white"),
        ((128, 128, 128), "grey"),
        ((0, 160, 40), "green"),
        ((20, 60, 220), "blue"),
        ((250, 210, 40), "yellow"),
        ((240, 140, 20), "orange"),
        ((110, 70, 30), "brown"),
        ((250, 240, 215), "cream"),
        ((130, 40, 200), "purple"),
        ((250, 170, 185), "pink"),
    ],
)
def test_everyday_names(rgb, name):
    assert colour_name(*rgb) == name


def test_every_name_is_covered_by_a_word_of_a_question():
    steps = range(0, 256, 15)
    names = {colour_name(r, g, b) for r in steps for g in steps for b in steps}
    assert names == {name for covered in BASIC.values() for name in covered}


def test_shares_of_two_halves():
    seen = pixels.measure(two_halves())
    assert dict(seen.colours) == pytest.approx({"green": 0.5, "blue": 0.5}, abs=0.02)
    assert sum(share for _, share in seen.colours) == pytest.approx(1)


def test_the_middle_of_a_box_is_measured():
    assert pixels.region_colours(two_halves(), (110, 0, 200, 100)) == (("blue", 1.0),)
    assert pixels.region_colours(two_halves(), (5, 5, 5, 5)) == (("green", 1.0),)


def test_grey_light_and_sharpness():
    with Image.open(IMAGES / "camera.jpg") as image:
        photo = image.convert("RGB")
    seen, soft = pixels.measure(photo), pixels.measure(photo.filter(ImageFilter.GaussianBlur(8)))
    assert seen.grey
    assert soft.sharpness < 60 < seen.sharpness
    assert soft.brightness == pytest.approx(seen.brightness, abs=2)
    assert pixels.measure(Image.new("RGB", (50, 50))).brightness == 0


def test_paper_is_flat_and_a_photo_is_not():
    with Image.open(IMAGES / "coffee.jpg") as image:
        assert pixels.measure(image).flat < 0.6
    assert pixels.measure(receipt()).flat > 0.6


def test_small_things_of_strong_colours_keep_their_own():
    picture = Image.new("RGB", (400, 300), "white")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((50, 50, 150, 150), fill=(0, 0, 255))
    draw.rectangle((250, 100, 330, 180), fill=(0, 128, 0))
    names = [name for name, _ in pixels.measure(picture).colours]
    assert names == ["white", "blue", "green"]

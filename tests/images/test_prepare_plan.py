"""What is to be done to a picture, decided from its header alone."""

from __future__ import annotations

import subprocess
import sys

import pytest

from visioncli.images.preparing.plan import Plan, Wanted, plan, wanted
from visioncli.images.stripping.strip_found import Found

from . import corpus
from .made import CAT, HORSE, provider

JPEG, SIZE = "image/jpeg", (400, 300)
ODD = Found(needs_pixels="it is odd")


def planned(found: Found = Found(), kind: str = JPEG, size: int = 1000, **bounds: object) -> Plan:  # noqa: B008 - frozen
    return plan(found, kind, SIZE, size, Wanted(**bounds))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/gif", "image/webp"])
def test_what_fits_is_left_alone(kind: str) -> None:
    assert planned(kind=kind) == Plan("nothing")
    bounds = {"max_long": 400, "max_short": 300, "max_pixels": 120_000, "max_bytes": 1000}
    assert planned(kind=kind, media_types=(kind,), **bounds) == Plan("nothing")
    assert planned(Found(alpha=True, mode="palette"), kind) == Plan("nothing")
    assert planned(Found(profile=corpus.SRGB_LIKE)) == Plan("nothing")


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (Found(metadata=("EXIF", "XMP")), "metadata dropped"),
        (Found(tail=1234), "1,234 bytes behind its end dropped"),
        (Found(moves=True), "first picture of an animation"),
    ],
)
def test_what_is_beside_the_pixels_is_cut_out(found: Found, reason: str) -> None:
    assert planned(found) == Plan("strip", (reason,))


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (Found(orientation=6), "upright"),
        (Found(mode="cmyk"), "RGB"),
        (Found(depth=16), "8 bits"),
        (Found(profile=corpus.DISPLAY_P3), "sRGB"),
        (Found(rare="arithmetic coding"), "arithmetic coding"),
        (ODD, "it is odd"),
    ],
)
def test_what_the_pixels_are_needed_for(found: Found, reason: str) -> None:
    assert planned(found) == Plan("pixels", (reason,))


def test_what_is_done_is_said_once_and_by_its_plain_name() -> None:
    moving = "first picture of an animation"
    assert planned(Found(moves=True, needs_pixels=moving)).reasons == (moving,)
    assert planned(kind="image/vnd.microsoft.icon").reasons == ("icon not taken",)


@pytest.mark.parametrize(
    ("bounds", "reason"),
    [
        ({"max_long": 399}, "scaled"),
        ({"max_short": 299}, "scaled"),
        ({"max_pixels": 119_999}, "scaled"),
        ({"max_bytes": 999}, "at most 999 bytes"),
        ({"media_types": ("image/png",)}, "jpeg not taken"),
    ],
)
def test_what_goes_over_a_bound_is_made_to_fit(bounds: dict[str, object], reason: str) -> None:
    assert planned(**bounds) == Plan("pixels", (reason,))


def test_all_reasons_are_told() -> None:
    found = Found(orientation=8, metadata=("EXIF",), tail=7)
    assert planned(found, max_long=100).reasons == (
        *("upright", "scaled", "metadata dropped"),
        "7 bytes behind its end dropped",
    )


def test_metadata_of_other_types_goes_with_the_pixels_even_where_they_are_taken() -> None:
    heic = "image/heic"
    unknown = Found(needs_pixels="only Pillow knows image/heic")
    assert planned(unknown, heic, media_types=(heic,)) == Plan("pixels", ("metadata dropped",))


def test_the_sides_count_as_they_are_seen() -> None:
    turned = Found(orientation=6)
    assert plan(turned, JPEG, (300, 400), 9, Wanted(max_long=400)).reasons == ("upright",)


def test_a_row_and_a_model_and_the_user_are_all_kept_to() -> None:
    limits = {
        "image_side": 8000,
        "image_pixels": 10**6,
        "image_bytes": 900,
        "image_base64_bytes": 1000,
    }
    row = provider(media_types=("image/png",), limits=limits)

    def used(width: int, height: int) -> tuple[int, int]:
        return min(width, 768), min(height, 768)

    all_three = wanted(row, max_side=512, used=used)
    assert all_three == Wanted(
        media_types=("image/png",),
        max_long=512,
        max_pixels=10**6,
        max_bytes=750,
        used=used,
        source="providers/acme.toml",
    )
    assert all_three.fitting((3000, 1000)) == (512, 512)
    assert all_three.fitting((400, 300)) == (400, 300)
    assert not all_three.takes((512, 513))
    assert wanted(provider()) == Wanted(source="providers/acme.toml")


def test_pillow_is_not_loaded_where_no_pixels_are_needed() -> None:
    code = f"""
import sys
from visioncli.images import blobs
from visioncli.images.preparing import prepare
from visioncli.images.picture import Picture
from visioncli.images.preparing.plan import Wanted
for path in {[str(CAT), str(HORSE)]!r}:
    picture = Picture(path, None, blobs.from_path(path))
    ready = prepare.prepared(picture, Wanted(max_long=4000))
    assert ready.done in ((), ("metadata dropped",)), ready
assert not [name for name in sys.modules if name.partition(".")[0] == "PIL"]
"""
    subprocess.run([sys.executable, "-c", code], check=True)

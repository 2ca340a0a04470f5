"""What a provider's row says it refuses."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from visioncli.core.errors import ImageProblem
from visioncli.core.target import Provider
from visioncli.images import limits
from visioncli.images.sources import Picture

from .made import encoded, load, provider, written

JPEG = encoded("JPEG")


def over(row: Provider, *pictures: Picture, request_bytes: int = 0) -> ImageProblem:
    with pytest.raises(ImageProblem) as told:
        limits.check(pictures, row, request_bytes=request_bytes)
    assert told.value.exit == 5
    assert told.value.hint
    return told.value


@pytest.fixture
def picture(tmp_path: Path) -> Picture:
    return load(written(tmp_path, "photo.jpg", JPEG))


def test_without_limits_everything_goes(picture: Picture) -> None:
    limits.check([picture] * 1000, provider(), request_bytes=1 << 40)


def test_number_of_images(picture: Picture) -> None:
    row = provider(limits={"images_per_request": 2})
    limits.check([picture] * 2, row, request_bytes=0)
    told = over(row, *[picture] * 3)
    assert told.message == (
        "3 images are more than acme takes in one request (2; providers/acme.toml)"
    )
    assert told.hint == "--per-request N, or --each for a request a picture"


def test_bytes_of_an_image(picture: Picture) -> None:
    limits.check([picture], provider(limits={"image_bytes": len(JPEG)}), request_bytes=0)
    told = over(provider(limits={"image_bytes": len(JPEG) - 1}), picture)
    assert told.message == (
        f"{picture.source} is {len(JPEG):,} bytes, more than acme takes"
        f" ({len(JPEG) - 1:,}; providers/acme.toml)"
    )
    assert told.hint == "leave out --no-prep, and it is made smaller; or --max-side N"


@pytest.mark.parametrize("more", [0, 1, 2])
def test_bytes_of_an_image_in_base64(tmp_path: Path, more: int) -> None:
    data = JPEG + bytes(more)
    picture = load(written(tmp_path, "photo.jpg", data))
    size = len(base64.b64encode(data))
    limits.check([picture], provider(limits={"image_base64_bytes": size}), request_bytes=0)
    told = over(provider(limits={"image_base64_bytes": size - 1}), picture)
    assert f"is {size:,} bytes in base64, more than acme takes ({size - 1:,};" in told.message


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_pixels_of_a_side(tmp_path: Path, kind: str) -> None:
    picture = load(written(tmp_path, "photo", encoded(kind, (24, 40))))
    limits.check([picture], provider(limits={"image_side": 40}), request_bytes=0)
    told = over(provider(limits={"image_side": 39}), picture)
    assert told.message == (
        f"{picture.source} is 24x40 pixels, more than acme takes (39 a side; providers/acme.toml)"
    )


@pytest.mark.parametrize("kind", ["JPEG", "BMP"])
def test_pixels_in_all(tmp_path: Path, kind: str) -> None:
    picture = load(written(tmp_path, "photo", encoded(kind, (24, 40))))
    limits.check([picture], provider(limits={"image_pixels": 960}), request_bytes=0)
    told = over(provider(limits={"image_pixels": 959}), picture)
    assert "24x40 pixels, more than acme takes (959 in all;" in told.message


def test_pixels_that_nobody_can_tell_are_left_to_the_provider(tmp_path: Path) -> None:
    file = written(tmp_path, "photo", b"\x01\x02\xfe\xfd" * 40)
    picture = load(file, media_type="image/x-raw")
    limits.check([picture], provider(limits={"image_side": 1}), request_bytes=0)


def test_bytes_of_the_request(picture: Picture) -> None:
    row = provider(limits={"request_bytes": 4_000_000})
    limits.check([picture], row, request_bytes=4_000_000)
    told = over(row, picture, request_bytes=4_000_001)
    assert told.message == (
        "the request is 4,000,001 bytes, more than acme takes (4,000,000; providers/acme.toml)"
    )


def test_an_address_that_is_passed_through_has_no_size_to_check() -> None:
    picture = load("https://example.com/x.jpg", provider(urls=("https",)))
    limits.check([picture], provider(limits={"image_bytes": 1, "image_side": 1}), request_bytes=0)


def test_a_name_that_gives_orders_is_shown_escaped(tmp_path: Path) -> None:
    picture = load(written(tmp_path, "\x1b[2J\n.jpg", JPEG))
    assert "\\x1b[2J\\n.jpg is" in over(provider(limits={"image_bytes": 1}), picture).message

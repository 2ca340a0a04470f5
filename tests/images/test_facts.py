"""What is measured of a picture where Pillow must be asked, and what it must not do then."""

from __future__ import annotations

import hashlib
import struct
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from visioncli.core.errors import ImageProblem
from visioncli.core.types import BytesBlob
from visioncli.images import facts, limits
from visioncli.images.facts import Facts, measured

from .made import CAT, encoded, load, provider, written

KINDS = ("BMP", "TIFF", "AVIF", "ICO", "JPEG2000", "PPM", "PNG", "GIF", "WEBP", "JPEG")


def bmp(width: int, height: int) -> bytes:
    """A BMP whose header says it is so large, and that holds next to nothing."""
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 70, 0, 0, 54) + info + bytes(16)


@pytest.mark.parametrize("kind", KINDS)
def test_pillow_measures_what_it_writes(kind: str) -> None:
    width = 16 if kind == "ICO" else 20  # icons have sizes of their own
    data = encoded(kind, (width, 16))
    digest = hashlib.sha256(data).hexdigest()
    assert measured(BytesBlob(data), None) == Facts(len(data), width, 16, digest)


def test_a_photograph(tmp_path: Path) -> None:
    data = CAT.read_bytes()
    file = written(tmp_path, "cat.jpg", data)
    assert load(file).facts() == Facts(len(data), 451, 300, hashlib.sha256(data).hexdigest())


@pytest.mark.parametrize(("width", "height"), [(30_000, 30_000), (2**31 - 1, 2**31 - 1)])
def test_a_header_that_says_too_much_has_a_checksum_and_no_size(width: int, height: int) -> None:
    data = bmp(width, height)
    assert measured(BytesBlob(data), None) == Facts(
        len(data), sha256=hashlib.sha256(data).hexdigest()
    )
    with pytest.raises(ImageProblem) as told:
        facts.size(BytesBlob(data), "x.bmp")
    assert told.value.message == "x.bmp says it has more pixels than anybody opens"


def test_it_is_refused_where_the_provider_limits_pixels(tmp_path: Path) -> None:
    """Not let through because its size could not be measured."""
    picture = load(written(tmp_path, "x.bmp", bmp(30_000, 30_000)))
    for limit in ("image_side", "image_pixels"):
        with pytest.raises(ImageProblem, match=r"x\.bmp says it has more pixels"):
            limits.check([picture], provider(limits={limit: 5000}), request_bytes=0)


def test_a_large_header_is_no_warning_of_pillows() -> None:
    """Between its two thresholds Pillow warns, which is not for the user to see."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert facts.size(BytesBlob(bmp(12_000, 10_000)), "x") == (12_000, 10_000)
    assert seen == []


@pytest.mark.parametrize(
    "raised",
    [SyntaxError, ValueError, RuntimeError, NotImplementedError, MemoryError, OSError, KeyError],
)
def test_whatever_pillow_raises_means_that_the_size_is_not_known(
    raised: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise raised("no")

    monkeypatch.setattr(Image, "open", fail)
    data = encoded("BMP")
    assert measured(BytesBlob(data), None).sha256 == hashlib.sha256(data).hexdigest()
    assert measured(BytesBlob(data), None).width is None


@given(st.sampled_from(KINDS[:5]), st.integers(0, 300), st.binary(max_size=40))
@settings(max_examples=150, deadline=None)
def test_hostile_headers_have_a_size_or_none(kind: str, at: int, noise: bytes) -> None:
    data = encoded(kind)
    hostile = data[:at] + noise + data[at + len(noise) :]
    found = measured(BytesBlob(hostile), None)
    assert found.bytes == len(hostile)
    assert found.sha256 == hashlib.sha256(hostile).hexdigest()
    assert (found.width is None) == (found.height is None)

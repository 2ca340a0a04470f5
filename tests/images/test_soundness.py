"""What a picture's own structure tells: every cut, every animation, odd but readable files."""

from __future__ import annotations

import io
import os
import struct
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from visioncli.core.errors import ImageProblem
from visioncli.core.types import BytesBlob
from visioncli.images import headers, soundness
from visioncli.images.examine import examined, unprepared
from visioncli.images.picture import Picture

from .made import ANY, CAT, HORSE, PHOTOS, animated, chunk, encoded

PNG, JPEG = encoded("PNG"), encoded("JPEG")
SIGNATURE = PNG[:8]
CUT = "lacks its end marker and may be cut short; it is sent all the same"
MOVES = "is an animation; a model may look at its first picture only"
GIF_HEAD = b"GIF89a" + struct.pack("<HHBBB", 16, 16, 0, 0, 0)
LOOP = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"
GIF_PICTURE = b"\x2c" + struct.pack("<HHHHB", 0, 0, 16, 16, 0) + b"\x02\x02\x44\x01\0"


def look(data: bytes, asked: str | None = None) -> Picture:
    return unprepared(examined("x", BytesBlob(data), asked, ANY), ANY)


def told(data: bytes) -> list[str]:
    """The warnings, without the name before them."""
    return [warning.removeprefix("x ") for warning in look(data).warnings]


# ---------------------------------------------------------------------------------- cuts


def test_every_cut_of_a_png_is_refused() -> None:
    assert len(PNG) > 300
    for left in range(len(PNG)):
        with pytest.raises(ImageProblem):
            look(PNG[:left])


@given(st.integers(0, HORSE.stat().st_size - 1))
@settings(max_examples=50, deadline=None)
def test_no_cut_of_a_photograph_passes_as_a_png(left: int) -> None:
    with pytest.raises(ImageProblem):
        look(HORSE.read_bytes()[:left])


@given(st.sampled_from(sorted(PHOTOS.glob("*.jpg"))), st.floats(0, 1, exclude_max=True))
@settings(max_examples=50, deadline=None)
def test_every_cut_of_a_jpeg_is_refused_or_warned_of(photo: Path, part: float) -> None:
    data = photo.read_bytes()
    left = int(len(data) * part)
    try:
        assert told(data[:left]) == [CUT]
    except ImageProblem as error:
        assert left < 700, error  # noqa: PT017 - before its pixels, which begin at byte 600 or so


def test_a_whole_photograph_gives_no_warning() -> None:
    for photo in (*PHOTOS.glob("*.jpg"), HORSE):
        assert told(photo.read_bytes()) == []


# --------------------------------------------------------------- odd, but every reader shows it


def opens(data: bytes) -> bool:
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        return picture.size == (24, 16)


@pytest.mark.parametrize(
    "between",
    [b"\xff" * 3, b"\xff" * 5000, b"\0\0\0", b"junk between segments", b"\xff\0\xff\0"],
    ids=["fill", "much fill", "zeros", "junk", "stuffed"],
)
def test_bytes_between_the_segments_of_a_jpeg_are_passed_over(between: bytes) -> None:
    at = JPEG.index(b"\xff\xdb")
    data = JPEG[:at] + between + JPEG[at:]
    assert opens(data)
    picture = look(data)
    assert picture.pixels == (24, 16)
    assert picture.warnings == ()


@pytest.mark.parametrize("size", [70_000, 3_000_000])
def test_a_film_behind_a_jpeg_does_not_hide_its_end(size: int) -> None:
    """Phones write the seconds around a photograph behind it."""
    film = (b"\0\0\0\x18ftypmp42" + bytes(52)) * (size // 64)
    assert told(JPEG + film) == []
    assert told(JPEG[:-2] + film) == [CUT]


def test_an_end_that_lies_across_two_looks_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundness, "TAIL", 10)
    data = JPEG + bytes(100)
    begin = next(at for mark, at, _ in headers.segments(io.BytesIO(JPEG)) if mark == headers.SCAN)
    for step in (1, 2, 3, len(JPEG) - 1 - begin):
        monkeypatch.setattr(soundness, "STEP", step)
        assert not soundness.lacks_its_end(io.BytesIO(data), "image/jpeg")
        assert soundness.lacks_its_end(io.BytesIO(JPEG[:-2] + bytes(100)), "image/jpeg")


def test_a_jpeg_without_pixels_is_refused() -> None:
    with pytest.raises(ImageProblem, match="it ends before its pixels begin"):
        look(b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9")


def test_a_jpeg_of_nothing_but_filling_takes_no_time() -> None:
    began = time.perf_counter()
    with pytest.raises(ImageProblem):
        look(JPEG[:20] + b"\xff\xe1\0\x02" * 5_000_000)
    assert time.perf_counter() - began < 1


def test_a_tiff_a_bmp_and_an_avif_are_not_judged() -> None:
    for kind in ("TIFF", "BMP", "AVIF", "ICO"):
        data = encoded(kind)
        assert told(data) == []
        assert soundness.broken(io.BytesIO(data), "image/x") is None


# ----------------------------------------------------------------------------- animations


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_what_pillow_animates_moves_and_what_it_does_not_does_not(kind: str) -> None:
    assert told(animated(kind)) == [MOVES]
    assert told(encoded(kind)) == []


def test_an_animated_png_is_known_behind_much_else() -> None:
    at = PNG.index(b"IDAT") - 4
    control = chunk(b"acTL", struct.pack(">II", 2, 0))
    profile = chunk(b"iCCP", b"x\0\0" + zlib.compress(os.urandom(20_000)))
    assert told(PNG[:at] + profile + control + PNG[at:]) == [MOVES]


def test_the_word_alone_makes_no_png_move() -> None:
    at = PNG.index(b"IDAT") - 4
    assert told(PNG[:at] + chunk(b"tEXt", b"Comment\0acTL") + PNG[at:]) == []
    behind = PNG.index(b"IEND") - 4  # too late: readers take it for a still
    control = chunk(b"acTL", struct.pack(">II", 2, 0))
    assert told(PNG[:behind] + control + PNG[behind:]) == []


def test_a_gif_that_is_shown_once_moves_too() -> None:
    assert told(GIF_HEAD + GIF_PICTURE * 2 + b";") == [MOVES]


def test_one_picture_that_is_to_be_repeated_is_a_still() -> None:
    assert told(GIF_HEAD + LOOP + GIF_PICTURE + b";") == []
    assert told(GIF_HEAD + LOOP + GIF_PICTURE) == []


def test_colour_tables_and_comments_of_a_gif_are_passed_over() -> None:
    table = bytes(range(1, 13))
    head = b"GIF89a" + struct.pack("<HHBBB", 16, 16, 0x81, 0, 0) + table
    comment = b"\x21\xfe\x05,,,,,\0"
    own = b"\x2c" + struct.pack("<HHHHB", 0, 0, 16, 16, 0x81) + table + b"\x02\x02\x44\x01\0"
    assert told(head + comment + own + b";" + b"," * 50) == []
    assert told(head + comment + own + comment + own + b";") == [MOVES]


def test_a_gif_whose_first_picture_is_large_is_judged_by_its_wish(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(soundness, "GIF_SEEN", 300)
    large = GIF_PICTURE[:11] + (b"\xff" + bytes(255)) * 4 + b"\0"
    assert told(GIF_HEAD + LOOP + large + GIF_PICTURE + b";") == [MOVES]
    assert told(GIF_HEAD + large + b";") == []


@given(st.sampled_from(["PNG", "GIF", "WEBP", "JPEG"]), st.integers(0, 400), st.binary(max_size=60))
@settings(max_examples=300, deadline=None)
def test_nothing_but_an_image_problem_comes_of_hostile_bytes(
    kind: str, at: int, noise: bytes
) -> None:
    data = encoded(kind)
    hostile = data[:at] + noise + data[at + len(noise) :]
    media_type = f"image/{kind.lower()}"
    for given_type in (None, media_type):
        try:
            look(hostile, given_type)
        except ImageProblem as error:
            assert error.message.isprintable()  # noqa: PT017
    file = io.BytesIO(hostile)  # and where libmagic would not have let it come so far
    soundness.broken(file, media_type)
    soundness.lacks_its_end(file, media_type)
    soundness.moves(file, media_type)
    headers.size(file, media_type)


def test_a_photograph_named_otherwise_is_what_it_is() -> None:
    assert look(CAT.read_bytes()).pixels == (451, 300)

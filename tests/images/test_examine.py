"""Which bytes are taken for a picture, under whatever label, and which are refused."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from visioncli.core.errors import ImageProblem
from visioncli.images.sources import Picture

from .made import ANY, CAT, animated, chunk, content, encoded, load, png_of, provider, written

JPEG, PNG = encoded("JPEG"), encoded("PNG")
PICKY = provider(media_types=("image/jpeg", "image/png"))


def refused(file: str, **how: object) -> ImageProblem:
    with pytest.raises(ImageProblem) as told:
        load(file, **how)  # type: ignore[arg-type]
    assert told.value.exit == 5
    return told.value


def taken(folder: Path, name: str, data: bytes, **how: object) -> Picture:
    picture = load(written(folder, name, data), **how)  # type: ignore[arg-type]
    assert content(picture) == data
    return picture


# ---------------------------------------------------------------------------- no pictures


@pytest.mark.parametrize(
    ("data", "looks_like"),
    [
        (b"<!DOCTYPE html><html><body>Please log in</body></html>", "HTML"),
        (b'{"error": {"message": "not found"}}', "JSON"),
        (b"Dear Sir, this is a letter and no picture.", "text"),
        (b"PK\x03\x04" + bytes(60), "a ZIP archive"),
        (b"\x1f\x8b\x08\0" + bytes(60), "a gzip archive"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(60), "video/mp4"),
    ],
)
@pytest.mark.parametrize("asked", [None, "image/jpeg"])
def test_what_is_no_picture_is_refused_whatever_its_label_says(
    tmp_path: Path, data: bytes, looks_like: str, asked: str | None
) -> None:
    file = written(tmp_path, "photo.jpg", data)
    told = refused(file, media_type=asked)
    assert told.message == f"{file} is not an image: it looks like {looks_like}"
    assert told.code == "not_an_image"


def test_bytes_that_nobody_knows_are_refused_unless_format_names_them(tmp_path: Path) -> None:
    data = b"\x01\x02\xfe\xfd" * 40
    file = written(tmp_path, "photo.raw", data)
    told = refused(file)
    assert told.message == f"{file} is not an image that libmagic knows"
    assert told.hint == "--format image/… if it is one"
    picture = load(file, media_type="image/x-raw")
    assert (picture.media_type, content(picture)) == ("image/x-raw", data)
    (warning,) = picture.warnings
    assert warning == (
        f"{file} is not known to libmagic by its bytes; it is sent as image/x-raw, as --format says"
    )


# --------------------------------------------------------------------------------- labels


def test_the_bytes_win_over_the_end_of_the_name(tmp_path: Path) -> None:
    picture = taken(tmp_path, "photo.jpg", PNG)
    assert picture.media_type == "image/png"
    assert picture.warnings == (
        f"{tmp_path}/photo.jpg is labelled image/jpeg and holds image/png; it is sent as image/png",
    )


@pytest.mark.parametrize(
    "name", ["photo.png", "photo.PNG", "photo.apng", "photo", "jpg", ".jpg", "photo.txt"]
)
def test_a_label_that_agrees_or_is_none_is_not_mentioned(tmp_path: Path, name: str) -> None:
    assert taken(tmp_path, name, PNG).warnings == ()


@pytest.mark.parametrize("name", ["photo.heic", "photo.heif"])
def test_heic_and_heif_are_one_label(tmp_path: Path, name: str) -> None:
    heic = struct.pack(">I", 24) + b"ftypheic\0\0\0\0mif1heic" + bytes(100)
    picture = taken(tmp_path, name, heic)
    assert (picture.media_type, picture.warnings) == ("image/heic", ())


def test_format_wins_over_the_bytes_and_that_is_said(tmp_path: Path) -> None:
    picture = taken(tmp_path, "photo.png", PNG, media_type="image/jpeg")
    assert picture.media_type == "image/jpeg"
    (warning,) = picture.warnings
    assert warning == (
        f"{tmp_path}/photo.png is image/png by its bytes; it is sent as image/jpeg,"
        " as --format says"
    )


def test_format_that_agrees_is_not_mentioned(tmp_path: Path) -> None:
    assert taken(tmp_path, "photo.jpg", PNG, media_type="image/png").warnings == ()


# ------------------------------------------------------------------------- what is taken


@pytest.mark.parametrize("kind", ["AVIF", "TIFF", "BMP", "WEBP", "GIF", "ICO"])
def test_a_type_the_provider_does_not_take_is_refused(tmp_path: Path, kind: str) -> None:
    file = written(tmp_path, "photo", encoded(kind))
    told = refused(file, row=PICKY)
    assert "and acme takes jpeg, png (providers/acme.toml)" in told.message
    assert told.hint == "without --no-prep it is converted; or choose another model with -m"
    assert load(file).media_type in told.message  # type: ignore[operator]  # nobody knows: sent


def test_format_is_what_the_provider_is_asked_about(tmp_path: Path) -> None:
    file = written(tmp_path, "photo.png", PNG)
    assert (
        "is image/bmp, and acme takes" in refused(file, row=PICKY, media_type="image/bmp").message
    )


@pytest.mark.parametrize("kind", ["PNG", "GIF", "WEBP"])
def test_an_animation_is_sent_with_a_note(tmp_path: Path, kind: str) -> None:
    name = f"photo.{kind.lower()}"
    (warning,) = taken(tmp_path, name, animated(kind)).warnings
    assert warning.endswith(f"{name} is an animation; a model may look at its first picture only")


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("PNG", {}),
        ("GIF", {}),
        ("GIF", {"loop": 0}),  # the wish that one picture be repeated
        ("GIF", {"comment": b"NETSCAPE2.0"}),
        ("WEBP", {}),
        ("WEBP", {"exif": b"Exif\0\0II*\0\x08\0\0\0\0\0"}),
    ],
)
def test_a_still_is_no_animation(tmp_path: Path, kind: str, how: dict[str, object]) -> None:
    assert taken(tmp_path, f"photo.{kind.lower()}", encoded(kind, **how)).warnings == ()


def test_what_announces_an_animation_may_stand_far_behind(tmp_path: Path) -> None:
    moving = animated("PNG")
    profile = chunk(b"iCCP", b"x" * 100_000)
    data = moving[:33] + profile + moving[33:]
    (warning,) = taken(tmp_path, "photo.png", data).warnings
    assert "is an animation" in warning


def test_an_animation_that_is_played_once(tmp_path: Path) -> None:
    data = animated("GIF", loop=None)
    assert b"NETSCAPE" not in data
    (warning,) = taken(tmp_path, "photo.gif", data).warnings
    assert "is an animation" in warning


@pytest.mark.parametrize("cut", range(13, 120, 7))
def test_a_gif_that_ends_anywhere_is_looked_at_without_harm(tmp_path: Path, cut: int) -> None:
    assert taken(tmp_path, "photo.gif", animated("GIF")[: max(cut, 20)]).media_type == "image/gif"


# -------------------------------------------------------------------------------- damage


@pytest.mark.parametrize("lost", [1, 5, 12, 20, len(PNG) - 40])
def test_a_png_that_is_cut_short(tmp_path: Path, lost: int) -> None:
    file = written(tmp_path, "photo.png", PNG[:-lost])
    assert (
        refused(file).message == f"{file} is damaged: it is cut short: the end of a PNG is missing"
    )


def test_bytes_behind_the_end_of_a_png_do_no_harm(tmp_path: Path) -> None:
    assert taken(tmp_path, "photo.png", PNG + b"appended").warnings == ()


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("PNG", PNG.replace(b"\r\n", b"\n")),
        ("PNG", PNG.replace(b"\n", b"\r\n")),
        ("PNG", PNG[:6] + PNG[6:].replace(b"\n", b"\r\n")),
        ("PNG", b"\xef\xbb\xbf" + PNG),
        ("PNG", PNG.decode("utf-8", "replace").encode()),
        ("PNG", PNG.decode("latin-1").encode()),
        ("PNG", bytes(byte & 0x7F for byte in PNG)),
        ("JPEG", b"\xef\xbb\xbf" + JPEG),
        ("JPEG", JPEG.decode("utf-8", "replace").encode()),
        ("JPEG", JPEG.decode("latin-1").encode()),
    ],
)
def test_a_picture_that_was_copied_as_text(tmp_path: Path, kind: str, data: bytes) -> None:
    file = written(tmp_path, "photo", data)
    told = refused(file, media_type="image/png")
    assert told.message == (
        f"{file} is a {kind} that was copied as if it were text, which spoils it"
    )
    assert told.hint == "copy it again in binary mode"


def test_a_png_whose_header_was_changed(tmp_path: Path) -> None:
    file = written(tmp_path, "photo.png", PNG[:16] + b"\0\0\1\0" + PNG[20:])
    assert refused(file).message.endswith("is damaged: the checksum of its header is wrong")


def test_a_png_that_is_overwritten_in_the_middle(tmp_path: Path) -> None:
    good = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", PNG[16:29])
    file = written(tmp_path, "photo.png", good + bytes(100))
    assert refused(file).message.endswith("is damaged: at byte 33 there is no chunk of a PNG")


def test_a_png_of_very_many_chunks_is_not_followed_to_its_end(tmp_path: Path) -> None:
    start = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", PNG[16:29])
    data = start + chunk(b"teXt") * 300_000
    assert taken(tmp_path, "photo.png", data).media_type == "image/png"


def test_a_jpeg_that_lacks_only_its_end_is_sent_with_a_warning(tmp_path: Path) -> None:
    said = "lacks its end marker and may be cut short; it is sent all the same"
    (warning,) = taken(tmp_path, "photo.jpg", CAT.read_bytes()[:-2]).warnings
    assert warning == f"{tmp_path}/photo.jpg {said}"


def test_the_end_of_a_small_picture_inside_is_not_the_end(tmp_path: Path) -> None:
    """Cameras put a preview, a whole JPEG, before the pixels."""
    preview = JPEG[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(JPEG)) + JPEG + JPEG[2:]
    assert taken(tmp_path, "photo.jpg", preview).warnings == ()
    (warning,) = taken(tmp_path, "photo.jpg", preview[:-2]).warnings
    assert "lacks its end marker" in warning


@pytest.mark.parametrize("behind", [1, 30_000, 3_000_000])
def test_bytes_behind_the_end_of_a_jpeg_do_no_harm(tmp_path: Path, behind: int) -> None:
    """Phones put a film there."""
    assert taken(tmp_path, "photo.jpg", JPEG + bytes(behind)).warnings == ()


@pytest.mark.parametrize("filling", [b"\xff", b"\xff" * 9, b"\0", b"noise"])
def test_what_stands_between_the_parts_of_a_jpeg_is_passed_over(
    tmp_path: Path, filling: bytes
) -> None:
    data = JPEG[:20] + filling + JPEG[20:]
    picture = taken(tmp_path, "photo.jpg", data)
    assert picture.pixels == (24, 16)
    assert picture.warnings == ()


@pytest.mark.parametrize("left", [20, 100, 300])
def test_a_jpeg_that_ends_before_its_pixels(tmp_path: Path, left: int) -> None:
    file = written(tmp_path, "photo.jpg", JPEG[:left])
    assert refused(file).message == f"{file} is damaged: it ends before its pixels begin"


# ---------------------------------------------------------------------------------- bombs


@pytest.mark.parametrize(
    ("width", "height"),
    [(30_000, 30_000), (0x7FFFFFFF, 0x7FFFFFFF), (0x7FFFFFFF, 1), (9_000, 40_000)],
)
def test_a_bomb_is_refused_by_its_header(tmp_path: Path, width: int, height: int) -> None:
    file = written(tmp_path, "photo.png", png_of(width, height))
    told = refused(file, row=ANY)
    assert f"{file} says it has {width}x{height} pixels" in told.message
    assert told.code == "image_too_large"


def test_a_very_large_picture_is_no_bomb_yet(tmp_path: Path) -> None:
    assert taken(tmp_path, "photo.png", png_of(18_000, 18_000)).pixels == (18_000, 18_000)


def test_a_very_long_text_inside_is_not_unpacked(tmp_path: Path) -> None:
    import zlib

    packed = b"Comment\0\0" + zlib.compress(bytes(50_000_000), 9)
    at = PNG.index(b"IDAT") - 4
    data = PNG[:at] + chunk(b"zTXt", packed) + PNG[at:]
    picture = taken(tmp_path, "photo.png", data)
    assert picture.pixels == (24, 16)

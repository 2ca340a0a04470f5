"""What is told of a picture that was prepared, and which are not prepared at all."""

from __future__ import annotations

import struct

import pytest

from visioncli.core.errors import ImageProblem
from visioncli.core.types import BytesBlob, Unfetched
from visioncli.images.picture import Picture
from visioncli.images.preparing.plan import Wanted
from visioncli.images.preparing.prepare import megabytes, prepared

from .corpus import exif, saved, scene
from .made import CAT
from .preparing import JPEG_AND_PNG, arrived, prepare, sent

PHOTOSHOP = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 40, 60, 8, 3) + bytes(200)


def test_one_line_says_what_was_done() -> None:
    data = saved(scene((960, 640)), "JPEG", exif=exif(6), quality=99)
    picture = Picture("holiday\n.jpg", None, BytesBlob(data))
    ready = prepared(picture, Wanted(max_long=96))
    assert ready.line(picture) == (
        f"holiday\\n.jpg 640x960 {megabytes(len(data))} -> 64x96 jpeg {ready.blob.size} bytes"
        " (scaled, upright, metadata dropped)"
    )


def test_nothing_is_told_of_a_picture_that_fits() -> None:
    picture = Picture("cat.jpg", None, BytesBlob(CAT.read_bytes()))
    ready = prepared(picture, Wanted())
    assert ready.blob is picture.blob
    assert ready.line(picture) is None
    assert ready.notes == ()


@pytest.mark.parametrize(
    ("size", "text"),
    [(812, "812 bytes"), (47_400, "47 kB"), (99_999, "100 kB"), (3_149_000, "3.1 MB")],
)
def test_sizes_are_told_as_people_read_them(size: int, text: str) -> None:
    assert megabytes(size) == text


def test_what_is_sent_takes_the_place_of_what_was_found() -> None:
    picture = Picture("drawing.bmp", "image/bmp", BytesBlob(saved(scene(), "BMP")), "", ("odd",))
    ready = prepared(picture, Wanted(media_types=("image/jpeg",), max_bytes=1500))
    now = ready.into(picture)
    assert now.source == "drawing.bmp"
    assert now.media_type == "image/jpeg"
    assert now.pixels == arrived(ready).size
    assert now.blob is ready.blob
    assert now.warnings == ("odd", *ready.notes)
    assert len(ready.notes) == 1


def test_what_format_calls_by_another_name_is_sent_as_it_is() -> None:
    data = saved(scene(), "PNG", exif=exif(6))
    ready = prepare(data, "image/jpeg", max_long=10)
    assert sent(ready) == data
    assert (ready.media_type, ready.width, ready.height) == ("image/jpeg", 96, 64)


def test_a_type_that_nobody_here_reads_is_refused() -> None:
    with pytest.raises(ImageProblem) as told:
        prepare(PHOTOSHOP, media_types=JPEG_AND_PNG)
    assert told.value.message == "photo is image/vnd.adobe.photoshop, which is not converted here"
    assert told.value.exit == 5
    assert told.value.code == "image_type"
    assert told.value.hint == "save it as PNG or JPEG first"


def test_a_wire_that_takes_nothing_that_can_be_written_is_refused() -> None:
    with pytest.raises(ImageProblem) as told:
        prepare(saved(scene(), "BMP"), media_types=("image/heic",), source="acme.toml")
    assert told.value.message == "photo cannot be converted to what is taken: heic (acme.toml)"


def test_a_limit_that_cannot_be_met_is_named_with_its_source() -> None:
    with pytest.raises(ImageProblem) as told:
        prepare(CAT.read_bytes(), max_bytes=100, source="providers/acme.toml")
    assert told.value.code == "image_limit"
    assert told.value.message == (
        "photo cannot be made as small as 100 bytes (providers/acme.toml)"
    )


def test_webp_is_written_where_nothing_else_is_taken() -> None:
    ready = prepare(saved(scene(), "BMP"), media_types=("image/webp",))
    assert ready.media_type == "image/webp"
    assert arrived(ready).size == (96, 64)


def test_what_is_not_here_cannot_be_prepared() -> None:
    for blob in (None, Unfetched("https://a.example/b.png")):
        with pytest.raises(ValueError, match="no bytes"):
            prepared(Picture("b", None, blob), Wanted())


@pytest.mark.parametrize("kind", [None, "image/svg+xml"], ids=["not looked at", "looked at"])
def test_an_svg_is_drawn_no_larger_than_wanted(kind: str | None) -> None:
    pytest.importorskip("resvg_py")
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="600">'
        b'<rect width="900" height="600" fill="red"/></svg>'
    )
    picture = Picture("photo", "image/svg+xml", BytesBlob(svg), kind=kind)
    ready = prepared(picture, Wanted(max_long=300))
    image = arrived(ready)
    assert image.size == (300, 200)
    assert image.convert("RGB").getpixel((150, 100)) == (255, 0, 0)
    assert (ready.media_type, ready.done) == ("image/png", ("drawn",))


def test_a_document_goes_as_it_is() -> None:
    ready = prepare(b"%PDF-1.7 and so on, as long as it has to be", "application/pdf")
    assert (ready.media_type, ready.width, ready.done) == ("application/pdf", None, ())

"""The type of bytes, and the names of types."""

from __future__ import annotations

import gzip
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visioncli.core.errors import UsageError
from visioncli.images.sniff import canonical, media_type, picture_type

from .made import CAT, HORSE, animated, encoded, iso_media


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("JPEG", "image/jpeg"),
        ("PNG", "image/png"),
        ("GIF", "image/gif"),
        ("WEBP", "image/webp"),
        ("BMP", "image/bmp"),
        ("TIFF", "image/tiff"),
        ("AVIF", "image/avif"),
        ("ICO", "image/vnd.microsoft.icon"),
        ("JPEG2000", "image/jp2"),
    ],
)
def test_what_pillow_writes_is_known_by_its_registered_name(kind: str, expected: str) -> None:
    assert media_type(encoded(kind)) == expected


def test_photographs_are_known() -> None:
    assert picture_type(CAT.read_bytes()[:64]) == "image/jpeg"
    assert picture_type(HORSE.read_bytes()[:64]) == "image/png"


def test_an_animated_png_is_a_png() -> None:
    assert media_type(animated("PNG")) == "image/png"


@pytest.mark.parametrize(
    ("major", "compatible", "expected"),
    [
        (b"heic", (b"mif1", b"heic"), "image/heic"),
        (b"heix", (b"mif1", b"heix"), "image/heic"),
        (b"mif1", (b"mif1", b"heic"), "image/heic"),
        (b"msf1", (b"msf1", b"hevc"), "image/heic"),
        (b"avif", (b"mif1", b"avif"), "image/avif"),
        (b"mif1", (b"mif1", b"avif", b"miaf"), "image/avif"),
        (b"msf1", (b"msf1", b"avis"), "image/avif"),
        (b"mif1", (b"mif1",), "image/heif"),
    ],
)
def test_heic_and_avif_are_told_apart_by_their_brands(
    major: bytes, compatible: tuple[bytes, ...], expected: str
) -> None:
    assert media_type(iso_media(major, *compatible)) == expected


@pytest.mark.parametrize(
    "text",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg" width="8"/>',
        b'<?xml version="1.0"?>\n<!-- ' + b"x" * 3000 + b" -->\n<svg/>",
        b"\xef\xbb\xbf<svg width='8' height='8'></svg>",
        b'<x:svg xmlns:x="http://www.w3.org/2000/svg"/>',
        b'<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>',
    ],
)
def test_svg_is_known_in_all_its_beginnings(text: bytes) -> None:
    assert media_type(text) == "image/svg+xml"
    assert media_type(gzip.compress(text + b" " * 9000)) == "image/svg+xml"
    if text.isascii():
        for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
            assert media_type(text.decode().encode(encoding)) == "image/svg+xml"


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"junk\n" * 50, bytes(1000)])
def test_a_pdf_is_one_whatever_is_before_it(before: bytes) -> None:
    assert picture_type(before + b"%PDF-1.7\n1 0 obj\n" + bytes(200)) == "application/pdf"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF"])
@pytest.mark.parametrize("behind", [b"%PDF-1.7\n1 0 obj", b"<svg/>", b"PK\x03\x04", b"<html>"])
def test_a_picture_is_a_picture_whatever_is_behind_it(kind: str, behind: bytes) -> None:
    assert media_type(encoded(kind) + behind) == media_type(encoded(kind))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (encoded("JPEG2000", no_jp2=True), "image/x-jp2-codestream"),
        (encoded("BMP", (1, 1), "1"), "image/bmp"),
        (b"\xff\x0a" + bytes(30), "image/jxl"),
        (b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl \0\0\0\0jxl ", "image/jxl"),
        (b"\0\0\2\0" + encoded("ICO")[4:], "image/x-win-bitmap"),  # a cursor is no icon
        (gzip.compress(b"<html><svg/>" * 30, mtime=0), "application/gzip"),
        (b"\x1f\x8b\x08\0" + b"\xff" * 60, "application/gzip"),
    ],
)
def test_what_is_told_apart(data: bytes, expected: str) -> None:
    assert media_type(data) == expected


@pytest.mark.parametrize(
    "text",
    [
        b"<!DOCTYPE html><html><body><svg></svg></body></html>",
        b"<p>how to write <svg width=8></p> in HTML, as text",
        b'{"svg": "<svg/>"}',
        b"hello, this is a letter and no picture",
        b"",
    ],
)
def test_other_text_is_no_picture_though_it_speaks_of_one(text: bytes) -> None:
    assert picture_type(text) is None


def test_a_thousand_comments_before_nothing_take_no_time() -> None:
    began = time.perf_counter()
    assert picture_type(b"<?xml version='1.0'?>" + b"<!---->" * 1160) is None
    assert time.perf_counter() - began < 1


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_have_a_type(data: bytes) -> None:
    kind = media_type(data)
    assert "/" in kind
    assert ";" not in kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jpeg", "image/jpeg"),
        ("jpg", "image/jpeg"),
        ("PNG", "image/png"),
        ("svg", "image/svg+xml"),
        ("tif", "image/tiff"),
        ("image/jpg", "image/jpeg"),
        ("image/JPEG; charset=binary", "image/jpeg"),
        (" image/x-ms-bmp ", "image/bmp"),
        ("image/apng", "image/png"),
        ("image/heic-sequence", "image/heic"),
        ("image/vnd.adobe.photoshop", "image/vnd.adobe.photoshop"),
    ],
)
def test_types_have_one_name(text: str, expected: str) -> None:
    assert canonical(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "jpgg", "text/html", "image/", "image/*", "image/a b", "image/jpeg\r\nx: y", "/png"],
)
def test_what_is_no_type_of_an_image_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError, match="no media type of an image") as told:
        canonical(text)
    assert told.value.hint == "for example --format image/jpeg"


def test_libmagic_is_found_without_searching_for_it() -> None:
    """python-magic's own way starts compilers and linkers, 13 ms; a bare system has none."""
    program = (
        "import subprocess, sys\n"
        "def none(*a, **k): raise AssertionError('a process was started')\n"
        "subprocess.Popen.__init__ = none\n"
        "from visioncli.images import sniff\n"
        "print(sniff.media_type(open(sys.argv[1], 'rb').read(64)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(CAT)],
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("image/jpeg\n", "")


def test_importing_the_room_loads_neither_pillow_nor_libmagic_nor_the_http_client() -> None:
    heavy = {"PIL", "magic", "ctypes", "httpx", "tempfile"}
    heavy |= {f"visioncli.images.{room}" for room in ("sandboxed.apart", "desktop", "fetch")}
    program = (
        "import sys\n"
        "from visioncli.images import limits, sniff, sources\n"
        f"print(sorted({heavy!r} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")

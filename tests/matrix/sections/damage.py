"""Pictures that are broken, mislabelled, or mean harm."""

from __future__ import annotations

import zlib

from tests.images.corpus import saved, scene
from tests.images.made import chunk, png_of
from tests.matrix.rows import Row, error, remedy, warning

from .drawn import PEAK, PNG, jpeg, refused, sent, small


def text_bomb() -> bytes:
    return PNG.file(chunk(b"zTXt", b"note\0\0" + zlib.compress(bytes(200_000_000), 9)))


def scrambled(data: bytes) -> bytes:
    return data[:64] + bytes(range(256)) * 40


def torn_tiff() -> bytes:
    """Over which libtiff complains on the second descriptor."""
    data = bytearray(saved(scene(), "TIFF", compression="jpeg"))
    data[300:900] = bytes(600)
    return bytes(data)


WRONG = (
    sent(
        "5a",
        "a JPEG named .png",
        "it.png",
        jpeg,
        "image/jpeg",
        warning(r"\./it\.png is labelled image/png and holds image/jpeg; .+"),
    ),
    Row(
        id="5b",
        case="--format against the bytes",
        exit=0,
        requests=1,
        options=("--format", "image/webp"),
        says=(warning(r"p\.png is image/png by its bytes; it is sent as image/webp, .+"),),
    ),
    refused(
        "6a",
        "HTML named .jpg",
        "it.jpg",
        b"<!doctype html><html><body>Log in</body></html>",
        error(r"\./it\.jpg is not an image: it looks like HTML"),
    ),
    refused(
        "6b",
        "JSON named .png",
        "it.png",
        b'{"error": "not found", "status": 404}',
        error(r"\./it\.png is not an image: it looks like JSON"),
    ),
    refused(
        "6c",
        "text named .jpg",
        "it.jpg",
        b"To whom it may concern: no picture. " * 9,
        error(r"\./it\.jpg is not an image: it looks like text"),
    ),
    refused(
        "7a",
        "a truncated PNG",
        "it.png",
        lambda: PNG.file()[:600],
        error(r"\./it\.png is damaged: it is cut short: the end of a PNG is missing"),
    ),
    refused(
        "7b",
        "a PNG copied as text",
        "it.png",
        lambda: PNG.file().replace(b"\r\n", b"\n"),
        error(r"\./it\.png .*PNG.*"),
        remedy(r"copy it again in binary mode"),
    ),
    refused(
        "7c",
        "a PNG behind a byte order mark",
        "it.png",
        lambda: b"\xef\xbb\xbf" + PNG.file(),
        error(r"\./it\.png .*PNG.*"),
        remedy(r"copy it again in binary mode"),
    ),
    Row(
        id="7d",
        case="a JPEG that lacks its end marker alone",
        exit=0,
        requests=1,
        files={"it.jpg": lambda: jpeg()[:-2]},
        words=("./it.jpg", "q"),
        says=(warning(r"\./it\.jpg lacks its end marker and may be cut short; .+"),),
    ),
    refused(
        "7e",
        "a JPEG of 100 bytes",
        "it.jpg",
        lambda: jpeg()[:100],
        error(r"\./it\.jpg is damaged: it ends before its pixels begin"),
    ),
    refused(
        "8a",
        "900 megapixels",
        "it.png",
        lambda: png_of(30_000, 30_000),
        error(r"\./it\.png says it has 30000x30000 pixels, more than anybody opens .+"),
        remedy(".+"),
        act=small,
        inside=PEAK,
        needs=("linux",),
    ),
    refused(
        "8b",
        "a header that lies",
        "it.png",
        lambda: png_of(20_000, 9_000),
        error(r"\./it\.png is damaged.+: its pixels end too early"),
        act=small,
        inside=PEAK,
        needs=("linux",),
    ),
    refused(
        "8c",
        "200 MB of text in 200 kB",
        "it.png",
        text_bomb,
        error(r"\./it\.png .+"),
        remedy(".+"),
        act=small,
        inside=PEAK,
        needs=("linux",),
    ),
    *(
        refused(
            f"9{letter}",
            f"a scrambled {kind}",
            f"it.{kind}",
            data,
            error(rf"\./it\.{kind} is damaged.+"),
        )
        for letter, kind, data in (
            ("a", "tif", lambda: scrambled(saved(scene(), "TIFF", compression="jpeg"))),
            ("b", "ico", lambda: scrambled(saved(scene((64, 64), "RGBA"), "ICO"))),
            ("c", "jp2", lambda: scrambled(saved(scene(), "JPEG2000"))),
            ("d", "avif", lambda: scrambled(saved(scene(), "AVIF"))),
            ("e", "bmp", lambda: saved(scene(), "BMP")[:500]),
        )
    ),
    sent(
        "9f",
        "a TIFF of which libtiff complains",
        "it.tif",
        torn_tiff,
        "image/png",
        r"\./it\.tif .+ \(tiff not taken\)",
    ),
)

ROWS = (*WRONG,)

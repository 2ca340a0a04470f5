"""Pictures with everything in them that is to be dropped, and a second look at what is left."""

from __future__ import annotations

import io
import random
import struct
import warnings
import zlib
from itertools import product
from typing import Any

from PIL import Image, ImageCms

from visioncli.core.types import Blob, BytesBlob
from visioncli.images import sniff
from visioncli.images.stripping.strip import Found, found, stripped

from .made import chunk, encoded

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "GIF": "image/gif"}
SIDES = (57, 43)
CANARY = b"48.858370N 2.294481E Champ-de-Mars"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP = b'<x:xmpmeta><rdf:Description tiff:Orientation="%d" exif:GPS="%s"/></x:xmpmeta>'
ADAM7 = (
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
)
PNG_KINDS = [
    *((0, depth) for depth in (1, 2, 4, 8, 16)),
    *((3, depth) for depth in (1, 2, 4, 8)),
    *product((2, 4, 6), (8, 16)),
]


def looked(data: bytes, media_type: str) -> Found:
    return found(BytesBlob(data), media_type)


def clean(data: bytes, media_type: str, *, keep_profile: bool = False) -> bytes:
    blob = BytesBlob(data)
    return content(stripped(blob, media_type, found(blob, media_type), keep_profile=keep_profile))


def content(blob: Blob) -> bytes:
    data = b"".join(blob.open())
    assert len(data) == blob.size
    return data


def seen(data: bytes) -> dict[str, Any]:
    """What Pillow makes of a picture: everything that its pixels depend on."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            return {
                "format": "JPEG" if picture.format == "MPO" else picture.format,
                "mode": picture.mode,
                "size": picture.size,
                "transparency": picture.info.get("transparency"),
                "palette": picture.getpalette("RGB") if picture.mode == "P" else None,
                "pixels": picture.tobytes(),
                "shown": picture.convert("RGBA").tobytes(),
            }


# ------------------------------------------------------------------------------ with notes


def exif(orientation: int = 1, order: str = "big", canary: bytes = CANARY) -> bytes:
    """A TIFF with an orientation, and a GPS directory that holds the canary."""
    mark, o = (b"MM\0*", ">") if order == "big" else (b"II*\0", "<")
    first = struct.pack(o + "H", 2)
    first += struct.pack(o + "HHIHH", 0x0112, 3, 1, orientation, 0)
    first += struct.pack(o + "HHII", 0x8825, 4, 1, 38) + bytes(4)
    place = struct.pack(o + "HHHII", 1, 27, 7, len(canary), 56) + bytes(4)
    return mark + struct.pack(o + "I", 8) + first + place + canary


def segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", 2 + len(data)) + data


def icc_segments(profile: bytes, parts: int = 1) -> list[bytes]:
    step = -(-len(profile) // parts)
    return [
        segment(0xE2, b"ICC_PROFILE\0" + bytes((n + 1, parts)) + profile[n * step : (n + 1) * step])
        for n in range(parts)
    ]


def jpeg_notes(orientation: int = 1) -> list[bytes]:
    """The canary in everything that a JPEG may carry."""
    iptc = b"\x1c\x02\x5a" + struct.pack(">H", len(CANARY)) + CANARY
    small = encoded("JPEG", (8, 8), comment=CANARY)
    return [
        segment(0xE1, b"Exif\0\0" + exif(orientation)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP % (1, CANARY)),
        segment(0xED, b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(iptc)) + iptc),
        segment(0xFE, CANARY),
        segment(0xE0, b"JFXX\0\x10" + small),
        segment(0xE2, b"MPF\0" + CANARY),
        segment(0xEB, b"JP\0\1" + CANARY),
        segment(0xE5, b"vendor" + CANARY),
        b"\xff\xff",  # filling
    ]


def with_segments(jpeg: bytes, *parts: bytes) -> bytes:
    """Behind the JFIF header where there is one: it must come first."""
    at = 20 if jpeg[2:4] == b"\xff\xe0" else 2
    return jpeg[:at] + b"".join(parts) + jpeg[at:]


def png_notes(orientation: int = 1) -> list[bytes]:
    text = b"Location\0" + CANARY
    packed = zlib.compress(CANARY)
    return [
        chunk(b"eXIf", exif(orientation)),
        chunk(b"tEXt", text),
        chunk(b"zTXt", b"Where\0\0" + packed),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP % (1, CANARY)),
        chunk(b"iTXt", b"Packed\0\1\0\0\0" + packed),
        chunk(b"tIME", b"\x07\xea\x0b\x18\x16\x32\x00"),
        chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1)),
        chunk(b"caBX", CANARY),
        chunk(b"xyZz", CANARY),
    ]


def with_chunks(png: bytes, *parts: bytes, before: bytes = b"IDAT") -> bytes:
    at = png.index(before) - 4
    return png[:at] + b"".join(parts) + png[at:]


def png_made(colour_type: int, depth: int, *, laced: bool, side: int = 19, seed: int = 1) -> bytes:
    """Noise of any kind that a PNG can hold."""
    noise = random.Random(seed)
    bits = depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour_type]
    rows = bytearray()
    for x, y, right, down in ADAM7 if laced else ((0, 0, 1, 1),):
        width, height = -(-(side - x) // right), -(-(side - y) // down)
        for _ in range(height):
            rows += b"\0" + noise.randbytes((width * bits + 7) // 8)
    packed = zlib.compress(bytes(rows))
    data = SIGNATURE
    data += chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, depth, colour_type, 0, 0, laced))
    if colour_type == 3:
        data += chunk(b"PLTE", noise.randbytes(3 << depth))
        data += chunk(b"tRNS", noise.randbytes(1 << depth))
    elif colour_type in (0, 2):
        data += chunk(b"tRNS", b"\0\1" * (3 if colour_type else 1))
    middle = len(packed) // 2
    data += chunk(b"IDAT", packed[:middle]) + chunk(b"IDAT", packed[middle:])
    return data + chunk(b"IEND")


def riff(*parts: tuple[bytes, bytes]) -> bytes:
    body = b"".join(k + struct.pack("<I", len(d)) + d + bytes(len(d) & 1) for k, d in parts)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def webp_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    parts, at = [], 12
    while at < len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        parts.append((data[at : at + 4], data[at + 8 : at + 8 + length]))
        at += 8 + length + (length & 1)
    return parts


def extended(
    webp: bytes, *more: tuple[bytes, bytes], profile: bytes = b"", flags: int = 0x0C
) -> bytes:
    """A WebP with a VP8X header and further chunks."""
    with Image.open(io.BytesIO(webp)) as picture:
        width, height = picture.size
        alpha = 0x10 if picture.mode == "RGBA" else 0
    parts = [part for part in webp_chunks(webp) if part[0] not in (b"VP8X", b"ICCP", b"EXIF")]
    flags |= alpha | (0x20 if profile else 0)
    sides = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    head = [(b"VP8X", bytes((flags, 0, 0, 0)) + sides)]
    colour = [(b"ICCP", profile)] if profile else []
    return riff(*head, *colour, *parts, *more)


def webp_notes(orientation: int = 1) -> list[tuple[bytes, bytes]]:
    return [
        (b"EXIF", exif(orientation)),
        (b"XMP ", XMP % (1, CANARY)),
        (b"C2PA", CANARY),
    ]


def gif_extension(label: int, *blocks: bytes) -> bytes:
    return bytes((0x21, label)) + b"".join(bytes((len(b),)) + b for b in blocks) + b"\0"


def with_extensions(gif: bytes, *parts: bytes) -> bytes:
    """Behind the colours of the whole."""
    at = 13 + (3 << (gif[10] & 7) + 1 if gif[10] & 0x80 else 0)
    return gif[:at] + b"".join(parts) + gif[at:]


# ---------------------------------------------------------------------------- a second look


def names(data: bytes, media_type: str) -> list[str]:
    """What a picture consists of, told by a walk that shares nothing with the one under test.

    Fails where there is a byte that belongs to nothing.
    """
    walk = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp, "image/gif": _gif}
    return walk[media_type](data)


def _jpeg(data: bytes) -> list[str]:
    found, at = ["SOI"], 2
    assert data[:2] == b"\xff\xd8"
    while True:
        while data[at + 1] == 0xFF:
            at += 1
        assert data[at] == 0xFF, at
        marker = data[at + 1]
        if marker == 0xD9:
            assert at + 2 == len(data)
            return [*found, "EOI"]
        length = int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        label = f"{marker:02X}"
        if 0xE0 <= marker <= 0xEF:
            label = f"APP{marker & 15} " + body[:4].decode("latin-1")
            assert len(body) == {0: 14, 14: 12}.get(marker & 15, len(body))
        found.append(label)
        at += 2 + length
        if marker == 0xDA:
            while data[at] != 0xFF or data[at + 1] in (0, 0xFF, *range(0xD0, 0xD8)):
                at += 1


def _png(data: bytes) -> list[str]:
    found, at = [], 8
    while at < len(data):
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        found.append(kind.decode("latin-1"))
        at += 12 + length
    assert at == len(data)
    assert found[-1] == "IEND"
    return found


def _webp(data: bytes) -> list[str]:
    assert int.from_bytes(data[4:8], "little") + 8 == len(data)
    parts = webp_chunks(data)
    if parts[0][0] == b"VP8X":
        flags, kinds = parts[0][1][0], {kind for kind, _ in parts}
        assert bool(flags & 0x20) == (b"ICCP" in kinds)
        assert not flags & ~0x30
    return [kind.decode("latin-1") for kind, _ in parts]


def _gif(data: bytes) -> list[str]:
    def table(flags: int) -> int:
        return 3 << (flags & 7) + 1 if flags & 0x80 else 0

    found, at = ["screen"], 13 + table(data[10])
    while data[at] != 0x3B:
        if data[at] == 0x2C:
            found.append("picture")
            at += 11 + table(data[at + 9])
        else:
            assert data[at] == 0x21
            found.append(f"extension {data[at + 1]:02X}")
            at += 2
        while data[at]:
            at += 1 + data[at]
        at += 1
    assert at + 1 == len(data)
    return found


ALLOWED = {
    "image/jpeg": {
        *("SOI", "EOI", "DA", "C4", "CC", "DB", "DC", "DD", "APP0 JFIF", "APP14 Adob"),
        *(f"{n:02X}" for n in range(0xC0, 0xD0)),
    },
    "image/png": {"IHDR", "PLTE", "tRNS", "bKGD", "IDAT", "IEND"},
    "image/webp": {"VP8X", "ALPH", "VP8 ", "VP8L"},
    "image/gif": {"screen", "picture", "extension F9"},
}
COLOURS = {"APP2 ICC_", "iCCP", "ICCP", "gAMA", "cHRM", "sRGB", "cICP", "mDCV", "cLLI"}


def assert_bare(data: bytes, media_type: str, *, keep_profile: bool = False) -> None:
    """Nothing is left but the picture (and its colours), once."""
    left = names(data, media_type)
    allowed = ALLOWED[media_type] | (COLOURS if keep_profile else set())
    assert set(left) <= allowed, left
    for once in ("picture", "VP8 ", "VP8L", "VP8X", "APP0 JFIF", "APP14 Adob", "extension F9"):
        assert left.count(once) <= 1, left


def check(data: bytes, media_type: str) -> bytes:
    """Drops everything, and gives what is left."""
    for keep_profile in (False, True):
        left = clean(data, media_type, keep_profile=keep_profile)
        assert_bare(left, media_type, keep_profile=keep_profile)
        assert seen(left) == seen(data)
        assert CANARY not in left
        assert sniff.media_type(left) == media_type
        assert looked(left, media_type).metadata == ()
        assert clean(left, media_type, keep_profile=keep_profile) == left
    return clean(data, media_type)


def is_left_alone(data: bytes, media_type: str) -> bool:
    """Whether the very same bytes are sent, uncopied."""
    blob = BytesBlob(data)
    told = found(blob, media_type)
    assert told.metadata == ()
    assert told.tail == 0
    return stripped(blob, media_type, told, keep_profile=False) is blob

"""Width and height, as the header of a JPEG, PNG, GIF or WebP has them.

Nearly all that is sent is one of these four, and what a provider limits is measured before each
question: loading Pillow for it costs 15 ms, as much as the rest of a picture's checks together.
What has no such header gives None, and Pillow is asked where it matters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

PNG = b"\x89PNG\r\n\x1a\n"
SCAN, END = 0xDA, 0xD9  # JPEG markers: pixels begin; the picture ends
MOST_SEGMENTS = 1000  # of a JPEG before its size; real ones have about ten
WINDOW = 1 << 16  # bytes in which the next marker is looked for where it is not in its place
FIRST = 1 << 13  # bytes of a JPEG that are read at once: mostly all that stands before its pixels
SEEN = 36  # bytes of a segment that are given: marker, length, and what tells its kind
MARKER = re.compile(rb"\xff[^\x00\xff]")
NO_SIZE = (0xC4, 0xC8, 0xCC)  # JPEG markers between SOF0 and SOF15 that begin no frame
ALONE = (0x01, *range(0xD0, 0xD8))  # JPEG markers without a length


class Start(NamedTuple):
    """Of a JPEG. size: (width, height) in px. scan: the place where its pixels begin."""

    size: tuple[int, int] | None
    scan: int | None


def size(file: BinaryIO, media_type: str, start: Start | None = None) -> tuple[int, int] | None:
    """(width, height) in px, as stored: EXIF may turn them. None where the header says none.

    start: of a JPEG, where it is known already.
    """
    file.seek(0)
    match media_type:
        case "image/png":
            found = _png(file.read(24))
        case "image/gif":
            found = _gif(file.read(10))
        case "image/webp":
            found = _webp(file.read(30))
        case "image/jpeg":
            found = (start or begun(file)).size
        case _:
            return None
    return found if found and all(found) else None


def _png(head: bytes) -> tuple[int, int] | None:
    if len(head) < 24 or head[12:16] != b"IHDR":
        return None  # Apple's own kind begins with another chunk
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


def _gif(head: bytes) -> tuple[int, int] | None:
    if len(head) < 10:
        return None
    return int.from_bytes(head[6:8], "little"), int.from_bytes(head[8:10], "little")


def _webp(head: bytes) -> tuple[int, int] | None:
    """https://www.rfc-editor.org/rfc/rfc9649: simple lossy, simple lossless, extended."""
    if len(head) < 30:
        return None
    match head[12:16]:
        case b"VP8 ":
            sides = head[26:28], head[28:30]
            return _14_bits(sides[0]), _14_bits(sides[1])
        case b"VP8L":
            bits = int.from_bytes(head[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            sides = head[24:27], head[27:30]
            return int.from_bytes(sides[0], "little") + 1, int.from_bytes(sides[1], "little") + 1
    return None


def _14_bits(data: bytes) -> int:
    return int.from_bytes(data, "little") & 0x3FFF


def begun(file: BinaryIO) -> Start:
    """What a JPEG says before its pixels, by the first frame that it announces."""
    size: tuple[int, int] | None = None
    for marker, at, head in segments(file):
        if marker == SCAN:
            return Start(size, at)
        if size is None and 0xC0 <= marker <= 0xCF and marker not in NO_SIZE:
            size = int.from_bytes(head[7:9], "big"), int.from_bytes(head[5:7], "big")
    return Start(size, None)


def segments(file: BinaryIO) -> Iterator[tuple[int, int, bytes]]:
    """(marker, place, first SEEN bytes) of a JPEG's segments, up to where its pixels begin.

    The last is SCAN, unless the file ends before it. Filling, and bytes that belong to no segment,
    are passed over, as every reader does.
    """
    at = 2
    file.seek(0)
    first = file.read(FIRST)
    for _ in range(MOST_SEGMENTS):
        if at + SEEN <= len(first):
            head = first[at : at + SEEN]
        else:
            file.seek(at)
            head = file.read(SEEN)
        if len(head) < 4:
            return
        marker = head[1]
        if head[0] != 0xFF or marker in (0x00, 0xFF):
            file.seek(at)
            if (found := MARKER.search(file.read(WINDOW))) is None:
                return
            at += found.start()
        elif marker in ALONE:
            at += 2
        else:
            yield marker, at, head
            if marker in (END, SCAN):
                return
            at += 2 + int.from_bytes(head[2:4], "big")


def chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """(kind, place, bytes of its data) of a PNG's chunks, for as long as there is a head of one.

    Neither that a kind is one, nor that the data is there, nor that there is an end.
    """
    at = len(PNG)
    while True:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        length = int.from_bytes(head[:4], "big")
        yield head[4:], at, length
        at += 12 + length

"""What a picture's own structure says: cut short, mangled, moving. Nothing is decoded."""

from __future__ import annotations

import io
import zlib
from typing import BinaryIO

from .headers import SCAN, segments

PNG = b"\x89PNG\r\n\x1a\n"
MANGLED = {
    # The signature of a PNG is made to show just this.
    "PNG": (
        b"\x89PNG\n",
        b"\x89PNG\r\r\n",
        b"\x89PNG\r\n\x1a\r\n",
        b"\xef\xbb\xbf\x89PNG",
        b"\xef\xbf\xbdPNG",
        b"\xc2\x89PNG",
        b"\x09PNG\r\n",
    ),
    "JPEG": (
        b"\xef\xbb\xbf\xff\xd8\xff",
        b"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
        b"\xc3\xbf\xc3\x98\xc3\xbf",
    ),
}
END_OF_JPEG = b"\xff\xd9"
TAIL = 1 << 16  # bytes: some cameras and phones write more behind the end marker
MOST_CHUNKS = 200_000  # of a PNG that are looked at: 1.6 GB as most programs write them


def mangled(head: bytes) -> str | None:
    """ "PNG" or "JPEG" where one was copied as if it were text, with its line ends or letters."""
    for name, starts in MANGLED.items():
        if head.startswith(starts):
            return name
    return None


def broken(file: BinaryIO, media_type: str) -> str | None:
    """Why a picture cannot be read at all: a reason to refuse it. Only PNG and JPEG can tell."""
    match media_type:
        case "image/png":
            return _broken_png(file)
        case "image/jpeg" if _scan(file) is None:
            return "it ends before its pixels begin"
    return None


def _broken_png(file: BinaryIO) -> str | None:
    size = file.seek(0, io.SEEK_END)
    at = len(PNG)
    for number in range(MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return "it is cut short: the end of a PNG is missing"
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if not kind.isalpha():
            return f"at byte {at} there is no chunk of a PNG"
        if number == 0 and kind == b"IHDR" and not _checks(kind + file.read(17)):
            return "the checksum of its header is wrong"
        at += 12 + length
        if at > size:
            return "it is cut short: the end of a PNG is missing"
        if kind == b"IEND":
            return None
    return None


def _checks(chunk: bytes) -> bool:
    """Whether the last four bytes are the checksum of those before."""
    return zlib.crc32(chunk[:-4]) == int.from_bytes(chunk[-4:], "big")


def lacks_its_end(file: BinaryIO, media_type: str) -> bool:
    """A JPEG without its end marker: readers show what is there.

    Before its pixels there may be the end marker of a small picture inside, for previews.
    """
    if media_type != "image/jpeg" or (begin := _scan(file)) is None:
        return False
    size = file.seek(0, io.SEEK_END)
    file.seek(max(begin, size - TAIL))
    return END_OF_JPEG not in file.read(TAIL)


def _scan(file: BinaryIO) -> int | None:
    """Where a JPEG's pixels begin."""
    return next((at for marker, at, _ in segments(file) if marker == SCAN), None)


def moves(head: bytes, media_type: str) -> bool:
    """Whether its first bytes say that it is an animation."""
    match media_type:
        case "image/png":
            return b"acTL" in head.partition(b"IDAT")[0]
        case "image/gif":
            return b"NETSCAPE2.0" in head
        case "image/webp":
            return head[12:16] == b"VP8X" and bool(head[20:21]) and bool(head[20] & 2)
    return False

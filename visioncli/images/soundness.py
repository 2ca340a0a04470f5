"""What a picture's own structure says: cut short, mangled, moving. Nothing is decoded."""

from __future__ import annotations

import io
import zlib
from itertools import islice
from typing import BinaryIO

from .headers import Start, begun, chunks

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
TAIL = 1 << 16  # bytes in which the end marker mostly is
STEP = 1 << 20  # bytes that are searched at a time where it is not: phones put films behind it
MOST_BEFORE = 1000  # chunks of a PNG before its pixels
GIF_SEEN = 1 << 20  # bytes of a GIF in which a second picture is looked for
MOST_CHUNKS = 200_000  # of a PNG that are looked at: 1.6 GB as most programs write them


def mangled(head: bytes) -> str | None:
    """ "PNG" or "JPEG" where one was copied as if it were text, with its line ends or letters."""
    for name, starts in MANGLED.items():
        if head.startswith(starts):
            return name
    return None


def broken(file: BinaryIO, media_type: str, start: Start | None = None) -> str | None:
    """Why a picture cannot be read at all: a reason to refuse it. Only PNG and JPEG can tell.

    start: of a JPEG, where it is known already.
    """
    match media_type:
        case "image/png":
            return _broken_png(file)
        case "image/jpeg" if (start or begun(file)).scan is None:
            return "it ends before its pixels begin"
    return None


def _broken_png(file: BinaryIO) -> str | None:
    size = file.seek(0, io.SEEK_END)
    for number, (kind, at, length) in enumerate(islice(chunks(file), MOST_CHUNKS + 1)):
        if number == MOST_CHUNKS:
            return None
        if not kind.isalpha():
            return f"at byte {at} there is no chunk of a PNG"
        if number == 0 and kind == b"IHDR" and not _checks(kind + file.read(17)):
            return "the checksum of its header is wrong"
        if at + 12 + length > size:
            break
        if kind == b"IEND":
            return None
    return "it is cut short: the end of a PNG is missing"


def _checks(chunk: bytes) -> bool:
    """Whether the last four bytes are the checksum of those before."""
    return zlib.crc32(chunk[:-4]) == int.from_bytes(chunk[-4:], "big")


def lacks_its_end(file: BinaryIO, media_type: str, start: Start | None = None) -> bool:
    """A JPEG without its end marker: readers show what is there.

    Before its pixels there may be the end marker of a small picture inside, for previews. start: as
    `broken` has it.
    """
    if media_type != "image/jpeg" or (begin := (start or begun(file)).scan) is None:
        return False
    size = file.seek(0, io.SEEK_END)
    file.seek(max(begin, size - TAIL))
    if END_OF_JPEG in file.read(TAIL):
        return False
    file.seek(begin)
    last = b""
    while piece := file.read(STEP):
        if END_OF_JPEG in last + piece:
            return False
        last = piece[-1:]
    return True


def moves(file: BinaryIO, media_type: str) -> bool:
    """Whether it is an animation."""
    file.seek(0)
    match media_type:
        case "image/png":
            return _png_moves(file)
        case "image/gif":
            return _gif_moves(file.read(GIF_SEEN))
        case "image/webp":
            head = file.read(21)
            return head[12:16] == b"VP8X" and len(head) == 21 and bool(head[20] & 2)
    return False


def _png_moves(file: BinaryIO) -> bool:
    """What makes a PNG move is announced before its pixels."""
    for kind, _, _ in islice(chunks(file), MOST_BEFORE):
        if kind in (b"acTL", b"IDAT"):
            return kind == b"acTL"
    return False


def _gif_moves(data: bytes) -> bool:
    """Whether a second picture begins in `data`, or was cut off with the wish to be repeated.

    https://www.w3.org/Graphics/GIF/spec-gif89a.txt
    """
    at, pictures = 13 + colours(data[10:11]), 0
    while at < len(data):
        match data[at]:
            case 0x2C:  # a picture: ten bytes, its colours, a byte about its packing
                pictures += 1
                if pictures == 2:
                    return True
                at += 11 + colours(data[at + 9 : at + 10])
            case 0x21:  # an extension of some kind
                at += 2
            case _:
                return False
        while at < len(data) and data[at]:
            at += 1 + data[at]
        at += 1
    return len(data) == GIF_SEEN and b"NETSCAPE2.0" in data


def colours(flags: bytes) -> int:
    """Bytes of the colour table that these flags speak of."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0

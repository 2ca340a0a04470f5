"""The chunks of a PNG. https://www.w3.org/TR/png-3/#5DataRep"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from visioncli.core.errors import ImageProblem

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST_CHUNKS = 1_000_000
PACKED = (b"zTXt", b"iTXt", b"iCCP")
MOST_TEXT = 16 << 20  # bytes of all text and profiles; real ones have a few thousand
PIECE = 1 << 18  # bytes that are unpacked at a time


def chunks(file: BinaryIO, at: int = len(SIGNATURE)) -> Iterator[tuple[int, bytes, int]]:
    """(place, kind, bytes inside) of each, the file standing at what is inside."""
    for _ in range(MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        length = int.from_bytes(head[:4], "big")
        yield at, head[4:], length
        at += 12 + length


def chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(data, zlib.crc32(kind))
    return b"%b%b%b%b" % (struct.pack(">I", len(data)), kind, data, struct.pack(">I", check))


def refuse_bombs(file: BinaryIO, name: str) -> None:
    """Raises ImageProblem where the texts of a PNG unpack to more than anybody writes.

    Nothing here keeps them, and yet others would unpack them; who makes such a file means harm.
    """
    left = MOST_TEXT
    for _, kind, length in chunks(file):
        if kind not in PACKED:
            continue
        data = file.read(min(length, MOST_TEXT))
        inflate = zlib.decompressobj()
        data = _packed(kind, data)
        while data and not inflate.eof:
            try:
                left -= len(inflate.decompress(data, PIECE))
            except zlib.error:
                break
            data = inflate.unconsumed_tail
            if left < 0:
                raise ImageProblem(
                    f"{name} holds text that unpacks to more than {MOST_TEXT >> 20} MB",
                    hint="save it anew without its metadata",
                    code="image_too_large",
                )


def _packed(kind: bytes, data: bytes) -> bytes:
    """What is compressed of a chunk; b"" where nothing is."""
    keyword, _, rest = data.partition(b"\0")
    if kind != b"iTXt":
        return rest[1:]  # a byte that names the way it is packed
    if rest[:1] != b"\1" or not keyword:
        return b""
    return rest[2:].partition(b"\0")[2].partition(b"\0")[2]  # behind language and translation

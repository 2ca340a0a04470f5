"""What is read of the notes in a picture before they are dropped: which way up it is, its profile.

EXIF: CIPA DC-008, a TIFF of which only the first directory matters here, so that no directory can
lead to another for ever. ICC profiles: ICC.1:2022, of which only the header is looked at.
"""

from __future__ import annotations

import re
import zlib
from typing import BinaryIO

ORIENTATION = 0x0112
WHOLE = {1: 1, 3: 2, 4: 4}  # types of whole numbers in EXIF, and their bytes
MOST_ENTRIES = 4096  # of a directory that are looked at
MOST = 1 << 20  # bytes of a profile or a text, packed and unpacked; Pillow's own limit for a PNG
MOST_XMP = 1 << 18  # bytes of an XMP packet in which the orientation is looked for
XMP = re.compile(rb'tiff:Orientation(?:="|>)([0-9])')
EXIF = b"Exif\0\0"


def exif_orientation(file: BinaryIO, at: int, length: int) -> int | None:
    """1 to 8, as the EXIF data in `length` bytes from `at` have it; None where they do not say."""
    file.seek(at)
    head = file.read(min(14, length))
    while head.startswith(EXIF):  # some writers put it before the data outside of a JPEG, too
        at, length = at + len(EXIF), length - len(EXIF)
        file.seek(at)
        head = file.read(min(14, length))
    match head[:2]:
        case b"II":
            return _orientation(file, at, length, "little")
        case b"MM":
            return _orientation(file, at, length, "big")
    return None


def _orientation(file: BinaryIO, at: int, length: int, order: str) -> int | None:
    little = order == "little"

    def number(data: bytes) -> int:
        return int.from_bytes(data, "little" if little else "big")

    file.seek(at + 4)
    begin = number(file.read(4))
    if begin + 2 > length:
        return None
    file.seek(at + begin)
    count = min(number(file.read(2)), MOST_ENTRIES)
    entries = file.read(max(0, min(12 * count, length - begin - 2)))
    said = None
    for entry in range(0, len(entries) - 11, 12):
        if number(entries[entry : entry + 2]) != ORIENTATION:
            continue
        size = WHOLE.get(number(entries[entry + 2 : entry + 4]))
        if size and number(entries[entry + 4 : entry + 8]) == 1:
            said = number(entries[entry + 8 : entry + 8 + size])
    return said if said is None or 1 <= said <= 8 else 1


def xmp_orientation(packet: bytes) -> int | None:
    """As an XMP packet has it: Pillow turns a picture by it where EXIF says nothing."""
    if (match := XMP.search(packet)) is None:
        return None
    said = int(match[1])
    return said if 1 <= said <= 8 else 1


def unpacked(data: bytes) -> bytes | None:
    """Of a zlib stream; None where it is damaged, larger than MOST, or followed by more."""
    unpacker = zlib.decompressobj()
    try:
        found = unpacker.decompress(data, MOST)
    except zlib.error:
        return None
    return found if unpacker.eof and not unpacker.unused_data else None


def profile(data: bytes | None) -> bytes | None:
    """An ICC profile without what may stand behind it; None where it is none or is cut short."""
    if not data or len(data) < 132 or data[36:40] != b"acsp":
        return None
    length = int.from_bytes(data[:4], "big")
    return data[:length] if 132 <= length <= len(data) else None

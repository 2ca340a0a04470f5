"""A PNG's chunks: which of them are the picture. https://www.w3.org/TR/png-3/

What stays: the chunks without which the pixels cannot be had; those that say what the colours mean,
where they are wanted; bKGD, which says what is seen through the picture. All of them have a length
that leaves no room for anything else. sBIT and pHYs go: no reader's pixels depend on them; so does
a PLTE that only suggests colours for a picture that has its own.
"""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import field
from itertools import islice
from typing import BinaryIO

from visioncli.core.record import record
from visioncli.images.headers import PNG, chunks
from visioncli.images.soundness import MOST_CHUNKS

from . import strip_notes as notes
from .strip_found import Found, Mode, Odd, Plan

MODES: dict[int, Mode] = {0: "gray", 2: "rgb", 3: "palette", 4: "gray+alpha", 6: "rgba"}
CRITICAL = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
MOVING = (b"acTL", b"fcTL", b"fdAT")
COLOURS = {b"gAMA": 4, b"cHRM": 32, b"sRGB": 1, b"cICP": 4, b"mDCV": 24, b"cLLI": 8}  # bytes
BACKGROUND = {0: 2, 2: 6, 3: 1, 4: 2, 6: 6}  # bytes of a bKGD, by colour type
ONE_COLOUR = {0: 2, 2: 6}  # bytes of a tRNS, by colour type; of a palette: at most one a colour
PALETTE = 3
TEXTS = (b"tEXt", b"zTXt", b"iTXt")
NAMES = {
    b"eXIf": "EXIF",
    b"tIME": "a date",
    b"caBX": "content credentials",
    b"iCCP": "a spoiled profile",
    **dict.fromkeys(TEXTS, "text"),
}
KEYWORD = 80  # bytes: the longest keyword and the NUL behind it
XMP, RAW_EXIF = b"XML:com.adobe.xmp", b"Raw profile type exif"
Place = tuple[int, int]  # of a chunk's data, and its bytes


@record(frozen=False)
class _Notes:
    """Where the last of each kind is, the one that counts for Pillow."""

    names: set[str] = field(default_factory=set)
    exif: Place | None = None
    raw: tuple[bytes, Place] | None = None  # with the kind of the chunk
    xmp: tuple[bytes, Place] | None = None

    def add(self, file: BinaryIO, kind: bytes, at: int, length: int) -> None:
        name = NAMES.get(kind, "other chunks")
        if kind == b"eXIf":
            self.exif = at, length
        elif kind in TEXTS:
            file.seek(at)
            keyword = file.read(min(KEYWORD, length)).partition(b"\0")[0]
            if keyword == XMP and kind == b"iTXt":
                name, self.xmp = "XMP", (kind, (at, length))
            elif keyword == RAW_EXIF:
                name, self.raw = "EXIF", (kind, (at, length))
        self.names.add(name)


def walked(file: BinaryIO) -> Found:
    """Raises Odd."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(33)
    if head[:16] != PNG + b"\0\0\0\rIHDR" or len(head) < 33 or head[25] not in MODES:
        raise Odd("a PNG begins otherwise")
    depth, colour_type = head[24], head[25]
    plan, dropped = Plan(), _Notes()
    plan.keep(0, len(head))
    colours: list[str] = []
    seen: set[bytes] = set()  # of the chunks that stay
    moves = first = False
    profile = None
    last = b""
    for kind, at, length in islice(chunks(file), 1, MOST_CHUNKS):
        end = at + 12 + length
        if end > size or not kind.isalpha():
            raise Odd(f"at byte {at} there is no chunk of a PNG")
        if kind == b"IDAT" and kind in seen and last != kind:
            raise Odd("the pixels of a PNG do not stand together")
        if kind in seen and kind != b"IDAT":
            raise Odd(f"a PNG has two chunks {kind.decode()}")
        match kind:
            case b"iCCP" if read := _profile(file, at + 8, length):
                profile, written = read
                if written:
                    plan.put(written, colour=True)
                else:
                    plan.keep(at, end - at, colour=True)
                seen.add(kind)
            case _ if length == COLOURS.get(kind):
                colours.append(kind.decode())
                plan.keep(at, end - at, colour=True)
                seen.add(kind)
            case _ if _is_the_picture(kind, length, colour_type):
                plan.keep(at, end - at)
                seen.add(kind)
            case _ if kind in MOVING:
                moves = moves or kind == b"acTL"
                first = first or (kind == b"fcTL" and b"IDAT" not in seen)
            case _ if kind in CRITICAL and (kind != b"PLTE" or colour_type == PALETTE):
                raise Odd(f"a PNG has a chunk {kind.decode()} of {length:,} bytes")
            case _ if kind[:1].isupper() and kind not in CRITICAL:
                raise Odd(f"a PNG has a chunk {kind.decode()} that must be understood")
            case _:
                dropped.add(file, kind, at + 8, length)
        last = kind
        if kind == b"IEND":
            break
    if not {b"IDAT", b"IEND"} <= seen or (colour_type == PALETTE and b"PLTE" not in seen):
        raise Odd("a PNG lacks its pixels, its colours or its end")
    return Found(
        orientation=_orientation(file, dropped),
        profile=profile,
        colours=tuple(sorted(colours)),
        moves=moves,
        mode=MODES[colour_type],
        depth=depth,
        alpha=colour_type in (4, 6) or b"tRNS" in seen,
        metadata=tuple(sorted(dropped.names)),
        tail=size - end,
        needs_pixels="its first picture is not the one that is shown at rest"
        if moves and not first
        else "",
        plain=plan.plain,
        coloured=plan.coloured,
    )


def _is_the_picture(kind: bytes, length: int, colour_type: int) -> bool:
    match kind:
        case b"IDAT":
            return True
        case b"IEND":
            return length == 0
        case b"PLTE":
            return colour_type == PALETTE and 3 <= length <= 768 and length % 3 == 0
        case b"tRNS" if colour_type == PALETTE:
            return length <= 256
        case b"tRNS":
            return length == ONE_COLOUR.get(colour_type)
        case b"bKGD":
            return length == BACKGROUND[colour_type]
    return False


def _profile(file: BinaryIO, at: int, length: int) -> tuple[bytes, bytes] | None:
    """(the profile, the chunk as it should be: empty where it is so), or None where it is spoiled.

    Raises Odd where it is larger than what is held in memory.
    """
    if length > notes.MOST:
        raise Odd("its colour profile is unusually large")
    file.seek(at)
    name, _, packed = file.read(length).partition(b"\0")
    whole = notes.unpacked(packed[1:]) if packed[:1] == b"\0" else None
    if (profile := notes.profile(whole)) is None:
        return None
    if profile == whole and 1 <= len(name) < KEYWORD:
        return profile, b""
    data = b"iCCPICC profile\0\0" + zlib.compress(profile)
    return profile, struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))


def _orientation(file: BinaryIO, said: _Notes) -> int:
    """EXIF's, else XMP's."""
    found = None
    if said.exif:
        found = notes.exif_orientation(file, *said.exif)
    elif said.raw and (text := _text(file, *said.raw)):
        try:  # a name, a length, and the data as hexadecimal digits
            data = bytes.fromhex(b"".join(text.split(b"\n")[3:]).decode("ascii"))
        except ValueError:
            data = b""
        found = notes.exif_orientation(io.BytesIO(data), 0, len(data))
    if found is None and said.xmp and (text := _text(file, *said.xmp)):
        found = notes.xmp_orientation(text)
    return found or 1


def _text(file: BinaryIO, kind: bytes, place: Place) -> bytes | None:
    """What stands behind the keyword; None where it is damaged or large."""
    at, length = place
    if length > notes.MOST:
        return None
    file.seek(at)
    _, _, text = file.read(length).partition(b"\0")
    if kind == b"tEXt":
        return text
    if kind == b"zTXt":
        return notes.unpacked(text[1:])
    packed, text = text[:1] == b"\x01", text[2:].split(b"\0", 2)[-1]
    return notes.unpacked(text) if packed else text

"""A JPEG's segments: which of them are the picture. ITU-T T.81, T.871 (JFIF), T.872 (Adobe).

What belongs to no segment and stands before the pixels' own data is left out, as every reader
passes over it. Between the scans nothing odd is accepted: there readers differ.
"""

from __future__ import annotations

import io
import re
import struct
from dataclasses import field
from typing import BinaryIO, NamedTuple

from visioncli.core.record import record
from visioncli.images.headers import END, NO_SIZE, SCAN, SEEN, segments

from . import strip_notes as notes
from .strip_found import Found, Mode, Odd, Plan

START, EOI = b"\xff\xd8", b"\xff\xd9"
JFIF, ADOBE, ICC = b"JFIF\0", b"Adobe", b"ICC_PROFILE\0"
FRAMES = frozenset(range(0xC0, 0xD0)) - frozenset(NO_SIZE)
TABLES = frozenset((0xC4, 0xCC, 0xDB, 0xDC, 0xDD))  # DHT, DAC, DQT, DNL, DRI
NOTES = frozenset((*range(0xE0, 0xF0), 0xFE))  # APPn, COM
BEFORE = TABLES | FRAMES | NOTES  # what may stand before the pixels
MARK = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")  # ends the data of a scan; no restart marker does
FIRST, WINDOW = 1 << 14, 1 << 18  # bytes that are searched at first, and then, for that end
MOST_SCANS = 1000  # scans and tables from the first scan on; progressive pictures have about 20
XMP = b"http://ns.adobe.com/xap/1.0/\0"
FILL = 64  # bytes that may stand before a marker between scans
PART = 0xFFFF - 2 - 14  # bytes of a profile in one segment
NAMES = (
    (0xE1, b"Exif\0", "EXIF"),
    (0xE1, b"http://ns.adobe.com/", "XMP"),
    (0xE2, b"MPF\0", "further pictures"),
    (0xE2, ICC, "a spoiled profile"),
    (0xEB, b"JP", "content credentials"),
    (0xED, b"Photoshop 3.0\0", "IPTC"),
    (0xE0, b"JF", "a thumbnail"),
    (0xFE, b"", "a comment"),
)
RARE = {  # by the marker that begins the frame; T.81 table B.1
    **dict.fromkeys((0xC3, 0xC7, 0xCB, 0xCF), "lossless coding"),
    **dict.fromkeys((0xC5, 0xC6, 0xCD, 0xCE), "several resolutions"),
    **dict.fromkeys((0xC9, 0xCA), "arithmetic coding"),
}
MODES: dict[int, Mode] = {1: "gray", 3: "rgb", 4: "cmyk"}


class _Segment(NamedTuple):
    """at: of its marker. length: with it. head: its first bytes after marker and length, in which
    its name is.
    """

    marker: int
    at: int
    length: int
    head: bytes

    def is_a(self, marker: int, name: bytes) -> bool:
        return self.marker == marker and self.head.startswith(name)


@record(frozen=False)
class _Profile:
    """places: of its segments. written: as segments of our own, where those are not in order."""

    data: bytes | None = None
    places: tuple[int, ...] = ()
    written: bytes = b""


@record(frozen=False)
class _Dropped:
    names: set[str] = field(default_factory=set)

    def add(self, segment: _Segment) -> None:
        for marker, start, name in NAMES:
            if segment.is_a(marker, start):
                self.names.add(name)
                return
        self.names.add(f"APP{segment.marker & 15}")


def walked(file: BinaryIO) -> Found:
    """Raises Odd."""
    size = file.seek(0, io.SEEK_END)
    before, scan = _before_the_pixels(file)
    frame = next((s for s in before if s.marker in FRAMES), None)
    if frame is None:
        raise Odd("a JPEG has no frame before its pixels")
    plan, dropped = Plan(), _Dropped()
    plan.keep(0, len(START))
    said = [s for s in before if s.marker in NOTES]
    profile = _profile(file, [s for s in said if s.is_a(0xE2, ICC)])
    jfif = next((s for s in reversed(said) if s.is_a(0xE0, JFIF) and s.length >= 18), None)
    adobe = next((s for s in reversed(said) if s.is_a(0xEE, ADOBE)), None)
    if adobe and adobe.length < 16:
        raise Odd("readers do not agree on a JPEG with a short Adobe marker")
    for segment in before:
        if segment.marker not in NOTES:
            plan.keep(segment.at, segment.length)
        elif segment is jfif or segment is adobe:
            _keep(plan, segment, dropped)
        elif segment.at in profile.places:
            if not profile.written:
                plan.keep(segment.at, segment.length, colour=True)
            elif segment.at == profile.places[0]:
                plan.put(profile.written, colour=True)
        else:
            dropped.add(segment)
    end, cut = _pixels(file, scan, size, plan, dropped)
    samples, depth = frame.head[5], frame.head[0]
    return Found(
        orientation=_orientation(file, said),
        profile=profile.data,
        mode=MODES.get(samples, ""),
        depth=depth,
        rare=RARE.get(frame.marker, "" if depth == 8 else f"{depth} bits a sample"),
        metadata=tuple(sorted(dropped.names)),
        tail=size - end,
        cut=cut,
        plain=plan.plain,
        coloured=plan.coloured,
    )


def _before_the_pixels(file: BinaryIO) -> tuple[list[_Segment], int]:
    """The segments, and where the first scan begins. Raises Odd."""
    file.seek(0)
    if file.read(2) != START:
        raise Odd("a JPEG begins otherwise")
    found: list[_Segment] = []
    for marker, at, head in segments(file):
        if marker == SCAN:
            return found, at
        length = int.from_bytes(head[2:4], "big")
        if marker not in BEFORE or length < (8 if marker in FRAMES else 2):
            raise Odd(f"at byte {at} there is no segment of a JPEG")
        found.append(_Segment(marker, at, 2 + length, head[4 : 2 + length]))
    raise Odd("a JPEG ends before its pixels begin")


def _keep(plan: Plan, segment: _Segment, dropped: _Dropped) -> None:
    """Of the two notes that say what the numbers mean nothing but that: no thumbnail."""
    head = segment.head[:12] + (b"\0\0" if segment.marker == 0xE0 else b"")
    if segment.length == 4 + len(head):
        plan.keep(segment.at, segment.length)
    else:
        plan.put(bytes((0xFF, segment.marker, 0, 2 + len(head))) + head)
        dropped.add(segment)


def _profile(file: BinaryIO, parts: list[_Segment]) -> _Profile:
    """Put together as ICC.1:2022 B.4 says: numbered parts, each of which knows how many there are.

    Raises Odd where it is larger than what is held in memory.
    """
    if sum(s.length for s in parts) > notes.MOST:
        raise Odd("its colour profile is unusually large")
    ordered = sorted(parts, key=lambda s: s.head[12:13])
    numbers = [tuple(s.head[12:14]) for s in ordered]
    if numbers != [(n, len(parts)) for n in range(1, len(parts) + 1)]:
        return _Profile()
    whole = bytearray()
    for segment in ordered:
        file.seek(segment.at + 18)
        whole += file.read(segment.length - 18)
    data = notes.profile(bytes(whole))
    if data is None:
        return _Profile()
    exact = ordered == parts and len(data) == len(whole)
    return _Profile(data, tuple(s.at for s in parts), b"" if exact else _written(data))


def _written(profile: bytes) -> bytes:
    parts = [profile[at : at + PART] for at in range(0, len(profile), PART)]
    return b"".join(
        b"\xff\xe2" + struct.pack(">H", 16 + len(part)) + ICC + bytes((number, len(parts))) + part
        for number, part in enumerate(parts, 1)
    )


def _orientation(file: BinaryIO, among: list[_Segment]) -> int:
    """EXIF's, else XMP's: of the first and of the last such segment, as Pillow has it."""
    for segment in among:
        if segment.is_a(0xE1, notes.EXIF):
            said = notes.exif_orientation(file, segment.at + 10, segment.length - 10)
            if said is not None:
                return said
            break
    for segment in reversed(among):
        if segment.is_a(0xE1, XMP):
            file.seek(segment.at + 4)
            return notes.xmp_orientation(file.read(segment.length - 4)) or 1
    return 1


def _pixels(file: BinaryIO, at: int, size: int, plan: Plan, dropped: _Dropped) -> tuple[int, bool]:
    """Where the picture ends, and whether its end marker is missing: then it is put there.

    A JPEG cut short is shown by nearly every reader as far as it goes, but not by all of them where
    nothing says that it has ended; and no reader shows anything else because of the marker. Raises
    Odd.
    """
    begin = at
    for _ in range(MOST_SCANS):
        file.seek(at)
        head = file.read(FILL)
        if len(head) < FILL and not head.strip(b"\xff"):
            break  # at the very end
        if (found := MARK.match(head, max(0, len(head) - len(head.lstrip(b"\xff")) - 1))) is None:
            raise Odd(f"at byte {at} there is no segment of a JPEG")
        at, marker = at + found.start(), head[found.start() + 1]
        if marker == END:
            plan.keep(at, len(EOI))
            return at + len(EOI), False
        file.seek(at + 2)
        length = int.from_bytes(file.read(2), "big")
        end = at + 2 + length
        if marker not in TABLES | NOTES | {SCAN} or (length < 2 and at + 4 <= size):
            raise Odd(f"at byte {at} there is no segment of a JPEG")
        if at + 4 > size or end > size:
            break
        if marker == SCAN:
            end = _data_end(file, end, size)
        if marker in NOTES:
            file.seek(at + 4)
            dropped.add(_Segment(marker, at, 2 + length, file.read(min(SEEN - 4, length - 2))))
        else:
            plan.keep(at, end - at)
        at = end
    else:
        raise Odd("a JPEG has too many scans")
    if at == begin:
        raise Odd("a JPEG ends before its pixels begin")
    plan.put(EOI)
    return size, True


def _data_end(file: BinaryIO, at: int, size: int) -> int:
    """Where the next marker stands behind the data of a scan, or the end of the file."""
    file.seek(at)
    window, last = FIRST, b""
    while piece := file.read(window):
        if found := MARK.search(last + piece):
            return at - len(last) + found.start()
        at += len(piece)
        window, last = WINDOW, piece[-1:]
    return size

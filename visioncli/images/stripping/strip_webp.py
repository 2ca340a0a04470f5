"""A WebP's chunks: which of them are the picture. https://www.rfc-editor.org/rfc/rfc9649"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import BinaryIO

from visioncli.core.record import record
from visioncli.images.pieces import Piece, Range, add, size_of

from . import strip_notes as notes
from .strip_found import Found, Odd

HEAD = 12  # bytes: RIFF, a length, WEBP
EXTENDED = 30  # bytes to the end of VP8X, which comes first
PROFILE, ALPHA, ANIMATION = 0x20, 0x10, 0x02  # flags of VP8X
MOST_CHUNKS = 1000  # real pictures have at most seven; films are not followed
PIXELS = (b"VP8 ", b"VP8L")
NAMES = {b"EXIF": "EXIF", b"XMP ": "XMP", b"ICCP": "a spoiled profile"}


@record
class _Chunk:
    """at: of its head. length: of its data. end: behind its data and the byte that fills it up."""

    kind: bytes
    at: int
    length: int
    end: int


def walked(file: BinaryIO) -> Found:
    """Raises Odd."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    head = file.read(EXTENDED)
    end = 8 + int.from_bytes(head[4:8], "little")
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP" or len(head) < EXTENDED:
        raise Odd("a WebP begins otherwise")
    if end > size:
        raise Odd("a WebP is cut short")
    found = list(_chunks(file, end))
    first = found[0] if found else None
    if first is None or first.kind not in (*PIXELS, b"VP8X"):
        raise Odd("a WebP begins with an unknown chunk")
    extended = first.kind == b"VP8X"
    if extended and first.length != EXTENDED - HEAD - 8:
        raise Odd("the header of a WebP has another length")
    flags = head[20] if extended else 0
    if flags & ANIMATION or any(c.kind in (b"ANIM", b"ANMF") for c in found):
        return Found(
            orientation=_orientation(file, found),
            moves=True,
            mode="rgba" if flags & ALPHA else "rgb",
            alpha=bool(flags & ALPHA),
            tail=size - end,
            needs_pixels="first picture of an animation",
        )
    picture = _picture(found) if extended else found[:1]
    profile, chunk = _profile(file, found) if extended else (None, b"")
    plain = _pieces(head, picture, b"", extended=extended)
    alpha = bool(flags & ALPHA) or (first.kind == b"VP8L" and bool(head[24] & 0x10))
    kept = {c.at for c in picture}
    dropped = [c for c in found[extended:] if c.at not in kept]
    return Found(
        orientation=_orientation(file, found),
        profile=profile,
        mode="rgba" if alpha else "rgb",
        alpha=alpha,
        metadata=tuple(
            sorted({NAMES.get(c.kind, "other chunks") for c in dropped if not _is_kept(c, profile)})
        ),
        tail=size - end,
        plain=plain,
        coloured=_pieces(head, picture, chunk, extended=extended) if chunk else plain,
    )


def _is_kept(chunk: _Chunk, profile: bytes | None) -> bool:
    return chunk.kind == b"ICCP" and profile is not None


def _chunks(file: BinaryIO, end: int) -> Iterator[_Chunk]:
    """Raises Odd."""
    at = HEAD
    for _ in range(MOST_CHUNKS):
        if at + 8 > end:
            return
        file.seek(at)
        head = file.read(8)
        length = int.from_bytes(head[4:], "little")
        behind = at + 8 + length
        if behind > end:
            raise Odd("a WebP is cut short")
        yield _Chunk(head[:4], at, length, min(behind + (length & 1), end))
        at = behind + (length & 1)
    raise Odd("a WebP has too many chunks")


def _picture(found: list[_Chunk]) -> list[_Chunk]:
    """The chunks of the pixels, and of their alpha. Raises Odd."""
    kinds = [c.kind for c in found]
    pixels = [n for n, kind in enumerate(kinds) if kind in PIXELS]
    if len(pixels) != 1 or kinds.count(b"ALPH") > 1 or kinds.count(b"VP8X") > 1:
        raise Odd("a WebP has no pixels, or has them twice")
    begin = pixels[0]
    if b"ALPH" in kinds:
        begin -= 1
        if kinds[begin : begin + 2] != [b"ALPH", b"VP8 "]:
            raise Odd("the alpha of a WebP does not stand before its pixels")
    return found[begin : pixels[0] + 1]


def _profile(file: BinaryIO, found: list[_Chunk]) -> tuple[bytes | None, Piece]:
    """The profile, and its chunk. Raises Odd where it is larger than what is held in memory."""
    chunks = [c for c in found if c.kind == b"ICCP"]
    if not chunks:
        return None, b""
    chunk = chunks[0]
    if len(chunks) > 1 or chunk.length > notes.MOST:
        raise Odd("its colour profile is unusually large, or there are two")
    file.seek(chunk.at + 8)
    whole = file.read(chunk.length)
    if (profile := notes.profile(whole)) is None:
        return None, b""
    if profile == whole:
        return profile, Range(chunk.at, chunk.end - chunk.at)
    return profile, b"ICCP" + struct.pack("<I", len(profile)) + profile + bytes(len(profile) & 1)


def _pieces(
    head: bytes, picture: list[_Chunk], profile: Piece, *, extended: bool
) -> tuple[Piece, ...]:
    """head: of the file. Written anew where it speaks of what is dropped."""
    parts: list[Piece] = [profile]
    for chunk in picture:
        parts.append(Range(chunk.at, chunk.end - chunk.at))
        if chunk.end - chunk.at != 8 + chunk.length + (chunk.length & 1):
            parts.append(b"\0")  # which was forgotten at the end of the file
    begin = EXTENDED if extended else HEAD
    size = begin + sum(map(size_of, parts))
    new = b"RIFF" + struct.pack("<I", size - 8) + b"WEBP"
    if extended:
        flags = head[20] & ALPHA | (PROFILE if profile else 0)
        new += head[12:20] + bytes((flags, 0, 0, 0)) + head[24:EXTENDED]
    found: list[Piece] = []
    for part in (Range(0, begin) if new == head[:begin] else new, *parts):
        add(found, part)
    return tuple(found)


def _orientation(file: BinaryIO, found: list[_Chunk]) -> int:
    """EXIF's, else XMP's."""
    said = None
    if exif := next((c for c in found if c.kind == b"EXIF"), None):
        said = notes.exif_orientation(file, exif.at + 8, exif.length)
    if said is None and (xmp := next((c for c in found if c.kind == b"XMP "), None)):
        file.seek(xmp.at + 8)
        said = notes.xmp_orientation(file.read(min(xmp.length, notes.MOST_XMP)))
    return said or 1

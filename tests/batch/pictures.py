"""Small pictures by the thousand, no two alike."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path


def png(number: int) -> bytes:
    """4 by 4 pixels of a colour of its own."""
    rows = (b"\0" + bytes([number & 255, number >> 8 & 255, 7]) * 4) * 4
    header = struct.pack(">IIBBBBB", 4, 4, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def folder(path: Path, count: int) -> Path:
    """0.png, 1.png, … in it."""
    path.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (path / f"{number}.png").write_bytes(png(number))
    return path

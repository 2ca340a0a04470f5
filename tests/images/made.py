"""Pictures made for the tests, and the one way in which all of them are loaded."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

from PIL import Image

from visioncli.core.target import Limits, Provider
from visioncli.images import examine, sources
from visioncli.images.sources import Picture

PHOTOS = Path(__file__).parent
CAT = PHOTOS / "chelsea.jpg"
HORSE = PHOTOS / "horse.png"


def provider(**row: Any) -> Provider:
    limits = Limits(**row.pop("limits", {}))
    settled = {"name": "acme", "dialect": "openai_chat", "source": "providers/acme.toml", **row}
    return Provider(limits=limits, **settled)


ANY = provider()


def load(image: str | os.PathLike[str], row: Provider = ANY, **how: Any) -> Picture:
    """As it is sent with --no-prep."""
    usual = {
        "media_type": None,
        "inline": False,
        "allow_private": False,
        "timeout": 5.0,
        "stdin": None,
    }
    found = sources.load(os.fspath(image), provider=row, **{**usual, **how})
    return examine.unprepared(found, row)


def encoded(kind: str, size: tuple[int, int] = (24, 16), mode: str = "RGB", **how: Any) -> bytes:
    """A small picture as Pillow's writer `kind` writes it."""
    out = io.BytesIO()
    Image.effect_mandelbrot(size, (-2, -1.5, 1, 1.5), 20).convert(mode).save(out, kind, **how)
    return out.getvalue()


def animated(kind: str, loop: int | None = 0) -> bytes:
    """loop: how often it is played, 0 for ever; None does not say."""
    out = io.BytesIO()
    how = {} if loop is None else {"loop": loop}
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=90, **how)
    return out.getvalue()


def chunk(kind: bytes, data: bytes = b"") -> bytes:
    """One chunk of a PNG."""
    check = zlib.crc32(kind + data)
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def png_of(width: int, height: int) -> bytes:
    """A PNG whose header says it is so large, and that holds next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 64))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND")


def iso_media(major: bytes, *compatible: bytes) -> bytes:
    """The first box of an AVIF, HEIC or MP4, and nothing of use behind it."""
    body = b"ftyp" + major + b"\0\0\0\0" + b"".join(compatible)
    return struct.pack(">I", 4 + len(body)) + body + bytes(200)


def written(folder: Path, name: str, data: bytes) -> str:
    file = folder / name
    file.write_bytes(data)
    return str(file)


def content(picture: Picture) -> bytes:
    """What would be sent."""
    assert picture.blob is not None
    return b"".join(picture.blob.open())

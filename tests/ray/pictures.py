"""Tiny pictures, each another, and a server that says which one it was shown."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests import vendors
from tests.batch.server import PICTURE, Reply, Said


def png(number: int) -> bytes:
    """3x3 pixels, in colours that are the number."""
    rows = b"".join(b"\0" + struct.pack(">I", number) * 2 + b"\0" for _ in range(3))
    head = struct.pack(">IIBBBBB", 3, 3, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    )


def written(folder: Path, count: int) -> Path:
    """A list of so many pictures."""
    names = [folder / f"{number}.png" for number in range(count)]
    for number, name in enumerate(names):
        name.write_bytes(png(number))
    listed = folder / "list.txt"
    listed.write_text("".join(f"{name}\n" for name in names))
    return listed


def seen(said: Said) -> str:
    """What stands for the picture of a question: a part of its hash."""
    (picture,) = PICTURE.findall(said.body)
    return seen_of(base64.b64decode(picture))


def seen_of(picture: bytes) -> str:
    return hashlib.sha256(picture).hexdigest()[:12]


def told(said: Said) -> Reply:
    return Reply(body=vendors.plain("openai", seen(said)))


def records(output: Path) -> list[dict[str, Any]]:
    """Of a file or a folder of them; every line is whole."""
    files: Iterable[Path] = sorted(output.glob("part-*.jsonl")) if output.is_dir() else [output]
    found = []
    for file in files:
        data = file.read_bytes()
        assert not data or data.endswith(b"\n")
        found += [json.loads(line) for line in data.splitlines()]
    return found


def answers(output: Path) -> list[tuple[str, str]]:
    return sorted((record["image"], record["answer"]) for record in records(output))

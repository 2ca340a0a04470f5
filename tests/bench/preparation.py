"""Preparing a picture, beside Pillow used naively.

Whole processes in turn: wall time and peak memory are those of Python, what it imports, and one
picture. Sent whole, a picture costs no time here and all its bytes on the wire.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from tests.program import CAT

from .figures import Figure, Topic
from .measure import Command, in_turn, megabytes, milliseconds, ratio
from .setting import Setting

TOPIC = "preparation"
OURS = """
import sys
from visioncli.images import blobs
from visioncli.images.preparing import prepare
from visioncli.images.picture import Picture
from visioncli.images.preparing.plan import Wanted
picture = Picture(sys.argv[1], None, blobs.from_path(sys.argv[1]))
ready = prepare.prepared(picture, Wanted(max_long=1568))
with open(sys.argv[2], "wb") as out:
    out.writelines(ready.blob.open())
"""
NAIVE = """
import sys
from PIL import Image, ImageOps
Image.MAX_IMAGE_PIXELS = None
image = ImageOps.exif_transpose(Image.open(sys.argv[1])).convert("RGB")
scale = min(1, 1568 / max(image.size))
image = image.resize((round(image.width * scale), round(image.height * scale)), Image.LANCZOS)
image.save(sys.argv[2], "JPEG", quality=90)
"""
SIZES = {"1 MP": (1152, 864), "12 MP": (4000, 3000), "48 MP": (8000, 6000), "108 MP": (12000, 9000)}
KINDS: dict[str, dict[str, Any]] = {"jpeg": {"quality": 90}, "png": {"compress_level": 1}}
GOALS = {"12 MP jpeg": 0.45, "48 MP jpeg": 0.45}  # of Pillow's time


def photograph(path: Path, size: tuple[int, int]) -> None:
    """The cat, enlarged, with noise as a sensor makes it."""
    image = Image.open(CAT).convert("RGB").resize(size, Image.Resampling.BICUBIC)
    noise = Image.effect_noise((size[0] // 4, size[1] // 4), 40).resize(size)
    image = Image.blend(image, Image.merge("RGB", (noise, noise, noise)), 0.08)
    image.save(path, **KINDS[path.suffix[1:]])


def measure(setting: Setting) -> Topic:
    out = setting.folder / "out"
    sizes = list(SIZES)[: setting.runs(len(SIZES), 2)]
    rows = []
    for kind in KINDS:
        for size in sizes:
            path = setting.folder / f"photo.{kind}"
            photograph(path, SIZES[size])
            rows += _rows(f"{size} {kind}", path, out, setting.runs(5, 1))
            path.unlink()
    return Topic(
        TOPIC,
        "Preparing a picture",
        "A photograph becomes a JPEG of 1568 pixels at its longer side: whole processes, beside "
        "Pillow's open, turn, resize and save.",
        tuple(rows),
    )


def _rows(name: str, path: Path, out: Path, runs: int) -> list[Figure]:
    written = {}
    commands = {}
    for way, code in (("ours", OURS), ("Pillow", NAIVE)):
        words = [sys.executable, "-c", code, str(path), str(out)]
        commands[way] = Command(words, dict(os.environ))
        commands[way].run()
        written[way] = out.stat().st_size
    took = in_turn(commands, runs)
    ours, naive = took["ours"], took["Pillow"]
    fewer = path.stat().st_size / written["ours"]
    spent = f"{milliseconds(ours):.0f} ms, beside {milliseconds(naive):.0f}"
    sent = f"{_base64(written['ours']):.2f} MB sent, {fewer:.1f} times fewer than of the file"
    times = Figure(f"{name}: time / Pillow's", ratio(ours, naive), "x", spent, GOALS.get(name))
    note = f"Pillow {megabytes(naive):.0f} MB; {sent}"
    return [times, Figure(f"{name}: peak memory", megabytes(ours), "MB", note)]


def _base64(count: int) -> float:
    """MB of that many bytes on the wire."""
    return -(-count // 3) * 4 / 1e6

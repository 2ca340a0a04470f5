"""What preparing a picture may cost, whole process: memory, and time beside Pillow's own."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pytest
from PIL import Image

from tests.bench.measure import Run, once
from tests.bench.preparation import NAIVE, OURS

MEGABYTES = 300


def process(code: str, path: Path) -> Run:
    return once([sys.executable, "-c", code, str(path), str(path) + ".out"], dict(os.environ))


def plain(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    return Image.linear_gradient("L").resize(size).convert(mode)


def test_a_jpeg_of_48_megapixels_takes_little_memory_and_less_time_than_pillow(
    tmp_path: Path,
) -> None:
    path = tmp_path / "photo.jpg"
    noise = Image.effect_noise((2000, 1500), 60).resize((8000, 6000))
    Image.merge("RGB", (noise, plain((8000, 6000), "L"), noise)).save(path, quality=90)
    ours, naive = zip(*[(process(OURS, path), process(NAIVE, path)) for _ in range(3)], strict=True)
    assert {run.status for run in ours + naive} == {0}
    assert max(run.kilobytes for run in ours) < 100 * 1024  # 52 MB; Pillow takes 380
    ratio = median(a.seconds / b.seconds for a, b in zip(ours, naive, strict=True))
    assert ratio < 0.7  # 0.3 where nothing else runs
    with Image.open(f"{path}.out") as image:
        assert max(image.size) == 1568


def sparse_bmp(path: Path) -> None:
    """53 megapixels of black that take no room on the disk."""
    width, height = 8800, 6000
    size = 54 + 3 * width * height
    head = struct.pack("<2sIHHI", b"BM", size, 0, 0, 54)
    head += struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, size - 54, 0, 0, 0, 0)
    path.write_bytes(head)
    os.truncate(path, size)


LARGEST: dict[str, Callable[[Path], None]] = {
    "rows.bmp": sparse_bmp,
    "rgba.webp": lambda path: plain((3600, 2900), "RGBA").save(path, method=0),
    "strip.tif": lambda path: plain((5200, 4000)).save(path, compression="tiff_deflate"),
    "floats.tif": lambda path: plain((3000, 3000), "F").save(path),
    "passes.jpg": lambda path: plain((7000, 6000)).save(path, progressive=True),
    "colours.gif": lambda path: plain((5600, 4000), "L").save(path),
    "deep.png": lambda path: plain((7000, 6000), "I;16").save(path, compress_level=1),
    "transparent.png": lambda path: plain((6500, 6000), "RGBA").save(path, compress_level=1),
    "22-megapixels.webp": lambda path: plain((5600, 3900)).save(path, method=0),
    "lossless.webp": lambda path: plain((4800, 3200)).save(path, lossless=True, method=0),
    "24-megapixels.avif": lambda path: plain((6000, 4000)).save(path, speed=10),
    "small-steps.jp2": lambda path: plain((3200, 2500)).save(path, irreversible=True),
}


@pytest.mark.parametrize("name", LARGEST)
def test_the_largest_that_is_accepted_stays_within_its_bounds(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    LARGEST[name](path)
    run = process(OURS, path)
    assert run.status == 0
    assert run.kilobytes < MEGABYTES * 1024

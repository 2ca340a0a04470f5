"""python -m tests.bench.preparation [RUNS]: preparing a picture, beside Pillow used naively.

Whole processes in turn: wall time and peak memory are those of Python, what it imports, and one
picture. Sent whole, a picture costs no time here and all its bytes on the wire.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from PIL import Image

from tests.program import CAT

from .measure import Run, once

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
KINDS = {"jpeg": {"quality": 90}, "png": {"compress_level": 1}}


def photograph(path: Path, size: tuple[int, int]) -> None:
    """The cat, enlarged, with noise as a sensor makes it."""
    image = Image.open(CAT).convert("RGB").resize(size, Image.Resampling.BICUBIC)
    noise = Image.effect_noise((size[0] // 4, size[1] // 4), 40).resize(size)
    image = Image.blend(image, Image.merge("RGB", (noise, noise, noise)), 0.08)
    image.save(path, **KINDS[path.suffix[1:]])


def row(name: str, runs: list[Run], written: int, found: int) -> str:
    seconds = median(run.seconds for run in runs)
    peak = median(run.kilobytes for run in runs) / 1024
    sent = -(-written // 3) * 4 / 1e6
    whole = -(-found // 3) * 4 / 1e6
    return f"  {name:14} {seconds * 1000:7.0f} {peak:8.0f} {sent:9.2f} {whole / sent:7.1f}"


def main(runs: int) -> None:
    print(f"{'':16} {'ms':>7} {'peak MB':>8} {'MB sent':>9} {'fewer':>7}   median of {runs}")  # noqa: T201
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        for kind in KINDS:
            for name, size in SIZES.items():
                path = Path(folder) / f"photo.{kind}"
                photograph(path, size)
                found = path.stat().st_size
                print(f"{name} {kind}")  # noqa: T201
                ways = {"prepared": OURS, "Pillow naively": NAIVE}
                took: dict[str, list[Run]] = {way: [] for way in ways}
                written = dict.fromkeys(ways, 0)
                for _ in range(runs + 1):
                    for way, code in ways.items():
                        command = [sys.executable, "-c", code, str(path), str(out)]
                        run = once(command, dict(os.environ))
                        if run.status:
                            raise SystemExit(f"{way} failed at {name} {kind}")
                        took[way].append(run)
                        written[way] = out.stat().st_size
                for way in ways:
                    print(row(way, took[way][1:], written[way], found))  # noqa: T201
                print(f"  {'sent whole':14} {0:7} {'':8} {-(-found // 3) * 4 / 1e6:9.2f} {1:7.1f}")  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)

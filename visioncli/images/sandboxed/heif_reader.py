"""libheif, in the process apart: see `heif` and `apart`."""

from __future__ import annotations

from math import ceil, sqrt
from typing import Any, BinaryIO

from PIL import Image

from .frugality import Problem, frugal

try:
    import pi_heif as library
except ModuleNotFoundError:
    import pillow_heif as library

MOST = 50_000_000  # px; the largest sensors in phones have 200 million and save them reduced
BASE = 160 << 20  # bytes beside what the pixels take
PER_PIXEL = 8  # bytes: decoded, and converted; 10 where they may be transparent
HANDED = 7  # bytes a pixel for who reads them: as they are handed over, and as Pillow has them
BUDGET = 215_000_000  # bytes that this may take
BAND = 4 << 20  # bytes that are made smaller at a time
CHANNELS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}
RAISES = (ValueError, OSError, RuntimeError, SyntaxError, EOFError, LookupError)
LONGEST_PROFILE = 1 << 20  # bytes; real ones have 3 kB


def read(file: BinaryIO, least: int = 0) -> tuple[dict[str, Any], bytes | memoryview]:
    """({"mode", "size", "whole", "stored", "factor", "profile", "warnings"}, rows of pixels).

    least: px of the longer side that are worth handing over; 0: all. What is larger is handed over
    at 1/factor of its sides, rounded up, each pixel the mean of so many.
    """
    library.options.THUMBNAILS = library.options.DEPTH_IMAGES = library.options.AUX_IMAGES = False
    try:
        container = library.open_heif(file, convert_hdr_to_8bit=True)
        picture = container[container.primary_index]
        width, height = stored = picture.size
        if width * height > MOST:
            raise Problem(
                f"has {width}x{height} pixels, more than are decoded ({MOST // 1_000_000}"
                " megapixels)",
                "make it smaller first",
                "image_too_large",
            )
        frugal(BASE + (PER_PIXEL + 2 * picture.has_alpha) * width * height, closed=True)
        data, whole = memoryview(picture.data), picture.size
        mode, stride = picture.mode, picture.stride
    except RAISES as error:
        reason = str(error).strip() or type(error).__name__
        raise Problem(f"is damaged: {reason}", None, "image_damaged") from None
    factor = max(1, max(whole) // least if least else 1)
    factor = max(factor, ceil(sqrt(HANDED * whole[0] * whole[1] / BUDGET)))
    size = whole
    if mode not in CHANNELS:
        image = picture.to_pillow()
        image = image.convert("RGBA" if mode.endswith(("A", "a")) else "RGB")
        mode, data, factor = image.mode, memoryview(image.tobytes()), 1
    elif factor > 1 or stride != CHANNELS[mode] * whole[0]:
        image = _reduced(data, whole, mode, stride, factor)
        size, data = image.size, memoryview(image.tobytes())
    profile = picture.info.get("icc_profile") or b""
    several = len(container) > 1
    facts = {
        "mode": mode,
        "size": size,
        "whole": whole,
        "stored": stored,
        "factor": factor,
        "profile": profile.hex() if len(profile) <= LONGEST_PROFILE else "",
        "warnings": [f"holds {len(container)} pictures; the main one is used"] if several else [],
    }
    return facts, data


def _reduced(
    data: memoryview, whole: tuple[int, int], mode: str, stride: int, factor: int
) -> Image.Image:
    """A band of rows at a time, so that the picture is not there twice."""
    wide, high = whole
    weighed = {"RGBA": "RGBa", "LA": "La"}.get(mode, mode)  # colours weigh as much as they are seen
    canvas = Image.new(weighed, (ceil(wide / factor), ceil(high / factor)))
    rows = max(1, BAND // (stride * factor)) * factor
    for top in range(0, high, rows):
        number = min(rows, high - top)
        part = bytes(data[top * stride : (top + number) * stride])
        band = Image.frombuffer(mode, (wide, number), part, "raw", mode, stride, 1)
        canvas.paste(band.convert(weighed).reduce(factor), (0, top // factor))
    return canvas.convert(mode)

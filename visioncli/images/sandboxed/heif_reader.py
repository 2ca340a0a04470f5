"""libheif, in the process apart: see `heif` and `apart`."""

from __future__ import annotations

from typing import Any, BinaryIO

from .frugality import Problem, frugal

try:
    import pi_heif as library
except ModuleNotFoundError:
    import pillow_heif as library

MOST = 100_000_000  # px; the largest sensors in phones have 200 million and save them reduced
BASE = 160 << 20  # bytes beside what the pixels take
PER_PIXEL = 12  # bytes: decoded, converted, and as they are handed over
RAISES = (ValueError, OSError, RuntimeError, SyntaxError, EOFError, LookupError)
LONGEST_PROFILE = 1 << 20  # bytes; real ones have 3 kB


def read(file: BinaryIO) -> tuple[dict[str, Any], bytes | memoryview]:
    """({"mode", "size", "stored", "profile", "warnings"}, the pixels row by row)."""
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
        frugal(BASE + PER_PIXEL * width * height, closed=True)
        image = picture.to_pillow()
    except RAISES as error:
        reason = str(error).strip() or type(error).__name__
        raise Problem(f"is damaged: {reason}", None, "image_damaged") from None
    if image.mode not in ("RGB", "RGBA", "L", "LA"):
        image = image.convert("RGBA" if image.mode.endswith(("A", "a")) else "RGB")
    profile = image.info.get("icc_profile") or b""
    several = len(container) > 1
    facts = {
        "mode": image.mode,
        "size": image.size,
        "stored": stored,
        "profile": profile.hex() if len(profile) <= LONGEST_PROFILE else "",
        "warnings": [f"holds {len(container)} pictures; the main one is used"] if several else [],
    }
    return facts, image.tobytes()

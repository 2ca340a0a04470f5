"""Pixels of every kind as 8 bits a channel: grey or colour, with transparency or without.

What Pillow does wrong, or does not do, when it converts them is made good here.
"""

from __future__ import annotations

from PIL import Image, ImageMath


def scale_key(raw: Image.Image, depth: int) -> None:
    """The one transparent colour of a PNG, at the depth that Pillow gives the pixels.

    Pillow leaves it as it is in the file, so that it meets no pixel, or another one, where they
    have 2, 4 or three times 16 bits.
    """
    key = raw.info.get("transparency")
    if raw.mode == "L" and depth in (2, 4) and isinstance(key, int):
        raw.info["transparency"] = key * 255 // ((1 << depth) - 1)
    elif raw.mode == "RGB" and depth == 16 and isinstance(key, tuple):
        raw.info["transparency"] = tuple(sample >> 8 for sample in key)


def plain(image: Image.Image) -> tuple[Image.Image, str]:
    """(L, LA, RGB, RGBA, CMYK or LAB of 8 bits, what is worth telling or "")."""
    if image.mode.startswith("I;16"):
        return _from_16_bits(image), ""
    if image.mode in ("I", "F"):
        return stretched(image), "its values were stretched to those between black and white"
    if "transparency" in image.info and image.mode in ("P", "1", "L", "RGB"):
        return image.convert("LA" if image.mode in ("1", "L") else "RGBA"), ""
    to = {"1": "L", "P": "RGB", "PA": "RGBA", "La": "LA", "RGBa": "RGBA"}
    if image.mode in ("L", "LA", "RGB", "RGBA", "CMYK", "LAB"):
        return image, ""
    return image.convert(to.get(image.mode, "RGB")), ""


def _from_16_bits(image: Image.Image) -> Image.Image:
    """The high byte of each: 0 to 65535 becomes 0 to 255. Pillow's own convert() would clip."""
    order = "B" if image.mode.endswith("B") else ""
    raw = image.tobytes()
    small = Image.frombytes("L", image.size, raw, "raw", f"L;16{order}")
    key = image.info.get("transparency")
    if isinstance(key, int):
        wide = image.convert("I")
        mask = ImageMath.lambda_eval(lambda args: (args["i"] != key) * 255, i=wide)
        small.putalpha(mask.convert("L"))
    return small


def stretched(image: Image.Image) -> Image.Image:
    """Modes I and F: the darkest value becomes 0, the brightest 255."""
    low, high = image.getextrema()
    if not isinstance(low, int | float) or not isinstance(high, int | float):
        raise TypeError("more than one channel")
    span = high - low
    if not span or span != span or span == float("inf"):  # noqa: PLR0124 - NaN
        return Image.new("L", image.size, 128)
    return image.point(lambda value: value * (255 / span) - low * (255 / span)).convert("L")

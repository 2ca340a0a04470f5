"""The first picture of a WebP, without the last of the copies that Pillow makes of it.

libwebp's reader of animations, the only one that Pillow has, holds two pictures of four bytes a
pixel and gives away a third. Pillow keeps all of them and makes a fourth; here the reader is
dropped first.
"""

from __future__ import annotations

from PIL import Image


def webp(raw: Image.Image) -> Image.Image:
    """RGB or RGBA. raw: as Pillow has opened it. Raises what Pillow raises where it is damaged."""
    decoder, rawmode = getattr(raw, "_decoder", None), getattr(raw, "rawmode", "")
    if decoder is None or rawmode not in ("RGBA", "RGBX"):  # another version of Pillow
        raw.load()
        return raw
    frame = decoder.get_next()
    if frame is None:
        raise OSError("its pixels are damaged")
    data: bytes = frame[0]
    raw._decoder = None  # type: ignore[attr-defined]  # noqa: SLF001 - nothing else lets go of its two pictures
    del decoder, frame
    image = Image.frombuffer(rawmode, raw.size, data, "raw", rawmode, 0, 1)
    return image if rawmode == "RGBA" else image.convert("RGB")

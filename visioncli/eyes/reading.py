"""What the text says: PP-OCRv6's reader over the strips that textlines found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from .seen import Line
from .session import session
from .textlines import find_lines

MODEL = "ocr_rec_w8.onnx"
TRUST = 0.85  # mean probability of the characters below which a line is dropped
LONE = 0.97  # the same for a single character: a lone digit on a chart's axis
SPACE = 0.3
HEIGHT, LEAST, PADDED, MOST = 48, 48, 320, 3200  # px of a strip
TALL = 1.5  # a strip this much higher than wide is turned by a quarter


def read_lines(image: Image.Image) -> list[Line]:
    """image: RGB. Every piece of text that could be read, top to bottom, in px of `image`."""
    quads = find_lines(image)
    read = [line for line in (_read(image, quad) for quad in quads) if line is not None]
    kept = [line for line in read if _trusted(line, len(read))]
    return sorted(kept, key=lambda t: (sum(y for _, y in t.quad), min(x for x, _ in t.quad)))


def _trusted(line: Line, lines: int) -> bool:
    letters = sum(c.isalnum() for c in line.text)
    if lines < 3 and len(set(line.text)) == 1:
        return False  # a texture reads as "0000"
    lone = lines > 2 and line.score > LONE and line.text.isalnum()
    return line.score >= TRUST and (letters > 1 or lone)


def _read(image: Image.Image, quad: NDArray[np.floating]) -> Line | None:
    net = session(MODEL)
    strip = _cut(image, quad)
    wide = min(MOST, max(LEAST, round(strip.width * HEIGHT / strip.height)))
    small = strip.resize((wide, HEIGHT), Image.Resampling.BILINEAR)
    bgr = np.asarray(small, np.float32)[..., ::-1] / 127.5 - 1
    padded = np.pad(bgr, ((0, 0), (0, max(0, PADDED - wide)), (0, 0)))
    batch = np.ascontiguousarray(padded.transpose(2, 0, 1)[None])
    out = net.run(None, {net.get_inputs()[0].name: batch})[0][0]  # (time, characters)
    characters = _alphabet(net.get_modelmeta().custom_metadata_map["character"])
    gap = out[:, len(characters) - 1]
    # Between words the space competes with the blank, and a close second is still a space.
    best = np.where((out.argmax(1) == 0) & (gap > SPACE), len(characters) - 1, out.argmax(1))
    keep = (best != 0) & np.r_[True, best[1:] != best[:-1]]  # 0 is the blank between characters
    # The text is data from the picture: what a terminal might obey is dropped here already.
    text = "".join(c for c in (characters[i] for i in best[keep]) if c.isprintable())
    text = " ".join(text.split())
    if not text:
        return None
    a, b, c, d = ((float(x), float(y)) for x, y in quad)
    return Line(text, float(out.max(1)[keep].mean()), (a, b, c, d))


def _alphabet(characters: str) -> list[str]:
    """As the model's metadata has it: one a line, the blank before, the space behind."""
    return ["", *characters.split("\n"), " "]


def _cut(image: Image.Image, quad: NDArray[np.floating]) -> Image.Image:
    """The quad as a level strip; a tall one is turned by a quarter."""
    w, h = (max(1, round(float(np.linalg.norm(quad[i] - quad[0])))) for i in (1, 3))
    corners = [float(v) for v in np.concatenate([quad[0], quad[3], quad[2], quad[1]])]
    strip = image.transform(
        (w, h), Image.Transform.QUAD, corners, resample=Image.Resampling.BICUBIC
    )
    return strip.rotate(90, expand=True) if h > TALL * w else strip

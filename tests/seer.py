"""A model that looks: it reads the picture out of the request it got, and nothing else.

The word is told by its ink, compared with how each word would look; the shape by how much of its
box it fills; the colour by its pixels.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFont

from tests import vendors
from tests.mock import Received, Reply
from visioncli.images.proof import COLOURS, WORDS

FILLED = {"square": 1.0, "circle": 0.785, "triangle": 0.5}


@dataclass(frozen=True)
class Seen:
    word: str
    colour: str
    shape: str


def truly(seen: Seen) -> str:
    return f"{seen.word}, {seen.colour} {seen.shape}"


@dataclass
class Seer:
    """answer: what it makes of what it saw. own: what it says of another picture.

    show: the reply to Ollama's /api/show, 404 without.
    """

    answer: Callable[[Seen], str] = truly
    own: str = "A cat looks into the camera."
    show: dict[str, Any] | None = None
    seen: list[Seen] = field(default_factory=list)

    def __call__(self, request: Received) -> Reply:
        if request.path == "/api/show":
            if self.show is None:
                return Reply(b"404 page not found", "text/plain", 404)
            return Reply(json.dumps(self.show).encode())
        (data,) = pictures(request.json)
        picture = Image.open(BytesIO(data))
        text = self.own
        if picture.format == "PNG" and picture.size == (480, 360):
            self.seen.append(look(picture.convert("RGB")))
            text = self.answer(self.seen[-1])
        return Reply(vendors.plain(request.wire, text))


def pictures(value: Any) -> Iterator[bytes]:
    """Every picture in a request's body, whatever wire it is of."""
    if isinstance(value, dict):
        for item in value.values():
            yield from pictures(item)
    elif isinstance(value, list):
        for item in value:
            yield from pictures(item)
    elif isinstance(value, str):
        data = value.rpartition(";base64,")[2]
        if data.startswith(("iVBOR", "/9j/")):
            yield b64decode(data)


def look(picture: Image.Image) -> Seen:
    ink = picture.convert("HSV").split()
    strong = ink[1].point(lambda s: 255 if s > 100 else 0)
    dark = picture.convert("L").point(lambda v: 255 if v < 128 else 0)
    black = ImageChops.subtract(dark, strong)
    box = strong.getbbox()
    assert box is not None
    filled = strong.crop(box).histogram()[255] / ((box[2] - box[0]) * (box[3] - box[1]))
    middle = picture.getpixel(((box[0] + box[2]) // 2, (box[1] + box[3]) // 2))
    assert isinstance(middle, tuple)
    colour = min(
        COLOURS, key=lambda c: sum(abs(a - b) for a, b in zip(COLOURS[c], middle, strict=True))
    )
    shape = min(FILLED, key=lambda s: abs(FILLED[s] - filled))
    return Seen(_read(black), colour, shape)


def _read(black: Image.Image) -> str:
    word = black.crop(black.getbbox())

    def difference(name: str) -> int:
        other = _ink(name)
        size = (max(word.width, other.width), max(word.height, other.height))
        both = [Image.new("L", size), Image.new("L", size)]
        for sheet, mask in zip(both, (word, other), strict=True):
            sheet.paste(mask, (0, 0))
        return ImageChops.difference(*both).histogram()[255]

    return min(WORDS, key=difference)


@cache
def _ink(word: str) -> Image.Image:
    sheet = Image.new("L", (600, 160))
    ImageDraw.Draw(sheet).text((300, 80), word, 255, ImageFont.load_default(80), anchor="mm")
    solid = sheet.point(lambda v: 255 if v > 127 else 0)
    return solid.crop(solid.getbbox())

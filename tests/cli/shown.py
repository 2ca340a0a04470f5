"""What a terminal would show: escape sequences decoded back to pixels, by this file alone."""

from __future__ import annotations

import base64
import io
import re

from PIL import Image, ImageChops, ImageOps, ImageStat

KITTY = re.compile(r"\x1b_G([^;\x1b]*);([A-Za-z0-9+/=]*)\x1b\\")
ITERM2 = re.compile(r"\x1b\]1337;File=([^:]*):([A-Za-z0-9+/=]*)\x07")
SIXEL = re.compile(r"\x1bP0;1;0q\"1;1;(\d+);(\d+)([^\x1b]*)\x1b\\")
SIXEL_UNIT = re.compile(r"#(\d+);2;(\d+);(\d+);(\d+)|#(\d+)|!(\d+)([?-~])|([?-~])|([$-])|([\s\S])")
CELL = re.compile(r"\x1b\[([0-9;]*)m|(▀)|(\r?\n)|([\s\S])")
LEVELS = (0, 95, 135, 175, 215, 255)


def reference(source: object, size: tuple[int, int]) -> Image.Image:
    """Pillow's own thumbnail, upright."""
    with Image.open(source) as raw:  # type: ignore[arg-type]
        upright = ImageOps.exif_transpose(raw).convert("RGB")
    upright.thumbnail(size, Image.Resampling.LANCZOS)
    assert abs(upright.width - size[0]) <= 1, (upright.size, size)
    assert abs(upright.height - size[1]) <= 1, (upright.size, size)
    return upright.resize(size)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean of the three channels' differences, 0 to 255."""
    assert one.size == other.size
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def kitty(text: str) -> tuple[list[Image.Image], list[dict[str, str]], str]:
    """(pictures, what was said of each, all other text)."""
    pictures, said, data = [], [], ""
    for keys, payload in KITTY.findall(text):
        values = dict(pair.split("=") for pair in keys.split(","))
        if values.get("a") == "q":
            continue
        assert len(payload) <= 4096
        if not data:
            said.append(values)
            assert values["a"] == "T"
            assert values["f"] == "100"
            assert values["q"] == "2", "it would answer"
        else:
            assert set(values) == {"m"}
        data += payload
        if values["m"] == "0":
            pictures.append(_png(data))
            data = ""
        else:
            assert len(payload) % 4 == 0
    assert not data, "the last piece is missing"
    return pictures, said, KITTY.sub("", text)


def iterm2(text: str) -> tuple[list[Image.Image], list[dict[str, str]], str]:
    """As above."""
    pictures, said = [], []
    for keys, payload in ITERM2.findall(text):
        values = dict(pair.split("=") for pair in keys.split(";"))
        assert values["inline"] == "1", "it would be saved as a file"
        assert int(values["size"]) == len(base64.b64decode(payload, validate=True))
        pictures.append(_png(payload))
        said.append(values)
    return pictures, said, ITERM2.sub("", text)


def sixel(text: str) -> tuple[list[Image.Image], list[int], str]:
    """(pictures, how many colours each, all other text). Every pixel must have been drawn."""
    pictures, counts = [], []
    for width, height, data in SIXEL.findall(text):
        picture, count = _sixel(int(width), int(height), data)
        pictures.append(picture)
        counts.append(count)
    return pictures, counts, SIXEL.sub("", text)


def _sixel(width: int, height: int, data: str) -> tuple[Image.Image, int]:
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    pixels = image.load()
    assert pixels is not None
    colours: dict[int, tuple[int, int, int, int]] = {}
    x = top = 0
    colour = (0, 0, 0, 0)
    for number, red, green, blue, chosen, times, many, one, move, other in SIXEL_UNIT.findall(data):
        assert not other, repr(other)
        if number:
            parts = [round(int(part) * 255 / 100) for part in (red, green, blue)]
            colours[int(number)] = (parts[0], parts[1], parts[2], 255)
        elif chosen:
            colour = colours[int(chosen)]
        elif move:
            top += 6 * (move == "-")
            x = 0
        else:
            bits = ord(many or one) - 63
            for _ in range(int(times or 1)):
                for row in range(6):
                    if bits >> row & 1:
                        pixels[x, top + row] = colour  # an index error is a pixel outside
                x += 1
            assert x <= width
    assert image.getchannel("A").getextrema() == (255, 255), "holes"
    return image.convert("RGB"), len(colours)


def blocks(text: str) -> Image.Image:
    """The half blocks in it; lines without any are left out."""
    rows: list[list[tuple[int, int, int] | None]] = []
    above: list[tuple[int, int, int] | None] = []
    below: list[tuple[int, int, int] | None] = []
    front: tuple[int, int, int] | None = None
    ground: tuple[int, int, int] | None = None
    for said, block, end, _other in CELL.findall(text):
        if block:
            above.append(front)
            below.append(ground)
        elif end and above:
            assert (front, ground) == (None, None), "colours run into the next line"
            rows += [above, below]
            above, below = [], []
        elif said:
            front, ground = _colours(said, front, ground)
    if rows and set(rows[-1]) == {None}:  # an odd number of rows
        rows.pop()
    flat = [pixel for row in rows for pixel in row]
    assert None not in flat
    image = Image.new("RGB", (len(rows[0]), len(rows)))
    image.putdata(flat)  # type: ignore[arg-type]
    return image


Pixel = tuple[int, int, int] | None


def _colours(said: str, front: Pixel, ground: Pixel) -> tuple[Pixel, Pixel]:
    numbers = [int(n) for n in said.split(";")]
    while numbers:
        match numbers:
            case [0, *numbers]:
                front = ground = None
            case [49, *numbers]:
                ground = None
            case [38, 2, r, g, b, *numbers]:
                front = (r, g, b)
            case [48, 2, r, g, b, *numbers]:
                ground = (r, g, b)
            case [38, 5, n, *numbers]:
                front = _xterm(n)
            case [48, 5, n, *numbers]:
                ground = _xterm(n)
            case _:
                raise AssertionError(said)
    return front, ground


def _xterm(number: int) -> tuple[int, int, int]:
    if number >= 232:
        return (8 + 10 * (number - 232),) * 3
    assert number >= 16, "the first sixteen are whatever a theme makes of them"
    number -= 16
    return LEVELS[number // 36], LEVELS[number // 6 % 6], LEVELS[number % 6]


def _png(data: str) -> Image.Image:
    image = Image.open(io.BytesIO(base64.b64decode(data, validate=True)))
    assert image.format == "PNG"
    return image.convert("RGB")

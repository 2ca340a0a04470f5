"""Pictures of every kind, written here byte by byte where Pillow writes none of them.

A sample is what it is by its place and channel alone, so that what arrives can be compared with it.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image

from .made import chunk

Pixel = tuple[int, ...]
SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
PASSES = (  # Adam7: first column, first row, step of columns, step of rows
    *((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4)),
    *((0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)),
)
ALL_AT_ONCE = ((0, 0, 1, 1),)
WIDE, HIGH = 37, 23  # px: no multiple of eight, and no square


@dataclass(frozen=True)
class Png:
    """One kind of PNG. colour: the colour type of its header. keyed: it has a tRNS chunk."""

    colour: int
    depth: int
    interlaced: bool
    keyed: bool

    def __str__(self) -> str:
        words = [f"type{self.colour}", f"{self.depth}bit"]
        words += ["interlaced"] * self.interlaced + ["tRNS"] * self.keyed
        return "-".join(words)

    def samples(self, x: int, y: int) -> Pixel:
        """As they are in the file; noisy enough for every filter to matter."""
        most = (1 << self.depth) - 1
        return tuple(
            ((x * (3 + 2 * channel) + y * (7 - channel)) * most // 250 + (x * y) % 3) & most
            for channel in range(CHANNELS[self.colour])
        )

    def entry(self, index: int) -> Pixel:
        """A colour of its palette."""
        count = 1 << self.depth
        alpha = index * 255 // max(1, count - 1) if self.keyed else 255
        return index * 97 & 255, index * 151 + 40 & 255, 255 - index & 255, alpha

    @property
    def key(self) -> Pixel:
        """The samples that are transparent; those of one pixel at least."""
        return self.samples(5, 5)

    def seen(self, x: int, y: int) -> Pixel:
        """Red, green, blue, alpha from 0 to 255: the high byte of 16 bits."""
        samples = self.samples(x, y)
        if self.colour == 3:
            return self.entry(samples[0])
        alpha = 0 if self.keyed and samples == self.key else 255
        levels = tuple(self._level(sample) for sample in samples)
        match self.colour:
            case 0:
                return (*levels * 3, alpha)
            case 2:
                return (*levels, alpha)
            case 4:
                return (*levels[:1] * 3, levels[1])
        return levels

    def _level(self, sample: int) -> int:
        if self.depth == 16:
            return sample >> 8
        return sample * 255 // ((1 << self.depth) - 1)

    def file(self, *more: bytes, size: tuple[int, int] = (WIDE, HIGH)) -> bytes:
        """more: chunks that stand before the pixels."""
        header = struct.pack(">IIBBBBB", *size, self.depth, self.colour, 0, 0, self.interlaced)
        parts = [SIGNATURE, chunk(b"IHDR", header), *more]
        if self.colour == 3:
            entries = [self.entry(index) for index in range(1 << self.depth)]
            parts.append(chunk(b"PLTE", b"".join(bytes(entry[:3]) for entry in entries)))
            if self.keyed:
                parts.append(chunk(b"tRNS", bytes(entry[3] for entry in entries)))
        elif self.keyed:
            parts.append(chunk(b"tRNS", struct.pack(f">{len(self.key)}H", *self.key)))
        data = zlib.compress(b"".join(self._rows(*size)))
        half = len(data) // 2  # in two chunks, as most programs write them
        parts += [chunk(b"IDAT", data[:half]), chunk(b"IDAT", data[half:]), chunk(b"IEND")]
        return b"".join(parts)

    def _rows(self, width: int, height: int) -> Iterator[bytes]:
        """Filtered in turn by none, Sub, Up, Average and Paeth."""
        step = max(1, CHANNELS[self.colour] * self.depth // 8)
        for left, top, across, down in PASSES if self.interlaced else ALL_AT_ONCE:
            columns = range(left, width, across)
            above = b""
            for number, y in enumerate(range(top, height, down)):
                if not columns:
                    break
                row = self._packed([s for x in columns for s in self.samples(x, y)])
                yield filtered(row, above or bytes(len(row)), step, number % 5)
                above = row

    def _packed(self, samples: list[int]) -> bytes:
        if self.depth == 16:
            return struct.pack(f">{len(samples)}H", *samples)
        if self.depth == 8:
            return bytes(samples)
        bits = "".join(f"{sample:0{self.depth}b}" for sample in samples)
        bits += "0" * (-len(bits) % 8)
        return int(bits, 2).to_bytes(len(bits) // 8, "big")


def filtered(row: bytes, above: bytes, step: int, kind: int) -> bytes:
    """https://www.w3.org/TR/png-3/#9Filter-types"""
    left = bytes(step) + row
    corner = bytes(step) + above
    guess: Callable[[int], int] = (
        lambda _: 0,
        lambda at: left[at],
        lambda at: above[at],
        lambda at: (left[at] + above[at]) // 2,
        lambda at: paeth(left[at], above[at], corner[at]),
    )[kind]
    return bytes((kind, *((value - guess(at)) & 255 for at, value in enumerate(row))))


def paeth(left: int, above: int, corner: int) -> int:
    near = left + above - corner
    return min(
        (abs(near - left), 0, left), (abs(near - above), 1, above), (abs(near - corner), 2, corner)
    )[2]


PNGS = tuple(
    Png(colour, depth, interlaced, keyed)
    for colour, depths in DEPTHS.items()
    for depth in depths
    for interlaced in (False, True)
    for keyed in ((False, True) if colour < 4 else (False,))
)


def exif(orientation: int) -> bytes:
    """Notes that say how the picture is turned, who took it, and where: 48.8 north, 2.3 east."""
    notes = Image.Exif()
    notes[0x0112] = orientation
    notes[0x010F] = "CANARY camera"
    notes.get_ifd(0x8825).update({1: "N", 2: (48.0, 48.0, 0.0), 3: "E", 4: (2.0, 18.0, 0.0)})
    return notes.tobytes()


def scene(size: tuple[int, int] = (96, 64), mode: str = "RGB") -> Image.Image:
    """Like no turned copy of itself: dark at the top, red on the left, a mark in one corner."""
    image = Image.new("RGB", size)
    width, height = size
    image.putdata(
        [
            (255 - 200 * x // width, 230 * y // height, 60 + 100 * x // width)
            for y in range(height)
            for x in range(width)
        ]
    )
    image.paste((250, 250, 20), (2, 3, width // 5, height // 8))
    if mode in ("LA", "RGBA"):
        alpha = Image.linear_gradient("L").resize(size)
        image = image.convert(mode)
        image.putalpha(alpha)
        return image
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)  # type: ignore[arg-type]
    return out.getvalue()


def ycck(image: Image.Image) -> bytes:
    """A JPEG as Adobe's programs write it for print: luminance, two of colour, black.

    Pillow writes the four inks as they are. It is given what their transformation would be, and
    the byte of Adobe's segment that names the transformation is set.
    """
    cyan, magenta, yellow, black = image.convert("CMYK").split()
    stored = [channel.point(lambda value: 255 - value) for channel in (cyan, magenta, yellow)]
    light = Image.merge("RGB", [c.point(lambda v: 255 - v) for c in stored]).convert("YCbCr")
    inks = [channel.point(lambda value: 255 - value) for channel in light.split()]
    data = bytearray(saved(Image.merge("CMYK", [*inks, black]), "JPEG", quality=95, subsampling=0))
    at = data.index(b"Adobe\0")
    data[at + 11] = 2
    return bytes(data)


def profile(space: str, primaries: tuple[tuple[float, ...], ...], gamma: float) -> bytes:
    """An ICC profile of a display (space "RGB ") or of grey (space "GRAY", no primaries)."""
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    white = _xyz((0.9642, 1.0, 0.8249))
    text = b"desc" + bytes(4) + struct.pack(">I", 7) + b"CANARY\0" + bytes(79)
    tags = [(b"desc", text), (b"wtpt", white), (b"cprt", b"text" + bytes(4) + b"none\0")]
    if space == "GRAY":
        tags.append((b"kTRC", curve))
    for letter, sides in zip("rgb", primaries, strict=False):
        tags += [(f"{letter}XYZ".encode(), _xyz(sides)), (f"{letter}TRC".encode(), curve)]
    table, body = struct.pack(">I", len(tags)), b""
    begin = 128 + 4 + 12 * len(tags)
    for name, data in tags:
        table += struct.pack(">4sII", name, begin + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    size = begin + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"lcms", 0x02400000, b"mntr", space.encode(), b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + _xyz((0.9642, 1.0, 0.8249))[8:] + bytes(48)
    return head + table + body


def _xyz(sides: tuple[float, ...]) -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">iii", *(round(side * 65536) for side in sides))


DISPLAY_P3 = profile(
    "RGB ", ((0.5151, 0.2412, -0.0011), (0.2919, 0.6922, 0.0419), (0.1572, 0.0666, 0.7841)), 2.2
)
ADOBE_RGB = profile(
    "RGB ", ((0.6097, 0.3111, 0.0195), (0.2053, 0.6257, 0.0609), (0.1492, 0.0632, 0.7446)), 2.2
)
SRGB_LIKE = profile(
    "RGB ", ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141)), 2.2
)
DARK_GREY = profile("GRAY", (), 1.0)

"""A large PNG made smaller while it is read: a band of rows at a time, never the whole of it.

Pillow decodes a PNG whole, at four bytes a pixel: 108 megapixels take 430 MB. Here its compressed
stream is cut into bands, and each is handed to Pillow as a small PNG of its own. A row of a PNG may
build on the row above it, so that each band begins with the last row of the band before.
https://www.w3.org/TR/png-3/#9Filters
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from PIL import Image

from visioncli.core.record import record

from .chunks import SIGNATURE, chunk, chunks

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # by the colour type of the header
BAND = 4 << 20  # bytes of rows that are decoded at a time
READ = 1 << 16  # bytes of the file that are read at a time
KEPT = (b"PLTE", b"tRNS")  # the chunks that say what the pixels mean
MOST_KEPT = 1024  # bytes of such a chunk: 256 colours of three


@record
class Layout:
    """What the header says. channels: bytes a pixel. pixels: where the first IDAT chunk begins."""

    width: int
    height: int
    header: bytes
    channels: int
    kept: bytes
    pixels: int


def layout(file: BinaryIO) -> Layout | None:
    """None where it is none of the PNGs that can be read in bands: 8 bits, not interlaced."""
    kept, header = b"", b""
    for at, kind, length in chunks(file):
        if kind == b"IHDR":
            header = file.read(13)
        elif kind in KEPT and length <= MOST_KEPT:
            kept += chunk(kind, file.read(length))
        elif kind == b"IDAT":
            return _of(header, kept, at)
    return None


def _of(header: bytes, kept: bytes, at: int) -> Layout | None:
    if len(header) != 13:
        return None
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if depth != 8 or interlaced or colour not in CHANNELS or not (width and height):
        return None
    return Layout(width, height, header, CHANNELS[colour], kept, at)


def reduced(file: BinaryIO, plan: Layout, factor: int) -> Image.Image:
    """The picture at 1/factor of its sides, rounded up: RGB, RGBA, L or LA.

    Each pixel is the mean of factor x factor. Raises EOFError where the pixels end too early, and
    whatever zlib and Pillow raise on damaged ones.
    """
    wide, high = -(-plan.width // factor), -(-plan.height // factor)
    canvas: Image.Image | None = None
    for top, band in _bands(file, plan, factor):
        small = _meaning(band).reduce(factor)
        if canvas is None:
            canvas = Image.new(small.mode, (wide, high))
        canvas.paste(small, (0, top // factor))
    if canvas is None:  # there is a row at least
        raise EOFError
    return canvas.convert({"RGBa": "RGBA", "La": "LA"}.get(canvas.mode, canvas.mode))


def _meaning(band: Image.Image) -> Image.Image:
    """Without a palette, and with colours that weigh as much as they are seen."""
    if band.mode == "P" or "transparency" in band.info:
        band = band.convert("RGBA" if "transparency" in band.info else "RGB")
    return band.convert({"RGBA": "RGBa", "LA": "La"}.get(band.mode, band.mode))


def _bands(file: BinaryIO, plan: Layout, factor: int) -> Iterator[tuple[int, Image.Image]]:
    """(first row, picture) one below the other; all but the last are multiples of factor high."""
    row = plan.width * plan.channels
    rows = max(1, BAND // ((1 + row) * factor)) * factor
    stream = _Rows(file, plan.pixels)
    above = b""
    for top in range(0, plan.height, rows):
        number = min(rows, plan.height - top)
        data = stream.take(number * (1 + row))
        band = _decoded(plan, number, above, data)
        last = band.crop((0, band.height - 1, band.width, band.height))
        yield top, band.crop((0, bool(above), *band.size)) if above else band
        above = b"\0" + last.tobytes()


def _decoded(plan: Layout, number: int, above: bytes, data: bytes) -> Image.Image:
    high = number + bool(above)
    header = plan.header[:4] + struct.pack(">I", high) + plan.header[8:]
    pack = zlib.compressobj(0)
    packed = b"".join((pack.compress(above), pack.compress(data), pack.flush()))
    small = SIGNATURE + chunk(b"IHDR", header) + plan.kept
    small += chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    band = Image.open(io.BytesIO(small), formats=("PNG",))
    band.load()
    return band


class _Rows:
    """The rows of a PNG as they were before they were compressed, taken bit by bit."""

    def __init__(self, file: BinaryIO, at: int) -> None:
        self._pieces = self._read(file, at)
        self._inflate = zlib.decompressobj()

    def take(self, number: int) -> bytes:
        """That many bytes. Raises EOFError, zlib.error."""
        parts = []
        while number:
            if self._inflate.unconsumed_tail:
                data = self._inflate.unconsumed_tail
            elif (data := next(self._pieces, b"")) == b"" or self._inflate.eof:
                raise EOFError("its pixels end too early")
            parts.append(self._inflate.decompress(data, number))
            number -= len(parts[-1])
        return b"".join(parts)

    @staticmethod
    def _read(file: BinaryIO, at: int) -> Iterator[bytes]:
        for _, kind, length in chunks(file, at):
            if kind != b"IDAT":
                return
            left = length
            while left:
                data = file.read(min(READ, left))
                if not data:
                    return
                left -= len(data)
                yield data

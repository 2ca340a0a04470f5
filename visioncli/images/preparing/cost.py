"""What it takes to decode a picture, known from its header: memory, and for JPEG how many passes.

Figures are the peaks of Pillow 12 and 13, measured at 12 and 48 megapixels.
"""

from __future__ import annotations

import io
from typing import BinaryIO

from visioncli.core.errors import ImageProblem
from visioncli.core.record import record
from visioncli.images.headers import NO_SIZE, SCAN, segments

LARGE = 20_000_000  # px, from which on a JPEG's header is held against its bytes
MOST = 2 * 178_956_970  # px: where Pillow, too, refuses to go on
BUDGET = 235_000_000  # bytes; with the interpreter, Pillow and what is written: 300 MB
PER_PIXEL = {  # bytes while the whole is decoded; what is not here takes OTHERS
    "image/png": 4,
    "image/bmp": 4,
    "image/gif": 5,
    "image/tiff": 4,  # and the file, which libtiff maps
    "image/webp": 10,  # 12 for the moment in which it is decoded and nothing else is there
    "image/avif": 9,
    "image/jp2": 20,
    "image/jpx": 20,
    "image/x-jp2-codestream": 20,
}
JPEG2000 = ("image/jp2", "image/jpx", "image/x-jp2-codestream")
BANDS = 16 << 20  # bytes that the bands of a large PNG take, however large it is
LOSSLESS = 4  # further bytes for a pixel of a WebP that loses nothing
OTHERS = 10
RGB = 4  # bytes that Pillow takes for a pixel of three or four channels
MOST_SCANS = 40  # of a JPEG: each costs a pass over the whole picture; real ones have about ten
STEP = 1 << 20  # bytes of a file that are searched at a time
GAP = 2  # what is averaged first is left so much larger than what is wanted: the rest is Lanczos


@record
class Cost:
    """base: bytes whatever is wanted of the picture. pixel: bytes a decoded pixel.

    steps: how much smaller it can be decoded, JPEG by the library, a large PNG in bands. alpha:
    whether it may have any; Pillow then makes a further copy to scale it.
    """

    base: int
    pixel: int
    steps: tuple[int, ...] = (1,)
    alpha: bool = False

    def step(self, size: tuple[int, int], target: tuple[int, int]) -> int:
        """The most that leaves what is wanted no larger than what is decoded."""
        scale = min(size[0] // max(1, target[0]), size[1] // max(1, target[1]))
        return max((step for step in self.steps if step <= scale), default=1)

    def bytes(self, size: tuple[int, int], target: tuple[int, int], *, copied: bool) -> int:
        """Of decoding `size`, scaling it to `target` and turning that.

        copied: whether a picture that is not scaled is needed twice, to be turned or made smaller.
        """
        step = self.step(size, target)
        decoded = -(-size[0] // step) * -(-size[1] // step)
        further = self.alpha * decoded  # a copy whose colours weigh as much as they are seen
        made = (copied if target == size else 2) * target[0] * target[1]
        return self.base + self.pixel * decoded + RGB * (further + made)


def refuse_too_large(size: tuple[int, int], name: str) -> None:
    """Raises ImageProblem for more pixels than anybody opens, told by the header alone."""
    if size[0] * size[1] > MOST:
        raise ImageProblem(
            f"{name} says it has {size[0]}x{size[1]} pixels, more than anybody opens"
            f" ({MOST // 1_000_000} megapixels)",
            hint="make it smaller first",
            code="image_too_large",
        )


def refuse_empty_promise(size: tuple[int, int], size_bytes: int, name: str) -> None:
    """Raises ImageProblem for a large JPEG whose bytes cannot hold what its header says.

    A block of 64 pixels takes a bit at least; half of that is left for files that are cut short.
    """
    pixels = size[0] * size[1]
    if pixels > LARGE and pixels > size_bytes * 1024:
        raise ImageProblem(
            f"{name} says it has {size[0]}x{size[1]} pixels, which"
            f" {size_bytes:,} bytes cannot hold",
            code="image_damaged",
        )


def cost(file: BinaryIO, media_type: str, size: tuple[int, int], *, alpha: bool) -> Cost:
    """file: read, left anywhere. alpha: whether its pixels may be transparent."""
    pixel = PER_PIXEL.get(media_type, OTHERS)
    match media_type:
        case "image/jpeg":
            return Cost(_kept(file, size), RGB, (1, 2, 4, 8))
        case "image/png":
            file.seek(24)
            depth, _, _, _, interlaced = file.read(5).ljust(5, b"\0")
            if depth == 8 and not interlaced:
                return Cost(BANDS, pixel, tuple(range(1, 65)), alpha)
            pixel += depth == 16  # two for each grey, two while they become one, and that one
        case "image/webp":
            file.seek(0)
            pixel += LOSSLESS * (b"VP8L" in file.read(STEP))
        case "image/tiff":
            return Cost(file.seek(0, io.SEEK_END), pixel, alpha=alpha)
        case "image/vnd.microsoft.icon":
            return Cost(_icon(file) * pixel, pixel, alpha=alpha)
        case _ if media_type in JPEG2000:
            return Cost(0, pixel, (1, 2, 4, 8), alpha)
    return Cost(0, pixel, alpha=alpha)


def _kept(file: BinaryIO, size: tuple[int, int]) -> int:
    """Bytes of coefficients that libjpeg keeps of a JPEG that comes in several scans, else 0."""
    frame = scan = (0, 0)  # (marker, place)
    for marker, at, _ in segments(file):
        if marker == SCAN:
            scan = marker, at
        elif 0xC0 <= marker <= 0xCF and marker not in NO_SIZE:
            frame = marker, at
    if not frame[0] or not scan[0]:
        return 0
    file.seek(frame[1] + 9)
    count = file.read(1)[0]
    factors = [file.read(3)[1:2] for _ in range(count)]
    file.seek(scan[1] + 4)
    several = frame[0] not in (0xC0, 0xC1) or file.read(1)[0] < count
    areas = [(byte[0] >> 4) * (byte[0] & 15) for byte in factors if byte]
    if not several or not areas:
        return 0
    return 2 * size[0] * size[1] * sum(areas) // max(1, *areas)


def _icon(file: BinaryIO) -> int:
    """Pixels of the largest picture in an ICO, as their own headers say: its index may lie."""
    file.seek(4)
    most = 0
    for number in range(int.from_bytes(file.read(2), "little")):
        file.seek(6 + 16 * number + 12)
        file.seek(int.from_bytes(file.read(4), "little"))
        head = file.read(24)
        if head.startswith(b"\x89PNG"):
            sides = head[16:20][::-1], head[20:24][::-1]
        else:
            sides = head[4:8], head[8:12]
        width, height = (int.from_bytes(side, "little", signed=True) for side in sides)
        most = max(most, abs(width * height))
    return most


def scans(file: BinaryIO) -> int:
    """How many a JPEG has. Its pixels cannot hold the marker: there a zero follows each 0xFF."""
    file.seek(0)
    number, last = 0, b""
    while piece := file.read(STEP):
        number += (last + piece).count(b"\xff\xda")
        last = piece[-1:]
    return number

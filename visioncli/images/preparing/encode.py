"""Pixels into a file: JPEG or PNG, whichever is apt, and small enough.

PNG for what has transparency, lines, text or few colours; JPEG for photographs. Which of the two a
picture is, is measured: small pieces of it are written both ways, and PNG is taken where it is at
most DEARER times as large, since it changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO, cast

from PIL import Image

from visioncli.core.errors import ImageProblem
from visioncli.core.record import record
from visioncli.core.types import Blob
from visioncli.images.spool import Spool

from .plan import Size, Wanted

QUALITY = 90  # of a JPEG: what it loses is below what models tell apart; 85 is 25 % smaller
LOWER = (80, 70, 60)  # where a limit of bytes asks for it; below that a smaller picture is better
STEP = 0.8  # of the sides, where a lower quality is not enough
LEAST = 64  # px of the longer side: below that there is nothing left to see
DEARER = 2.0
PACKED = 4  # how hard a PNG is packed: 6, Pillow's own, takes 2 to 3 times as long for 4 % less
PIECE, PIECES = 96, 4  # px of a side, number of them along either side of the picture
MOST_JPEG = 65_500  # px of a side
WHITE = 255
WAYS = ("image/jpeg", "image/png", "image/webp")  # what can be written


@record
class Encoded:
    """size: px. notes: what was lost on the way."""

    blob: Blob
    media_type: str
    size: Size
    notes: tuple[str, ...] = ()


@record
class Try:
    """quality: of a JPEG. side: px of the longer side, where it is made smaller still."""

    media_type: str
    quality: int = QUALITY
    side: int | None = None


class _TooMany(Exception):
    """More bytes than may be."""


class _Sink:
    """What Pillow writes to: memory, then the disk, and an end where it gets too much."""

    def __init__(self, name: str, most: int | None) -> None:
        self._spool, self._most, self._size = Spool(name), most, 0

    def write(self, data: bytes) -> int:
        self._size += len(data)
        if self._most is not None and self._size > self._most:
            raise _TooMany
        self._spool.add(data)
        return len(data)

    def flush(self) -> None:
        pass

    def blob(self) -> Blob:
        return self._spool.blob()


def encoded(
    image: Image.Image, name: str, wanted: Wanted, *, like: str = "", subsampled: bool = False
) -> Encoded:
    """image: L, LA, RGB, RGBA or P. like: the type to be kept where it can be, "" for the apt one.

    subsampled: with less of colour than of light, as in the JPEG that it comes from. Raises
    ImageProblem where the bytes cannot be as few as wanted, or no type that can be written is.
    """
    ways = tuple(way for way in WAYS if way in wanted.types)
    if not ways:
        taken = ", ".join(kind.removeprefix("image/") for kind in wanted.types)
        raise ImageProblem(
            f"{name} cannot be converted to what is taken: {taken} ({wanted.source})",
            hint="choose another model with -m",
            code="image_type",
        )
    image.info = {key: image.info[key] for key in ("transparency",) if key in image.info}
    first = like if like in ways and _can(image, like) else _apt(image, ways)
    for attempt in _tries(image, first, ways, wanted.max_bytes):
        smaller = _sized(image, attempt.side)
        sink = _Sink(name, wanted.max_bytes)
        try:
            flattened = _write(smaller, sink, attempt, subsampled=subsampled)
        except _TooMany:
            continue
        notes = []
        if flattened:
            notes.append("its transparent parts are shown on white")
        if attempt.side or attempt.quality < QUALITY:
            size = "x".join(map(str, smaller.size))
            notes.append(
                f"was written at quality {attempt.quality} and {size} to be no more than"
                f" {wanted.max_bytes:,} bytes"
                if attempt.media_type == "image/jpeg"
                else f"was made {size} to be no more than {wanted.max_bytes:,} bytes"
            )
        return Encoded(sink.blob(), attempt.media_type, smaller.size, tuple(notes))
    raise ImageProblem(
        f"{name} cannot be made as small as {wanted.max_bytes:,} bytes ({wanted.source})",
        hint="choose another model with -m",
        code="image_limit",
    )


def _tries(
    image: Image.Image, first: str, ways: tuple[str, ...], most: int | None
) -> Iterator[Try]:
    yield Try(first)
    if most is None:
        return
    lossy = "image/jpeg" if "image/jpeg" in ways and max(image.size) <= MOST_JPEG else first
    if lossy != first:
        yield Try(lossy)
    if lossy == "image/jpeg":
        yield from (Try(lossy, quality) for quality in LOWER)
    side = max(image.size)
    while (side := int(side * STEP)) >= LEAST:
        yield Try(lossy, LOWER[0], side)


def _sized(image: Image.Image, side: int | None) -> Image.Image:
    if side is None:
        return image
    scale = side / max(image.size)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return _without_palette(image).resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _without_palette(image: Image.Image) -> Image.Image:
    if image.mode != "P":
        return image
    return image.convert("RGBA" if "transparency" in image.info else "RGB")


def _can(image: Image.Image, media_type: str) -> bool:
    """Whether it loses nothing but a little sharpness as this type."""
    match media_type:
        case "image/jpeg":
            transparent = image.mode in ("LA", "RGBA") or "transparency" in image.info
            return not transparent and max(image.size) <= MOST_JPEG
        case "image/webp":
            return max(image.size) <= 16_383
    return True


def _apt(image: Image.Image, ways: tuple[str, ...]) -> str:
    able = tuple(way for way in ways if _can(image, way)) or ways
    if able[0] != "image/jpeg" or "image/png" not in able:
        return able[0]
    sample = _sample(image)
    sizes = []
    for attempt in (Try("image/jpeg"), Try("image/png")):
        out = BytesIO()
        _write(sample, cast(BinaryIO, out), attempt, subsampled=False)
        sizes.append(out.tell())
    return "image/png" if sizes[1] <= DEARER * sizes[0] else "image/jpeg"


def _sample(image: Image.Image) -> Image.Image:
    """Pieces from all over the picture side by side, at their own sharpness."""
    if max(image.size) <= PIECE * PIECES:
        return image
    wide, high = min(PIECE, image.width), min(PIECE, image.height)
    across, down = min(PIECES, image.width // wide), min(PIECES, image.height // high)
    sample = Image.new(
        _without_palette(image.crop((0, 0, 1, 1))).mode, (wide * across, high * down)
    )
    for column in range(across):
        for row in range(down):
            left = (image.width - wide) * column // max(1, across - 1)
            top = (image.height - high) * row // max(1, down - 1)
            piece = image.crop((left, top, left + wide, top + high))
            sample.paste(_without_palette(piece), (wide * column, high * row))
    return sample


def _write(image: Image.Image, out: BinaryIO | _Sink, attempt: Try, *, subsampled: bool) -> bool:
    """Whether transparency was lost. No metadata, no profile: `image.info` holds none."""
    file = cast(BinaryIO, out)  # all of it that Pillow uses is there
    match attempt.media_type:
        case "image/jpeg":
            opaque = _on_white(_without_palette(image))
            # Photographs keep their own 4:2:0. What never was a JPEG may have thin coloured lines.
            sampling = "4:2:0" if subsampled else "4:4:4"
            opaque.save(file, "JPEG", quality=attempt.quality, subsampling=sampling)
            return opaque.mode != _without_palette(image).mode
        case "image/webp":
            _without_palette(image).save(file, "WEBP", quality=attempt.quality, exif=b"")
        case _:
            image.save(file, "PNG", compress_level=PACKED)
    return False


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode not in ("LA", "RGBA"):
        return image
    opaque = image.convert(image.mode.removesuffix("A"))
    white = Image.new(opaque.mode, image.size, WHITE if opaque.mode == "L" else (WHITE,) * 3)
    white.paste(opaque, mask=image.getchannel("A"))
    return white

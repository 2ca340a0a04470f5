"""The pixels of a picture as they are sent: upright, sRGB, 8 bits, its first frame, small enough.

Pillow is loaded with this module, which is loaded when a picture cannot go as it is.
"""

from __future__ import annotations

from dataclasses import replace
from typing import BinaryIO

from PIL import ExifTags, Image, JpegImagePlugin

from visioncli.core.errors import ImageProblem
from visioncli.core.record import record
from visioncli.core.types import Blob
from visioncli.images import blobs
from visioncli.images.stripping.strip_found import Found

from . import bands, colour, cost, modes, stills
from .allowed import PILLOW_RAISES, QUARTER_TURNS, READERS, TURNS, opened, told
from .ended import ended
from .plan import Size, Wanted
from .quiet import quiet_libtiff

HEIF = ("image/heic", "image/heif")
DIRECT = ("L", "LA", "RGB", "RGBA")  # modes that need not be converted
WHOLE = 24_000_000  # px of a PNG that Pillow may decode at once; above it is read in bands
PIXELS_A_BYTE = 12  # of a JPEG of quality 60 of a sky
LANCZOS = Image.Resampling.LANCZOS


@record(kw_only=True)
class Pixels:
    """image: L, LA, RGB, RGBA or P; upright, as large as wanted, its colours those of sRGB.

    before: width and height of the whole picture, upright. subsampled: a JPEG that has less of
    colour than of light. first: "first of 3 pages", "" where there is one.
    notes: what is worth telling.
    """

    image: Image.Image
    before: Size
    subsampled: bool = False
    first: str = ""
    notes: tuple[str, ...] = ()


def decoded(blob: Blob, name: str, media_type: str, found: Found, wanted: Wanted) -> Pixels:
    """name: for messages. media_type: of the bytes. found: what its structure says.

    Raises ImageProblem: damaged, not supported, more than can be held, changed meanwhile.
    """
    if media_type in HEIF:
        from visioncli.images.sandboxed import (
            heif,  # it needs what starts processes, which no other type does
        )

        size = heif.said_size(blob)
        fit = _worth_trying(wanted)
        least = cost.GAP * max(fit.fitting(size)) if size else 0
        picture = heif.opened(blob, name, least)
        image, whole, factor = picture.image, picture.whole, picture.factor
        said = [warning.removeprefix(f"{name} ") for warning in picture.warnings]
        aim = fit.fitting(whole)
        if max(aim) > max(image.size):
            aim = image.size
            said.append(_smaller(aim))
        with told(name):
            box = (0, 0, whole[0] / factor, whole[1] / factor)
            pixels = _finished(image, aim, box, 1)
        return replace(pixels, before=whole, notes=(*said, *pixels.notes))
    if media_type not in READERS:
        raise ImageProblem(
            f"{name} is {media_type}, which is not converted here",
            hint="save it as PNG or JPEG first",
            code="image_type",
        )
    with blobs.as_file(blob) as file:
        with told(name), quiet_libtiff(media_type == "image/tiff"):
            pixels = _read(file, name, media_type, found, wanted)
        blobs.check_unchanged(blob, file, whole=True)
    return pixels


def _read(file: BinaryIO, name: str, media_type: str, found: Found, wanted: Wanted) -> Pixels:
    with opened(file, media_type) as raw:
        stored = raw.size
        cost.refuse_too_large(stored, name)
        turn = _orientation(raw, found, media_type)
        price = cost.cost(file, media_type, stored, alpha=_transparent(raw))
        price = replace(price, base=price.base + _further(raw))
        upright = stored[::-1] if turn in QUARTER_TURNS else stored
        size = _worth_trying(wanted).fitting(upright)
        profile = found.profile or raw.info.get("icc_profile")
        # Turned, converted, or made smaller still where it has too many bytes.
        copied = bool(turn in TURNS or profile or raw.mode not in DIRECT or wanted.max_bytes)
        affordable = _affordable(price, upright, size, name, copied=copied)
        aim = affordable[::-1] if turn in QUARTER_TURNS else affordable
        subsampled, first = False, ""
        box: tuple[float, float, float, float] | None = None
        step = price.step(stored, aim)
        large = media_type == "image/png" and stored[0] * stored[1] > WHOLE and step > 1
        if large and (layout := bands.layout(file)):
            factor = max(step // cost.GAP, 2)  # the rest is left to a better filter
            image = bands.reduced(file, layout, factor)
            box = (0, 0, layout.width / factor, layout.height / factor)
        elif isinstance(raw, JpegImagePlugin.JpegImageFile):
            if price.base and cost.scans(file) > cost.MOST_SCANS:
                raise ImageProblem(f"{name} is a JPEG of more passes than anybody decodes")
            subsampled = JpegImagePlugin.get_sampling(raw) in (1, 2)
            image, box = _jpeg(file, raw, aim)
        else:
            first = _first(raw, media_type)
            if media_type in cost.JPEG2000 and step > 1:
                raw.reduce = step.bit_length() - 1  # type: ignore[assignment,method-assign]  # its own word for it
            if media_type == "image/webp":
                image = stills.webp(raw)
            else:
                raw.load()
                image = raw
            if media_type == "image/png":
                modes.scale_key(raw, found.depth)
        pixels = _finished(image, aim, box, turn, profile)
    notes = list(pixels.notes)
    if affordable != size:
        notes.append(_smaller(affordable))
    return Pixels(
        image=pixels.image, before=upright, subsampled=subsampled, first=first, notes=tuple(notes)
    )


def _smaller(size: Size) -> str:
    return (
        f"is smaller than the model takes ({size[0]}x{size[1]}): more of it would take too much"
        " memory"
    )


def _first(raw: Image.Image, media_type: str) -> str:
    """Of types whose structure is not followed elsewhere; Pillow counts without decoding."""
    number = getattr(raw, "n_frames", 1) if media_type in ("image/tiff", "image/avif") else 1
    what = "pages" if media_type == "image/tiff" else "pictures"
    return f"first of {number} {what}" if number > 1 else ""


def _transparent(image: Image.Image) -> bool:
    return image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info


def _worth_trying(wanted: Wanted) -> Wanted:
    """No more pixels than a JPEG of low quality holds in so many bytes, if it is a plain one."""
    if wanted.max_bytes is None:
        return wanted
    most = max(1, wanted.max_bytes * PIXELS_A_BYTE)
    return replace(wanted, max_pixels=min(wanted.max_pixels or most, most))


def _further(raw: Image.Image) -> int:
    """Bytes that a TIFF takes beside its pixels: a strip or tile of it is unpacked whole.

    Pillow turns it while it is loaded; numbers of 32 bits are copied twice to become 8.
    """
    tags = getattr(raw, "tag_v2", None)
    if not tags:
        return 0
    bits, samples = (
        tags.get(ExifTags.Base.BitsPerSample, (1,)),
        tags.get(ExifTags.Base.SamplesPerPixel, 1),
    )
    deep = (max(bits) if isinstance(bits, tuple) else bits) * samples
    wide = tags.get(ExifTags.Base.TileWidth) or raw.width
    high = tags.get(ExifTags.Base.TileLength) or min(
        tags.get(ExifTags.Base.RowsPerStrip) or raw.height, raw.height
    )
    copies = (tags.get(ExifTags.Base.Orientation, 1) != 1) + 2 * (raw.mode in ("I", "F"))
    return int(wide * high * deep // 8 + cost.RGB * copies * raw.width * raw.height)


def _affordable(price: cost.Cost, size: Size, wanted: Size, name: str, *, copied: bool) -> Size:
    """What can be held in memory of what is wanted."""
    if (least := price.bytes(size, (1, 1), copied=copied)) > cost.BUDGET:
        raise ImageProblem(
            f"{name} has {size[0]}x{size[1]} pixels of a kind that takes"
            f" {least >> 20} MB of memory to be decoded, more than is spent on"
            f" one picture ({cost.BUDGET >> 20} MB)",
            hint="make it smaller first, or --no-prep to send it as it is",
            code="image_too_large",
        )
    while price.bytes(size, wanted, copied=copied) > cost.BUDGET:
        wanted = max(1, wanted[0] * 15 // 16), max(1, wanted[1] * 15 // 16)
    return wanted


def _orientation(raw: Image.Image, found: Found, media_type: str) -> int:
    """Of the four types whose structure is followed, what that says; else what Pillow finds."""
    if media_type == "image/tiff":
        return 1  # Pillow turns it, and says the size that it then has
    if not found.needs_pixels:
        return found.orientation
    try:
        orientation = raw.getexif().get(ExifTags.Base.Orientation, 1)
    except PILLOW_RAISES:
        return 1  # a picture with a damaged note is still a picture
    return orientation if orientation in TURNS else 1


def _jpeg(
    file: BinaryIO, raw: Image.Image, aim: Size
) -> tuple[Image.Image, tuple[float, float, float, float] | None]:
    """Decoded at 1/2, 1/4 or 1/8 where that is not less than wanted: the library does it free.

    What a JPEG lacks at its end stays blank: that it may be cut short has been told before, and a
    sheet that is white at its foot looks the same.
    """
    drafted = raw.draft(None, aim)
    box = drafted[1] if drafted else None
    try:
        raw.load()
    except OSError as error:
        if error.errno is not None:
            raise
        again = opened(ended(file), "image/jpeg")
        again.draft(None, aim)
        again.load()
        return again, box
    return raw, box


def _finished(
    image: Image.Image,
    aim: Size,
    box: tuple[float, float, float, float] | None,
    turn: int,
    profile: bytes | None = None,
) -> Pixels:
    """Scaled to `aim` from `box`, then turned, then its colours into sRGB: the least work."""
    before = image.size
    profile = profile or image.info.get("icc_profile")
    scaled = aim != image.size
    notes: tuple[str, ...] = ()
    if image.mode != "P" or scaled or profile:
        image, note = modes.plain(image)
        notes += (note,) if note else ()
    if scaled:
        image = image.resize(aim, LANCZOS, box=box, reducing_gap=3.0)
    if turn in TURNS:
        image = image.transpose(TURNS[turn])
    if image.mode != "P":
        image, note = colour.in_srgb(image, profile)
        notes += (note,) if note else ()
        if image.mode in ("RGBA", "LA") and image.getchannel("A").getextrema() == (255, 255):
            image = image.convert("RGB" if image.mode == "RGBA" else "L")
    return Pixels(image=image, before=before, notes=notes)

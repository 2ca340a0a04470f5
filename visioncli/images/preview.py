"""A picture made very small, for people: what a terminal shows of it."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from visioncli.core.errors import ImageProblem
from visioncli.core.record import record
from visioncli.core.types import PDF, Blob, Unfetched

from . import blobs, sniff
from .picture import Picture
from .preparing import pixels
from .preparing.plan import Size, Wanted
from .stripping import strip

DARK, LIGHT = 128, 160  # the chequers behind what is transparent
FIELDS = 16  # of them along the longer side
FINER = 2  # it is decoded so much larger than it is shown: the last step is a good filter's


@record
class Palette:
    """colours: red, green and blue of each, 0 to 255. pixels: one byte a pixel, row by row."""

    colours: tuple[tuple[int, int, int], ...]
    pixels: bytes


@record
class Preview:
    """A small picture: upright, sRGB, opaque."""

    image: Image.Image  # RGB

    @property
    def size(self) -> Size:
        return self.image.size

    def rgb(self) -> bytes:
        """Three bytes a pixel, row by row."""
        return self.image.tobytes()

    def png(self) -> bytes:
        file = BytesIO()
        self.image.save(file, "PNG", compress_level=4)
        return file.getvalue()

    def in_colours(self, most: int) -> Palette:
        """most: colours, 2 to 256."""
        few = self.image.quantize(most, Image.Quantize.MEDIANCUT)
        flat = few.getpalette("RGB") or []
        colours = list(zip(flat[::3], flat[1::3], flat[2::3], strict=True))
        return Palette(tuple(colours[:most]), few.tobytes())


def preview(picture: Picture, within: Size) -> Preview:
    """within: width and height in px that it fits into; it is never made larger than it is.

    Raises ImageProblem where there is nothing to look at: an address, a document, a type that is
    not decoded here, damage.
    """
    blob, name = picture.blob, picture.shown
    if blob is None:
        where = "is with the provider" if picture.is_id else "is fetched by the provider"
        raise ImageProblem(f"{name} {where}")
    if isinstance(blob, Unfetched):
        raise ImageProblem(f"{name} would be fetched first")
    media_type = _media_type(blob)
    if media_type == PDF:
        raise ImageProblem(f"{name} is a document, which is sent whole")
    found = strip.found(blob, media_type)
    bound = Wanted(max_long=FINER * max(within))
    image = pixels.decoded(blob, name, media_type, found, bound).image
    size = _fitting(image.size, within)
    if image.mode not in ("L", "RGB", "RGBA", "LA"):
        image = image.convert("RGBA")
    image = image.resize(size, Image.Resampling.LANCZOS)
    return Preview(_opaque(image))


def _media_type(blob: Blob) -> str:
    with blobs.as_file(blob) as file:
        return sniff.media_type(file.read(sniff.HEAD))


def _fitting(size: Size, within: Size) -> Size:
    scale = min(within[0] / size[0], within[1] / size[1], 1.0)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _opaque(image: Image.Image) -> Image.Image:
    """RGB; what is transparent shows the chequers that people know from painting programs."""
    if image.mode not in ("RGBA", "LA"):
        return image.convert("RGB")
    width, height = image.size
    field = max(1, max(width, height) // FIELDS)
    across, down = -(-width // field), -(-height // field)
    few = bytes(LIGHT if (x + y) % 2 else DARK for y in range(down) for x in range(across))
    board = Image.frombytes("L", (across, down), few)
    board = board.resize((across * field, down * field), Image.Resampling.NEAREST)
    back = board.crop((0, 0, width, height)).convert("RGBA")
    back.alpha_composite(image.convert("RGBA"))
    return back.convert("RGB")

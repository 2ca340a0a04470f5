"""Opening a picture: what its header says at once, its pixels only when somebody looks.

A broken or hostile file ends as one ImageProblem, whatever Pillow raised.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from visioncli.core.errors import ImageProblem
from visioncli.core.fields import preview
from visioncli.images.preparing.allowed import PILLOW_RAISES, QUARTER_TURNS, TURNS
from visioncli.images.preparing.modes import stretched
from visioncli.images.preparing.quiet import quiet_libtiff

from .exif import Shot, read_shot

MAX_SIDE = 2048  # px; the models never look closer than this, and it bounds memory
MAX_PIXELS = 178_956_970  # where Pillow itself takes a picture for a decompression bomb
MAX_UNSCALED = 120_000_000  # px; what is not JPEG is decoded whole, 3 or 4 bytes a pixel
# No EPS: it runs a program. MPO comes with JPEG.
COMMON = ("JPEG", "PNG", "GIF", "BMP", "PPM")  # Pillow knows them before it has read its plugins
FORMATS = (*COMMON, "WEBP", "TIFF", "AVIF", "JPEG2000", "ICO")
END_OF_JPEG = b"\xff\xd9"
LOST = 0.1  # a truncated JPEG whose last tenth is blank lacks more than its end


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Turns what Pillow raises into an ImageProblem about `name`, and keeps its warnings silent."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except FileNotFoundError:
        raise ImageProblem(f"no such file: {name}") from None
    except (PermissionError, IsADirectoryError) as error:
        raise ImageProblem(f"{name} cannot be read: {error.strerror}") from None
    except UnidentifiedImageError:
        raise ImageProblem(
            f"{name} is not a picture that local/eyes can read",
            hint="JPEG, PNG, WebP, GIF, TIFF, …",
        ) from None
    except Image.DecompressionBombError:
        raise _too_large(name) from None
    except PILLOW_RAISES as error:
        why = preview(str(error)) or type(error).__name__
        raise ImageProblem(f"{name} is damaged or not supported: {why}") from None


def _too_large(name: str, limit: int = MAX_PIXELS) -> ImageProblem:
    return ImageProblem(
        f"{name} is too large for local/eyes, which takes {limit // 1_000_000} megapixels",
        hint="make it smaller first",
    )


class Picture:
    """One picture.

    width, height: px, as seen upright. shot: what the camera wrote. format: "JPEG", …. mode:
    Pillow's name of the pixel layout. file_bytes: its size. `image` is decoded on first use:
    upright RGB on white, MAX_SIDE at most.
    """

    def __init__(self, name: str, source: Path | bytes) -> None:
        """name: for messages. Errors: ImageProblem where the header cannot be read."""
        self.name = preview(name)
        self._source = source
        with _told(self.name), self._open() as file, _opened(file) as raw:
            width, height = raw.size
            self.format = raw.format or "?"
            self.mode = raw.mode
            self.file_bytes = file.seek(0, io.SEEK_END)
            self.shot = _shot(raw)
        if width * height > (MAX_PIXELS if self.format in ("JPEG", "MPO") else MAX_UNSCALED):
            raise _too_large(self.name, MAX_UNSCALED)
        turned = self.shot.orientation in QUARTER_TURNS and self.format != "TIFF"  # Pillow did it
        self.width, self.height = (height, width) if turned else (width, height)

    def _open(self) -> BinaryIO:
        if isinstance(self._source, bytes):
            return io.BytesIO(self._source)
        return self._source.open("rb")

    @cached_property
    def image(self) -> Image.Image:
        """Errors: ImageProblem where the pixels cannot be decoded."""
        with _told(self.name), self._open() as file:
            try:
                return _decoded(file, self.format)
            except OSError:
                if self.format not in ("JPEG", "MPO"):
                    raise
                file.seek(0)
                image = _decoded(io.BytesIO(file.read() + END_OF_JPEG), self.format)
                if _blank(image.crop((0, round(image.height * (1 - LOST)), *image.size))):
                    raise
                return image

    @property
    def scale(self) -> float:
        """A coordinate in `image` times this is a coordinate in the file's own pixels."""
        return self.width / self.image.width


def _opened(file: BinaryIO) -> Image.Image:
    try:
        return Image.open(file, formats=COMMON)
    except UnidentifiedImageError:
        Image.init()
        file.seek(0)
        return Image.open(file, formats=[name for name in FORMATS if name in Image.OPEN])


def _shot(raw: Image.Image) -> Shot:
    try:
        return read_shot(raw)
    except PILLOW_RAISES:
        return Shot()  # a picture with a damaged note is still a picture


def _decoded(file: BinaryIO, kind: str) -> Image.Image:
    with quiet_libtiff(kind == "TIFF"), _opened(file) as raw:
        raw.draft("RGB", (MAX_SIDE, MAX_SIDE))  # JPEG decodes at 1/2, 1/4 or 1/8 for nothing
        raw.load()
        turn = TURNS.get(_shot(raw).orientation)  # TIFF has turned itself by now
        image = _flat(raw)
        return image if turn is None else image.transpose(turn)


def _flat(image: Image.Image) -> Image.Image:
    """RGB of MAX_SIDE at most, transparency on white, 16 bits and floats stretched to 8."""
    if image.mode in ("P", "PA") or "transparency" in image.info:
        image = image.convert("RGBA")
    elif image.mode.startswith("I") or image.mode == "F":
        image = stretched(image if image.mode == "F" else image.convert("I"))
    elif image.mode not in ("L", "RGB", "RGBA", "LA"):
        image = image.convert("RGB")
    if max(image.size) > MAX_SIDE:
        image.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.BICUBIC)
    if image.mode in ("RGBA", "LA"):
        white = Image.new("RGBA", image.size, "white")
        white.alpha_composite(image.convert("RGBA"))
        image = white
    return image.convert("RGB")


def _blank(image: Image.Image) -> bool:
    return all(low == high for low, high in image.convert("RGB").getextrema())  # type: ignore[misc]

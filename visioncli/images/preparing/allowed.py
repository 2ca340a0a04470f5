"""The readers of Pillow that are let near foreign bytes, and what they raise on bad ones."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

from visioncli.core.errors import ImageProblem
from visioncli.core.fields import preview
from visioncli.images.facts import too_many_pixels

# (plugin of Pillow, its formats). No EPS, which runs a program, nor any that no type asks for.
JPEG2000 = ("Jpeg2KImagePlugin", ("JPEG2000",))
PORTABLE = ("PpmImagePlugin", ("PPM",))
READERS = {
    "image/jpeg": ("JpegImagePlugin", ("JPEG",)),  # and MPO, which comes with it
    "image/png": ("PngImagePlugin", ("PNG",)),
    "image/gif": ("GifImagePlugin", ("GIF",)),
    "image/webp": ("WebPImagePlugin", ("WEBP",)),
    "image/bmp": ("BmpImagePlugin", ("BMP", "DIB")),
    "image/tiff": ("TiffImagePlugin", ("TIFF",)),
    "image/avif": ("AvifImagePlugin", ("AVIF",)),
    "image/vnd.microsoft.icon": ("IcoImagePlugin", ("ICO",)),
    "image/jp2": JPEG2000,
    "image/jpx": JPEG2000,
    "image/x-jp2-codestream": JPEG2000,
    "image/x-portable-bitmap": PORTABLE,
    "image/x-portable-greymap": PORTABLE,
    "image/x-portable-graymap": PORTABLE,
    "image/x-portable-pixmap": PORTABLE,
    "image/x-portable-anymap": PORTABLE,
}
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # EXIF 2.32, tag Orientation: what makes the picture upright
QUARTER_TURNS = (5, 6, 7, 8)
# Besides its own errors Pillow lets these through on damaged files.
PILLOW_RAISES = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    ArithmeticError,  # ZeroDivisionError, OverflowError
    AttributeError,
    AssertionError,
    EOFError,
    RuntimeError,  # and NotImplementedError
    MemoryError,
    struct.error,
    zlib.error,
    Image.DecompressionBombError,
)


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turns what Pillow raises into one ImageProblem about `name`, and keeps its warnings silent.

    name: for messages, without control characters.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except UnidentifiedImageError:
        raise ImageProblem(
            f"{name} is damaged: Pillow cannot make out what it is", code="image_damaged"
        ) from None
    except Image.DecompressionBombError:
        raise too_many_pixels(name) from None
    except MemoryError:
        raise ImageProblem(
            f"{name} takes more memory than there is", hint="make it smaller first"
        ) from None
    except PILLOW_RAISES as error:
        why = preview(str(error)) or type(error).__name__
        raise ImageProblem(
            f"{name} is damaged, or of a kind that Pillow does not read: {why}",
            code="image_damaged",
        ) from None


def opened(file: BinaryIO, media_type: str) -> Image.Image:
    """Its header; the pixels are read by load(). Raises UnidentifiedImageError and PILLOW_RAISES.

    media_type: one of READERS. Of Pillow's readers that one alone is asked. Image.open would do the
    same, and refuse 180 megapixels whatever they take; here what they take is counted, by `cost`.
    """
    plugin, formats = READERS[media_type]
    import_module(f"PIL.{plugin}")
    file.seek(0)
    head = file.read(16)
    for name in formats:
        factory, accept = Image.OPEN[name]
        if accept is None or accept(head) is True:
            file.seek(0)
            return factory(file, "")
    raise UnidentifiedImageError

"""PDFium, in the process apart: see `pdf` and `apart`. Its build here runs no JavaScript."""

from __future__ import annotations

import io
from typing import Any, BinaryIO

import pypdfium2
from PIL import Image

from .frugality import Problem, frugal

MEMORY = 224 << 20  # bytes beside what Python and the library take
MOST_SCALE = 20.0  # times 72 dpi: a stamp-sized page is not blown up further
PLAIN = 300_000  # bytes up to which a PNG is not compared with a JPEG
QUALITY = 90
REASONS = {
    "password": ("is encrypted, and opens with a password alone", "save it without one"),
    "security": ("is encrypted in a way that is not known", "save it without that"),
}


def read(file: BinaryIO, page: int | None = None, longest: int = 0) -> tuple[dict[str, Any], bytes]:
    """({"pages"}, b""), and where there is such a page: ({…, "media_type", "size"}, it)."""
    Image.preinit()
    frugal(MEMORY)
    document = _opened(file)
    pages = len(document)
    if page is None or page > pages:
        return {"pages": pages}, b""
    try:
        sheet = document[page - 1]
        sides = sheet.get_size()
        if not (min(sides) > 0 and max(sides) < 1e7):
            raise Problem(f"is damaged: page {page} has no size", None, "image_damaged")
        document.init_forms()
        scale = min(MOST_SCALE, longest / max(sides))
        bitmap = sheet.render(scale=scale, may_draw_forms=True, rev_byteorder=True)
        picture = bitmap.to_pil().convert("RGB")
    except (pypdfium2.PdfiumError, ValueError, OSError, RuntimeError) as error:
        raise Problem(f"is damaged: page {page}: {error}", None, "image_damaged") from None
    media_type, data = _packed(picture)
    return {"pages": pages, "media_type": media_type, "size": picture.size}, data


def _opened(file: BinaryIO) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(file)
    except pypdfium2.PdfiumError as error:
        for word, (what, hint) in REASONS.items():
            if word in str(error).lower():
                raise Problem(what, hint, "image_encrypted") from None
        raise Problem("is a damaged PDF", None, "image_damaged") from None


def _packed(picture: Image.Image) -> tuple[str, bytes]:
    """PNG, which keeps letters sharp; a photo or a scan is several times smaller as JPEG."""
    out = io.BytesIO()
    picture.save(out, "PNG")
    if out.tell() <= PLAIN:
        return "image/png", out.getvalue()
    other = io.BytesIO()
    picture.save(other, "JPEG", quality=QUALITY, subsampling=0)
    if other.tell() * 2 > out.tell():
        return "image/png", out.getvalue()
    return "image/jpeg", other.getvalue()

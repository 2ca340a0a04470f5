"""What bytes are: libmagic decides. https://man7.org/linux/man-pages/man3/libmagic.3.html"""

from __future__ import annotations

import re
import sys
import threading
import zlib
from functools import cache, lru_cache
from importlib.machinery import PathFinder
from types import ModuleType
from typing import TYPE_CHECKING

from visioncli.core.errors import UsageError, VisionError
from visioncli.core.types import PDF

if TYPE_CHECKING:
    import magic

HEAD = 8192  # bytes that libmagic is shown; an SVG may begin with a long comment
TYPE = re.compile(r"image/[a-z0-9][a-z0-9.+-]*")
UNKNOWN = "application/octet-stream"
SEARCH = "ctypes.util"
LOADING = threading.Lock()
SAME = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-png": "image/png",
    "image/apng": "image/png",  # an animated PNG is a PNG whose first picture every reader shows
    "image/vnd.mozilla.apng": "image/png",
    "image/x-ms-bmp": "image/bmp",
    "image/x-bmp": "image/bmp",
    "image/x-icon": "image/vnd.microsoft.icon",
    "image/heic-sequence": "image/heic",
    "image/heif-sequence": "image/heif",
    "image/svg": "image/svg+xml",
    "image/x-tiff": "image/tiff",
}
SHORT = {
    "jpg": "image/jpeg",
    "svg": "image/svg+xml",
    "ico": "image/vnd.microsoft.icon",
    "tif": "image/tiff",
    **{
        name: f"image/{name}"
        for name in (
            *("avif", "bmp", "gif", "heic", "heif", "jp2"),
            *("jpeg", "jxl", "png", "tiff", "webp", "apng"),
        )
    },
}
# ISO/IEC 23008-12 and the AV1 Image File Format: what a HEIF holds is told by its brands.
BRANDS = {
    "image/avif": {b"avif", b"avis"},
    "image/heic": {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"},
}
# What libmagic calls what it does not look into far enough.
UNSURE = (UNKNOWN, "text/plain", "text/xml", "application/gzip")
PDF_SIGN, PDF_WITHIN = b"%PDF-", 1024  # bytes in which readers look for it, whatever is before
GZIP = b"\x1f\x8b"
J2K = b"\xff\x4f\xff\x51"  # JPEG 2000 without a file around it
UTF_16 = {
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}
SVG = (  # its first element; before it a mark of the encoding, comments, a DTD
    rb"(?:\xef\xbb\xbf)?"
    rb"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+"
    rb"<(?:[A-Za-z_][\w.-]*:)?svg[\s>/]"
)


def canonical(text: str) -> str:
    """The registered name of a media type: "jpg", "image/JPG; q=1" -> "image/jpeg".

    Raises UsageError for what is no image's type.
    """
    name = text.partition(";")[0].strip().lower()
    name = SHORT.get(name, name)
    name = SAME.get(name, name)
    if not TYPE.fullmatch(name):
        raise UsageError(
            f"{text!r} is no media type of an image", hint="for example --format image/jpeg"
        )
    return name


@lru_cache(32)  # one picture is looked at several times in a row
def media_type(head: bytes) -> str:
    """The type of the bytes that begin with `head` (HEAD bytes do), canonical, or UNKNOWN."""
    libmagic, its_error = _magic()
    try:
        found = libmagic.from_buffer(head[:HEAD]).partition(";")[0]
    except its_error:  # one of its own rules has a mistake
        return UNKNOWN
    found = SAME.get(found, found)
    if found == "image/heif":
        return _by_brand(head)
    if found in UNSURE:
        return _by_hand(head[:HEAD]) or found
    return found


def _by_hand(head: bytes) -> str | None:
    """What libmagic does not know: of SVG it knows the plainest, of PDF the tidiest."""
    if re.match(SVG, _plain(head), re.DOTALL):
        return "image/svg+xml"
    if head.startswith(J2K):
        return "image/x-jp2-codestream"
    if PDF_SIGN in head[:PDF_WITHIN]:
        return PDF
    return None


def _plain(head: bytes) -> bytes:
    """Out of gzip, as an SVGZ is, or out of UTF-16."""
    if head.startswith(GZIP):
        try:
            head = zlib.decompressobj(31).decompress(head, HEAD)
        except zlib.error:
            return b""
    for start, encoding in UTF_16.items():
        if head.startswith(start):
            return head[: len(head) // 2 * 2].decode(encoding, "ignore").encode()
    return head


def _by_brand(head: bytes) -> str:
    """What libmagic calls HEIF for its first brand; a further one may say that it is AVIF, HEIC."""
    box = head[: int.from_bytes(head[:4], "big")]
    brands = {box[at : at + 4] for at in range(16, len(box) - 3, 4)}
    for name, own in BRANDS.items():
        if brands & own:
            return name
    return "image/heif"


def picture_type(head: bytes) -> str | None:
    """The same, or None where the bytes are neither a picture's nor a PDF's."""
    found = media_type(head) if head else UNKNOWN
    return found if found.startswith("image/") or found == PDF else None


@cache
def _magic() -> tuple[magic.Magic, type[Exception]]:
    """(libmagic, its error): as pylibmagic brings it; where there is none of that, the system's."""
    library, database = _pylibmagic() or ("", None)
    try:
        with LOADING:  # `sys.modules` is another one meanwhile
            magic = _python_magic(library)
        try:
            return magic.Magic(mime=True, magic_file=database), magic.MagicException
        except magic.MagicException:  # who loaded python-magic before us may have another libmagic
            return magic.Magic(mime=True), magic.MagicException
    except Exception as error:  # noqa: BLE001 - its own error is not known where it is not loaded
        raise VisionError(
            f"libmagic cannot be loaded: {error}",
            hint="pip install --force-reinstall pylibmagic",
            code="libmagic",
        ) from None


def _python_magic(library: str) -> ModuleType:
    """python-magic, imported here so that who names an address alone does not pay for it.

    It asks ctypes.util.find_library, which loads much and starts up to three compilers to find a
    file whose place is known here: something smaller stands in for that module meanwhile.
    """
    before = {name: sys.modules.pop(name) for name in (SEARCH,) if library and name in sys.modules}
    if library:
        sys.modules[SEARCH] = stand_in = ModuleType(SEARCH)
        stand_in.__dict__["find_library"] = lambda _: library
    try:
        import magic
    finally:
        if library:
            del sys.modules[SEARCH]
        sys.modules.update(before)
    return magic


def _pylibmagic() -> tuple[str, str] | None:
    """(the library, its database) in pylibmagic's folder, found without importing it."""
    if sys.platform == "win32":  # python-magic-bin brings its own
        return None
    spec = PathFinder.find_spec("pylibmagic")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = spec.submodule_search_locations[0]
    library = "libmagic.dylib" if sys.platform == "darwin" else "libmagic.so.1"
    return f"{folder}/{library}", f"{folder}/magic.mgc"

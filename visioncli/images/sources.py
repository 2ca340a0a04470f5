"""From an image's name to what is sent: its bytes and their type, or an address passed through."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import field
from typing import TYPE_CHECKING, BinaryIO

from visioncli import providers
from visioncli.core import data_address
from visioncli.core.errors import ImageProblem, UsageError
from visioncli.core.record import record
from visioncli.core.stop import Stop
from visioncli.core.target import Provider
from visioncli.core.types import PDF, Blob, BytesBlob, Unfetched

from . import blobs, names, pages, sheets
from .examine import examined
from .picture import Picture
from .sheets import LONGEST, Kept

if TYPE_CHECKING:
    from .fetch import Fetched

__all__ = ("LONGEST", "Kept", "Picture", "Piped", "each", "load")

DESKTOP = ("clip", "screen")
FILE = re.compile(r"[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*")  # the id of a file that a provider has
EXTENSIONS = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "jpe": "image/jpeg",
    "jfif": "image/jpeg",
    "png": "image/png",
    "apng": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "heic": "image/heic",
    "heif": "image/heif",
    "tif": "image/tiff",
    "tiff": "image/tiff",
    "bmp": "image/bmp",
    "dib": "image/bmp",
    "ico": "image/vnd.microsoft.icon",
    "jp2": "image/jp2",
    "jxl": "image/jxl",
    "svg": "image/svg+xml",
    "svgz": "image/svg+xml",
    "pdf": PDF,
}


@record(frozen=False)
class Piped:
    """The picture on stdin: read when it is first asked for, and then kept for the next model."""

    stream: Callable[[], BinaryIO]
    _blob: Blob | ImageProblem | None = field(default=None, init=False)

    def blob(self) -> Blob:
        """Raises ImageProblem, the same one again where it was asked for before."""
        if self._blob is None:
            try:
                self._blob = blobs.from_stream(self.stream(), names.shown(names.STDIN))
            except ImageProblem as error:
                self._blob = error  # what was left of it would be taken for the picture
        if isinstance(self._blob, ImageProblem):
            raise self._blob
        return self._blob


def load(
    image: str,
    *,
    provider: Provider,
    media_type: str | None,
    inline: bool,
    allow_private: bool,
    timeout: float,
    retries: int = 2,
    stdin: Piped | None,
    fetch: bool = True,
    files: bool = True,
    stop: Stop | None = None,
    longest: int = LONGEST,
    kept: Kept | None = None,
) -> Picture:
    """Raises ImageProblem (5), UsageError (2) for a scheme that is none, NetworkProblem (7).

    media_type: what --format says, canonical. inline: fetch even what the provider would. timeout:
    seconds for a download. fetch=False (a dry run): an address stays where bytes would be needed.
    files=False: nothing of this machine is opened, whatever the image is called. stop: ends a
    download from another thread. longest: px of the longer side of a page of a PDF. kept: what was
    taken from the desktop and the last PDF that was fetched, for whoever is asked next.
    """
    if image == names.STDIN:
        if stdin is None:
            raise UsageError("no picture comes from stdin", hint="name a file or an address")
        return examined(image, stdin.blob(), media_type, provider)

    def download(address: str) -> Fetched:
        from .fetch import fetch  # it needs the HTTP client, which files do not

        return fetch(
            address, allow_private=allow_private, timeout=timeout, retries=retries, stop=stop
        )

    kind = names.scheme(image)
    if files and _is_there(image):
        blob = blobs.from_path(image)
        return examined(image, blob, media_type, provider, label=_extension(image))
    kept = {} if kept is None else kept
    if names.pages(image) is not None and (files or kind in ("http", "https")):
        get = download if fetch else None
        return sheets.page(image, get, media_type, provider, longest=longest, kept=kept)
    if kind in DESKTOP and files:
        return _desktop(image, kind, media_type, provider, kept)
    if kind in ("http", "https"):
        source, had_user = names.without_user(image)
        address = kind + source[len(kind) :]  # HTTPS:// is not understood by everybody
        left_out = (f"{names.shown(image)}: user name and password were left out",)
        warnings = left_out if had_user else ()
        promised = _extension(names.split(address).path)
        typed = media_type or promised or not provider.typed_urls
        if kind in provider.urls and typed and not inline and promised != PDF:
            return Picture(source, media_type, None, address, warnings)
        if not fetch:
            return Picture(source, media_type, Unfetched(names.shown(address)), "", warnings)
        fetched = download(address)
        return examined(
            source, fetched.blob, media_type, provider, warnings=warnings, label=fetched.label
        )
    if kind == "data":
        label, data = data_address.opened(image)
        return examined(image, BytesBlob(data), media_type, provider, label=label)
    if kind in ("gs", "s3"):
        return _bucket(image, kind, media_type, provider)
    if (owner := _owner(image, provider)) is not None:
        return _uploaded(image, owner, media_type, provider)
    _refuse(image, kind)
    if not files:
        raise UsageError(
            f"{names.shown(image)} is no address", hint="https://…, or data:image/png;base64,…"
        )
    return examined(image, blobs.from_path(image), media_type, provider)  # which says what is wrong


def each(image: str) -> tuple[str, ...]:
    """A name for each picture that `image` means: doc.pdf#2-4 is three, if it is no file itself.

    Raises UsageError for pages that are none.
    """
    return (image,) if _is_there(image) else pages.each(image)


def _desktop(
    image: str, kind: str, media_type: str | None, provider: Provider, kept: Kept
) -> Picture:
    """What is on the clipboard or the screen. Several models are asked about the same."""
    if image[len(kind) + 1 :]:
        raise UsageError(f"there is no {names.shown(image)}", hint=f"{kind}:")
    if kind not in kept:
        from . import clipboard, screen  # they start programs, as little else does

        kept[kind] = clipboard.picture() if kind == "clip" else screen.picture()
    return examined(f"{kind}:", kept[kind], media_type, provider)


def _is_there(image: str) -> bool:
    """A name that exists is that file, whatever characters it has."""
    try:
        return os.path.lexists(image)
    except ValueError:  # a NUL byte
        return False


def _refuse(image: str, kind: str) -> None:
    """Raises UsageError for what is named as an image and is none that is taken."""
    name = names.shown(image)
    if kind:
        raise UsageError(
            f"{name} is no image: {kind}: is not fetched",
            hint="a file's name, http://, https://, data: or -",
        )


def _owner(image: str, provider: Provider) -> str | None:
    """Who has the file that `image` is the id of: openai:file-abc. None where it is no such id."""
    name, colon, _ = image.partition(":")
    plain = name.lower().replace("-", "_")
    if not colon:
        return None
    if plain == provider.name:
        return plain
    return providers.owner(plain) or (plain if names.FILE_ID.match(image) else None)


def _uploaded(image: str, owner: str, media_type: str | None, provider: Provider) -> Picture:
    """A file that its provider has already: the id is all that is sent."""
    name, id_ = names.shown(image), image.partition(":")[2]
    save = "save it as a picture, and name the file"
    if owner != provider.name:
        raise ImageProblem(
            f"{name} is a file that is with {owner}, and {provider.name} is asked",
            hint=f"-m {owner}/MODEL, or {save}",
            code="image_elsewhere",
        )
    if provider.files is None:
        raise ImageProblem(f"{name}: {provider.name} takes no ids of files", hint=save)
    if not FILE.fullmatch(id_):
        raise ImageProblem(f"{name} is no id of a file", hint=f"{owner}:ID")
    return Picture(image, media_type, None, id_)


def _bucket(image: str, kind: str, media_type: str | None, provider: Provider) -> Picture:
    if kind not in provider.urls:
        raise ImageProblem(
            f"{names.shown(image)}: {provider.name} takes no {kind}:// addresses",
            hint="download it and name the file",
        )
    names.split(image)
    known = media_type or _extension(image)
    if not known:
        raise UsageError(
            f"nothing tells the type of {names.shown(image)}", hint="--format image/jpeg"
        )
    if provider.media_types and known not in provider.media_types:
        taken = ", ".join(kind.removeprefix("image/") for kind in provider.media_types)
        raise ImageProblem(
            f"{names.shown(image)} is {known}, and {provider.name} takes {taken}"
            f" ({provider.source})",
            hint="convert it first, or --format where its name is wrong",
            code="image_type",
        )
    return Picture(image, known, None, kind + image[len(kind) :])


def _extension(name: str) -> str:
    """The type that the end of a name promises, or ""."""
    return EXTENSIONS.get(os.path.splitext(name)[1][1:].lower(), "")  # noqa: PTH122 - the name may hold anything

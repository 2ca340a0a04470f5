"""Whether bytes are a picture that a provider takes, and which. Nothing is decoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from visioncli.core.errors import ImageProblem
from visioncli.core.target import Provider
from visioncli.core.types import PDF, Blob

from . import blobs, headers, names, sniff, soundness
from .picture import Picture

LEAST = 20  # bytes; the smallest GIF has 26, the smallest JPEG and PNG have more
BOMB = 2 * 178_956_970  # px: where Pillow, too, refuses to go on
SIBLINGS = frozenset({"image/heic", "image/heif"})  # either name is used for either
LOOKS_LIKE = {
    "text/html": "HTML",
    "application/json": "JSON",
    "text/xml": "XML",
    "application/zip": "a ZIP archive",
    "application/gzip": "a gzip archive",
}


def examined(
    image: str,
    blob: Blob,
    asked: str | None,
    provider: Provider,
    *,
    warnings: tuple[str, ...] = (),
    label: str = "",
) -> Picture:
    """The picture, for a provider that takes it; its type is what the bytes or --format say.

    asked: the type that --format says. label: the type that somebody else says, a file's name or
    a server; it never decides. Raises ImageProblem.
    """
    name = names.shown(image)
    _check_size(blob, name)
    with blobs.as_file(blob) as file:
        head = file.read(sniff.HEAD)
        found = _recognised(head, name, asked)
        if found == PDF:
            return _document(image, blob, provider, warnings)
        start = headers.begun(file) if found == "image/jpeg" else None
        if reason := soundness.broken(file, found, start):
            raise ImageProblem(f"{name} is damaged: {reason}", code="image_damaged")
        said = [*warnings, *_doubts(name, found, asked, label)]
        if soundness.lacks_its_end(file, found, start):
            said.append(
                f"{name} lacks its end marker and may be cut short; it is sent all the same"
            )
        pixels = headers.size(file, found, start)
    _check_pixels(pixels, name)
    source = names.shown(image) if names.scheme(image) == "data" else image
    return Picture(source, asked or found, blob, "", tuple(said), pixels, found)


def unprepared(picture: Picture, provider: Provider) -> Picture:
    """A picture that is sent as it was found. Raises ImageProblem where its type is not taken."""
    blob, kind = picture.blob, picture.media_type
    if blob is None or kind is None:
        return picture
    if provider.media_types and kind not in provider.media_types:
        taken = ", ".join(t.removeprefix("image/") for t in provider.media_types)
        raise ImageProblem(
            f"{picture.shown} is {kind}, and {provider.name} takes {taken} ({provider.source})",
            hint="without --no-prep it is converted; or choose another model with -m",
            code="image_type",
        )
    with blobs.as_file(blob) as file:
        if not soundness.moves(file, kind):
            return picture
    told = f"{picture.shown} is an animation; a model may look at its first picture only"
    return replace(picture, warnings=(*picture.warnings, told))


def _document(image: str, blob: Blob, provider: Provider, warnings: tuple[str, ...]) -> Picture:
    """A PDF goes as it is to who reads it; elsewhere its pages are pictures that must be named."""
    name = names.shown(image)
    if PDF in provider.media_types:
        source = name if names.scheme(image) == "data" else image
        return Picture(source, PDF, blob, "", warnings)
    is_file = image.lower().endswith(".pdf")
    file = name if is_file else "FILE.pdf"
    remedy = f"{file}#1 or {file}#1-3 shows pages as pictures"
    raise ImageProblem(
        f"{name} is a PDF, and {provider.name} takes none as it is ({provider.source})",
        hint=f"{remedy}{_how_many(blob, name)}" if is_file else f"save it as a file: {remedy}",
        code="image_type",
    )


def _how_many(blob: Blob, name: str) -> str:
    from .sandboxed import pdf  # it starts a process, which little else needs

    try:
        number = pdf.count(blob, name)
    except ImageProblem as error:
        return f", after {error.hint}" if error.code == "extra_missing" else ""
    return f"; it has {number}"


def _check_size(blob: Blob, name: str) -> None:
    if not blob.size:
        raise ImageProblem(f"{name} is empty", code="image_empty")
    if blob.size < LEAST:
        raise ImageProblem(
            f"{name} is too small to be a picture ({blob.size} of {LEAST} bytes at least)",
            code="image_too_small",
        )


def _check_pixels(pixels: tuple[int, int] | None, name: str) -> None:
    """A picture that would fill the memory of whoever opens it, or whose header lies."""
    if pixels and pixels[0] * pixels[1] > BOMB:
        raise ImageProblem(
            f"{name} says it has {pixels[0]}x{pixels[1]} pixels, more than anybody opens"
            f" ({BOMB // 1_000_000} megapixels)",
            hint="make it smaller first",
            code="image_too_large",
        )


def _recognised(head: bytes, name: str, asked: str | None) -> str:
    """The type of the bytes; what is certainly no picture is refused whatever --format says."""
    if kind := soundness.mangled(head):
        raise ImageProblem(
            f"{name} is a {kind} that was copied as if it were text, which spoils it",
            hint="copy it again in binary mode",
            code="image_damaged",
        )
    found = sniff.media_type(head)
    if found.startswith("image/") or found == PDF or (asked and found == sniff.UNKNOWN):
        return found
    if found == sniff.UNKNOWN:
        raise ImageProblem(
            f"{name} is not an image that libmagic knows",
            hint="--format image/… if it is one",
            code="not_an_image",
        )
    text = "text" if found.startswith("text/") else found
    raise ImageProblem(
        f"{name} is not an image: it looks like {LOOKS_LIKE.get(found, text)}", code="not_an_image"
    )


def _doubts(name: str, found: str, asked: str | None, label: str) -> Iterator[str]:
    """Where a label and the bytes disagree."""
    if asked:
        if asked != found:
            what = "not known to libmagic" if found == sniff.UNKNOWN else found
            yield f"{name} is {what} by its bytes; it is sent as {asked}, as --format says"
        return
    said = label.partition(";")[0].strip().lower()
    said = sniff.SAME.get(said, said)
    if said.startswith("image/") and said != found and not {said, found} <= SIBLINGS:
        yield f"{name} is labelled {said} and holds {found}; it is sent as {found}"

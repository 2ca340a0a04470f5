"""What a provider's row says it refuses, checked before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence

from visioncli.core.errors import ImageProblem
from visioncli.core.target import Provider
from visioncli.core.types import PDF, Blob, Unfetched

from . import facts
from .picture import Picture

SMALLER = "leave out --no-prep, and it is made smaller; or --max-side N"
FEWER = "--per-request N, or --each for a request a picture"


def check(pictures: Sequence[Picture], provider: Provider, *, request_bytes: int) -> None:
    """Raises ImageProblem (5) naming the figure, the limit and who says so."""
    limits, who = provider.limits, f"{provider.name} takes"
    if limits.images_per_request is not None and len(pictures) > limits.images_per_request:
        raise _over(
            f"{len(pictures)} images are more than {who} in one request",
            limits.images_per_request,
            provider,
            FEWER,
        )
    for picture in pictures:
        if picture.media_type == PDF:  # what is said of images is not said of documents
            continue
        if picture.blob is not None and not isinstance(picture.blob, Unfetched):
            _check_one(picture, picture.blob, provider)
    if limits.request_bytes is not None and request_bytes > limits.request_bytes:
        raise _over(
            f"the request is {request_bytes:,} bytes, more than {who}",
            limits.request_bytes,
            provider,
            "--max-side N for smaller pictures, or --per-request N for fewer in one request",
        )


def _check_one(picture: Picture, blob: Blob, provider: Provider) -> None:
    limits, name, who = provider.limits, picture.shown, f"{provider.name} takes"
    if limits.image_bytes is not None and blob.size > limits.image_bytes:
        raise _over(
            f"{name} is {blob.size:,} bytes, more than {who}", limits.image_bytes, provider, SMALLER
        )
    encoded = 4 * ((blob.size + 2) // 3)
    if limits.image_base64_bytes is not None and encoded > limits.image_base64_bytes:
        raise _over(
            f"{name} is {encoded:,} bytes in base64, more than {who}",
            limits.image_base64_bytes,
            provider,
            SMALLER,
        )
    if limits.image_side is None and limits.image_pixels is None:
        return
    if (size := picture.pixels or facts.size(blob, name)) is None:
        return
    width, height = size
    pixels = f"{name} is {width}x{height} pixels, more than {who}"
    if limits.image_side is not None and max(size) > limits.image_side:
        raise _over(pixels, limits.image_side, provider, SMALLER, "a side")
    if limits.image_pixels is not None and width * height > limits.image_pixels:
        raise _over(pixels, limits.image_pixels, provider, SMALLER, "in all")


def _over(what: str, limit: int, provider: Provider, hint: str, of: str = "") -> ImageProblem:
    unit = f" {of}" if of else ""
    return ImageProblem(
        f"{what} ({limit:,}{unit}; {provider.source})", hint=hint, code="image_limit"
    )

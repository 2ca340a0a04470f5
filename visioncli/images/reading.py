"""The pictures of a request: named in it by whoever asks, read here."""

from __future__ import annotations

import time
from collections.abc import Iterator

from visioncli.core.stop import Stop
from visioncli.core.target import Provider
from visioncli.core.types import ImagePart, Message, Request

from .examine import examined
from .picture import Picture
from .sources import LONGEST, Kept, Piped, load


def images(request: Request) -> tuple[ImagePart, ...]:
    """All of them, in the order in which they stand in the messages."""
    return tuple(
        [part for m in request.messages for part in m.parts if isinstance(part, ImagePart)]
    )


def read(
    request: Request,
    provider: Provider,
    *,
    inline: bool,
    allow_private: bool,
    timeout: float,
    retries: int,
    stdin: Piped | None,
    fetch: bool = True,
    files: bool = True,
    stop: Stop | None = None,
    longest: int = LONGEST,
    kept: Kept | None = None,
) -> tuple[Picture, ...]:
    """A picture for every image, as `load` reads it; bytes that are here already are examined.

    media_type of an image: what the user says it is. timeout: seconds for all downloads. retries:
    further attempts at each. longest, kept: as `load` has them.
    """
    deadline = time.monotonic() + timeout
    found = []
    for number, image in enumerate(images(request), 1):
        if isinstance(image.source, str):
            picture = load(
                image.source,
                provider=provider,
                media_type=image.media_type,
                inline=inline,
                allow_private=allow_private,
                timeout=max(0.0, deadline - time.monotonic()),
                retries=retries,
                stdin=stdin,
                fetch=fetch,
                files=files,
                stop=stop,
                longest=longest,
                kept=kept,
            )
        else:
            picture = examined(f"image {number}", image.source, image.media_type, provider)
        found.append(picture)
    return tuple(found)


def filled(request: Request, pictures: tuple[Picture, ...]) -> Request:
    """The request with the pictures in the places of the images that named them."""
    left = iter(pictures)
    messages = tuple([_message(m, left) for m in request.messages])
    return Request(messages=messages, options=request.options, stream=request.stream)


def _message(message: Message, left: Iterator[Picture]) -> Message:
    parts = [
        _part(next(left), part) if isinstance(part, ImagePart) else part for part in message.parts
    ]
    return Message(message.role, tuple(parts))


def _part(picture: Picture, image: ImagePart) -> ImagePart:
    """A picture that a dry run did not fetch has bytes that are not here, of a type not known."""
    if picture.blob is None:
        return ImagePart(picture.media_type, picture.address, image.detail)
    return ImagePart(picture.media_type or "image/…", picture.blob, image.detail)

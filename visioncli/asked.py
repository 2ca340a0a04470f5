"""What is asked, whatever model answers it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field

from visioncli.core.record import record

from .auth import keys
from .core.errors import VisionError
from .core.stop import Stop
from .core.types import Blob, ImagePart, Message, Request, TextPart

TIMEOUT, RETRIES = 600.0, 2  # seconds for everything; attempts after the first
Told = Callable[[VisionError, float], None]  # an error, and the seconds before the next attempt


@record(kw_only=True)
class Asked:
    """What is asked, whatever model answers it.

    request: its images as the user named them, a str being a file's name or an address, their media
    types as the user gave them. files: whether a str may be a file's name. inline: fetch pictures
    here even where the provider would. prep: pictures are made fit for the model before they are
    sent. max_side: px of the longer side at most. base_url: instead of the row's. key: instead of
    the environment's. timeout: seconds for everything. retries: further attempts. force: ask a
    model that cannot see. stop: ends it from another thread. kept: pictures that are taken once
    however many models are asked, such as the screen's.
    """

    request: Request
    files: bool = True
    inline: bool = False
    allow_private: bool = False
    prep: bool = True
    max_side: int | None = None
    base_url: str | None = None
    key: keys.Key | None = None
    timeout: float = TIMEOUT
    retries: int = RETRIES
    force: bool = False
    stop: Stop | None = None
    kept: dict[str, Blob] = field(default_factory=dict, repr=False, compare=False)


def question(
    text: str, images: Iterable[ImagePart], *, system: str | None = None
) -> tuple[Message, ...]:
    """Pictures come before the text, in the order given."""
    user = Message("user", (*images, TextPart(text)))
    return (Message("system", (TextPart(system),)), user) if system else (user,)

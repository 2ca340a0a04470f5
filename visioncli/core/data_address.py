"""Pictures written into an address: `data:image/png;base64,…`. RFC 2397."""

from __future__ import annotations

import binascii
from base64 import b64decode
from urllib.parse import unquote_to_bytes

from .errors import ImageProblem
from .fields import preview

SHOWN = 40  # characters of it that a message repeats


def shown(address: str) -> str:
    return preview(address, SHOWN)


def opened(address: str) -> tuple[str, bytes]:
    """(the type it calls itself, or "", its bytes). Raises ImageProblem for what holds none."""
    head, comma, data = address[len("data:") :].partition(",")
    if not comma:
        raise _unreadable(address, "holds no data")
    label, *parameters = head.lower().split(";")
    try:
        raw = unquote_to_bytes(data.encode("utf-8", "surrogateescape"))
    except UnicodeEncodeError:  # half a character, which no command line gives
        raise _unreadable(address, "holds what is no text") from None
    if "base64" not in (p.strip() for p in parameters):
        return label, raw
    decoded = base64(raw)
    if decoded is None:
        raise _unreadable(address, "is not valid base64")
    return label, decoded


def base64(digits: bytes) -> bytes | None:
    """What the digits stand for, white space between them aside; None where they are no base64."""
    digits = b"".join(digits.split())
    if len(digits) % 4:  # some versions of Python let it pass
        return None
    try:
        return b64decode(digits, validate=True)
    except binascii.Error:
        return None


def _unreadable(address: str, why: str) -> ImageProblem:
    return ImageProblem(f"{shown(address)} {why}", code="image_unreadable")

"""An error as the caller is told it: an HTTP status, headers, and a kind in each API's words."""

from __future__ import annotations

import math
import re

from visioncli.core.errors import (
    ImageProblem,
    NetworkProblem,
    QuotaExceeded,
    RateLimited,
    Refused,
    UnknownModel,
    UsageError,
    VisionError,
)
from visioncli.core.failure import CANNOT_SEE

OPTION = re.compile(r"(?<![\w-])--?[a-zA-Z]")
# An error's type in OpenAI's words, and in Anthropic's
# (https://platform.claude.com/docs/en/api/errors).
TYPES = {
    400: ("invalid_request_error", "invalid_request_error"),
    401: ("authentication_error", "authentication_error"),
    402: ("insufficient_quota", "billing_error"),
    403: ("permission_error", "permission_error"),
    404: ("not_found_error", "not_found_error"),
    408: ("timeout_error", "timeout_error"),
    413: ("request_too_large", "request_too_large"),
    429: ("rate_limit_error", "rate_limit_error"),
    504: ("timeout_error", "timeout_error"),
    529: ("overloaded_error", "overloaded_error"),
}


def status(error: VisionError) -> int:
    """The provider's own where it gave one; a gateway's own failures are 502 to 504."""
    if error.status is not None:
        return error.status if 400 <= error.status <= 599 else 502
    match error:
        case UnknownModel():
            return 400 if error.code == CANNOT_SEE else 404
        case UsageError() | ImageProblem() | Refused():
            return 400
        case RateLimited():
            return 429
        case NetworkProblem() if error.code in ("timeout", "idle"):
            return 504
    return 502


def types(number: int, error: VisionError) -> tuple[str, str]:
    """(OpenAI's word, Anthropic's)."""
    if isinstance(error, QuotaExceeded):
        return "insufficient_quota", "billing_error" if number == 402 else "rate_limit_error"
    fallback = TYPES[400] if number < 500 else ("server_error", "api_error")
    return TYPES.get(number, fallback)


def headers(error: VisionError, own: str) -> list[tuple[bytes, bytes]]:
    """own: the id that this request has here; the provider's stands for it where there is one."""
    theirs = error.request_id or ""
    id_ = theirs if theirs and theirs.isascii() and theirs.isprintable() else own
    found = [(b"x-request-id", id_.encode())]
    if error.wait:
        found.append((b"retry-after", str(math.ceil(error.wait)).encode()))
    if error.status == 401:
        found.append((b"www-authenticate", b"Bearer"))
    return found


def words(error: VisionError) -> str:
    """The message, and the remedy unless it is one for the command line."""
    if error.hint is None or OPTION.search(error.hint):
        return error.message
    return f"{error.message} (try: {error.hint})"

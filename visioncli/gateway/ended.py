"""How a request ends before any model is asked."""

from __future__ import annotations

from visioncli.core.errors import VisionError


class Gone(Exception):
    """The caller went away: nobody waits for an answer any more."""


class NotTaken(VisionError):
    """A request that is refused here. status: the HTTP status that says so."""

    default_code = "not_taken"

    def __init__(
        self, status: int, message: str, *, hint: str | None = None, wait: float | None = None
    ) -> None:
        super().__init__(message, hint=hint, status=status, wait=wait, code=CODES.get(status))


CODES = {
    401: "invalid_api_key",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    413: "request_too_large",
    415: "unsupported_media_type",
    503: "busy",
    507: "no_room",
}

"""One request whose answer is wanted whole: a list of models, a registry's file."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from visioncli import retry
from visioncli.core.dialect import HttpError
from visioncli.core.errors import BadAnswer, VisionError
from visioncli.core.record import record

from .client import Response, Sendable, exchange
from .clock import Clock
from .failures import moved

ERROR_CAP = 1 << 16  # bytes of an error that are read
REDIRECTS = (301, 302, 303, 307, 308)
NOT_MODIFIED = 304


@record
class Whole:
    """body: decoded; None where nothing has changed since. headers: names in small letters."""

    headers: Mapping[str, str]
    body: bytes | None


def fetch(
    request: Sendable,
    clock: Clock,
    *,
    cap: int,
    refused: Callable[[HttpError], VisionError],
    retries: int,
    body: bytes = b"",
) -> Whole:
    """Raises what the exchange raises, what `refused` makes of an error, BadAnswer above `cap`.

    No redirect is followed. cap: bytes of the decoded body. retries: further attempts, where one
    may help. clock: keeps the time for all of them.
    """
    attempt = 0
    while True:
        attempt += 1
        try:
            return _once(request, clock, cap, refused, body)
        except VisionError as error:
            elapsed = time.monotonic() - clock.began
            delay = retry.next_delay(
                error, attempt, elapsed, retries=retries, total=clock.deadlines.total
            )
            if delay is None:
                raise
            clock.sleep(delay)


def _once(
    request: Sendable,
    clock: Clock,
    cap: int,
    refused: Callable[[HttpError], VisionError],
    body: bytes,
) -> Whole:
    pieces, length = ((body,), len(body)) if body else (None, None)
    with exchange(request, clock, follow=True, body=pieces, length=length) as response:
        if response.status == NOT_MODIFIED:
            return Whole(response.headers, None)
        if response.status in REDIRECTS:
            raise moved(request.url, response.headers.get("location", ""))
        if not 200 <= response.status < 300:
            raise refused(
                HttpError(
                    status=response.status,
                    headers=response.headers,
                    body=response.read(ERROR_CAP),
                )
            )
        _check_length(response, cap)
        return Whole(response.headers, b"".join(response.chunks(cap)))


def _check_length(response: Response, cap: int) -> None:
    """What announces itself as too large is not read at all."""
    announced = response.headers.get("content-length", "")
    if announced.isdecimal() and (size := int(announced[:20])) > cap:
        raise BadAnswer(
            f"the answer is larger than {cap >> 20} MB: {size:,} bytes", code="too_large"
        )

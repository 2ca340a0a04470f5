"""Sends a request and reads its answer as events: deadlines, caps, retries, no redirects.

Here, and in the other files of this folder, is all that knows the HTTP client.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator

from visioncli import retry
from visioncli.core.dialect import Dialect, HttpError, HttpRequest
from visioncli.core.errors import NetworkProblem, VisionError
from visioncli.core.reading import reader
from visioncli.core.secret import Secret
from visioncli.core.stop import Stop
from visioncli.core.types import Event, TextDelta

from .client import exchange
from .clock import Clock, Deadlines
from .outcome import broken_off, complete, masked, told_attempts, was_sent

__all__ = ["Deadlines", "send"]

ERROR_CAP = 1 << 20  # bytes of an error that are read
ANSWER_CAP = 64 << 20  # bytes of an answer
Told = Callable[[VisionError, float], None]


def send(
    request: HttpRequest,
    dialect: Dialect,
    *,
    stream: bool,
    provider: str,
    secret: Secret | None,
    deadlines: Deadlines,
    retries: int,
    on_retry: Told | None = None,
    stop: Stop | None = None,
) -> Generator[Event, None, None]:
    """The answer's events. Raises a VisionError, with the key masked in it.

    An attempt that fails before its first text is made again where that may help; what it gave
    until then is forgotten. on_retry: told the error and the seconds before the next attempt. stop:
    set in another thread, it closes the connection and ends the waits.
    """
    clock = Clock(deadlines, provider, stop)
    attempt = unsent = 0
    while True:
        attempt += 1
        held: list[Event] | None = []  # None once text has come: then there is no way back
        try:
            came = once(request, dialect, stream=stream, clock=clock)
            for event in masked(came, secret):
                if held is not None:
                    held.append(event)
                    if not (isinstance(event, TextDelta) and event.text):
                        continue
                    yield from told_attempts(attempt - unsent)
                    yield from held
                    held = None
                    continue
                yield event
            if held is not None:
                yield from told_attempts(attempt - unsent)
                yield from held
        except VisionError as error:
            unsent += not was_sent(error)
            complete(error, provider, secret, request.headers)
            elapsed = time.monotonic() - clock.began
            delay = retry.next_delay(
                error, attempt, elapsed, retries=retries, total=deadlines.total
            )
            if held is None or delay is None:
                yield from held or ()
                raise
            if on_retry is not None:
                on_retry(error, delay)
            clock.sleep(delay)
        else:
            return


def once(request: HttpRequest, dialect: Dialect, *, stream: bool, clock: Clock) -> Iterator[Event]:
    """One attempt. Raises a VisionError, also after events have come."""
    with exchange(request, clock, body=request.body, length=request.body.length) as response:
        if not 200 <= response.status < 300:
            body = response.read(ERROR_CAP)
            raise dialect.error(
                HttpError(status=response.status, headers=response.headers, body=body)
            )
        answer = reader(dialect, stream=stream)
        try:
            for chunk in response.chunks(ANSWER_CAP):
                yield from answer.feed(chunk)
                if answer.ended:
                    break
                if answer.seen.finished is not None:  # the usage may follow, on some wires no end
                    response.hurry()
        except NetworkProblem as error:
            if answer.seen.finished is None:
                raise broken_off(error, text=stream and answer.seen.text) from None
        yield from answer.close()

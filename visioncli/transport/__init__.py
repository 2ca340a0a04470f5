"""Sends a request and reads its answer as events: deadlines, caps, retries, no redirects.

Here, and in the other files of this folder, is all that knows the HTTP client.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator

from visioncli import retry
from visioncli.core.dialect import Dialect, HttpError, HttpRequest
from visioncli.core.errors import NetworkProblem, VisionError
from visioncli.core.reading import cut, reader
from visioncli.core.secret import Secret
from visioncli.core.stop import Stop
from visioncli.core.types import Event, Finished, Started, TextDelta, Warned

from .client import exchange
from .clock import Clock, Deadlines

__all__ = ["Deadlines", "send"]

ERROR_CAP = 1 << 20  # bytes of an error that are read
ANSWER_CAP = 64 << 20  # bytes of an answer
UNSENT = ("dns", "connect", "proxy")  # codes of what ends an attempt before anything is sent
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
            for raw in _attempt(request, dialect, stream=stream, clock=clock):
                event = _masked(raw, secret)
                if held is not None:
                    held.append(event)
                    if not (isinstance(event, TextDelta) and event.text):
                        continue
                    yield from _told_attempts(attempt - unsent)
                    yield from held
                    held = None
                    continue
                yield event
            if held is not None:
                yield from _told_attempts(attempt - unsent)
                yield from held
        except VisionError as error:
            unsent += isinstance(error, NetworkProblem) and error.code in UNSENT
            _complete(error, provider, secret)
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


def _attempt(
    request: HttpRequest, dialect: Dialect, *, stream: bool, clock: Clock
) -> Iterator[Event]:
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
                raise _cut(error, text=stream and answer.seen.text) from None
        yield from answer.close()


def _cut(error: NetworkProblem, *, text: bool) -> VisionError:
    """A connection that broke: after text the answer is incomplete, before it was none."""
    if not text:
        return error
    broken = cut(text=True)
    broken.message = f"{broken.message}: {error.message}"
    broken.hint = error.hint
    return broken


def _told_attempts(attempts: int) -> Iterator[Event]:
    if attempts > 1:
        yield Warned(f"the request was sent {attempts} times, and may be billed as often")


def _masked(event: Event, secret: Secret | None) -> Event:
    """What a provider says beside its answer may repeat the key; the answer itself is data."""
    if secret is None:
        return event
    match event:
        case Warned(text):
            return Warned(secret.hide(text))
        case Started(id_, model):
            return Started(id_ and secret.hide(id_), model and secret.hide(model))
        case Finished(reason, raw):
            return Finished(reason, raw and secret.hide(raw))
    return event


def _complete(error: VisionError, provider: str, secret: Secret | None) -> None:
    """Names the provider, and masks a key that a provider or a library repeats."""
    error.provider = provider
    error.message = error.message.replace("the provider", provider, 1)
    if error.code == "connect" and error.hint is None:
        error.hint = "check that it runs, and its address (--base-url)"
    if secret is not None:
        error.message = secret.hide(error.message)
        error.hint = secret.hide(error.hint) if error.hint else None
        error.code = secret.hide(error.code)
    error.args = (error.message,)

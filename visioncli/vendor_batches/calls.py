"""Calls of a vendor's batch API: JSON, uploads as long as they are, results line by line.

No redirect is followed, and no address that a vendor sends is asked but its own: key and pictures
stay where they were meant to go.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field
from typing import Any, TypeVar

from visioncli import dialects, retry
from visioncli.aim import Aim
from visioncli.auth import headers as auth
from visioncli.core.body import JsonBody
from visioncli.core.dialect import HttpError, HttpRequest
from visioncli.core.errors import BadAnswer, ImageProblem, UnknownModel, VisionError
from visioncli.core.fields import load_object
from visioncli.core.record import record
from visioncli.transport.client import Response, exchange
from visioncli.transport.clock import Clock, Deadlines
from visioncli.transport.outcome import complete

from .spool import EMPTY, SHORT, SLOWEST, Upload

T = TypeVar("T")
Told = Callable[[VisionError, float], None]

SILENCE = 300.0  # seconds without a byte: a file of this size takes its time to be looked at
LONGEST = 6 * 3600.0  # seconds for results, however many
ERROR_CAP, ANSWER_CAP = 1 << 20, 16 << 20  # bytes
LINE_CAP = 64 << 20  # bytes of one result
NOTHING = JsonBody({})
LEADS = {404: "the provider does not have it", 413: "the provider takes no file of this size"}


@record
class Reply:
    """headers: names in small letters."""

    headers: Mapping[str, str]
    data: dict[str, Any] = field(repr=False)


class Patient(Clock):
    """Nothing is waited for longer than SILENCE, not even the beginning of an answer."""

    def left(self, most: float | None = None) -> float:
        return super().left(self.deadlines.idle if most is None else most)


class Calls:
    """Of one provider, with one key. on_retry: told an error and the seconds before the next
    attempt.
    """

    def __init__(self, aim: Aim, *, retries: int = 2, on_retry: Told | None = None) -> None:
        self.target, self.retries = aim.target, retries
        self._key, self._on_retry = aim.key, on_retry
        self._dialect = dialects.load(aim.target.provider.dialect)

    def json(
        self,
        method: str,
        path: str,
        data: Any = None,
        *,
        headers: Mapping[str, str] = EMPTY,
        again: bool = True,
    ) -> Reply:
        """again: whether it may be asked again where that may help."""
        if data is None:
            return self.send(method, path, None, headers, again=again)
        body = JsonBody(data)
        typed = {"content-type": "application/json", **headers}
        return self.send(method, path, Upload(lambda: body, body.length), typed, again=again)

    def send(
        self,
        method: str,
        path: str,
        upload: Upload | None,
        headers: Mapping[str, str],
        *,
        again: bool = False,
        signed: bool = True,
    ) -> Reply:
        """The JSON object that comes back; {} for an empty body. signed: with the key."""
        total = SHORT + (upload.size / SLOWEST if upload else 0)

        def once(clock: Clock) -> Reply:
            with self._exchange(method, path, upload, headers, clock, signed=signed) as response:
                body = b"".join(response.chunks(ANSWER_CAP))
                return Reply(response.headers, load_object(body) if body.strip() else {})

        return self.repeated(once, total, again=again)

    def lines(self, path: str, headers: Mapping[str, str] = EMPTY) -> Iterator[bytes]:
        """The lines of a file, as they come, without their ends. One attempt."""
        clock = self._clock(LONGEST)
        try:
            with self._exchange("GET", path, None, headers, clock, signed=True) as response:
                yield from _lines(response)
        except VisionError as error:
            raise self._named(error) from None

    def repeated(self, once: Callable[[Clock], T], total: float, *, again: bool = True) -> T:
        """What `once` gives, at the first attempt that gives something. total: seconds."""
        clock, attempt = self._clock(total), 0
        while True:
            attempt += 1
            try:
                return once(clock)
            except VisionError as error:
                self._named(error)
                elapsed = time.monotonic() - clock.began
                retries = self.retries if again else 0
                delay = retry.next_delay(error, attempt, elapsed, retries=retries, total=total)
                if delay is None:
                    raise
                self.pause(error, delay)

    def pause(self, error: VisionError, delay: float) -> None:
        """Between two attempts, which is told."""
        if self._on_retry is not None:
            self._on_retry(error, delay)
        time.sleep(delay)

    def _clock(self, total: float) -> Clock:
        deadlines = Deadlines(idle=min(SILENCE, total), total=total)
        return Patient(deadlines, self.target.provider.name)

    def _named(self, error: VisionError) -> VisionError:
        if error.provider is None:
            complete(error, self.target.provider.name, self._key.secret if self._key else None)
        return error

    @contextmanager
    def _exchange(
        self,
        method: str,
        path: str,
        upload: Upload | None,
        headers: Mapping[str, str],
        clock: Clock,
        *,
        signed: bool,
    ) -> Iterator[Response]:
        request = HttpRequest(
            method=method, url=self.target.base_url + path, headers=headers, body=NOTHING
        )
        if signed:
            request = auth.authorise(request, self.target.provider, self._key)
        body = upload.chunks() if upload else None
        length = upload.size if upload else (0 if method == "POST" else None)
        with exchange(request, clock, body=body, length=length) as response:
            if not 200 <= response.status < 300:
                said = response.read(ERROR_CAP)
                raise self._refused(
                    HttpError(status=response.status, headers=response.headers, body=said)
                )
            yield response

    def _refused(self, error: HttpError) -> VisionError:
        """A refusal is about a batch or its file here, and not about a model or a picture."""
        made = self._dialect.error(error)
        if not isinstance(made, UnknownModel | ImageProblem):
            return made
        _, _, words = made.message.partition(": ")
        said = words or f"HTTP {error.status}"
        return VisionError(
            f"{LEADS.get(error.status, 'the provider refuses the batch')}: {said}",
            hint="check the address (--base-url)" if error.status == 404 else None,
            code=made.code if error.status != 404 else "not_found",
            status=error.status,
            request_id=made.request_id,
        )


def _lines(response: Response) -> Iterator[bytes]:
    """A last line without an end is given, too: whoever reads it sees whether it is whole."""
    rest = bytearray()
    for chunk in response.chunks(1 << 62):
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            rest += chunk[start:end]
            if rest.strip():
                yield bytes(rest)
            rest.clear()
            start = end + 1
        rest += chunk[start:]
        if len(rest) > LINE_CAP:
            raise BadAnswer(
                f"a line of the results is longer than {LINE_CAP >> 20} MB", code="too_large"
            )
    if rest.strip():
        yield bytes(rest)

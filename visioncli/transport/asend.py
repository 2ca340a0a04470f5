"""One attempt at a question, among many that are on their way at once."""

from __future__ import annotations

import asyncio

from visioncli.core.dialect import Dialect, HttpError, HttpRequest
from visioncli.core.errors import BadAnswer, NetworkProblem, VisionError
from visioncli.core.reading import reader
from visioncli.core.secret import Secret
from visioncli.core.types import Event

from . import ANSWER_CAP, ERROR_CAP, once
from .channel import Channel, Response
from .clock import Clock
from .inflate import inflated
from .outcome import broken_off, complete, masked
from .waits import UploadBroken


async def attempt(
    request: HttpRequest,
    dialect: Dialect,
    *,
    channel: Channel,
    stream: bool,
    provider: str,
    secret: Secret | None,
    clock: Clock,
    into: list[Event],
) -> None:
    """Puts the answer's events into `into`. Raises a VisionError, with the key masked in it; what
    had come by then is there.
    """
    came: list[Event] = []
    try:
        try:
            async with channel.exchange(request, clock) as response:
                await _answer(response, dialect, stream=stream, into=came)
        except UploadBroken:
            # What was said before the connection went is not heard on one that others wait for.
            await asyncio.to_thread(alone, request, dialect, stream=stream, clock=clock, into=came)
    except VisionError as error:
        complete(error, provider, secret, request.headers)
        raise
    finally:
        into += masked(came, secret)


def alone(
    request: HttpRequest, dialect: Dialect, *, stream: bool, clock: Clock, into: list[Event]
) -> None:
    """The same over a connection of its own, where a refusal in the midst of sending is heard."""
    for event in once(request, dialect, stream=stream, clock=clock):
        into.append(event)  # noqa: PERF402 - one by one: what came before an error stays


async def _answer(response: Response, dialect: Dialect, *, stream: bool, into: list[Event]) -> None:
    if not 200 <= response.status < 300:
        body = await body_of(response, ERROR_CAP, whole=False)
        raise dialect.error(HttpError(status=response.status, headers=response.headers, body=body))
    answer = reader(dialect, stream=stream)
    try:
        if stream and not encoding_of(response):
            size = 0
            async for chunk in response.chunks():
                size += len(chunk)
                if size > ANSWER_CAP:
                    raise too_large(ANSWER_CAP)
                for event in answer.feed(chunk):
                    into.append(event)  # noqa: PERF402 - one by one: as above
                if answer.ended:
                    break
                if answer.seen.finished is not None:  # the usage may follow, on some wires no end
                    response.hurry()
        else:
            into.extend(answer.feed(await body_of(response, ANSWER_CAP, whole=True)))
    except NetworkProblem as error:
        if answer.seen.finished is None:
            raise broken_off(error, text=stream and answer.seen.text) from None
    for event in answer.close():
        into.append(event)  # noqa: PERF402 - one by one: as above


async def body_of(response: Response, cap: int, *, whole: bool) -> bytes:
    """The decoded body; of an error, whose status says enough, what there is of it, up to `cap`."""
    raw = bytearray()
    if not whole:
        response.hurry()
    try:
        async for chunk in response.chunks():
            raw += chunk
            if len(raw) > cap:
                break
    except (NetworkProblem, BadAnswer):
        if whole:
            raise
    if len(raw) <= cap and (encoding := encoding_of(response)):
        raw = _inflated(bytes(raw), encoding, cap, whole=whole)
    if whole and len(raw) > cap:
        raise too_large(cap)
    return bytes(raw[:cap])


def _inflated(raw: bytes, encoding: str, cap: int, *, whole: bool) -> bytearray:
    """A little more than `cap` at most."""
    body = bytearray()
    try:
        for piece in inflated([raw], encoding, "the provider's answer"):
            body += piece
            if len(body) > cap:
                break
    except BadAnswer:
        if whole:
            raise
    return body


def encoding_of(response: Response) -> str:
    encoding = response.headers.get("content-encoding", "").strip().lower()
    return "" if encoding == "identity" else encoding


def too_large(cap: int) -> BadAnswer:
    return BadAnswer(f"the provider's answer is larger than {cap >> 20} MB", code="too_large")

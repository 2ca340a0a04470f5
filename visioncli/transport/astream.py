"""One attempt whose answer is wanted as it comes, among many that are on their way at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from visioncli.core.dialect import Dialect, HttpError, HttpRequest
from visioncli.core.errors import NetworkProblem, VisionError
from visioncli.core.reading import reader
from visioncli.core.secret import Secret
from visioncli.core.types import Event

from . import ANSWER_CAP, ERROR_CAP
from .asend import alone, body_of, encoding_of, too_large
from .channel import Channel, Response
from .clock import Clock
from .outcome import Mask, broken_off, complete
from .waits import UploadBroken


async def events(
    request: HttpRequest,
    dialect: Dialect,
    *,
    channel: Channel,
    stream: bool,
    provider: str,
    secret: Secret | None,
    clock: Clock,
) -> AsyncGenerator[Event, None]:
    """The answer's events. Raises a VisionError, also after some have come, with the key masked.

    Closing it, or cancelling who waits for it, closes the connection.
    """
    mask = Mask(secret)
    try:
        try:
            async with (
                channel.exchange(request, clock) as response,
                aclosing(_answer(response, dialect, stream=stream)) as answer,
            ):
                async for event in answer:
                    for shown in mask.of(event):
                        yield shown
        except UploadBroken:
            # What was said before the connection went is not heard on one that others wait for.
            came: list[Event] = []
            failed: VisionError | None = None
            try:
                await asyncio.to_thread(
                    alone, request, dialect, stream=stream, clock=clock, into=came
                )
            except VisionError as error:
                failed = error
            for event in came:
                for shown in mask.of(event):
                    yield shown
            if failed is not None:
                raise failed from None
    except VisionError as error:
        for shown in mask.close():
            yield shown
        complete(error, provider, secret, request.headers)
        raise
    for shown in mask.close():
        yield shown


async def _answer(
    response: Response, dialect: Dialect, *, stream: bool
) -> AsyncGenerator[Event, None]:
    if not 200 <= response.status < 300:
        body = await body_of(response, ERROR_CAP, whole=False)
        raise dialect.error(HttpError(status=response.status, headers=response.headers, body=body))
    answer = reader(dialect, stream=stream)
    try:
        if stream and not encoding_of(response):
            size = 0
            async with aclosing(response.chunks()) as chunks:
                async for chunk in chunks:
                    size += len(chunk)
                    if size > ANSWER_CAP:
                        raise too_large(ANSWER_CAP)
                    for event in answer.feed(chunk):
                        yield event
                    if answer.ended:
                        break
                    if answer.seen.finished is not None:  # usage may follow; not every wire ends
                        response.hurry()
        else:
            for event in answer.feed(await body_of(response, ANSWER_CAP, whole=True)):
                yield event
    except NetworkProblem as error:
        if answer.seen.finished is None:
            raise broken_off(error, text=stream and answer.seen.text) from None
    for event in answer.close():
        yield event

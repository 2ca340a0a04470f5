"""Waits that end: for a piece of an answer, and for a server that takes no more of a question."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from visioncli.core.errors import NetworkProblem

from .clock import Clock
from .network import LAST_WORDS

__all__ = ["LAST_WORDS", "Sending", "UploadBroken", "idle"]


@asynccontextmanager
async def idle(clock: Clock, where: str) -> AsyncIterator[None]:
    """Raises NetworkProblem (7) where nothing comes within the idle time, or the total is over."""
    try:
        async with asyncio.timeout(clock.left(clock.deadlines.idle)):
            yield
    except TimeoutError:
        if clock.is_over:
            raise clock.expired() from None
        raise NetworkProblem(
            f"{where} sent nothing for {clock.deadlines.idle:g} s",
            hint="try again later",
            code="idle",
        ) from None


class UploadBroken(NetworkProblem):
    """The server hung up on a question that was still being sent, or takes no more of it.

    It may have said why.
    """

    default_code = "reset"


class Sending:
    """A body on its way. whole: it, where it is one piece."""

    def __init__(self, body: Iterable[bytes], clock: Clock, where: str) -> None:
        self._body, self._clock, self._where = body, clock, where
        self.whole = body[0] if isinstance(body, list) else None
        self.is_over = self.whole is not None
        self._limit: asyncio.Timeout | None = None
        self._end: float | None = None

    async def pieces(self) -> AsyncIterator[bytes]:
        """Each must be taken within the idle time."""
        loop = asyncio.get_running_loop()
        for piece in self._body:
            if self._limit is not None:
                wait = self._clock.left(self._clock.deadlines.idle)
                self._limit.reschedule(loop.time() + wait)
            yield piece
        self.is_over = True
        if self._limit is not None:
            self._limit.reschedule(self._end)

    @asynccontextmanager
    async def until_answered(self) -> AsyncIterator[None]:
        """Once all is sent, the answer may take as long as the total allows.

        Raises NetworkProblem (7), UploadBroken where the server takes no more.
        """
        try:
            async with asyncio.timeout(self._clock.left()) as limit:
                self._limit, self._end = limit, limit.when()
                yield
        except TimeoutError:
            if not limit.expired():  # the client's own, which is one too
                raise
            if self.is_over or self._clock.is_over:
                raise self._clock.expired() from None
            what = f"{self._where} takes no more of the request, and does not say why"
            raise UploadBroken(what) from None
        finally:
            self._limit = None

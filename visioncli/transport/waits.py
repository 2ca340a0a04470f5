"""Waits that end: for a piece of an answer, and for a server that takes no more of a question."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from types import TracebackType

from visioncli.core.errors import NetworkProblem

from .clock import Clock
from .network import LAST_WORDS

__all__ = ["LAST_WORDS", "Sending", "UploadBroken", "idle"]


class idle:  # noqa: N801 - it is used as a word
    """Raises NetworkProblem (7) where nothing comes within the idle time, or the total is over.

    A class, and no generator: there is one for every piece of a million answers.
    """

    __slots__ = ("_clock", "_limit", "_where")

    def __init__(self, clock: Clock, where: str) -> None:
        self._clock, self._where = clock, where

    async def __aenter__(self) -> None:
        self._limit = asyncio.timeout(self._clock.left(self._clock.deadlines.idle))
        await self._limit.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self._limit.__aexit__(kind, error, trace)
        except TimeoutError:
            if self._clock.is_over:
                raise self._clock.expired() from None
            raise NetworkProblem(
                f"{self._where} sent nothing for {self._clock.deadlines.idle:g} s",
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

    def until_answered(self) -> Upload:
        """Once all is sent, the answer may take as long as the total allows.

        Raises NetworkProblem (7), UploadBroken where the server takes no more.
        """
        return Upload(self)

    async def begin(self) -> None:
        self._limit = asyncio.timeout(self._clock.left())
        await self._limit.__aenter__()
        self._end = self._limit.when()

    async def end(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        limit, self._limit = self._limit, None
        assert limit is not None  # noqa: S101 - it has begun
        try:
            await limit.__aexit__(kind, error, trace)
        except TimeoutError:
            if self.is_over or self._clock.is_over:
                raise self._clock.expired() from None
            what = f"{self._where} takes no more of the request, and does not say why"
            raise UploadBroken(what) from None


class Upload:
    """`async with`, while a question is sent and its answer waited for."""

    __slots__ = ("_sending",)

    def __init__(self, sending: Sending) -> None:
        self._sending = sending

    async def __aenter__(self) -> None:
        await self._sending.begin()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._sending.end(kind, error, trace)

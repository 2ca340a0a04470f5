"""A worker's letters: sent off together, and answered one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from visioncli.batch.pace import Closed

from .messages import Letters, Reply


class Post:
    """Lives in one event loop."""

    def __init__(self) -> None:
        self._out: list[Any] = []
        self._some = asyncio.Event()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._number = 0
        self._closed = False

    def send(self, letter: object) -> None:
        self._out.append(letter)
        self._some.set()

    async def ask(self, letter: Callable[[int], object]) -> Any:
        """The value of its reply. letter: makes one with a number. Raises the reply's error, and
        Closed where no reply is waited for any more.
        """
        if self._closed:
            raise Closed
        self._number += 1
        number = self._number
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        self.send(letter(number))
        try:
            return await future
        finally:
            self._waiting.pop(number, None)

    def reply(self, reply: Reply) -> None:
        future = self._waiting.get(reply.number)
        if future is None or future.done():
            return
        if reply.error is not None:
            future.set_exception(reply.error)
        else:
            future.set_result(reply.value)

    def close(self) -> None:
        """Nobody waits for a reply any more; letters are still taken."""
        self._closed = True
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Closed)

    async def take(self, seconds: float) -> Letters:
        """What there is, as soon as there is anything; nothing after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._some.wait()
        out, self._out = self._out, []
        self._some.clear()
        return out

"""Work that blocks, done in a thread of its own while an event loop of asyncio goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from typing import Generic, TypeVar

from visioncli.core.stop import Stop

T = TypeVar("T")


class Items(Generic[T]):
    """An asynchronous iterator over what `work` gives in a thread. Made while a loop runs.

    `work` is given a Stop, which is set when nobody waits any more: the task was cancelled, or
    `close` was called.
    """

    def __init__(self, work: Callable[[Stop], Generator[T, None, None]]) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[tuple[T] | BaseException | None] = asyncio.Queue()
        self._stop = Stop()
        self._ended = False
        threading.Thread(target=self._run, args=(work,), daemon=True, name="visioncli").start()

    def __aiter__(self) -> Items[T]:
        return self

    async def __anext__(self) -> T:
        if self._ended:
            raise StopAsyncIteration
        try:
            item = await self._queue.get()
        except asyncio.CancelledError:
            self.close()
            raise
        if isinstance(item, tuple):
            return item[0]
        self._ended = True
        if item is not None:
            raise item
        raise StopAsyncIteration

    def close(self) -> None:
        self._ended = True
        self._stop.set()

    def _run(self, work: Callable[[Stop], Generator[T, None, None]]) -> None:
        end: BaseException | None = None
        try:
            with closing(work(self._stop)) as items:
                for item in items:
                    self._tell((item,))
                    self._stop.check()
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            end = error
        self._tell(end)

    def _tell(self, item: tuple[T] | BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._queue.put_nowait, item)


async def run(work: Callable[[Stop], T]) -> T:
    """What `work` gives. Cancelling sets its Stop."""

    def once(stop: Stop) -> Generator[T, None, None]:
        yield work(stop)

    return await anext(Items(once))

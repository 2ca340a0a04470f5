"""Items out of a list that may block, be longer than memory, or never end."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from queue import Empty, Full, Queue

from .item import Item

AHEAD = 2  # pieces of the list that are read before they are wanted
SPELL = 64  # items between two turns of whoever else waits for the event loop
LOOK = 0.5  # seconds between two looks at whether the run is over, while nobody wants a piece


class Feed:
    """Reads the list in a thread of its own, which nobody waits for at the end.

    lists: pieces of the list as they come, each read at once; what it raises is raised by `next`,
    once all that came before it has been given.
    """

    def __init__(self, lists: Iterator[Sequence[Item]]) -> None:
        self._lists = lists
        self._pieces: Queue[Sequence[Item] | BaseException | None] = Queue(AHEAD)
        self._here: deque[Item] = deque()
        self._given = 0
        self._wanted = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._lock = asyncio.Lock()
        self._over = False
        self._closed = threading.Event()
        threading.Thread(target=self._read, daemon=True, name="list").start()

    async def next(self) -> Item | None:
        """None at the end of the list, and once it is closed. Raises what reading it raises.

        Items that are done already are passed over without a wait: signals and the progress need a
        turn all the same, also where there are a million of them.
        """
        self._given += 1
        if self._given % SPELL == 0:
            await asyncio.sleep(0)
        while not self._here:
            async with self._lock:
                if not self._here and not self._over:
                    await self._refill()
            if self._over and not self._here:
                return None
        return self._here.popleft()

    def close(self) -> None:
        """Nobody gets anything more."""
        self._over = True
        self._here.clear()
        self._closed.set()
        self._wanted.set()

    async def _refill(self) -> None:
        while not self._over:
            self._wanted.clear()
            try:
                piece = self._pieces.get_nowait()
            except Empty:
                await self._wanted.wait()
                continue
            if piece is None:
                self._over = True
            elif isinstance(piece, BaseException):
                self._over = True
                raise piece
            else:
                self._here.extend(piece)
                return

    def _read(self) -> None:
        try:
            for piece in self._lists:
                if not self._put(piece):
                    return
            self._put(None)
        except BaseException as error:  # noqa: BLE001 - it is raised where somebody waits for it
            self._put(error)

    def _put(self, piece: Sequence[Item] | BaseException | None) -> bool:
        while not self._closed.is_set():
            try:
                self._pieces.put(piece, timeout=LOOK)
            except Full:
                continue
            try:
                self._loop.call_soon_threadsafe(self._wanted.set)
            except RuntimeError:  # the loop is closed
                return False
            return True
        return False

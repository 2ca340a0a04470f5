"""--ordered: records in the order of the list, whatever the order in which they come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from visioncli.core.record import record
from visioncli.images.blobs import Identity

from .item import Item, Outcome, line
from .output import Known, Output

WINDOW = 4  # items for each worker that may wait for one before them


@record
class _Held:
    """What is to be done when its turn comes. key: of an outcome that nobody else knows yet."""

    act: Callable[[], None]
    key: str | None = None


class Ordered:
    """Around another output. window: by how many items one may be ahead of the first that is not
    settled; see `room`. Every item must end in `write`, `copy` or `skip`.

    What is held is in memory only: a process that is killed loses it, so at most `window` answers.
    `close` writes it, in the order of the list with gaps.
    """

    def __init__(self, output: Output, window: int) -> None:
        self._output, self._window = output, window
        self._turn = 0
        self._held: dict[int, _Held] = {}
        self._known: dict[str, tuple[int, Known]] = {}  # by key, of outcomes that are held
        self._failed = False
        self._moved = asyncio.Event()

    async def room(self, item: Item) -> None:
        """Waits until the item is within the window. The one whose turn it is never waits."""
        while item.number >= self._turn + self._window:
            self._moved.clear()
            await self._moved.wait()

    def newest(self, key: str) -> Known | None:
        held = self._known.get(key)
        return held[1] if held else self._output.newest(key)

    def has(self, item: Item, key: str) -> bool:
        return self._output.has(item, key)

    def sha256(self, identity: Identity) -> str | None:
        return self._output.sha256(identity)

    def remember(self, identity: Identity, sha256: str) -> None:
        self._output.remember(identity, sha256)

    def write(self, outcome: Outcome) -> None:
        number = outcome.item.number
        if number != self._turn:
            error = outcome.error
            exit_, retryable = (error.exit, error.retryable) if error else (0, False)
            known = Known(exit_, retryable, line(outcome.record()))
            self._known[outcome.key] = number, known
        self._settle(number, _Held(lambda: self._output.write(outcome), outcome.key))

    def copy(self, item: Item, known: Known) -> None:
        self._settle(item.number, _Held(lambda: self._output.copy(item, known)))

    def skip(self, item: Item) -> None:
        self._settle(item.number, _Held(lambda: self._output.skip(item)))

    def close(self) -> None:
        try:
            for number in [] if self._failed else sorted(self._held):
                self._do(number)
        finally:
            self._output.close()

    def _settle(self, number: int, held: _Held) -> None:
        self._held[number] = held
        while self._turn in self._held:
            self._do(self._turn)
            self._turn += 1
            self._moved.set()

    def _do(self, number: int) -> None:
        held = self._held.pop(number)
        try:
            held.act()
        except BaseException:
            self._failed = True  # the output is closed, and nothing more is written to it
            raise
        if held.key is not None and self._known.get(held.key, (None,))[0] == number:
            del self._known[held.key]

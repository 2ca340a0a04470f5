"""What the workers of a run share."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Executor
from dataclasses import field
from typing import TypeVar

from visioncli import api, retry
from visioncli.aim import Aim
from visioncli.core.errors import QuotaExceeded, RateLimited, VisionError
from visioncli.core.record import record
from visioncli.core.types import Answer

from .credentials import Credentials
from .item import Item
from .job import Job, Keys
from .output import Known, Output
from .pace import Pace
from .spending import Attempts, Spending

T = TypeVar("T")
ENDING = (2, 3, 4, 12, 13)  # exits of what no other item would fare better with
HELD = 256 << 20  # bytes of pictures that are no files; above it none are fetched for a while


def ends_all(error: VisionError) -> bool:
    """Whether every further question would end in the same way: also where the provider wants to be
    left alone for longer than anybody waits.
    """
    if isinstance(error, RateLimited):
        return isinstance(error, QuotaExceeded) or (error.wait or 0) > retry.CAP
    return error.exit in ENDING


@record(frozen=False)
class Tally:
    """What became of the items so far. failed: with those that had failed before, which `stood`
    counts alone.
    """

    answered: int = 0
    skipped: int = 0
    failed: int = 0
    stood: int = 0


class Held:
    """How much is in memory, or in temporary files, of pictures that are not files here."""

    def __init__(self, most: int = HELD) -> None:
        self._most, self._bytes = most, 0
        self._less = asyncio.Event()

    async def room(self) -> None:
        while self._bytes >= self._most:
            self._less.clear()
            await self._less.wait()

    def add(self, size: int) -> None:
        """Less, where it is negative."""
        self._bytes += size
        if size < 0:
            self._less.set()


@record(kw_only=True, frozen=False)
class Run:
    """What the workers of a run share.

    aim, credentials: None for local/eyes. threads: for what would hold up the others. cost: of an
    answer, in US dollars; most: what a call may cost at most; both None where it is not known.
    warn: told what is worth a warning of an item. claim: where others elsewhere ask, too, waits
    until nobody else asks what has this key; then `output` says what is known of it.
    """

    job: Job
    aim: Aim | None
    credentials: Credentials | None
    output: Output
    pace: Pace
    spending: Spending
    threads: Executor
    cost: Callable[[Answer], float | None]
    most: Callable[[api.HttpCall], float | None]
    warn: Callable[[Sequence[str], Item], None] = lambda _said, _item: None
    claim: Callable[[Item, str], Awaitable[None]] | None = None
    retry_failed: bool = False
    rehash: bool = False
    attempts: Attempts = field(default_factory=Attempts)
    tally: Tally = field(default_factory=Tally)
    keys: Keys = field(init=False)
    asking: dict[str, asyncio.Future[None]] = field(default_factory=dict)
    held: Held = field(default_factory=Held)
    failed_now: set[str] = field(default_factory=set)  # keys, where they would be asked once more

    def __post_init__(self) -> None:
        self.keys = Keys(self.job)

    async def aside(self, work: Callable[..., T], *arguments: object) -> T:
        """In a thread, while the others go on."""
        return await asyncio.get_running_loop().run_in_executor(self.threads, work, *arguments)

    def again(self, key: str, known: Known) -> bool:
        """Whether what failed before this run is to be asked once more: its picture may be there by
        now.
        """
        if not self.retry_failed or known.answered or key in self.failed_now:
            return False
        return known.retryable or known.exit == 5

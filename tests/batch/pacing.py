"""A provider that limits, in virtual time: no test waits."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from visioncli.batch.pace import Pace

Loop: Any = asyncio.SelectorEventLoop


class Virtual(Loop):  # type: ignore[misc]  # its base is Any: what is overridden is private
    """When nothing is left to do now, it is the time of what comes next."""

    def __init__(self) -> None:
        super().__init__()
        self._at = 0.0

    def time(self) -> float:
        return self._at

    def _run_once(self) -> None:
        while self._scheduled and self._scheduled[0]._cancelled:
            heapq.heappop(self._scheduled)._scheduled = False
            self._timer_cancelled_count -= 1
        if not self._ready and self._scheduled:
            self._at = max(self._at, self._scheduled[0]._when)
        super()._run_once()


def virtually(work: Callable[[], Any]) -> Any:
    """The result of a coroutine in time of its own."""
    with asyncio.Runner(loop_factory=Virtual) as runner:
        return runner.run(work())


class Limit(Protocol):
    def ask(self, now: float) -> float | None:
        """None for an answer, else the seconds after which to ask again."""
        ...

    def done(self) -> None: ...


@dataclass
class Windows:
    """So many in each second of a clock that is `phase` ahead."""

    most: int
    phase: float = 0.0
    _at: int = -1
    _count: int = 0

    def ask(self, now: float) -> float | None:
        second = int(now + self.phase)
        if second != self._at:
            self._at, self._count = second, 0
        self._count += 1
        return None if self._count <= self.most else second + 1 - now - self.phase

    def done(self) -> None: ...


@dataclass
class Bucket:
    """So many a second, half a second's at once. It asks for a whole second, whatever is needed."""

    most: int
    _level: float = field(init=False)
    _at: float = 0.0

    def __post_init__(self) -> None:
        self._level = self.most / 2

    def ask(self, now: float) -> float | None:
        self._level = min(self.most / 2, self._level + (now - self._at) * self.most)
        self._at = now
        if self._level < 1:
            return 1.0
        self._level -= 1
        return None

    def done(self) -> None: ...


@dataclass
class Slots:
    """So many at a time."""

    most: int
    _taken: int = 0

    def ask(self, now: float) -> float | None:
        del now
        if self._taken >= self.most:
            return 1.0
        self._taken += 1
        return None

    def done(self) -> None:
        self._taken -= 1


@dataclass
class Came:
    """answered: when. refused: when each refusal was heard."""

    sent: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)

    def rate(self, start: float = 0.0, end: float = float("inf")) -> float:
        """Answers a second."""
        some = [at for at in self.answered if start <= at <= end]
        return len(some) / (min(end, self.answered[-1]) - start)

    @property
    def share_refused(self) -> float:
        return len(self.refused) / len(self.sent)


def asked(
    limit: Limit,
    *,
    jobs: int,
    latency: float,
    count: int,
    told: bool = True,
    change: Callable[[float], None] = lambda _: None,
    tokens: int | None = None,
    **given: float,
) -> Came:
    """told: whether refusals say how long to wait. change: told the time before each question."""
    came = Came()

    async def run() -> None:
        now = asyncio.get_running_loop().time
        pace = Pace(jobs, now=now, **given)
        numbers = iter(range(count))

        async def worker() -> None:
            for _ in numbers:
                while not await one():
                    pass

        async def one() -> bool:
            turn = await pace.turn()
            came.sent.append(now())
            await asyncio.sleep(latency / 2)
            change(now())
            wait = limit.ask(now())
            await asyncio.sleep(latency / 2)
            if wait is not None:
                came.refused.append(now())
                pace.refused(turn, wait if told else None)
                return False
            limit.done()
            came.answered.append(now())
            pace.answered(turn, tokens)
            return True

        await asyncio.gather(*(worker() for _ in range(jobs)))

    virtually(run)
    return came

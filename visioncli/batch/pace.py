"""When the next question may go: as many at once as were asked for, until the provider refuses.

A refusal (429) stops all workers, for as long as the server says. The first time one question then
goes ahead alone, and the others follow once it is answered, evenly spaced, at the rate at which
answers had come until then. That rate grows until it is refused in turn; what was answered from one
refusal to the next says what the provider bears, and from there it creeps. A provider that refuses
one more than it took at first limits how many are on their way: then that is kept to, too.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from visioncli import retry
from visioncli.core.record import record

from .bucket import Bucket

SEEK = 0.5  # of the rate, added each second until a rate of ours is refused
CREEP = 0.005  # the same once that has happened
CALM = 8.0  # seconds without a refusal after which it seeks again
LESS = 0.97  # of a rate that was refused: the next one is no higher
FIRST, LATER = 0.25, 1.6  # seconds of the first pause where the server names none; each next one
SOFT = 1  # refusals one after the other; above it one question goes ahead again
CHEAP = 0.3  # seconds of a pause; after longer ones it creeps more slowly
SHORT = 3.0  # seconds; a number that is refused sooner than that was none
FURTHER = 0.2  # of the rate, by which it may grow until the first refusal of it is heard
FEW = 1.5  # or so many questions more on their way
NEAR = 0.8  # of the rate: what a number of questions under way must yield to be the limit
ENOUGH = 40  # answers, and so many pauses in half the number, after which one more may be tried
NOT_LESS = 0.65  # of a rate that was refused: the next one is no lower
SOON = 1e-6  # seconds; less is now


class Closed(Exception):
    """The run is to end: nothing more is asked."""


@record(frozen=False)
class Turn:
    """One question on its way.

    began: monotonic seconds. tokens: what was set aside for it. number: from 1. active: how many
    were on their way then, with it. rate: at which they went then.
    """

    began: float
    tokens: float
    number: int = 0
    active: int = 0
    rate: float | None = None
    probe: bool = False
    is_over: bool = False


class Pace:
    """One provider's. Lives in one event loop; now: monotonic seconds."""

    def __init__(
        self,
        jobs: int,
        *,
        rpm: float | None = None,
        tpm: float | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._jobs, self._now = jobs, now
        self._began = began = now()
        self._rpm = Bucket(rpm, began) if rpm else None
        self._tpm = Bucket(tpm, began) if tpm else None
        self._waiting: deque[tuple[asyncio.Future[Turn], float]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._active = 0
        self._paused_until = 0.0
        self._probing = False  # it is not known whether the provider answers again: one alone asks
        self._rate: float | None = None  # a second; None: no limit has been felt
        self._next_at = 0.0
        self._cut_at = self._grown_at = began
        self._speed = SEEK
        self._granted_so_far = 0
        self._answers = 0  # since the last cut
        self._pause = self._latency = 0.0
        self._resume_at = began
        self._told = 0
        self._may_be_number = self._by_number = False
        self._limit, self._limit_at = jobs, 0
        self._is_first = False
        self._first = 0  # answers to what went before the first refusal, until a second one
        self._refusals = 0  # one after the other
        self._mean_tokens = 0.0
        self._closed = asyncio.Event()

    def close(self) -> None:
        """From now on nobody gets a turn."""
        self._closed.set()
        for future, _ in self._waiting:
            if not future.done():
                future.set_exception(Closed)
        self._waiting.clear()

    def check(self) -> None:
        """Raises Closed."""
        if self._closed.is_set():
            raise Closed

    async def sleep(self, seconds: float) -> None:
        """Raises Closed as soon as that is so."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closed.wait(), seconds)
        self.check()

    @property
    def rate(self) -> float | None:
        """Questions a second, where a refusal has set one."""
        return self._rate

    @property
    def paused(self) -> float:
        """Seconds for which nobody asks."""
        return max(0.0, self._paused_until - self._now())

    async def turn(self, tokens: float | None = None) -> Turn:
        """Waits until one more question may go. tokens: what it will take, where that is known."""
        self.check()
        amount = self._mean_tokens if tokens is None else tokens
        future: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        self._waiting.append((future, amount))
        self._pump()
        try:
            return await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and not future.exception():
                self.dropped(future.result())
            raise

    def answered(self, turn: Turn, tokens: int | None = None) -> None:
        now = self._now()
        if turn.rate is None and self._is_first:  # it went before the first refusal
            self._first += 1
            self._estimate()
        self._refusals = 0
        self._answers += 1
        self._latency += (now - turn.began - self._latency) / min(20, self._answers)
        if tokens is not None:
            self._told += 1
            self._mean_tokens += (tokens - self._mean_tokens) / min(20, self._told)
            if self._tpm:
                self._tpm.take(tokens - turn.tokens)
        self._grow(now)
        self._end(turn)

    def dropped(self, turn: Turn) -> None:
        """It ended in another way, or was never asked. Nothing where it has ended already."""
        self._end(turn)

    def refused(self, turn: Turn, wait: float | None) -> float:
        """The seconds for which nobody asks. wait: what the server said, if anything."""
        now = self._now()
        stale = turn.began < self._cut_at or (turn.rate is None and self._rate is not None)
        self._refusals += turn.probe or not stale
        pause = wait if wait is not None and wait > 0 else self._own(self._refusals)
        if stale and not turn.probe and wait is None:
            pause = 0.0
        until = max(self._paused_until, now + pause)
        if turn.probe:  # nothing new but that it takes longer
            self._probing = True
            self._pause += until - self._resume_at
            self._resume_at = until
        elif not stale:
            self._cut(turn, now, until)
        self._paused_until = until
        self._next_at = max(self._next_at, until)
        self._estimate()
        self._end(turn)
        return self.paused

    @staticmethod
    def _own(refusals: int) -> float:
        return float(min(retry.LONGEST, FIRST * LATER ** max(0, min(refusals - 1, 9))))

    def _cut(self, turn: Turn, now: float, until: float) -> None:
        if turn.rate is None:
            self._first = self._granted_so_far - self._active
            self._is_first = True
            self._rate = 1.0
            self._probing = True
            self._may_be_number = turn.number <= self._jobs
        else:
            pause = until - now
            spell = max(1e-3, until - self._resume_at)
            low = self._answers / spell
            high = self._answers / max(1e-3, spell - self._pause)
            self._rate = min(max((low + high) / 2, NOT_LESS * turn.rate), LESS * turn.rate)
            self._speed = CREEP * min(1.0, CHEAP / max(pause, 1e-3))
            self._number(turn, now, self._rate)
            self._is_first = False
            self._probing = self._refusals > SOFT
        self._cut_at = self._grown_at = now
        self._resume_at, self._pause, self._answers = until, until - now, 0
        self._limit_at = 0

    def _number(self, turn: Turn, now: float, rate: float) -> None:
        """Whether the provider limits how many are on their way, and not how many go a second: it
        refuses one more than it took at first.
        """
        if not self._by_number:
            first = self._first
            takes = first / max(1e-3, self._latency)  # a second, if a number is what is limited
            is_same = abs(turn.active - 1 - first) <= max(1, first / 10)
            if self._may_be_number and first and is_same and takes > rate * NEAR:
                self._by_number, self._limit = True, min(first, turn.active - 1)
        elif turn.active > self._limit - 1 and now - self._cut_at > SHORT:
            self._limit = max(1, turn.active - 1)
        else:
            self._by_number, self._limit = False, self._jobs
            self._may_be_number = False

    def _estimate(self) -> None:
        """The rate of what was answered before the first refusal, the pause after it counted in."""
        if self._is_first:
            self._rate = max(1, self._first) / max(1e-3, self._paused_until - self._began)

    def _grow(self, now: float) -> None:
        if self._rate is None:
            return
        if (
            self._by_number
            and self._limit < self._jobs
            and self._answers - self._limit_at >= ENOUGH
            and now - self._cut_at > ENOUGH / 2 * self._pause
        ):
            self._limit += 1 + self._answers // (10 * ENOUGH) * self._limit // 20
            self._limit_at = self._answers
        calm = max(0.0, now - self._cut_at - CALM)
        under_way = max(1.0, self._rate * self._latency)
        seek = min(SEEK, max(FURTHER, FEW / under_way) / max(1e-3, self._latency))
        speed = min(seek, self._speed * math.exp(min(9.0, calm / 3)))
        self._rate *= 1 + speed * (now - self._grown_at)
        self._grown_at = now

    def _end(self, turn: Turn) -> None:
        if turn.is_over:
            return
        turn.is_over = True
        self._active -= 1
        if turn.probe:
            self._probing = self._paused_until > self._now()
        self._pump()

    def _pump(self) -> None:
        """Lets go who may, and comes back when the next one may."""
        while self._waiting:
            future, tokens = self._waiting[0]
            if future.done():  # cancelled
                self._waiting.popleft()
                continue
            now = self._now()
            if self._active >= (1 if self._probing else min(self._limit, self._jobs)):
                return  # somebody who ends calls again
            delay = self._delay(tokens, now)
            if delay > SOON:
                self._later(delay)
                return
            self._waiting.popleft()
            future.set_result(self._granted(tokens, now))

    def _delay(self, tokens: float, now: float) -> float:
        delay = max(self._paused_until - now, 0.0)
        if self._rate is not None and not self._by_number:
            delay = max(delay, self._next_at - now)
        if self._rpm:
            delay = max(delay, self._rpm.wait(1, now))
        if self._tpm:
            delay = max(delay, self._tpm.wait(tokens, now))
        return delay

    def _granted(self, tokens: float, now: float) -> Turn:
        self._active += 1
        if self._rate is not None:
            self._next_at = max(self._next_at, now - 1 / self._rate) + 1 / self._rate
        if self._rpm:
            self._rpm.take(1)
        if self._tpm:
            self._tpm.take(tokens)
        self._granted_so_far += 1
        number = self._granted_so_far
        return Turn(now, tokens, number, self._active, self._rate, probe=self._probing)

    def _later(self, delay: float) -> None:
        loop = asyncio.get_running_loop()
        when = loop.time() + delay
        if self._timer is not None and not self._timer.cancelled():
            if loop.time() < self._timer.when() <= when:
                return
            self._timer.cancel()
        self._timer = loop.call_later(delay, self._pump)

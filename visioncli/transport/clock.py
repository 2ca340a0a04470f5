"""How long a request may take. All times are monotonic, so that a clock set back stops nothing."""

from __future__ import annotations

import time

from visioncli.core.errors import NetworkProblem
from visioncli.core.record import record
from visioncli.core.stop import Stop


@record(kw_only=True)
class Deadlines:
    """Seconds. connect: until a connection stands. idle: between two pieces of an answer whose body
    has begun. total: for everything, attempts and waits included; since: when that began, by the
    monotonic clock, where it was before the request (a picture was fetched first).
    """

    connect: float = 10.0
    idle: float = 60.0
    total: float = 600.0
    since: float | None = None


class Clock:
    """What is left of a total that began when the clock was made. whose: who is waited for.

    stop: ends it before its time, from another thread.
    """

    def __init__(self, deadlines: Deadlines, whose: str = "", stop: Stop | None = None) -> None:
        self.deadlines, self.stop, self._whose = deadlines, stop, whose
        since = deadlines.since
        self.began = time.monotonic() if since is None else since
        self._end = self.began + deadlines.total

    def within(self, seconds: float) -> Clock:
        """One that ends no later than that from now."""
        made = Clock(self.deadlines, self._whose, self.stop)
        made._end = min(self._end, time.monotonic() + seconds)
        return made

    def left(self, most: float | None = None) -> float:
        """Seconds that may still be waited, at most `most`. Raises NetworkProblem (7) at none."""
        if self.stop is not None:
            self.stop.check()
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.expired()
        return left if most is None else min(left, most)

    def sleep(self, seconds: float) -> None:
        if self.stop is not None:
            self.stop.wait(seconds)
        else:
            time.sleep(seconds)

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end

    def expired(self) -> NetworkProblem:
        answer = f"answer from {self._whose}" if self._whose else "answer"
        return NetworkProblem(
            f"no complete {answer} within {self.deadlines.total:g} s",
            hint="--timeout SECONDS",
            code="timeout",
            retry=False,
        )

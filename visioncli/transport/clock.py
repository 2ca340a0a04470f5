"""How long a request may take. All times are monotonic, so that a clock set back stops nothing."""

from __future__ import annotations

import time
from dataclasses import dataclass

from visioncli.core.errors import NetworkProblem


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """Seconds. connect: until a connection stands. idle: between two pieces of an answer whose body
    has begun. total: for everything, attempts and waits included.
    """

    connect: float = 10.0
    idle: float = 60.0
    total: float = 600.0


class Clock:
    """What is left of a total that began when the clock was made."""

    def __init__(self, deadlines: Deadlines) -> None:
        self.deadlines = deadlines
        self._end = time.monotonic() + deadlines.total

    def left(self, most: float | None = None) -> float:
        """Seconds that may still be waited, `most` at the most. Raises NetworkProblem (7) at none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.expired()
        return left if most is None else min(left, most)

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self._end

    def expired(self) -> NetworkProblem:
        return NetworkProblem(
            f"no complete answer within {self.deadlines.total:g} s",
            hint="--timeout SECONDS",
            code="timeout",
            retry=False,
        )

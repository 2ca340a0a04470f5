"""When to try again. Pure: the clock, the randomness and the sleeping are the caller's."""

from __future__ import annotations

import random as randomness
from collections.abc import Callable

from .core.errors import VisionError

FIRST, LONGEST = 0.5, 8.0  # seconds: our own waits double from the one to the other
LESS, MORE = 0.25, 0.10  # of a wait: ours is shortened by up to, a server's lengthened by up to
CAP = 60.0  # seconds: a server that asks for more is not waited for


def next_delay(
    error: VisionError,
    attempt: int,
    elapsed: float,
    *,
    retries: int,
    total: float,
    random: Callable[[], float] = randomness.random,
) -> float | None:
    """Seconds to wait before the next attempt; None to give up.

    attempt: how many were made, from 1. elapsed, total: seconds since the first began, and the
    deadline for all of them. random: 0 <= x < 1.
    """
    if not error.retry or attempt > retries:
        return None
    if error.wait is not None and error.wait > 0:
        if error.wait > CAP:
            return None
        delay = error.wait * (1 + MORE * random())
    else:
        delay = min(LONGEST, FIRST * 2.0 ** min(attempt - 1, 9)) * (1 - LESS * random())
    return delay if elapsed + delay < total else None

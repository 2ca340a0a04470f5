"""What every reader must keep to, whatever it is given: its errors, its time, its memory.

`VISION_FUZZ=long` makes each test try fifty times as much, by chance; without it the same few
examples come each time.
"""

from __future__ import annotations

import math
import os
import signal
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from hypothesis import HealthCheck, settings

from visioncli.core.errors import VisionError

LONG = os.environ.get("VISION_FUZZ") == "long"
TIMES = int(os.environ.get("VISION_FUZZ_TIMES", "50"))  # as much in the long profile
MB = 1 << 20


def tried(examples: int) -> settings:
    """As a decorator. examples: in the short profile."""
    return settings(
        max_examples=examples * TIMES if LONG else examples,
        deadline=None,  # `within` says what hangs; how fast it is, is measured elsewhere
        derandomize=not LONG,
        database=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


class Hangs(AssertionError):
    """It took longer than anything of its size may."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Ends what hangs, where signals can: in the main thread of POSIX."""
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def late(_number: int, _frame: FrameType | None) -> None:
        raise Hangs(f"not done within {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def holding(most: int) -> Iterator[None]:
    """most: bytes that Python's own objects may take meanwhile."""
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
        assert peak < most, f"{peak:,} of {most:,} bytes"
    finally:
        tracemalloc.stop()


def check_error(error: VisionError) -> None:
    """It can be told: on one line, without anything that a terminal obeys."""
    assert error.exit in range(1, 14)
    assert error.message
    assert error.message.isprintable(), error.message
    assert error.hint is None or error.hint.isprintable(), error.hint
    assert isinstance(error.code, str)
    assert error.wait is None or (error.wait > 0 and math.isfinite(error.wait))
    assert error.request_id is None or isinstance(error.request_id, str)

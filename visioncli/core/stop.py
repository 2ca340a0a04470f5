"""Ends, from another thread, what a thread waits in."""

from __future__ import annotations

import threading
from collections.abc import Callable

from .errors import VisionError


class Stopped(VisionError):
    """Somebody who has gone meanwhile asked for this. Nobody is told."""

    default_code = "stopped"


class Stop:
    """set() ends every wait and calls, in the thread that sets it, what was to be called then."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._event = threading.Event()
        self._calls: list[Callable[[], None]] = []

    def set(self) -> None:
        with self._lock:
            self._event.set()
            calls, self._calls = self._calls, []
        for call in calls:
            call()

    def check(self) -> None:
        if self._event.is_set():
            raise Stopped("the request was given up")

    def then(self, call: Callable[[], None]) -> None:
        """Raises Stopped where it has been set already, and calls it."""
        with self._lock:
            if not self._event.is_set():
                self._calls.append(call)
                return
        call()
        self.check()

    def wait(self, seconds: float) -> None:
        """Raises Stopped as soon as it is set."""
        self._event.wait(seconds)
        self.check()

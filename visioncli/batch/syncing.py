"""Sees to it that records reach the disk, some at a time, while others are asked."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable

from visioncli.core.errors import OutputProblem

EVERY = 100  # records: never more than that are written and not on the disk
SECONDS = 0.5  # after which a record is on its way there: with a disk's own time, within a second

Failed = Callable[[OSError], OutputProblem]


class Syncing:
    """fsync in a thread of its own, which waits while nothing is written.

    It begins at half of `every`, so that who writes seldom has to wait for it.
    """

    def __init__(
        self,
        fd: int,
        *,
        every: int = EVERY,
        seconds: float = SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fd, self._every, self._seconds, self._now = fd, every, seconds, now
        self._changed = threading.Condition(threading.Lock())
        self._written = self._synced = 0  # records
        self._since = 0.0  # when the first of those that nothing has been done for was written
        self._waiting = 0  # of those, how many
        self._ended = False
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="fsync")
        self._thread.start()

    def written(self) -> None:
        """One more record. Waits while as many as may be lost are not on the disk."""
        with self._changed:
            self._written += 1
            self._waiting += 1
            if self._waiting == 1:
                self._since = self._now()
                self._changed.notify_all()
            elif self._is_due():
                self._changed.notify_all()
            while self._written - self._synced >= self._every and self._error is None:
                self._changed.wait()

    def check(self, failed: Failed) -> None:
        """Raises what a sync has met."""
        if self._error is not None:
            raise failed(self._error)

    def close(self, failed: Failed) -> None:
        """Returns once all is on the disk."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._thread.join()
        self.check(failed)

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._ended and not self._is_due():
                    left = self._since + self._seconds - self._now() if self._waiting else None
                    self._changed.wait(left)
                ended, pending, written = self._ended, self._waiting, self._written
                self._waiting = 0
            if pending:
                error = _synced(self._fd)
                with self._changed:
                    self._error = error
                    self._synced = written
                    self._changed.notify_all()
                if error:
                    return
            if ended:
                return

    def _is_due(self) -> bool:
        if not self._waiting:
            return False
        return self._waiting * 2 >= self._every or self._now() - self._since >= self._seconds


def _synced(fd: int) -> OSError | None:
    try:
        os.fsync(fd)
    except OSError as error:
        return error
    return None

"""One run at a time for each file of results."""

from __future__ import annotations

import os
import sys

from visioncli.core.errors import OutputProblem

from .store import Store


class Lock:
    """Held until it is released, or the process ends. Raises OutputProblem (13)."""

    def __init__(self, fd: int, path: str, store: Store) -> None:
        self._store = store
        if sys.platform == "win32":
            return  # nothing there locks a file that others may read; two runs are not kept apart
        import fcntl  # not on Windows

        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputProblem(
                f"{path} is locked by {self._holder()}: another run writes to it",
                hint="wait for it, or name another file with -O",
                code="locked",
            ) from None
        except OSError as error:  # a file system that knows no locks
            raise OutputProblem(f"{path} cannot be locked: {error.strerror}") from None
        store.write("pid", str(os.getpid()).encode())

    def _holder(self) -> str:
        said = self._store.read("pid").decode("ascii", "replace")
        if said.isdecimal() and len(said) < 10:
            try:
                os.kill(int(said), 0)
            except ProcessLookupError:  # one that was killed; the other's cache is elsewhere
                return "another process"
            except PermissionError:
                pass  # somebody else's
            return f"PID {said}"
        return "another process"

    def release(self) -> None:
        """To be called before the file is closed, which is what lets others at it."""
        self._store.drop("pid")

"""What a process that reads a stranger's picture may take of this machine."""

from __future__ import annotations

import os
import sys

if sys.platform != "win32":
    import resource

CPU = 10  # seconds; whoever started it gives up earlier, and may be gone
OUTPUT = 1 << 30  # bytes of the file that it writes
PAGE = 4096  # bytes, where the system does not say


class Problem(Exception):
    """Why a picture is refused. what: goes on behind its name. hint: the remedy, or None."""

    def __init__(self, what: str, hint: str | None, code: str) -> None:
        super().__init__(what)
        self.what, self.hint, self.code = what, hint, code


def frugal(memory: int | None = None, *, closed: bool = False) -> None:
    """memory: further bytes that may be taken from here on. closed: no file is opened any more.

    Where the system knows such limits: Windows has none, macOS does not hold to that of memory.
    """
    if sys.platform == "win32":
        return
    _limit(resource.RLIMIT_CPU, CPU)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, OUTPUT)
    if memory is not None and (taken := _taken()):
        _limit(resource.RLIMIT_AS, taken + memory)
    if closed:
        _limit(resource.RLIMIT_NOFILE, 0)


def _limit(what: int, most: int) -> None:
    """Never more than what is allowed already."""
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(what, (most, hard))


def _taken() -> int | None:
    """Bytes of address space that this process has; None where there is no telling."""
    try:
        with open("/proc/self/statm", "rb") as file:  # noqa: PTH123 - no pathlib in a small process
            pages = int(file.read().split()[0])
    except OSError:
        return None
    size = os.sysconf("SC_PAGE_SIZE")
    return pages * (size if size > 0 else PAGE)

"""How much of the machine others use while something is measured."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path


class Others:
    """share(): of all processors' time since it was made, the part that was not this process's nor
    its children's; None where the system does not tell.
    """

    def __init__(self) -> None:
        self._began, self._busy, self._own = time.monotonic(), _busy(), _own()

    def share(self) -> float | None:
        busy = _busy()
        if busy is None or self._busy is None:
            return None
        whole = (time.monotonic() - self._began) * (os.cpu_count() or 1)
        return max(0.0, busy - self._busy - (_own() - self._own)) / max(whole, 0.001)


def _busy() -> float | None:
    """Seconds that all processors were not idle; https://docs.kernel.org/filesystems/proc.html"""
    with suppress(OSError, ValueError):
        cells = [int(cell) for cell in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
        return (sum(cells[:8]) - cells[3] - cells[4]) / os.sysconf("SC_CLK_TCK")
    return None


def _own() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system

"""A cluster for each file of tests. Ray is 240 MB, and no part of what the tests of everything else
need: pip install 'visioncli[ray]', then pytest tests/ray.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

NEEDED = "needs Ray: pip install 'visioncli[ray]', then pytest tests/ray"
needs_ray = pytest.mark.skipif(find_spec("ray") is None, reason=NEEDED)


@dataclass(frozen=True)
class Nodes:
    """address: of the cluster. raylets: PIDs, the head's first."""

    address: str
    raylets: tuple[int, ...]

    def kill(self, number: int) -> None:
        """A node, at once, with all that runs on it."""
        os.kill(self.raylets[number], signal.SIGKILL)

    def workers(self) -> list[int]:
        """PIDs of our actors on nodes of this cluster."""
        found = []
        for folder in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                status = (folder / "stat").read_text().rpartition(")")[2].split()
                if int(status[1]) in self.raylets:
                    title = (folder / "cmdline").read_bytes()
                    if title.startswith(b"ray::Worker"):
                        found.append(int(folder.name))
        return found


@pytest.fixture
def started() -> Iterator[Callable[[int], Nodes]]:
    """Starts a cluster of so many nodes; it ends with the test."""
    running: list[subprocess.Popen[str]] = []

    def start(count: int) -> Nodes:
        process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.ray.nodes", str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "RAY_USAGE_STATS_ENABLED": "0"},
        )
        running.append(process)
        assert process.stdout is not None
        said = [process.stdout.readline().strip() for _ in range(count + 1)]
        assert all(said), "the cluster did not start"
        return Nodes(said[0], tuple(map(int, said[1:])))

    yield start
    for process in running:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(60)
        process.stdout.close()


def until(true: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.02)

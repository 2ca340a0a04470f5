"""Whole processes, timed in turn A B A B …: a machine whose speed drifts drifts for both."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

BARE = (sys.executable, "-c", "pass")  # what others are measured by

# A process's peak of memory begins as its parent's was, so that a small one starts it.
LAUNCHER = """
import os, sys, time
nothing = os.open(os.devnull, os.O_WRONLY)
began = time.perf_counter()
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=[
    (os.POSIX_SPAWN_DUP2, nothing, 1), (os.POSIX_SPAWN_DUP2, nothing, 2)])
_, status, usage = os.wait4(pid, 0)
seconds = time.perf_counter() - began
used = usage.ru_utime + usage.ru_stime
print(seconds, usage.ru_maxrss, os.waitstatus_to_exitcode(status), used)
"""


@dataclass(frozen=True)
class Run:
    """seconds: wall time. kilobytes: peak resident memory. cpu: seconds, of all its threads."""

    seconds: float
    kilobytes: int
    status: int
    cpu: float = 0.0


@dataclass(frozen=True)
class Command:
    """status: what it must end with; a command that fails is not measured."""

    words: Sequence[str]
    env: Mapping[str, str]
    status: int = 0

    def run(self) -> Run:
        done = once(self.words, self.env)
        if done.status != self.status:
            raise RuntimeError(f"status {done.status}: {' '.join(self.words)}")
        return done


def once(words: Sequence[str], env: Mapping[str, str], stdin: Path | None = None) -> Run:
    with (stdin or Path(os.devnull)).open("rb") as source:
        done = subprocess.run(
            [sys.executable, "-S", "-c", LAUNCHER, *words],
            env=dict(env),
            stdin=source,
            capture_output=True,
            check=True,
        )
    seconds, kilobytes, status, cpu = done.stdout.split()
    return Run(float(seconds), int(kilobytes), int(status), float(cpu))


def paired(
    first: Sequence[str], second: Sequence[str], env: Mapping[str, str], runs: int
) -> tuple[list[Run], list[Run]]:
    """`runs` of each after one that is not counted."""
    pairs = [(once(first, env), once(second, env)) for _ in range(runs + 1)][1:]
    return [a for a, _ in pairs], [b for _, b in pairs]


def in_turn(commands: Mapping[str, Command], runs: int) -> dict[str, list[Run]]:
    """`runs` rounds, each of all commands, after one that is not counted."""
    took: dict[str, list[Run]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            run = command.run()
            if number:
                took[name].append(run)
    return took


def ratio(of: Sequence[Run], to: Sequence[Run]) -> float:
    """The median of the pairs' ratios of wall time."""
    return median(a.seconds / b.seconds for a, b in zip(of, to, strict=True))


def milliseconds(runs: Sequence[Run]) -> float:
    return median(run.seconds for run in runs) * 1000


def megabytes(runs: Sequence[Run]) -> float:
    return median(run.kilobytes for run in runs) / 1024

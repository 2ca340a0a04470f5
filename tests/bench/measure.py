"""Whole processes, timed in turn A B A B …: a machine whose speed drifts drifts for both."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Run:
    """seconds: wall time. kilobytes: peak resident memory."""

    seconds: float
    kilobytes: int
    status: int


def once(words: Sequence[str], env: Mapping[str, str]) -> Run:
    began = time.perf_counter()
    process = subprocess.Popen(
        words,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(seconds, usage.ru_maxrss, process.returncode)


def paired(
    first: Sequence[str], second: Sequence[str], env: Mapping[str, str], runs: int
) -> tuple[list[Run], list[Run]]:
    """`runs` of each after one that is not counted."""
    pairs = [(once(first, env), once(second, env)) for _ in range(runs + 1)][1:]
    return [a for a, _ in pairs], [b for _, b in pairs]


def ratio(of: Sequence[Run], to: Sequence[Run]) -> float:
    """The median of the pairs' ratios of wall time."""
    return median(a.seconds / b.seconds for a, b in zip(of, to, strict=True))

"""The gateway beside another proxy: what tests.bench.gateway prints, as figures."""

from __future__ import annotations

import re
import subprocess
import sys
from statistics import median

from . import environments
from .figures import Figure, Topic
from .setting import Setting

TOPIC = "gateway"
LINE = re.compile(
    r"(?P<name>\w+) +(?P<connections>\d+) connections: +(?P<speed>[\d.]+)/s"
    r" +median +(?P<latency>[\d.]+) ms +processor +(?P<cpu>[\d.]+) ms"
)
COLUMNS = ("speed", "latency", "cpu")


def measure(setting: Setting) -> Topic:
    words = [sys.executable, "-m", "tests.bench.gateway", "--rounds", str(setting.runs(3, 1))]
    words += ["--seconds", str(setting.runs(4, 2))]
    missing: tuple[str, ...] = ("litellm[proxy]",)
    if setting.peers.versions:
        peers = environments.made(environments.PROXY)
        if "litellm" in peers:
            words += ["--litellm", peers.program("litellm")]
            missing = ()
    env = setting.env()
    done = subprocess.run(words, env=env, capture_output=True, check=True, text=True)
    return Topic(
        TOPIC,
        "The gateway",
        "`vision serve` before a server that answers at once, beside LiteLLM's proxy "
        f"({environments.PROXY[0]}). Added: beyond what the server takes without a gateway.",
        tuple(rows(done.stdout)),
        missing,
    )


def rows(printed: str) -> list[Figure]:
    """One request at a time: what it takes longer. Many: how many are answered."""
    took: dict[tuple[str, str, str], list[float]] = {}
    for found in LINE.finditer(printed):
        for column in COLUMNS:
            key = found["name"], found["connections"], column
            took.setdefault(key, []).append(float(found[column]))
    middle = {key: median(values) for key, values in took.items()}
    figures = []
    for name, connections in dict.fromkeys(key[:2] for key in middle):
        if name == "mock":
            continue
        speed, latency, cpu = (middle[name, connections, column] for column in COLUMNS)
        beside = name != "vision"
        said = "one at a time" if connections == "1" else f"{connections} at once"
        if connections == "1":
            added = latency - middle.get(("mock", connections, "latency"), 0.0)
            figures.append(Figure(f"{name}: added to a request", added, "ms", said, beside=beside))
        else:
            cell = f"{name}: requests a second"
            figures.append(Figure(cell, speed, "a second", said, beside=beside))
        cell = f"{name}: processor time a request"
        figures.append(Figure(cell, cpu, "ms", said, beside=beside))
    return figures

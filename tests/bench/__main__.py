"""python -m tests.bench: measures, and writes RESULTS.md, results.json and results.svg anew.

Speed and memory, as ratios and differences side by side. With --only some topics are measured, and
the others stay as they were. Quick runs are shown, and written only where --into says.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from . import (
    asking,
    batch,
    core_events,
    environments,
    first_token,
    memory,
    page,
    plot,
    preparation,
    proxy,
    rendering,
    start_up,
)
from .environments import Peers
from .figures import Topic, as_json, from_json
from .load import Others
from .setting import HERE, Setting

TOPICS: Mapping[str, Callable[[Setting], Topic]] = {
    start_up.KEY: start_up.measure,
    asking.KEY: asking.measure,
    first_token.TOPIC: first_token.measure,
    rendering.TOPIC: rendering.measure,
    core_events.KEY: core_events.measure,
    memory.KEY: memory.measure,
    preparation.TOPIC: preparation.measure,
    batch.TOPIC: batch.measure,
    proxy.TOPIC: proxy.measure,
}


def main(words: list[str]) -> int:
    """1 where a goal is missed, or something could not be measured."""
    given = _parser().parse_args(words)
    names = given.only.split(",") if given.only else list(TOPICS)
    if unknown := [name for name in names if name not in TOPICS]:
        _say(f"not a topic: {', '.join(unknown)}; there are {', '.join(TOPICS)}")
        return 2
    into = given.into or HERE
    kept = kept_in(into)
    if not given.draw:
        peers = _peers(given.peers)
        failed = False
        for name in names:
            try:
                topic = measured_now(name, peers, quick=given.quick)
            except (RuntimeError, subprocess.CalledProcessError) as error:
                _say(f"{name}: {error}")
                failed = True
                continue
            kept[name] = topic
            if given.into or not given.quick:  # now: a run that is ended early keeps what it has
                write(kept, into)
        return int(failed or bool(page.missed({n: kept[n] for n in names if n in kept})))
    write(kept, into)
    return 0


def measured_now(name: str, peers: Peers, *, quick: bool) -> Topic:
    began, others = time.monotonic(), Others()
    with tempfile.TemporaryDirectory() as folder:
        topic = TOPICS[name](Setting(Path(folder), peers, quick))
    topic = replace(
        topic,
        date=datetime.now(UTC).date().isoformat(),
        python=platform.python_version(),
        cores=os.cpu_count() or 0,
        others=others.share(),
        quick=quick,
        peers=dict(peers.versions) if any(f.beside for f in topic.figures) else {},
    )
    for line in page.lines(topic):
        _say(line)
    _say(f"  ({time.monotonic() - began:.0f} s)")
    return topic


def kept_in(folder: Path) -> dict[str, Topic]:
    path = folder / "results.json"
    return from_json(json.loads(path.read_text("utf-8"))) if path.exists() else {}


def write(topics: Mapping[str, Topic], folder: Path) -> None:
    ordered = {name: topics[name] for name in TOPICS if name in topics}
    written = json.dumps(as_json(ordered), indent=1, ensure_ascii=False)
    (folder / "results.json").write_text(f"{written}\n", "utf-8")
    (folder / "RESULTS.md").write_text(page.page(ordered), "utf-8")
    (folder / "results.svg").write_text(plot.drawn(ordered), "utf-8")


def _peers(said: str) -> Peers:
    if said == "none":
        return Peers()
    return environments.found(Path(said)) if said else environments.made()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.bench", description=__doc__)
    parser.add_argument("--only", help=f"topics, with commas: {', '.join(TOPICS)}")
    parser.add_argument("--quick", action="store_true", help="few runs, for a first look")
    parser.add_argument(
        "--peers",
        default="",
        metavar="VENV",
        help="an environment with other clients, or none; without it one is made and kept",
    )
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="where to write; tests/bench")
    parser.add_argument("--draw", action="store_true", help="measure nothing, draw results.json")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

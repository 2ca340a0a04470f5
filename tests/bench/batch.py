"""A batch against a server on this machine, beside other clients.

Ours are whole processes, from start to end: list, reading, hashing, preparing, asking, journal.
What its start alone takes is measured with one picture and taken off. The others are asked in a
loop of their own, by as many workers.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from PIL import Image

from tests.program import CAT, KEY, PROGRAM

from .figures import Figure, Topic
from .measure import Run, once
from .setting import HERE, Setting

TOPIC = "batch"
MODEL = "openai/gpt-4o"
MOST = 0.35  # ms of processor time a picture
WIDE = 256  # questions at once
DELAY = 0.2  # seconds that an answer takes
WORKERS = 64


@contextmanager
def server(seconds: float) -> Iterator[int]:
    words = [sys.executable, "-m", "tests.bench.loopback", str(seconds)]
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def pictures(folder: Path, count: int) -> list[str]:
    """No two alike: each has a comment of its own."""
    small = folder / "small.jpg"
    image = Image.open(CAT).convert("RGB")
    image.thumbnail((256, 256))
    image.save(small, quality=80)
    data = small.read_bytes()
    names = []
    for number in range(count):
        name = folder / f"{number}.jpg"
        name.write_bytes(data[:2] + b"\xff\xfe\x00\x0a%08d" % number + data[2:])
        names.append(str(name))
    return names


class Bench:
    def __init__(self, setting: Setting) -> None:
        self._setting, self._runs = setting, 0

    def listed(self, names: list[str]) -> Path:
        path = self._setting.folder / f"list-{len(names)}"
        path.write_text("".join(f"{name}\n" for name in names))
        return path

    def ours(self, port: int, names: list[str], jobs: int) -> Run:
        self._runs += 1
        base = f"http://127.0.0.1:{port}/v1"
        env = self._setting.env({"OPENAI_BASE_URL": base, "OPENAI_API_KEY": KEY})
        env["XDG_CACHE_HOME"] = str(self._setting.folder)
        out = self._setting.folder / f"out-{self._runs}.jsonl"
        words = [PROGRAM, "ask", "-m", MODEL, "--from", str(self.listed(names)), "-j", str(jobs)]
        done = once([*words, "-O", str(out), "What is this?"], env)
        assert done.status == 0, done.status
        assert out.read_bytes().count(b"\n") == len(names)
        return done

    def peer(self, name: str, port: int, names: list[str]) -> tuple[float, float]:
        """Seconds, and of them the processor's."""
        words = [self._setting.peers.python, str(HERE / "peers.py"), name, str(port)]
        words += [str(self.listed(names)), str(WORKERS)]
        env = self._setting.env()
        done = subprocess.run(words, env=env, capture_output=True, check=True, text=True)
        seconds, cpu = done.stdout.split()[-2:]
        return float(seconds), float(cpu)


def measure(setting: Setting) -> Topic:
    names = pictures(setting.folder, setting.runs(4_000, 800))
    bench = Bench(setting)
    rows = [*_at_once(setting, bench, names), *_slow(bench, names)]
    with server(0.0) as port:
        bench.ours(port, names[:1], WORKERS)
        few, many = names[: len(names) // 4], names
        peaks = [bench.ours(port, some, WORKERS).kilobytes / 1024 for some in (few, many)]
    note = f"{peaks[0]:.1f} MB at {len(few):,}"
    rows.append(Figure(f"peak memory, {len(many):,} pictures", peaks[1], "MB", note))
    return Topic(
        TOPIC,
        "A batch",
        f"Pictures of 10 kB, {WORKERS} questions at once to a server that answers at once, after "
        "start-up; ours with the extra [fast], and with its list, hashes, preparation and journal.",
        tuple(rows),
        setting.peers.missing("openai", "litellm"),
    )


def _at_once(setting: Setting, bench: Bench, names: list[str]) -> list[Figure]:
    """In rounds: ours, then the others."""
    count = len(names)
    took: dict[str, list[tuple[float, float]]] = {"vision": []}
    with server(0.0) as port:
        for _ in range(setting.runs(3, 1)):
            one, many = bench.ours(port, names[:1], WORKERS), bench.ours(port, names, WORKERS)
            took["vision"].append(
                ((many.seconds - one.seconds) / count, (many.cpu - one.cpu) / count)
            )
            for peer in setting.present(("openai", "litellm")):
                some = names[:600]
                seconds, cpu = bench.peer(peer, port, some)
                took.setdefault(peer, []).append((seconds / len(some), cpu / len(some)))
    rows = []
    for name, parts in took.items():
        cpu = median(part[1] for part in parts) * 1000
        times = median(part[1] / own[1] for part, own in zip(parts, took["vision"], strict=True))
        ours = name == "vision"
        note, goal = ("", MOST) if ours else (f"{times:.1f} x ours", None)
        rows.append(
            Figure(f"{name}: processor time a picture", cpu, "ms", note, goal, beside=not ours)
        )
        speed = 1 / median(part[0] for part in parts)
        rows.append(Figure(f"{name}: pictures a second", speed, "a second", beside=not ours))
    return rows


def _slow(bench: Bench, names: list[str]) -> list[Figure]:
    with server(DELAY) as port:
        start = median(bench.ours(port, names[:1], WIDE).seconds - DELAY for _ in range(3))
        seconds = bench.ours(port, names, WIDE).seconds - start
    ideal = -(-len(names) // WIDE) * DELAY
    name = f"{len(names):,} answers of {DELAY * 1000:.0f} ms, {WIDE} at once"
    return [Figure(name, seconds, "s", f"{ideal:.2f} s where nothing costs anything")]

"""python -m tests.bench.batch [PEERS]: a batch against a local server, beside other clients.

PEERS: the Python of an environment with openai and litellm. Ours are whole processes, from start to
end: list, reading, hashing, preparing, asking, journal. Its start alone is measured with one item.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from PIL import Image

from tests.program import CAT, PROGRAM, environment

HERE = Path(__file__).parent
MODEL = "openai/gpt-4o"
WATCH = """
import os, resource, subprocess, sys, time
began = time.perf_counter()
status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss, status)
"""


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
    def __init__(self, folder: Path) -> None:
        self._folder, self._runs = folder, 0

    def listed(self, names: list[str]) -> Path:
        path = self._folder / f"list-{len(names)}"
        path.write_text("".join(f"{name}\n" for name in names))
        return path

    def ours(self, port: int, names: list[str], jobs: int, *more: str) -> tuple[float, float, int]:
        """Seconds, of them CPU, and the peak of memory in kB."""
        self._runs += 1
        env = environment({"OPENAI_BASE_URL": f"http://127.0.0.1:{port}/v1"})
        env |= {"OPENAI_API_KEY": "sk-none-0123456789", "XDG_CACHE_HOME": str(self._folder)}
        out = self._folder / f"out-{self._runs}.jsonl"
        words = [PROGRAM, "ask", "-m", MODEL, "--from", str(self.listed(names)), "-j", str(jobs)]
        words += ["-O", str(out), *more, "What is this?"]
        done = subprocess.run(
            [sys.executable, "-S", "-c", WATCH, *words],
            env=env,
            capture_output=True,
            check=True,
            text=True,
        )
        seconds, cpu, peak, status = done.stdout.split()
        assert status == "0", status
        assert out.read_bytes().count(b"\n") == len(names)
        return float(seconds), float(cpu), int(peak)

    def peer(self, python: str, name: str, port: int, names: list[str]) -> tuple[float, float]:
        words = [python, str(HERE / "peers.py"), name, str(port), str(self.listed(names)), "64"]
        done = subprocess.run(words, capture_output=True, check=True, text=True)
        seconds, cpu = done.stdout.split()[-2:]
        return float(seconds), float(cpu)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(peers: str | None) -> None:
    say(f"load of the machine: {os.getloadavg()[0]:.1f}; {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = pictures(folder, 4000)
        bench = Bench(folder)
        with server(0.2) as port:
            start = median(bench.ours(port, names[:1], 64)[0] - 0.2 for _ in range(3))
            seconds = bench.ours(port, names[:300], 64)[0]
            say(f"300 at 200 ms, -j 64: {seconds:.2f} s, {seconds - start:.2f} s after start")
            wide = bench.ours(port, names, 256)[0] - start
            say(f"4,000 at 200 ms, -j 256: {wide:.2f} s after start, ideal 3.13 s")
        with server(0.0) as port:
            for _ in range(3):
                one, many = bench.ours(port, names[:1], 64), bench.ours(port, names, 64)
                seconds, cpu = many[0] - one[0], many[1] - one[1]
                say(f"at once, -j 64: {4000 / seconds:.0f}/s, {cpu / 4000 * 1e6:.0f} us of CPU")
                for peer in ("openai", "litellm") if peers else ():
                    took, used = bench.peer(peers or "", peer, port, names[:600])
                    say(f"  {peer}: {600 / took:.0f}/s, {used / 600 * 1e6:.0f} us of CPU")
            for count in (1000, 4000):
                say(f"memory at {count}: {bench.ours(port, names[:count], 64)[2] / 1024:.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)

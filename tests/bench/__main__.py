"""python -m tests.bench [RUNS]: start-up and memory, as ratios and differences side by side."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.mock import serving
from tests.program import CAT, KEY, PROGRAM, environment
from visioncli.catalogue import index

from .measure import once, paired, ratio
from .subjects import LOCAL, ask, large_jpeg

BARE = [sys.executable, "-c", "pass"]


def main(runs: int) -> None:
    with serving() as mock, tempfile.TemporaryDirectory() as folder:
        env = environment({**mock.env(KEY), "VLLM_BASE_URL": f"{mock.url}/v1"})
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        commands = {
            "vision --version": [PROGRAM, "--version"],
            "vision models --ids": [PROGRAM, "models", "--ids"],
            "vision check M": [PROGRAM, "check", "openai/gpt-4o"],
            "vision check M, unknown": [PROGRAM, "check", "nope/nothing"],
            "vision --help": [PROGRAM, "--help"],
            "vision ask --dry-run": ask(CAT, "--dry-run", "-m", "openai/gpt-4o"),
            "vision ask, to loopback": ask(CAT, "-m", "openai/gpt-4o"),
        }
        print(f"start-up, x python3 -c pass: the median of {runs} pairs (in ms)")  # noqa: T201
        for name, words in commands.items():
            ours, bare = paired(words, BARE, env, runs)
            milliseconds = median(run.seconds for run in ours) * 1000
            print(f"  {name:26} {ratio(ours, bare):5.2f}   ({milliseconds:.0f})")  # noqa: T201
        ids = Path(folder) / "ids"
        ids.write_text("".join(f"{row[0]}\n" for row in index.rows()[:10_000]))
        times = [once([PROGRAM, "check", "-"], env, ids).seconds for _ in range(runs)]
        print(f"vision check -, 10,000 ids: {median(times):.2f} s")  # noqa: T201
        print("memory, peak MB while a picture is sent")  # noqa: T201
        for name, size in (("1 kB", 1000), ("50 MB", 50_000_000), ("200 MB", 200_000_000)):
            picture = large_jpeg(Path(folder) / "large.jpg", size)
            peaks = [once(ask(picture, *LOCAL), env).kilobytes for _ in range(3)]
            print(f"  {name:26} {median(peaks) / 1024:5.1f}")  # noqa: T201
            picture.unlink()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)

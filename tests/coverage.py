"""What the nearest tests reach of the rooms that must not be wrong: every line and every branch.

    python -m tests.coverage [options of `coverage report`, as -m: which lines are missing]

Exits with 2 where anything is not reached. It takes some minutes: programs that the tests start are
measured, too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
JOURNAL = ("output", "journal", "opening", "index", "records", "locks", "hashes", "store", "given")
HELD = (
    *("visioncli/core/*", "visioncli/dialects/*", "visioncli/providers/*", "visioncli/retry.py"),
    *(f"visioncli/transport/{name}.py" for name in ("clock", "outcome")),
    *(f"visioncli/batch/{name}.py" for name in JOURNAL),
)
TESTS = (
    *("tests/core", "tests/dialects", "tests/providers", "tests/test_retry.py", "tests/transport"),
    *("tests/images/test_uploaded.py", "tests/batch/test_index.py", "tests/batch/test_records.py"),
    *map(str, sorted((ROOT / "tests/batch").glob("test_journal*.py"))),
    *map(str, sorted((ROOT / "tests/batch").glob("test_resume*.py"))),
)


def main(options: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        data = f"--data-file={folder}/data"
        # The profile: examples are the same every time, and a tracer's slowness fails none.
        tests = ["-m", "pytest", "-q", "--hypothesis-profile=ci", *TESTS]
        if failed := coverage("run", f"--data-file={folder}/data", *tests):
            return failed
        coverage("combine", "-q", data, folder)
        held = f"--include={','.join(HELD)}"
        return coverage("report", data, held, "--skip-covered", "--fail-under=100", *options)


def coverage(*arguments: str) -> int:
    command = [sys.executable, "-m", "coverage", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

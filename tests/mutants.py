"""Which changes to the code the nearest tests do not notice: mutmut, over a copy of the tree.

    python -m venv /tmp/mut && /tmp/mut/bin/pip install -e '.[dev]' mutmut
    /tmp/mut/bin/python -m tests.mutants dialects|arguments

Leaves out the tests that start processes, which know nothing of the change, and those that ask the
laws of every dialect by hundreds of examples: the dialects take ten minutes so, the arguments two.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
SLOW = ("test_laws", "test_load", "test_oracles", "test_bedrock_oracles")
CONFIGURATION = """
[tool.mutmut]
source_paths = ["visioncli"]
only_mutate = {mutated}
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = ["-p", "no:xdist", "-o", "addopts=", "--hypothesis-profile=ci"]
timeout_constant = 10.0
"""


def rooms() -> dict[str, tuple[list[str], list[str]]]:
    """By name: (patterns of what is changed, the tests that are to notice)."""
    dialects = sorted((ROOT / "tests/dialects").glob("test_*.py"))
    near = [str(path.relative_to(ROOT)) for path in dialects if path.stem not in SLOW]
    rules = ["visioncli/cli/arguments.py", "visioncli/cli/batch_rules.py"]
    names = ("test_arguments", "test_argument_remedies", "test_batch_rules")
    tests = [f"tests/cli/{name}.py" for name in names]
    return {"dialects": (["visioncli/dialects/*.py"], near), "arguments": (rules, tests)}


def main(room: str) -> int:
    mutated, tests = rooms()[room]
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "tree"
        for name in ("visioncli", "tests"):
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        configuration = CONFIGURATION.format(mutated=quoted(mutated), tests=quoted(tests))
        text = (ROOT / "pyproject.toml").read_text("utf-8") + configuration
        (tree / "pyproject.toml").write_text(text, "utf-8")
        mutmut = [sys.executable, "-m", "mutmut"]
        if status := subprocess.run([*mutmut, "run"], cwd=tree, check=False).returncode:
            return status
        listed = subprocess.run(
            [*mutmut, "results"], cwd=tree, check=True, capture_output=True, text=True
        ).stdout
        for line in listed.splitlines():
            name = line.partition(":")[0].strip()
            subprocess.run([*mutmut, "show", name], cwd=tree, check=False)
    return 0


def quoted(names: list[str]) -> str:
    """A list of TOML."""
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))

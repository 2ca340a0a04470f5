"""Draws README's picture of a real run: python -m tests.readme_picture [FILE]

The command is run; what it prints becomes an SVG by rich's own export.
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.program import PROGRAM, environment

ROOT = Path(__file__).parents[1]
FILE = ROOT / ".github" / "run.svg"
WORDS = ("ask", "tests/images/coffee.jpg", "what's in this?")
SHOWN = 'vision ask tests/images/coffee.jpg "what\'s in this?"'
WIDTH = 96


def printed() -> str:
    """stdout and stderr of the command, drawn for a terminal of WIDTH columns."""
    env = environment({"CLICOLOR_FORCE": "1", "TERM": "xterm-256color", "COLUMNS": str(WIDTH)})
    done = subprocess.run(
        [PROGRAM, *WORDS],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    return done.stdout.decode().rstrip("\n")


def picture() -> str:
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text.assemble(("$ ", "bold green"), SHOWN))
    console.print(Text.from_ansi(printed()))
    return console.export_svg(title="vision", unique_id="run")


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else FILE).write_text(picture(), "utf-8")

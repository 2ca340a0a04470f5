"""Draws README's picture of a real run: python -m tests.readme_picture [FILE]

The command runs in a pseudo-terminal; what it printed there becomes an SVG by rich's own export.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pexpect
from rich.console import Console
from rich.text import Text

from tests.program import PROGRAM, environment

ROOT = Path(__file__).parents[1]
FILE = ROOT / ".github" / "run.svg"
WORDS = ("ask", "tests/images/coffee.jpg", "what's in this?")
SHOWN = 'vision ask tests/images/coffee.jpg "what\'s in this?"'
WIDTH = 96


def printed() -> str:
    """stdout and stderr of the command, as a terminal of WIDTH columns got them."""
    env = environment({"TERM": "xterm-256color", "COLUMNS": str(WIDTH), "LINES": "40"})
    child = pexpect.spawn(
        PROGRAM,
        list(WORDS),
        cwd=ROOT,
        env=env,
        dimensions=(40, WIDTH),
        timeout=60,
        encoding="utf-8",
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    return child.before or ""


def picture() -> str:
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text.assemble(("$ ", "bold green"), SHOWN))
    console.print(Text.from_ansi(printed()))
    return console.export_svg(title="vision", unique_id="run")


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else FILE).write_text(picture(), "utf-8")

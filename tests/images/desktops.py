"""Desktops made for the tests: programs that give pictures, and those that do not."""

from __future__ import annotations

import os
import sys
from pathlib import Path

PNG = b"\x89PNG\r\n\x1a\nthis is what it gave"


def program(folder: Path, name: str, body: str) -> None:
    """A program of this name, in Python; `words` are its arguments, give(bytes) prints."""
    file = folder / name
    head = (
        f"#!{sys.executable} -S\nimport os, sys, time\nwords = sys.argv[1:]\n"
        f"PNG = {PNG!r}\n"
        "def give(data): sys.stdout.buffer.write(data); sys.stdout.flush()\n"
        f"open({str(folder / 'called')!r}, 'a').write(repr([{name!r}, *words]) + '\\n')\n"
    )
    file.write_text(head + body)
    file.chmod(0o755)


def called(folder: Path) -> list[str]:
    log = folder / "called"
    return log.read_text().splitlines() if log.exists() else []


def desktop(folder: Path, **variables: str) -> dict[str, str]:
    """An environment where nothing but the folder's programs is found."""
    kept = {name: os.environ[name] for name in ("HOME", "TMPDIR") if name in os.environ}
    return {**kept, "PATH": str(folder), **variables}

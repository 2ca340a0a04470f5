"""Runs the installed `vision` as a user's shell would: a process with streams and a status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = str(Path(sys.executable).with_name("vision"))
PICTURES = Path(__file__).parent / "images"
CAT = str(PICTURES / "chelsea.jpg")
CUP = str(PICTURES / "coffee.jpg")
HORSE = str(PICTURES / "horse.png")
KEY = "sk-canary-0123456789abcdefWXYZ"
# No key, no proxy and no configuration of the machine's reaches a test.
FOREIGN = (
    *("_API_KEY", "_BASE_URL", "_API_BASE", "_ENDPOINT", "_TOKEN", "_HOST", "_PROXY", "_proxy"),
    *("_CREDENTIALS", "_PROJECT", "_LOCATION"),
)


@dataclass(frozen=True)
class Done:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """stdout as the one JSON object it holds."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def objects(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    clean = {k: v for k, v in os.environ.items() if not k.endswith(FOREIGN)}
    for name in ("NO_COLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "VISION_MODEL", "PYTHONPATH"):
        clean.pop(name, None)
    ours = {"VISION_CONFIG": os.devnull, "VISION_KEYS": os.devnull, "COLUMNS": "100"}
    return {**clean, **ours, **(more or {})}


def vision(
    *words: str | os.PathLike[str],
    stdin: bytes | None = None,
    env: Mapping[str, str] | None = None,
    cwd: str | os.PathLike[str] | None = None,
    timeout: float = 60,
) -> Done:
    """stdin: None is a closed, empty one."""
    done = subprocess.run(
        [PROGRAM, *(os.fspath(word) for word in words)],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        check=False,
        env=environment(env),
        cwd=cwd,
        timeout=timeout,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode("utf-8", "replace"))

"""The installed `vision` on a terminal of its own, and every byte that the terminal received."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import termios
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cli.terminals import TERMINALS
from tests.program import PROGRAM, environment


@dataclass(frozen=True)
class Shown:
    status: int
    data: bytes

    @property
    def text(self) -> str:
        return self.data.decode("utf-8", "replace")


def shown(
    *words: str | bytes,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    size: tuple[int, int] = (24, 80),
    stdin: bytes | None = None,
) -> Shown:
    """stdout and stderr are the terminal; stdin is, too, unless it is given."""
    with _pair(size) as (ours, its):
        clean = {k: v for k, v in environment().items() if k not in TERMINALS}
        child = subprocess.Popen(
            [PROGRAM, *words],
            stdin=its if stdin is None else subprocess.PIPE,
            stdout=its,
            stderr=its,
            env={**clean, "TERM": "xterm-256color", **(env or {})},
            cwd=cwd,
            start_new_session=True,
        )
        os.close(its)
        if child.stdin is not None:
            child.stdin.write(stdin or b"")
            child.stdin.close()
        data = b"".join(_read(ours))
        return Shown(child.wait(30), data)


@contextmanager
def _pair(size: tuple[int, int]) -> Iterator[tuple[int, int]]:
    ours, its = pty.openpty()
    try:
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        yield ours, its
    finally:
        os.close(ours)


def _read(fd: int) -> Iterator[bytes]:
    """Until whoever has the other end is gone, which Linux tells as an error."""
    while True:
        try:
            piece = os.read(fd, 1 << 16)
        except OSError:
            return
        if not piece:
            return
        yield piece

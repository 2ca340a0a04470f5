"""A terminal that answers what it is asked, or does not, around the installed `vision`."""

from __future__ import annotations

import fcntl
import json
import struct
import sys
import termios
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pexpect

from tests.program import PROGRAM, environment

ASKED = b"\x1b[c"  # ends what is asked
OF_KITTY = b"\x1b_Gi=31;OK\x1b\\"
ATTRIBUTES = b"\x1b[?62;22c"  # no sixels
SIXELS = b"\x1b[?63;1;2;4;6;9;15;22c"  # xterm's
TERMINALS = (
    *("TERM", "TERM_PROGRAM", "COLORTERM", "LC_TERMINAL", "KITTY_WINDOW_ID", "KONSOLE_VERSION"),
    *("TMUX", "STY", "ZELLIJ", "WT_SESSION", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"),
)
# Runs a command as a shell does; tells its status, whether the terminal has its modes again, and
# what a shell would now read.
SHELL = """
import json, os, select, signal, subprocess, sys, termios, time, tty
signal.signal(signal.SIGINT, lambda *_: None)
before = termios.tcgetattr(0)
group = {"process_group": 0} if sys.argv[2] == "&" else {}
print("READY", flush=True)
sys.stdin.readline()
with open(sys.argv[1], "wb") as out:
    status = subprocess.call(sys.argv[3:], stdout=out, **group)
same = termios.tcgetattr(0) == before
tty.setcbreak(0, termios.TCSANOW)
left = os.read(0, 999) if select.select([0], [], [], 0.1)[0] else b""
termios.tcsetattr(0, termios.TCSANOW, before)
print("ENDED " + json.dumps([status, same, left.decode("latin-1")]), flush=True)
"""


@dataclass
class Run:
    """status, same_modes, left, answer: once it has ended. left: what a shell would read."""

    child: pexpect.spawn
    out: Path
    shown: str = ""
    status: int = -1
    same_modes: bool = False
    left: str = ""

    def until(self, text: bytes) -> float:
        """Seconds until the terminal has been sent `text`."""
        began = time.monotonic()
        self.child.expect_exact([text])
        self.shown += (self.child.before + self.child.after).decode("utf-8", "replace")
        return time.monotonic() - began

    def types(self, keys: bytes) -> None:
        """Or answers: a program cannot tell."""
        self.child.send(keys)

    def ends(self) -> Run:
        self.until(b"ENDED ")
        line = self.child.readline().decode()
        self.status, self.same_modes, self.left = json.loads(line)
        self.shown = self.shown.removesuffix("ENDED ")
        self.child.expect(pexpect.EOF)
        return self

    @property
    def answer(self) -> str:
        return self.out.read_text("utf-8")


@contextmanager
def running(
    folder: Path,
    *words: str,
    env: Mapping[str, str] | None = None,
    size: tuple[int, int] = (24, 80),
    cell: tuple[int, int] = (0, 0),
    ahead: bytes = b"",
    background: bool = False,
) -> Iterator[Run]:
    """`vision WORDS`. size: rows and columns. cell: px of a character, as the terminal tells it.

    ahead: typed before it begins.
    """
    clean = {k: v for k, v in environment().items() if k not in TERMINALS}
    out = folder / "out"
    child = pexpect.spawn(
        sys.executable,
        ["-c", SHELL, str(out), "&" if background else "", PROGRAM, *words],
        env={**clean, "TERM": "xterm-256color", **(env or {})},
        timeout=30,
        dimensions=size,
    )
    child.delaybeforesend = None
    child.delayafterclose = child.delayafterterminate = 0.0
    try:
        pixels = struct.pack("HHHH", *size, size[1] * cell[0], size[0] * cell[1])
        fcntl.ioctl(child.child_fd, termios.TIOCSWINSZ, pixels)
        child.expect_exact(["READY\r\n"])
        child.send(b"\n" + ahead)
        child.expect_exact(["\r\n"])
        yield Run(child, out)
    finally:
        child.close(force=True)

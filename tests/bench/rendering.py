"""A long answer, drawn on a terminal and written into a pipe: whole programs, their processor time
less that for an answer of one token.
"""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from contextlib import suppress
from statistics import median

from tests.program import CAT, KEY

from .figures import Figure, Topic
from .measure import Command
from .setting import Setting
from .streams import streaming, tokens
from .subjects import ask

TOPIC = "rendering"
SHORT, LONG = 5_000, 20_000  # tokens
MOST = 80.0  # µs a token on a terminal
LINEAR = 1.15  # what a token of a long answer may cost, as a part of one of a short answer
PAUSE = 0.002  # seconds between tokens that come one by one
LOADED = """
import sys, visioncli.__main__ as door
status = door.main()
sys.stderr.write(f"\\nLOADED {sum(m.split('.')[0] == 'rich' for m in sys.modules)}")
"""
# What drawing anew what was drawn costs, ten times a second.
ANEW = """
import sys, time
from rich.console import Console
from rich.live import Live
from rich.markdown import Markdown
text = sys.stdin.read()
pieces = [text[start : start + 4] for start in range(0, len(text), 4)]
with Live(console=Console(force_terminal=True, width=80), auto_refresh=False) as live:
    for number in range(0, len(pieces), 10):
        live.update(Markdown("".join(pieces[: number + 10])), refresh=True)
print(len(pieces), time.process_time(), file=sys.stderr)
"""


def cpu(command: Command, *, terminal: bool) -> float:
    """Seconds of processor time of a command whose stdout is read by us at once."""
    reading, writing = pty.openpty() if terminal else os.pipe()
    if terminal:
        termios.tcsetwinsize(writing, (24, 80))
    process = subprocess.Popen(
        command.words,
        env=dict(command.env),
        stdin=subprocess.DEVNULL,
        stdout=writing,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with suppress(OSError):  # a terminal whose last user has gone
        while os.read(reading, 1 << 16):
            pass
    os.close(reading)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"status {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def measure(setting: Setting) -> Topic:
    short = _a_token(setting, SHORT, terminal=True)
    long = _a_token(setting, LONG, terminal=True)
    slow = _a_token(setting, 1_000, terminal=True, pause=PAUSE)
    piped = _a_token(setting, SHORT, terminal=False)
    rows = [
        Figure(f"on a terminal, {SHORT:,} tokens", short, "µs a token", "", MOST),
        Figure(f"on a terminal, {LONG:,} tokens", long, "µs a token", "", MOST),
        Figure(f"{LONG:,} tokens / {SHORT:,} tokens", long / short, "x a token", "", LINEAR),
        Figure(
            "on a terminal, 1,000 tokens one by one",
            slow,
            "µs a token",
            f"every {PAUSE * 1000:.0f} ms: a read and a write of the system for each",
        ),
        Figure(f"into a pipe, {SHORT:,} tokens", piped, "µs a token"),
        Figure("modules of rich loaded, into a pipe", _rich(setting), "", "", 0),
        Figure(
            "rich's Live with all of its Markdown, 2,000 tokens",
            _anew(),
            "µs a token",
            "drawn anew at every tenth token",
            beside=True,
        ),
    ]
    return Topic(
        TOPIC,
        "Drawing a long answer",
        "`vision ask` with an answer in Markdown of that many tokens from a server on this "
        "machine; processor time of the whole program, less that for an answer of one token.",
        tuple(rows),
    )


def _ask(setting: Setting, port: int) -> Command:
    base = f"http://127.0.0.1:{port}/v1"
    env = setting.env({"OPENAI_BASE_URL": base, "OPENAI_API_KEY": KEY})
    return Command(ask(CAT, "-m", "openai/gpt-4o"), env | {"TERM": "xterm-256color"})


def _a_token(setting: Setting, count: int, *, terminal: bool, pause: float = 0.0) -> float:
    """µs. Long and short in turn."""
    runs = setting.runs(3, 1)
    took = []
    # The short one has a heading and a word, so that it loads what drawing needs.
    with streaming(["# A", " cat\n\n", "x"]) as one, streaming(tokens(count), pause=pause) as many:
        for _ in range(runs + 1):
            pair = [cpu(_ask(setting, s.port), terminal=terminal) for s in (one, many)]
            took.append((pair[1] - pair[0]) / count * 1e6)
    return median(took[1:])


def _rich(setting: Setting) -> int:
    with streaming(["A", " cat"]) as server:
        command = _ask(setting, server.port)
        words = [sys.executable, "-c", LOADED, *command.words[1:]]
        done = subprocess.run(
            words,
            env=dict(command.env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=True,
            text=True,
        )
    return int(done.stderr.rpartition("LOADED ")[2])


def _anew() -> float:
    """µs of processor time a token, its start included."""
    done = subprocess.run(
        [sys.executable, "-c", ANEW],
        input="".join(tokens(2_000)),
        capture_output=True,
        check=True,
        text=True,
    )
    count, seconds = done.stderr.split()[-2:]
    return float(seconds) / int(count) * 1e6

"""How far a batch is, as a person sees it, and as a log keeps it."""

from __future__ import annotations

import fcntl
import io
import os
import re
import struct
import subprocess
import termios
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests import vendors
from tests.batch.server import Reply, Server
from tests.program import PROGRAM, environment
from visioncli.cli.progress import Progress, State, line, summary

from .batches import place, server

__all__ = ["place", "server"]

STATE = State(answered=410, skipped=0, failed=0, total=2000, usd=0.0231, unknown=0)


@pytest.mark.parametrize(
    ("state", "rate", "expected"),
    [
        (STATE, 38.2, "410/2,000  20%  38.2/s  ETA 0:41  $0.0231"),
        (replace(STATE, total=None), 38.2, "410  38.2/s  $0.0231"),
        (replace(STATE, unknown=3), 0.0, "410/2,000  20%  0.0/s  $0.0231+"),
        (replace(STATE, usd=0.0, unknown=410), 1, "410/2,000  20%  1.0/s  ETA 26:30"),
        (replace(STATE, usd=0.0), 0.1, "410/2,000  20%  0.1/s  ETA 4:25:00"),
        (
            replace(STATE, failed=3, skipped=1587, usd=0.0, paused=12.2, provider="openai"),
            5,
            "2,000/2,000  100%  5.0/s  paused 12 s by openai (429)  3 failed  1,587 skipped",
        ),
        (replace(STATE, total=100), 5, "410/410  100%  5.0/s  ETA 0:00  $0.0231"),
    ],
)
def test_a_line_says_what_there_is_to_say(state: State, rate: float, expected: str) -> None:
    assert line(state, rate) == expected


def test_the_summary_counts_what_is_not_known_apart() -> None:
    assert summary(STATE, 61.0) == "answered 410, skipped 0, failed 0; $0.0231; 1:01"
    unknown = summary(replace(STATE, usd=0.0, unknown=410), 9.04)
    assert unknown == "answered 410, skipped 0, failed 0; the cost of 410 not known; 9.0 s"
    some = summary(replace(STATE, unknown=2), 9.04)
    assert some == "answered 410, skipped 0, failed 0; $0.0231 and the cost of 2 not known; 9.0 s"


def test_the_rate_is_of_what_was_asked_lately() -> None:
    """A thousand that were skipped took no time, and say nothing of those to come."""
    clock = [0.0]
    out = io.StringIO()
    progress = Progress(out, now=lambda: clock[0])
    clock[0] = 10.0
    progress.tell(replace(STATE, answered=20, skipped=1000))
    assert "2.0/s  ETA 8:10" in out.getvalue()
    clock[0] = 100.0
    progress.tell(replace(STATE, answered=20, skipped=1000))
    clock[0] = 110.0
    progress.tell(replace(STATE, answered=70, skipped=1000))
    assert out.getvalue().splitlines()[-1].startswith("1,070/2,000  54%  5.0/s")


def run_on_a_terminal(
    server: Server, place: Path, *words: str, term: str = "xterm-256color", both: bool = False
) -> str:
    """What a terminal 60 columns wide got. both: stdout is it, too."""
    control, terminal = os.openpty()
    os.set_blocking(control, False)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 60, 0, 0))
    with subprocess.Popen(
        [PROGRAM, "ask", "-m", "openai/gpt-4o", *words],
        cwd=place,
        env=environment(server.env() | {"TERM": term}),
        stdin=subprocess.DEVNULL,
        stdout=terminal if both else subprocess.DEVNULL,
        stderr=terminal,
    ) as process:
        os.close(terminal)
        got = b""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                piece = os.read(control, 4096)
            except BlockingIOError:
                time.sleep(0.01)
                continue
            except OSError:  # the other side is closed
                break
            got += piece
        assert process.wait(10) == 0
    os.close(control)
    return got.decode()


def test_on_a_terminal_one_line_is_drawn_over(server: Server, place: Path) -> None:
    server.delay = 0.3
    got = run_on_a_terminal(server, place, "pics", "-j", "1", "-O", "out", "q")
    drawn = got.split("\r\x1b[K")
    assert len(drawn) > 4
    assert all("\n" not in text for text in drawn[:-1])
    assert any(re.search(r"3.*\d\.\d/s", text) for text in drawn)
    assert max(map(len, drawn[:-1])) < 60
    assert drawn[-1].startswith("answered 6, skipped 0, failed 0; $")


def test_records_on_the_same_terminal_stand_on_lines_of_their_own(
    server: Server, place: Path
) -> None:
    server.delay = 0.3
    got = run_on_a_terminal(server, place, "pics", "-j", "1", "q", both=True)
    seen = [re.sub(r"^.*\x1b\[K", "", text) for text in got.replace("\r\n", "\n").split("\n")]
    assert sum(text.startswith('{"id":null') and text.endswith("}") for text in seen) == 6


def test_a_pause_is_told(server: Server, place: Path) -> None:
    slow = Reply(429, b'{"error":{"message":"slow down"}}', ("retry-after: 2",))
    server.reply = lambda said: slow if said.number == 2 else Reply()
    got = run_on_a_terminal(server, place, "pics", "-j", "1", "-O", "out", "q")
    assert re.search(r"paused \d s by openai", got)


@pytest.mark.parametrize("how", ["-q", "dumb"])
def test_nothing_is_drawn_where_it_is_not_wanted_or_understood(
    server: Server, place: Path, how: str
) -> None:
    server.delay = 0.1
    words = ("-q",) if how == "-q" else ()
    term = "dumb" if how == "dumb" else "xterm"
    got = run_on_a_terminal(server, place, "pics", "-j", "2", *words, "-O", "out", "q", term=term)
    assert "\x1b" not in got
    assert got == "" if how == "-q" else got.startswith("answered 6")


def test_a_log_has_a_line_now_and_then(server: Server, place: Path) -> None:
    (place / "site").mkdir()
    (place / "site" / "sitecustomize.py").write_text(
        "import visioncli.cli.progress as p\np.SELDOM = 0.2\n"
    )
    server.delay = 0.2
    done = subprocess.run(
        [PROGRAM, "ask", "-m", "openai/gpt-4o", "pics", "-j", "1", "q"],
        cwd=place,
        env=environment(server.env() | {"PYTHONPATH": str(place / "site")}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=60,
    )
    *lines, last = done.stderr.decode().splitlines()
    assert len(lines) >= 3
    assert all(re.match(r"\d(/6)?  ", text) for text in lines)
    assert last.startswith("answered 6")
    assert vendors.TEXT in done.stdout.decode()

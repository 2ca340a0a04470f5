"""Every way of ending has its exit status: signals, readers that go away, streams that are shut."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import vendors
from tests.mock import Mock, Reply
from tests.program import CAT, KEY, PROGRAM, environment, vision

WORDS = [PROGRAM, "ask", "-m", "openai/gpt-4o", CAT, "q"]


@pytest.fixture
def hanging(mock: Mock) -> Iterator[Mock]:
    """The first answer stalls after its text."""
    stop = threading.Event()
    frames = vendors.streamed("openai", whole=False)
    mock.replies.append(Reply(frames, "text/event-stream", hang=stop))
    yield mock
    stop.set()


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_soon_with_the_text_so_far(
    hanging: Mock, number: signal.Signals, status: int
) -> None:
    with subprocess.Popen(
        WORDS,
        env=environment(hanging.env(KEY)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        text = process.stdout.read(5)  # the answer has begun
        sent = time.monotonic()
        process.send_signal(number)
        rest = process.stdout.read()
        assert process.wait(10) == status
        assert time.monotonic() - sent < 2
        assert process.stderr.read() == b""
    assert (text + rest).decode().startswith(vendors.PIECES[0])


def test_a_signal_while_a_header_is_waited_for(mock: Mock) -> None:
    stop = threading.Event()
    mock.replies.append(Reply([b" "], "application/json", hang=stop))
    with subprocess.Popen(
        [*WORDS, "--no-stream"],
        env=environment(mock.env(KEY)),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        until = time.monotonic() + 20
        while not mock.received and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr is not None
        assert process.stderr.read() == b""
    stop.set()


def shell(command: str, mock: Mock) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["bash", "-c", command],
        env=environment(mock.env(KEY) | {"V": PROGRAM, "CAT": CAT}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_a_reader_that_goes_away_is_141_and_silent(mock: Mock) -> None:
    mock.pieces = ["line\n"] * 20_000
    done = shell('"$V" ask -m openai/gpt-4o "$CAT" q | head -1; echo "${PIPESTATUS[0]}"', mock)
    assert done.stdout == b"line\n141\n"
    assert done.stderr == b""


@pytest.mark.parametrize("target", ["> /dev/full", ">&-"])
@pytest.mark.parametrize("form", ["", "--json", "--dry-run"])
def test_a_stdout_that_cannot_be_written_is_13(mock: Mock, target: str, form: str) -> None:
    done = shell(f'"$V" ask -m openai/gpt-4o {form} "$CAT" q {target}', mock)
    assert done.returncode == 13
    assert done.stderr.startswith(b"error: stdout cannot be written")
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("words", ["--help", "ask --help", "", "--version", "models --ids"])
def test_help_ends_as_all_output_does(mock: Mock, words: str) -> None:
    assert shell(f'"$V" {words} > /dev/full', mock).returncode == 13
    assert shell(f'"$V" {words} >&-', mock).returncode == 13
    gone = shell(f'{{ sleep 0.5; "$V" {words}; echo $? >&2; }} | true', mock)
    assert gone.stderr.split()[-1] == b"141"


def test_stdout_closed_sends_no_request(mock: Mock) -> None:
    """An answer that cannot be kept is not paid for."""
    shell('"$V" ask -m openai/gpt-4o "$CAT" q >&-', mock)
    assert not mock.received


def test_a_closed_stderr_does_not_cost_the_answer(mock: Mock) -> None:
    done = shell('"$V" ask -u -m openai/gpt-4o "$CAT" q 2>&-', mock)
    assert (done.returncode, done.stdout) == (0, (vendors.TEXT + "\n").encode())


def test_a_bug_is_70_without_a_traceback(tmp_path: Path, mock: Mock) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import visioncli.choice as c\n"
        "def broken(*_):\n    raise ZeroDivisionError('nobody foresaw this')\n"
        "c.choose = broken\n"
    )
    env = mock.env(KEY) | {"PYTHONPATH": str(tmp_path)}
    done = vision("ask", "-m", "openai/gpt-4o", CAT, "q", env=env)
    assert done.status == 70
    assert "bug of ours" in done.err
    assert "--debug" in done.err
    assert "Traceback" not in done.err
    assert "Traceback" in vision("ask", "--debug", "-m", "openai/gpt-4o", CAT, "q", env=env).err
    assert (
        vision("ask", "--json", "-m", "openai/gpt-4o", CAT, "q", env=env).json["error"]["exit"]
        == 70
    )


@pytest.mark.parametrize("limit", ["ulimit -n 32", "ulimit -v 1200000"])
def test_narrow_limits_suffice(mock: Mock, limit: str) -> None:
    done = shell(f'{limit}; "$V" ask -m openai/gpt-4o "$CAT" "$CAT" "$CAT" q', mock)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_working_folder_may_be_gone(mock: Mock, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = shell(f'cd {gone}; rmdir {gone}; "$V" ask -m openai/gpt-4o "$CAT" q', mock)
    assert done.returncode == 0


def test_the_key_is_in_no_argument_list(hanging: Mock) -> None:
    """What `ps` shows while the request is under way."""
    with subprocess.Popen(
        [*WORDS, "--debug"],
        env=environment(hanging.env(KEY)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(5)
        line = Path(f"/proc/{process.pid}/cmdline")
        shown = line.read_bytes() if line.exists() else b""
        assert hanging.posts[0].headers["authorization"] == f"Bearer {KEY}"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert KEY.encode() not in shown + out + err
    assert os.fsencode("$OPENAI_API_KEY") in err

"""Every way in which a batch may end leaves whole records, and the same command goes on."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.batch.pictures import folder
from tests.batch.server import Server
from tests.program import PROGRAM, environment

from .batches import Ask, ask, images, place, records, server

__all__ = ["ask", "place", "server"]

# The whole of it is 50 times and 2,000 pictures, a minute and a half on a slow machine.
KILLS = int(os.environ.get("VISION_TEST_KILLS", "8"))
PICTURES = int(os.environ.get("VISION_TEST_PICTURES", "320"))
JOBS = 8


def started(
    server: Server, place: Path, *words: str, stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [PROGRAM, "ask", "-m", "openai/gpt-4o", *words],
        cwd=place,
        env=environment(server.env()),
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def until(condition: object, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:  # type: ignore[operator]
        time.sleep(0.01)
    assert condition()  # type: ignore[operator]


def test_killed_at_any_moment_it_goes_on_and_pays_for_little_twice(
    server: Server, place: Path, record_property: Callable[[str, object], None]
) -> None:
    folder(place / "many", PICTURES)
    server.delay = 0.01
    words = ("many", "-j", str(JOBS), "-O", "out", "-q", "q")
    chance = random.Random(os.environ.get("VISION_TEST_SEED", str(time.time_ns())))
    killed = 0
    out = place / "out"
    while killed < KILLS:
        before = server.calls
        with started(server, place, *words) as process:
            process_began = time.monotonic()
            if chance.random() < 0.8:  # else somewhere in its start, or while it takes up the file
                wanted = before + chance.randint(1, max(1, PICTURES // KILLS))
                while server.calls < wanted and process.poll() is None:
                    time.sleep(0.001)
                time.sleep(chance.random() * 0.02)
            else:
                while time.monotonic() < process_began + chance.random() * 0.5:
                    time.sleep(0.005)
            if process.poll() is None:
                process.kill()
                killed += 1
            else:
                assert process.returncode == 0
                break
        if out.exists():
            lines = out.read_bytes().split(b"\n")[:-1]
            assert all(line.startswith(b"{") and line.endswith(b"}") for line in lines)
    with started(server, place, *words) as process:
        assert process.wait(120) == 0, process.stderr.read() if process.stderr else ""
    assert killed >= min(KILLS, 2)
    assert sorted(images(records(out))) == sorted(f"many/{n}.png" for n in range(PICTURES))
    assert server.calls <= PICTURES + killed * JOBS
    assert len(server.pictures) == PICTURES
    record_property("calls", server.calls)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("delay", [0.1, 30.0])
def test_a_signal_ends_it_within_two_seconds_with_whole_records(
    server: Server, place: Path, number: signal.Signals, status: int, delay: float
) -> None:
    folder(place / "pics", 200)
    server.delay = delay
    with started(server, place, "pics", "-j", "4", "-O", "out", "q") as process:
        until(lambda: server.calls >= 8 or (delay > 1 and server.calls >= 4))
        sent, calls = time.monotonic(), server.calls
        process.send_signal(number)
        assert process.wait(10) == status
        assert time.monotonic() - sent < 2.5
        assert process.stderr is not None
        assert b"Traceback" not in process.stderr.read()
    assert server.calls <= calls + 4
    found = records(place / "out")
    assert len(found) == (server.calls if delay < 1 else 0)  # what could be answered was kept
    server.delay = 0.0
    with started(server, place, "pics", "-O", "out", "q") as process:
        assert process.wait(60) == 0
    assert len(records(place / "out")) == 200


def test_a_second_signal_ends_it_at_once(server: Server, place: Path) -> None:
    server.delay = 30.0
    with started(server, place, "pics", "-O", "out", "q") as process:
        until(lambda: server.calls >= 6)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        time.sleep(0.1)  # two signals at one moment are one
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert time.monotonic() - sent < 1.0


def test_a_signal_while_the_list_is_waited_for(server: Server, place: Path) -> None:
    read, write = os.pipe()
    with started(server, place, "--from", "-", "-O", "out", "q", stdin=read) as process:
        os.write(write, b"pics/0.png\n")
        until(lambda: server.answered and (place / "out").read_bytes().startswith(b"{"))
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert time.monotonic() - sent < 2
    os.close(read)
    os.close(write)
    assert images(records(place / "out")) == ["pics/0.png"]


def test_a_list_that_never_ends_is_answered_as_it_comes(server: Server, place: Path) -> None:
    read, write = os.pipe()
    with started(server, place, "q", stdin=read) as process:
        os.close(read)
        assert process.stdout is not None
        for number in range(3):  # each answer is there before the next line is
            os.write(write, f"pics/{number}.png\n".encode())
            assert f'"pics/{number}.png"'.encode() in process.stdout.readline()
        os.close(write)
        assert process.wait(20) == 0
    assert server.calls == 3


def test_a_reader_that_goes_away_ends_it_silently_and_soon(server: Server, place: Path) -> None:
    folder(place / "pics", 400)
    server.delay = 0.02
    done = subprocess.run(
        [
            "bash",
            "-c",
            '"$V" ask -m openai/gpt-4o pics q | head -1 | wc -l; echo "${PIPESTATUS[0]}"',
        ],
        cwd=place,
        env=environment(server.env() | {"V": PROGRAM}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.split() == [b"1", b"141"]
    assert done.stderr == b""
    assert server.calls < 100


@pytest.mark.parametrize("target", [">&-", "> /dev/full"])
def test_a_stdout_that_cannot_be_written_is_13(server: Server, place: Path, target: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f'"$V" ask -m openai/gpt-4o pics -j 1 q {target}'],
        cwd=place,
        env=environment(server.env() | {"V": PROGRAM}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 13
    assert b"error: stdout cannot be written" in done.stderr
    assert server.calls <= (0 if target == ">&-" else 1)


def test_a_file_that_may_not_grow_ends_it_with_whole_records(server: Server, place: Path) -> None:
    folder(place / "pics", 400)
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 100; trap "" XFSZ; "$V" ask -m openai/gpt-4o pics -O out q'],
        cwd=place,
        env=environment(server.env() | {"V": PROGRAM}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 13, done.stderr
    assert b"error: out cannot be written" in done.stderr
    kept = len(records(place / "out"))
    assert 100 < kept < 400
    assert server.calls <= kept + JOBS


def _may_mount() -> bool:
    unshare = shutil.which("unshare")
    if unshare is None or sys.platform != "linux":
        return False
    command = [unshare, "-rm", "mount", "-t", "tmpfs", "-o", "size=64k", "t", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not _may_mount(), reason="this user may not mount anything")
def test_a_full_disk_ends_it_with_whole_records(server: Server, place: Path) -> None:
    """They are copied off the disk before it goes away with the process that mounted it."""
    folder(place / "pics", 600)
    (place / "disk").mkdir()
    steps = (
        "mount -t tmpfs -o size=160k t disk"
        ' && { "$V" ask -m openai/gpt-4o pics -O disk/out q; echo $? > status; cp disk/out out; }'
    )
    done = subprocess.run(
        ["unshare", "-rm", "bash", "-c", steps],
        cwd=place,
        env=environment(server.env() | {"V": PROGRAM}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (place / "status").read_text() == "13\n", done.stderr
    assert b"disk/out cannot be written" in done.stderr
    kept = len(records(place / "out"))
    assert 100 < kept < 600
    assert server.calls <= kept + JOBS


def test_two_runs_on_one_file_are_told_apart(server: Server, place: Path, ask: Ask) -> None:
    server.delay = 30.0
    with started(server, place, "pics", "-O", "out", "q") as process:
        until(lambda: server.calls >= 6)
        second = ask("pics", "-O", "out", "q")
        assert second.status == 13
        assert f"locked by PID {process.pid}" in second.err
        process.kill()


def test_a_bug_is_70_and_the_records_before_it_stand(place: Path, ask: Ask) -> None:
    (place / "site").mkdir()
    (place / "site" / "sitecustomize.py").write_text(
        "import visioncli.batch.worker as w\n"
        "real, seen = w.outcome, []\n"
        "async def outcome(*a):\n"
        "    seen.append(1)\n"
        "    if len(seen) == 3: raise ZeroDivisionError('nobody foresaw this')\n"
        "    return await real(*a)\n"
        "w.outcome = outcome\n"
    )
    env = {"PYTHONPATH": str(place / "site")}
    done = ask("pics", "-j", "1", "-O", "out", "q", env=env)
    assert done.status == 70
    assert "bug of ours" in done.err
    assert len(records(place / "out")) == 2
    assert ask("pics", "-O", "out", "q").status == 0
    assert len(records(place / "out")) == 6

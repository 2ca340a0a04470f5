"""One run at a time for each file."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from visioncli.core.errors import OutputProblem

from .outcomes import ROOT, filled, item, journal, key_of, records, refusal, script


def test_a_second_run_is_told_who_writes(tmp_path: Path) -> None:
    path = tmp_path / "f"
    program = script(
        f"j = journal({str(path)!r}); j.write(answered(item(0))); print('here', flush=True)\n"
        "sys.stdin.read(); j.close()"
    )
    other = subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert other.stdin
    assert other.stdout
    with other:
        assert other.stdout.readline() == b"here\n"
        before = path.read_bytes()
        for overwrite in (False, True):
            refused = refusal(path, overwrite=overwrite)
            assert f"{path} is locked by PID {other.pid}" in refused.message
            assert refused.code == "locked"
        assert path.read_bytes() == before
        other.stdin.close()
    assert other.returncode == 0
    filled(path, 1)
    assert len(records(path)) == 2


def test_the_lock_goes_with_a_process_that_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "f"
    program = script(
        f"j = journal({str(path)!r}); j.write(answered(item(0))); print('here', flush=True)\n"
        "sys.stdin.read()"
    )
    other = subprocess.Popen(program, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with other:
        assert other.stdout
        assert other.stdout.readline() == b"here\n"
        other.kill()
    assert other.returncode == -signal.SIGKILL
    running = journal(path)
    assert running.has(item(0), key_of(0))
    with pytest.raises(OutputProblem, match=f"locked by PID {os.getpid()}"):
        journal(path)  # the PID that the killed one left does not stand for ours
    running.close()


def test_a_pid_that_is_nobody_s_is_not_named(tmp_path: Path, cache: Path) -> None:
    path = tmp_path / "f"
    running = journal(path)
    (pid,) = cache.rglob("pid")
    gone = subprocess.Popen(["true"])
    gone.wait()
    for left in (str(gone.pid), "", "-1", "x", "9" * 30):
        pid.write_text(left)
        assert "is locked by another process" in refusal(path).message
    running.close()

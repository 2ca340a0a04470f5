"""A disk that is full or fails, at any write or fsync: what stands, stands whole."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from visioncli.batch.index import Index
from visioncli.batch.journal import Journal
from visioncli.core.errors import OutputProblem

from .outcomes import (
    ROOT,
    Notes,
    answered,
    file_index,
    item,
    journal,
    key_of,
    newest,
    records,
    script,
)

GOES_ON = "every record before this one stands; the same command goes on from there"


def fill(running: Journal, most: int = 100_000) -> tuple[int, OutputProblem]:
    """(how many records were taken, what the next one met)."""
    for number in range(most):
        try:
            running.write(answered(item(number), text="word " * 100))
        except OutputProblem as problem:
            return number, problem
    raise AssertionError("it is never full")


def check(path: Path, running: Journal, taken: int, problem: OutputProblem, reason: str) -> None:
    """All that was taken is there and whole; nothing else is, now or later."""
    assert problem.exit == 13
    assert problem.message == f"{path} cannot be written: {reason}"
    assert problem.hint == GOES_ON
    assert [r["image"] for r in records(path)] == [f"{n}.jpg" for n in range(taken)]
    with pytest.raises(OutputProblem) as again:
        running.write(answered(item(0)))
    assert again.value.message == problem.message
    running.close()  # it was told already
    assert len(records(path)) == taken


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for 300 kB."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("only root may mount")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting is not allowed here")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_disk_that_fills_up(small_disk: Path) -> None:
    path = small_disk / "f"
    running = journal(path)
    taken, problem = fill(running)
    assert taken > 100
    reasons = ("No space left on device", "there is no room left for a record")
    (reason,) = (reason for reason in reasons if problem.message.endswith(reason))
    check(path, running, taken, problem, reason)


def test_a_disk_that_is_full_is_seen_before_anything_is_asked(small_disk: Path) -> None:
    path = small_disk / "f"
    running = journal(path)
    running.write(answered(item(0)))
    running.close()
    before = path.read_bytes()
    (small_disk / "other").write_bytes(bytes(240 << 10))
    with pytest.raises(OutputProblem, match=r"cannot be written: (No space|there is no room)"):
        journal(path)
    assert path.read_bytes() == before
    (small_disk / "other").unlink()
    journal(path).close()
    assert path.read_bytes() == before


def test_a_limit_on_the_size_of_files(tmp_path: Path) -> None:
    path = tmp_path / "f"
    program = script(
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "from tests.batch.test_journal_faults import *\n"
        f"path = Path({str(path)!r})\n"
        "running = journal(path)\n"
        "taken, problem = fill(running)\n"
        "assert taken > 100, taken\n"
        "check(path, running, taken, problem, problem.message.split(': ')[-1])\n"
        "print(problem.message)\n"
        "try: journal(path)\n"
        "except OutputProblem as problem: print(problem.message)\n"
    )
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    reasons = {
        f"{path} cannot be written: {reason}"
        for reason in (os.strerror(errno.EFBIG), "there is no room left for a record")
    }
    first, second = done.stdout.splitlines()
    assert {first, second} <= reasons
    taken = len(records(path))
    running = journal(path)  # without the limit
    assert running.has(item(taken - 1), key_of(taken - 1))
    running.close()


Write = Callable[[int, bytes], int]


def failing_write(
    monkeypatch: pytest.MonkeyPatch, running: Journal, after: int, how: Write
) -> None:
    calls = 0
    fd, real = running._fd, os.write

    def write(to: int, data: bytes) -> int:
        nonlocal calls
        if to != fd:
            return real(to, data)
        calls += 1
        return how(to, data) if calls > after else real(to, data)

    monkeypatch.setattr(os, "write", write)


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC, errno.EFBIG, errno.EDQUOT, errno.ESTALE])
@pytest.mark.parametrize("after", [0, 1, 7])
def test_a_write_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, after: int
) -> None:
    def fail(fd: int, data: bytes) -> int:
        raise OSError(code, os.strerror(code))

    running = journal(tmp_path / "f")
    failing_write(monkeypatch, running, after, fail)
    taken, problem = fill(running)
    assert taken == after
    check(tmp_path / "f", running, taken, problem, os.strerror(code))


@pytest.mark.parametrize("cut", [1, 300, -1])
def test_half_a_write_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut: int
) -> None:
    real = os.write
    running = journal(tmp_path / "f")
    failing_write(monkeypatch, running, 3, lambda fd, data: real(fd, data[:cut]))
    taken, problem = fill(running)
    assert taken == 3
    check(tmp_path / "f", running, taken, problem, "there is no room left for a record")


def test_half_a_write_that_cannot_be_taken_back_is_never_written_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    path = tmp_path / "f"
    running = journal(path)
    calls = 0

    def write(fd: int, data: bytes) -> int:
        nonlocal calls
        calls += 1
        return real(fd, data[:50] if calls == 3 else data)

    def truncate(fd: int, size: int) -> None:
        raise OSError(errno.EIO, "I/O error")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", write)
        patched.setattr(os, "ftruncate", truncate)
        taken, _ = fill(running)
        with pytest.raises(OutputProblem):
            running.write(answered(item(9)))
        running.close()
    assert taken == 2
    notes = Notes()
    journal(path, notes).close()
    assert len(records(path)) == 2
    assert len(notes) == 1


@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize("call", ["write", "fsync"])
def test_nothing_is_asked_where_the_probe_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, call: str
) -> None:
    path = tmp_path / "f"
    first = journal(path)
    first.write(answered(item(0)))
    first.close()
    before = path.read_bytes()

    def fail(*_: object) -> int:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patched:
        patched.setattr(os, call, fail)
        with pytest.raises(OutputProblem) as caught:
            journal(path)
    assert caught.value.message == f"{path} cannot be written: {os.strerror(code)}"
    assert path.read_bytes() == before
    journal(path).close()  # it is not locked any more, and as it was


def test_an_fsync_that_fails_ends_the_run_before_the_next_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    running = journal(path)

    def fail(fd: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        taken, problem = fill(running)
        assert 50 <= taken <= 100  # none is taken beyond what may be lost
        check(path, running, taken, problem, os.strerror(errno.EIO))


def test_an_fsync_that_fails_at_the_end_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = journal(tmp_path / "f")
    with monkeypatch.context() as patched:

        def fail(fd: int) -> None:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

        patched.setattr(os, "fsync", fail)
        running.write(answered(item(0)))
        with pytest.raises(OutputProblem, match=os.strerror(errno.EIO)):
            running.close()
    journal(tmp_path / "f").close()  # closed and not locked all the same


def test_another_program_that_writes_to_it(tmp_path: Path) -> None:
    path = tmp_path / "f"
    running = journal(path)
    running.write(answered(item(0)))
    with path.open("ab") as other:
        other.write(b"mine\n")
    with pytest.raises(OutputProblem, match="another program has written to it meanwhile"):
        running.write(answered(item(1)))
    running.close()
    with pytest.raises(OutputProblem, match="line 2"):
        journal(path)


def test_another_program_that_cuts_it_off(tmp_path: Path) -> None:
    path = tmp_path / "f"
    running = journal(path)
    running.write(answered(item(0)))
    os.truncate(path, 0)
    assert running.newest(key_of(0)) is None
    with pytest.raises(OutputProblem, match="another program"):
        running.write(answered(item(1)))
    running.close()


# ------------------------------------------------------------------ a cache that fails


@pytest.mark.parametrize("method", ["newest", "take", "sha256", "remember", "add"])
def test_an_index_that_fails_meanwhile_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    path, notes = tmp_path / "f", Notes()
    first = journal(path)
    for number in (0, 1, 2, 2):
        first.write(answered(item(number)))
    first.close()
    running = journal(path, notes)
    assert [running.has(item(n), key_of(n)) for n in (0, 2)] == [True, True]
    broken, real = running._index, getattr(Index, method)

    def fail(self: Index, *arguments: object) -> object:
        if self is broken:
            raise sqlite3.DatabaseError("disk I/O error")
        return real(self, *arguments)

    monkeypatch.setattr(Index, method, fail)
    running.write(answered(item(4)))
    running.remember((1, 2, 3, 4), "ab" * 32)
    assert running.sha256((1, 2, 3, 5)) is None
    known = running.newest(key_of(4))
    assert known
    assert known.answered
    # What was given away before is not given away again; what was not, is.
    asked = [running.has(item(n), key_of(n)) for n in (0, 1, 1, 2, 2, 4)]
    assert asked == [False, True, False, True, False, False]
    assert len(notes) == 1
    running.close()
    journal(path).close()
    assert len(records(path)) == 5


def test_a_cache_that_is_full(
    small_disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(small_disk))
    path, notes = tmp_path / "f", Notes()
    running = journal(path, notes)
    for number in range(9000):
        running.write(answered(item(number)))
    assert len(notes) == 1
    known = {key: running.newest(key) for key in newest(path)}
    assert len(known) == 9000
    assert all(found and found.answered for found in known.values())
    running.close()
    running = journal(path, notes)  # there is none, and none can be made
    assert all(running.has(item(number), key_of(number)) for number in range(9000))
    running.close()


def test_an_index_that_is_locked_by_somebody(tmp_path: Path, cache: Path) -> None:
    path, notes = tmp_path / "f", Notes()
    first = journal(path)
    first.write(answered(item(0)))
    first.close()
    database = sqlite3.connect(file_index(cache), isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    running = journal(path, notes)
    assert running.has(item(0), key_of(0))
    running.close()
    database.close()

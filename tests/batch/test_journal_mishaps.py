"""What a file system may answer that hardly ever does: each is told in one line, none is lost."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from visioncli.batch import opening
from visioncli.batch.index import Index
from visioncli.batch.records import read
from visioncli.core.errors import OutputProblem

from .outcomes import (
    Notes,
    answered,
    crash,
    failed,
    file_index,
    filled,
    item,
    journal,
    key_of,
    records,
    refusal,
)

UNLOCKABLE = pytest.mark.skipif(sys.platform == "win32", reason="nothing locks there")


def failing(code: int) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> Any:
        raise OSError(code, os.strerror(code))

    return fail


@pytest.mark.skipif(not hasattr(os, "pread"), reason="Windows reads otherwise")
def test_a_file_that_cannot_be_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"
    before = filled(path, 0)
    running = journal(path)
    said = f"{path} cannot be read: {os.strerror(errno.EIO)}"
    with monkeypatch.context() as patched:
        patched.setattr(os, "pread", failing(errno.EIO))
        with pytest.raises(OutputProblem) as caught:
            running.newest(key_of(0))
        assert (caught.value.exit, caught.value.message) == (13, said)
        running.close()
        assert refusal(path).message == said
    assert path.read_bytes() == before
    journal(path).close()  # neither locked nor damaged


@UNLOCKABLE
def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcntl.flock", failing(errno.ENOLCK))
    path = tmp_path / "f"
    assert refusal(path).message == f"{path} cannot be locked: {os.strerror(errno.ENOLCK)}"


@UNLOCKABLE
def test_somebody_elses_process_is_named_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    running = journal(path)
    monkeypatch.setattr(os, "kill", failing(errno.EPERM))
    assert f"is locked by PID {os.getpid()}" in refusal(path).message
    running.close()


@UNLOCKABLE
def test_whose_lock_it_is_need_not_be_known(tmp_path: Path, cache: Path) -> None:
    path = tmp_path / "f"
    running = journal(path)
    (pid,) = cache.rglob("pid")
    pid.unlink()
    assert "is locked by another process" in refusal(path).message
    running.close()


@UNLOCKABLE
def test_without_a_cache_a_lock_has_no_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, notes = tmp_path / "f", Notes()
    monkeypatch.setenv("XDG_CACHE_HOME", os.devnull)
    running = journal(path, notes)
    with pytest.raises(OutputProblem, match="is locked by another process"):
        journal(path, notes)
    running.close()


def test_a_lines_end_that_finds_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"
    whole = filled(path, 0, 1)
    path.write_bytes(whole[:-1])
    with monkeypatch.context() as patched:
        patched.setattr(os, "write", lambda *_: 0)
        said = f"{path} cannot be written: there is no room left for a line's end"
        assert refusal(path).message == said
    notes = Notes()
    journal(path, notes).close()
    assert path.read_bytes() == whole
    assert notes == [f"{path} ended without a line's end, which was added"]


def test_what_was_torn_off_and_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, notes = tmp_path / "f", Notes()
    path.write_bytes(filled(path, 0, 1)[:-9])
    monkeypatch.setattr("visioncli.batch.store.time.strftime", lambda _: "no/such/folder")
    journal(path, notes).close()
    assert notes == [f"{path} ended in half a record, which was cut off"]
    assert len(records(path)) == 1


def test_no_index_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    path, notes = tmp_path / "f", Notes()
    filled(path, 0)
    monkeypatch.setattr(opening, "_catch_up", fail)
    with pytest.raises(
        OutputProblem, match=r"no index of .* can be made: database or disk"
    ) as told:
        journal(path, notes)
    assert told.value.exit == 13
    assert "TMPDIR" in (told.value.hint or "")
    assert notes == ["the cache takes no index: all pictures are hashed again in the next run"]


def test_an_index_of_no_use_without_a_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made outside, once more and from the file alone."""
    real, calls = opening._catch_up, list[Index]()

    def fail_once(index: Index, *more: Any) -> None:
        calls.append(index)
        if len(calls) == 1:
            raise sqlite3.DatabaseError("damaged")
        real(index, *more)

    path, notes = tmp_path / "f", Notes()
    filled(path, 0)
    monkeypatch.setenv("XDG_CACHE_HOME", os.devnull)
    monkeypatch.setattr(opening, "_catch_up", fail_once)
    running = journal(path, notes)
    assert running.has(item(0), key_of(0))
    running.close()
    assert len(notes) == 1


def test_hashes_of_many_files_are_kept_before_the_end(tmp_path: Path) -> None:
    path = tmp_path / "f"
    running = journal(path)
    running._index.group = 3
    for number in range(4):
        running.remember((number, number, 1, 1), key_of(number))
    crash(running)
    again = journal(path)
    known = [again.sha256((number, number, 1, 1)) for number in range(4)]
    assert known == [*map(key_of, range(3)), None]
    again.close()


def test_a_commit_that_breaks_off_can_be_tried_again(tmp_path: Path) -> None:
    """A row that cannot be put: nothing of what came with it is in, and all of it later."""
    index = Index(tmp_path / "i")
    index.remember((1, 2, 3, 4), "ab" * 32)
    index._db.execute(
        "CREATE TEMP TRIGGER no BEFORE INSERT ON files BEGIN SELECT RAISE(ABORT, 'no'); END"
    )
    with pytest.raises(sqlite3.IntegrityError, match="no"):
        index.commit()
    index._db.execute("DROP TRIGGER no")
    index.commit()
    index.close()
    again = Index(tmp_path / "i")
    assert again.sha256((1, 2, 3, 4)) == "ab" * 32
    again.close()


def test_an_index_that_is_cleared_but_cannot_be(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Damaged, and the disk takes no correction: another is made in its place."""

    def fail(self: Index) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    path = tmp_path / "f"
    filled(path, 0)
    with sqlite3.connect(file_index(cache)) as database:
        database.execute("UPDATE records SET exit = 1")
    database.close()
    monkeypatch.setattr(Index, "clear", fail)
    running = journal(path)
    known = running.newest(key_of(0))
    assert known is not None
    assert known.answered
    running.close()


GOOD = answered(item(0)).record()
DEEP: Any = {"a": 1}
for _ in range(40):
    DEEP = {"a": [DEEP]}


@pytest.mark.parametrize(
    "record",
    [
        failed(item(0)).record() | {"error": {"exit": 256, "retryable": True}},
        failed(item(0)).record() | {"error": {"exit": -1, "retryable": True}},
        failed(item(0)).record() | {"error": {"exit": float("inf"), "retryable": True}},
        GOOD | {"id": float("nan")},
        GOOD | {"id": {"deep": [float("nan")]}},
        GOOD | {"image": DEEP},
    ],
)
def test_what_json_cannot_say_again_is_no_record(record: Any) -> None:
    assert read(json.dumps(record).encode()) is None

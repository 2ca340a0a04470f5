"""Results on stdout: a line each, and what is asked once."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from visioncli.batch.item import line
from visioncli.batch.output import Known
from visioncli.batch.printed import Printed
from visioncli.core.errors import OutputProblem

from .outcomes import answered, failed, item, key_of


def test_each_record_is_one_line_at_once() -> None:
    said: list[bytes] = []
    printed = Printed(said.append)
    outcomes = [answered(item(0)), failed(item(1)), answered(item(2))]
    for number, outcome in enumerate(outcomes, 1):
        printed.write(outcome)
        assert len(said) == number
    assert said == [line(outcome.record()) for outcome in outcomes]
    printed.close()


def test_the_same_picture_again_is_known() -> None:
    said: list[bytes] = []
    printed = Printed(said.append)
    assert printed.newest(key_of(0)) is None
    for number in range(2500):  # some in memory, some not
        printed.write(answered(item(number)) if number % 3 else failed(item(number), 9))
    assert printed.newest(key_of(3)) == Known(9, False, said[3])
    known = printed.newest(key_of(4))
    assert known == Known(0, False, said[4])
    assert not printed.has(item(4), key_of(4))
    printed.copy(item(9000, "again.jpg"), known)
    assert said[-1] == line(answered(item(4)).record() | {"image": "again.jpg"} | FREE)
    printed.write(failed(item(4), 8))
    assert printed.newest(key_of(4)) == Known(8, True, said[-1])
    printed.close()


FREE = {"cost_usd": 0.0, "ms": 0}


def test_hashes_are_remembered_while_it_runs() -> None:
    printed = Printed(lambda _: None)
    printed.remember((1, 2, 3, 4), "ab" * 32)
    assert printed.sha256((1, 2, 3, 4)) == "ab" * 32
    assert printed.sha256((1, 2, 3, 5)) is None
    printed.close()


def test_what_becomes_of_stdout_is_raised_and_nothing_is_taken_for_printed() -> None:
    def gone(_: bytes) -> None:
        raise BrokenPipeError

    printed = Printed(gone)
    with pytest.raises(BrokenPipeError):
        printed.write(answered(item(0)))
    assert printed.newest(key_of(0)) is None
    printed.close()


def test_no_room_to_keep_what_was_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[bytes] = []
    printed = Printed(said.append)

    def full(fd: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        with pytest.raises(OutputProblem) as caught:
            printed.write(answered(item(0)))
    assert caught.value.exit == 13
    assert caught.value.message.endswith("temporary files: No space left on device")
    assert caught.value.hint
    assert "TMPDIR" in caught.value.hint
    assert len(said) == 1  # the answer that was paid for was printed
    printed.close()


def test_it_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    printed = Printed(lambda _: None)
    for number in range(3000):
        printed.write(answered(item(number)))
    assert not list(tmp_path.iterdir())  # also a process that is killed leaves nothing
    printed.close()

"""Whatever became of the file, of its index, or of who wrote them: the file is what counts."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from visioncli.batch.records import Line, lines

from .outcomes import Notes, answered, check, failed, file_index, give_away, item, journal


def some(path: Path, count: int = 5) -> list[bytes]:
    running = journal(path)
    for number in range(count):
        running.write(failed(item(number)) if number == 1 else answered(item(number)))
    running.close()
    return path.read_bytes().splitlines(keepends=True)


# ------------------------------------------------------------------ half a record at the end


def test_a_record_torn_anywhere_is_cut_off_kept_and_told(tmp_path: Path, cache: Path) -> None:
    path = tmp_path / "f"
    *whole, last = some(path, 3)
    for cut in (*range(1, 12), *range(12, len(last) - 2, 9), len(last) - 2):
        path.write_bytes(b"".join(whole) + last[:cut])
        notes = Notes()
        running = journal(path, notes)
        (note,) = notes
        said, _, kept = note.partition("; it is kept in ")
        assert said == f"{path} ended in half a record, which was cut off"
        assert Path(kept).read_bytes() == last[:cut]
        assert Path(kept).is_relative_to(cache)
        Path(kept).unlink()
        assert path.read_bytes() == b"".join(whole)
        check(running, path)
        running.write(answered(item(2)))
        running.close()
        assert path.read_bytes() == b"".join(whole) + last


@pytest.mark.parametrize("tail", [b"\0" * 4096, b"\xff", b'{"id":7,"image":"a', b"x" * 3_000_000])
def test_whatever_a_power_failure_left_behind_records(tmp_path: Path, tail: bytes) -> None:
    path, notes = tmp_path / "f", Notes()
    whole = some(path)
    path.write_bytes(b"".join(whole) + tail)
    running = journal(path, notes)
    check(running, path)
    running.close()
    assert path.read_bytes() == b"".join(whole)
    assert len(notes) == 1


def test_the_first_record_torn(tmp_path: Path) -> None:
    path = tmp_path / "f"
    (line,) = some(path, 1)
    for cut in (*range(1, 12), *range(12, len(line) - 2, 9), len(line) - 2):
        path.write_bytes(line[:cut])
        notes = Notes()
        journal(path, notes).close()
        assert path.read_bytes() == b""
        assert len(notes) == 1


def test_a_record_that_lacks_only_its_end_is_completed(tmp_path: Path) -> None:
    path, notes = tmp_path / "f", Notes()
    whole = some(path)
    path.write_bytes(b"".join(whole)[:-1])
    running = journal(path, notes)
    check(running, path)
    give_away(running, path)
    running.close()
    assert path.read_bytes() == b"".join(whole)
    assert notes == [f"{path} ended without a line's end, which was added"]


@pytest.mark.parametrize("count", [0, 3])
def test_what_a_probe_left_is_dropped_without_a_word(
    tmp_path: Path, cache: Path, count: int
) -> None:
    path = tmp_path / "f"
    whole = b"".join(some(path, count))
    path.write_bytes(whole + b" " * 65536)
    running = journal(path)
    check(running, path)
    running.close()
    assert path.read_bytes() == whole
    assert not list(cache.rglob("torn*"))


def test_a_torn_tail_is_cut_off_without_a_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, notes = tmp_path / "f", Notes()
    whole = some(path)
    path.write_bytes(b"".join(whole)[:-9])
    monkeypatch.setenv("XDG_CACHE_HOME", str(path))  # a file
    running = journal(path, notes)
    check(running, path)
    running.close()
    assert path.read_bytes() == b"".join(whole[:-1])
    assert notes[-1] == f"{path} ended in half a record, which was cut off"


# ------------------------------------------------------------------ an index that does not fit


def test_an_index_that_fits_is_not_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    some(path)
    monkeypatch.setattr("visioncli.batch.opening.lines", _nothing_new)
    journal(path).close()
    path.write_bytes(path.read_bytes() * 2)
    with pytest.raises(AssertionError):  # this is how it would be seen
        journal(path)


def _edited_with_the_same_size(path: Path, index: Path) -> None:
    info = path.stat()
    path.write_bytes(path.read_bytes().replace(b"0.jpg", b"9.jpg"))
    os.utime(path, ns=(info.st_atime_ns, info.st_mtime_ns))


def _cut_by_hand(path: Path, index: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:2]))


def _emptied(path: Path, index: Path) -> None:
    path.write_bytes(b"")


def _first_line_deleted(path: Path, index: Path) -> None:
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))


def _lines_exchanged(path: Path, index: Path) -> None:
    path.write_bytes(b"".join(reversed(path.read_bytes().splitlines(keepends=True))))


def _lines_doubled(path: Path, index: Path) -> None:
    path.write_bytes(path.read_bytes() * 2)


def _another_file_of_this_name(path: Path, index: Path) -> None:
    other = path.with_name("other")
    running = journal(other)
    running.write(answered(item(8)))
    running.close()
    other.replace(path)


def _index_missing(path: Path, index: Path) -> None:
    index.unlink()


def _index_empty(path: Path, index: Path) -> None:
    index.write_bytes(b"")


def _index_is_something_else(path: Path, index: Path) -> None:
    index.write_bytes(b"not a database at all" * 500)


def _index_of_another_version(path: Path, index: Path) -> None:
    with sqlite3.connect(index) as database:
        database.execute("PRAGMA user_version = 99")
    database.close()


def _rows_changed(path: Path, index: Path) -> None:
    with sqlite3.connect(index) as database:
        database.execute("UPDATE records SET exit = 9")
        database.execute("UPDATE inputs SET count = 3")
    database.close()


def _rows_missing(path: Path, index: Path) -> None:
    with sqlite3.connect(index) as database:
        database.execute("DELETE FROM records")
        database.execute("DELETE FROM inputs")
    database.close()


def _index_is_a_folder(path: Path, index: Path) -> None:
    index.unlink()
    index.mkdir()


def _cache_deleted(path: Path, index: Path) -> None:
    shutil.rmtree(index.parent)


MISHAPS = [
    *(_edited_with_the_same_size, _cut_by_hand, _emptied, _first_line_deleted, _lines_exchanged),
    *(_lines_doubled, _another_file_of_this_name, _index_missing, _index_empty),
    *(_index_is_something_else, _index_of_another_version, _index_is_a_folder, _cache_deleted),
    *(_rows_changed, _rows_missing),
]


@pytest.mark.parametrize("mishap", MISHAPS)
def test_the_file_is_what_counts(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch, mishap: Any
) -> None:
    path, notes = tmp_path / "f", Notes()
    some(path)
    mishap(path, file_index(cache))
    before = path.read_bytes()
    running = journal(path, notes)
    check(running, path)
    give_away(running, path)
    running.write(answered(item(7)))
    running.close()
    assert path.read_bytes()[:-1].startswith(before)
    if mishap is _index_is_a_folder:  # which nobody deletes
        assert notes == ["the cache takes no index: all pictures are hashed again in the next run"]
        return
    assert not notes
    monkeypatch.setattr("visioncli.batch.opening.lines", _nothing_new)
    running = journal(path)
    check(running, path)
    running.close()


def _nothing_new(fd: int, start: int, end: int, path: str, crc: int = 0) -> Iterator[Line]:
    assert path == "f" or start == end  # "f": the index from scratch that it is compared with
    return lines(fd, start, end, path, crc)


@pytest.mark.parametrize("how", ["moved", "copied", "linked"])
def test_a_file_that_is_elsewhere_now(tmp_path: Path, how: str) -> None:
    path, there = tmp_path / "f", tmp_path / "folder" / "g"
    some(path)
    there.parent.mkdir()
    if how == "moved":
        path.rename(there)
    elif how == "copied":
        shutil.copy(path, there)
    else:
        there.hardlink_to(path)
    running = journal(there)
    check(running, there)
    give_away(running, there)
    running.write(answered(item(7)))
    running.close()
    if how != "moved":
        running = journal(path)  # it has one line more where it is the same file
        check(running, path)
        running.close()


def test_an_index_older_than_the_file(tmp_path: Path, cache: Path) -> None:
    path = tmp_path / "f"
    some(path)
    old = file_index(cache).read_bytes()
    running = journal(path)
    for number in range(20, 40):
        running.write(answered(item(number)))
    running.close()
    file_index(cache).write_bytes(old)
    running = journal(path)
    check(running, path)
    running.close()


@given(st.randoms(use_true_random=False), st.integers(1, 3), st.integers(1, 5000))
@settings(
    deadline=None, max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_random_bytes_in_the_index(
    tmp_path: Path, cache: Path, chance: random.Random, places: int, longest: int
) -> None:
    path = tmp_path / "f"
    if not path.exists():
        some(path, 300)
    index = file_index(cache)
    data = bytearray(index.read_bytes())
    for _ in range(places):
        at, length = chance.randrange(len(data)), chance.randint(1, longest)
        data[at : at + length] = chance.randbytes(len(data[at : at + length]))
    index.write_bytes(data[: chance.choice([len(data), chance.randrange(len(data))])])
    running = journal(path)
    check(running, path)
    running.close()

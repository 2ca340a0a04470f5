"""What the index knows, alone: what is held in memory and what is committed are one."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from visioncli.batch.given import Given
from visioncli.batch.index import Entry, Index, input_of

from .outcomes import key_of


def added(index: Index, *numbers: int, exit_: int = 0) -> None:
    for number in numbers:
        key = key_of(number)
        entry = Entry(exit_, exit_ == 8, index.end, 10)
        index.add(key, input_of(key, f"{number}.jpg", None), entry, index.crc + 1)


def input_(number: int, id_: object = None) -> tuple[int, int]:
    return input_of(key_of(number), f"{number}.jpg", id_)


@pytest.mark.parametrize("group", [1, 2, 1000])
def test_the_newest_record_of_a_key_counts(group: int) -> None:
    index = Index(None)
    index.group = group
    added(index, 1, 2, 1, exit_=8)
    added(index, 1)
    assert index.newest(key_of(1)) == Entry(0, False, 30, 10)
    assert index.newest(key_of(2)) == Entry(8, True, 10, 10)
    assert index.newest(key_of(3)) is None
    index.commit()
    assert index.newest(key_of(1)) == Entry(0, False, 30, 10)
    assert index.is_sound()
    index.close()


@pytest.mark.parametrize("group", [1, 2, 1000])
def test_a_record_that_stood_there_is_given_to_one_input_once(group: int) -> None:
    index = Index(None)
    index.group = group
    added(index, 1, 2, 2, 2, 3)
    assert not index.take(input_(1))  # nothing stood there when the run began
    index.loaded()
    assert [index.take(input_(1)) for _ in range(3)] == [True, False, False]
    assert [index.take(input_(2)) for _ in range(5)] == [True, True, True, False, False]
    assert not index.take(input_(3, id_="another"))
    added(index, 1, 4)
    assert not index.take(input_(1))
    assert not index.take(input_(4))
    assert index.take(input_(3))
    index.close()


@pytest.mark.parametrize("group", [1, 1000])
def test_inputs_that_begin_alike_are_not_taken_for_one(group: int) -> None:
    """The second is not known then: it gets one record too many, and never one too few."""
    index = Index(None)
    index.group = group
    for start, input_ in enumerate([(5, 1), (5, 2), (5, 1)]):
        index.add(key_of(start), input_, Entry(0, False, start, 1), 0)
    index.loaded()
    assert index.is_sound()
    assert [index.take((5, 2)), *(index.take((5, 1)) for _ in range(3))] == [
        False,
        True,
        True,
        False,
    ]
    index.close()


def test_what_was_not_committed_is_gone_and_the_index_says_how_far_it_goes(tmp_path: Path) -> None:
    index = Index(tmp_path / "i")
    added(index, 1, 2)
    index.commit()
    added(index, 3)
    index.abandon()
    again = Index(tmp_path / "i")
    assert (again.end, again.crc) == (20, 2)
    assert again.is_sound()
    assert again.newest(key_of(3)) is None
    assert again.newest(key_of(2)) == Entry(0, False, 10, 10)
    assert [again.take(input_(n)) for n in (1, 2, 3)] == [True, True, False]
    again.close()


def test_a_commit_that_fails_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    index = Index(tmp_path / "i")
    added(index, 1)
    index.commit()
    index._db.execute("PRAGMA max_page_count=1")  # the disk is full
    index.group = 10_000
    added(index, *range(2, 4000))
    with pytest.raises(sqlite3.OperationalError, match="full"):
        index.commit()
    index.abandon()
    again = Index(tmp_path / "i")
    assert again.is_sound()
    assert (again.end, again.newest(key_of(2))) == (10, None)
    again.close()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE records SET exit = 1 WHERE key = (SELECT min(key) FROM records)",
        "UPDATE records SET start = start + 10 WHERE key = (SELECT min(key) FROM records)",
        "UPDATE records SET length = 11 WHERE key = (SELECT max(key) FROM records)",
        "UPDATE records SET retryable = 1 WHERE key = (SELECT max(key) FROM records)",
        "UPDATE records SET key = key + 256 WHERE key = (SELECT max(key) FROM records)",
        "UPDATE inputs SET count = 2 WHERE input = (SELECT min(input) FROM inputs)",
        "UPDATE inputs SET line = 9 WHERE input = (SELECT min(input) FROM inputs)",
        "UPDATE inputs SET more = more - (1 << 40) WHERE input = (SELECT min(input) FROM inputs)",
        "DELETE FROM inputs WHERE input = (SELECT min(input) FROM inputs)",
        "DELETE FROM records WHERE key = (SELECT min(key) FROM records)",
        "UPDATE records SET length = x'00ff'",
        "UPDATE records SET start = 9223372036854775807",
        "DROP TABLE inputs; CREATE TABLE inputs (other INT)",
        "DELETE FROM state",
    ],
)
def test_an_index_whose_rows_are_not_those_put_into_it_is_told(tmp_path: Path, damage: str) -> None:
    index = Index(tmp_path / "i")
    added(index, *range(50))
    index.close()
    with sqlite3.connect(tmp_path / "i") as database:
        database.executescript(damage)
    database.close()
    again = Index(tmp_path / "i")
    assert not again.is_sound()
    again.abandon()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE state SET said = '1' || said",
        "UPDATE state SET said = NULL",
        "UPDATE state SET said = x'30'",
        "UPDATE state SET seal = 0",
        "PRAGMA user_version = 99",
    ],
)
def test_an_index_that_does_not_know_what_it_holds_is_not_opened(
    tmp_path: Path, damage: str
) -> None:
    index = Index(tmp_path / "i")
    added(index, *range(50))
    index.close()
    with sqlite3.connect(tmp_path / "i") as database:
        database.execute(damage)
    database.close()
    with pytest.raises(sqlite3.DatabaseError):
        Index(tmp_path / "i")


FILE = (64769, 1234, 5000, 1_764_000_000_123_456_789)


@pytest.mark.parametrize("committed", [False, True])
def test_a_hash_is_known_while_the_file_is_the_same(committed: bool) -> None:
    index = Index(None)
    index.remember(FILE, "ab" * 32)
    if committed:
        index.commit()
    assert index.sha256(FILE) == "ab" * 32
    for place in range(4):
        other = list(FILE)
        other[place] += 1
        assert index.sha256(tuple(other)) is None  # type: ignore[arg-type]
    index.remember((*FILE[:2], 5001, 7), "cd" * 32)  # it has changed
    assert (index.sha256(FILE), index.sha256((*FILE[:2], 5001, 7))) == (None, "cd" * 32)
    index.close()


def test_the_largest_numbers_a_file_system_gives() -> None:
    index = Index(None)
    largest = ((1 << 64) - 1, (1 << 64) - 1, (1 << 63) - 1, -(1 << 63))
    index.remember(largest, "01" * 32)
    index.commit()
    assert index.sha256(largest) == "01" * 32
    index.close()


@pytest.mark.parametrize("damage", ["sha256 = x'00'", "seal = NULL", "sha256 = 7"])
def test_a_damaged_hash_is_no_hash(tmp_path: Path, damage: str) -> None:
    index = Index(tmp_path / "i")
    index.remember(FILE, "ab" * 32)
    index.close()
    with sqlite3.connect(tmp_path / "i") as database:
        database.execute(f"UPDATE files SET {damage}")
    database.close()
    again = Index(tmp_path / "i")
    assert again.sha256(FILE) is None
    again.close()


def test_hashes_outlive_the_records(tmp_path: Path) -> None:
    index = Index(tmp_path / "i")
    added(index, 1)
    index.remember(FILE, "ab" * 32)
    index.commit()
    index.clear()
    assert (index.newest(key_of(1)), index.end) == (None, 0)
    assert index.sha256(FILE) == "ab" * 32
    assert index.is_sound()
    index.close()


def test_inputs_differ_by_key_picture_and_id_and_in_nothing_else() -> None:
    seen = {
        input_of(key, image, id_)
        for key in (key_of(1), key_of(2))
        for image in ("a", "b", ["a"], ["a", "b"], "\udcff")
        for id_ in (None, 1, "1", 1.0, True, [1], {"a": 1})
    }
    assert len(seen) == 2 * 5 * 7
    first = input_of(key_of(1), "a", {"a": 1, "b": 2})
    assert first == input_of(key_of(1), "a", {"b": 2, "a": 1})
    assert all(0 <= part < 1 << 63 for pair in seen for part in pair)


def test_a_bit_a_record_is_all_that_is_held_of_them() -> None:
    given = Given(1_000_003)
    assert all(given.take(line, 1) for line in (0, 7, 8, 1_000_002))
    assert not any(given.take(line, 1) for line in (0, 7, 8, 1_000_002, 1_000_003, 1 << 40))
    assert given.take(1, 1)
    assert len(given._bits) == 125_001
    assert not given._left

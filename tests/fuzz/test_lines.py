"""Lists and journals, whatever stands in them and wherever they are cut."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.batch.outcomes import Notes, journal

from . import lines
from .bounds import LONG, holding, tried
from .changes import ODD, Change, changed, changes, cuts, dumped, places, rewritten
from .lines import LISTS, check_journal, check_list, listed

FOREIGN = (
    b"\n", b"{}\n", b"null\n", b"[]\n", b"   \n", b"\0\0\0\0\n", b'{"a":1}\n', b"hello\n",
    b'{"id":null,"image":"a"', b"\xff\n", b" ", b'{"id":', b"{", b"\r\n",
)  # fmt: skip


@given(which=places, hows=changes, ends=cuts, nul=st.booleans())
@tried(150)
def test_a_list_changed_in_any_way(
    which: int, hows: list[Change], ends: list[int], nul: bool
) -> None:
    check_list(changed(LISTS[which % len(LISTS)], hows, LISTS), ends, nul=nul)


@given(data=st.binary(max_size=300), ends=cuts, nul=st.booleans())
@tried(100)
def test_a_list_of_any_bytes(data: bytes, ends: list[int], nul: bool) -> None:
    check_list(data, ends, nul=nul)


@given(hows=changes, where=places)
@tried(150)
def test_an_object_of_a_list_changed_in_any_way(hows: list[Change], where: int) -> None:
    objects = LISTS[1].splitlines()
    check_list(rewritten(objects[where % 2], hows) + b"\n", [where], nul=False)


@pytest.mark.parametrize("name", ["image", "images", "id", "question"])
def test_a_line_with_every_odd_value(name: str) -> None:
    for odd in ODD:
        check_list(dumped({"image": "a.png", name: odd}) + b"\nb.png\n", (), nul=False)


@pytest.mark.parametrize("odd", ["NaN", "Infinity", "-Infinity", "1e999", "[" * 900 + "]" * 900])
def test_an_id_that_no_record_can_hold_is_told_and_the_others_go_on(odd: str) -> None:
    found = listed([f'{{"image":"a.png","id":{odd}}}\nb.png\n'.encode()], nul=False)
    assert isinstance(found, list)
    assert [line.problem is None for line in found] == [False, True]
    assert found[0].problem is not None
    assert "the id of a line holds what no record can" in found[0].problem.message


@pytest.mark.parametrize("repeated", [b"\n", b"\0", b"a", b"a" * 1000 + b"\n", b"{\n"])
def test_a_list_that_is_long_takes_what_a_piece_of_it_takes(repeated: bytes) -> None:
    size = 1 << 16 if LONG else 1 << 13
    piece = (repeated * size)[:size]
    for nul in (True, False) if repeated != b"\0" else (True,):
        left = [piece] * (64 if LONG else 6)
        with holding(1000 * size):  # however many of them come
            for _ in lines.lists.listed(lambda _: left.pop() if left else b"", "it", nul=nul):  # noqa: B023 - it is called within
                pass


# ------------------------------------------------------------------------------ journals


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "out.jsonl"


@given(
    records=st.lists(st.integers(0, 60), max_size=5),
    hows=changes,
    foreign=st.lists(st.tuples(places, st.sampled_from(FOREIGN)), max_size=2),
    torn=st.none() | places,
)
@tried(40)
def test_a_journal_changed_in_any_way(
    cache: Path,
    records: list[int],
    hows: list[Change],
    foreign: list[tuple[int, bytes]],
    torn: int | None,
) -> None:
    data = lines.written(cache, records)
    for where, text in foreign:
        ends = [0, *(at + 1 for at, byte in enumerate(data) if byte == 10)]
        at = ends[where % len(ends)]
        data = data[:at] + text + data[at:]
    data = changed(data, hows)
    if torn is not None:
        data = data[: torn % (len(data) + 1)]
    check_journal(cache, data)


@given(records=st.lists(st.integers(0, 60), min_size=1, max_size=3), hows=changes, where=places)
@tried(30)
def test_a_record_changed_in_any_way(
    cache: Path, records: list[int], hows: list[Change], where: int
) -> None:
    found = lines.written(cache, records).splitlines(keepends=True)
    at = where % len(found)
    found[at] = rewritten(found[at], hows) + b"\n"
    check_journal(cache, b"".join(found))


@pytest.mark.parametrize("name", ["id", "image", "model", "answer", "error", "key", "usage", "ms"])
def test_a_record_with_every_odd_value(cache: Path, name: str) -> None:
    whole = json.loads(lines.written(cache, [0]))
    for odd in ODD if LONG else ODD[::4]:
        check_journal(cache, dumped({**whole, name: odd}) + b"\n")


@pytest.mark.parametrize(
    "error",
    [
        {"exit": float("inf"), "retryable": False},
        {"exit": 10**30, "retryable": False},
        {"exit": -1, "retryable": False},
        {"exit": 0.5, "retryable": False},
        {"exit": "8", "retryable": False},
        {"exit": True, "retryable": False},
        {"exit": 8, "retryable": "no"},
    ],
)
def test_a_record_with_no_exit_status_is_none_of_ours(cache: Path, error: dict[str, Any]) -> None:
    whole = json.loads(lines.written(cache, [0]))
    cache.write_bytes(dumped({**whole, "error": error}) + b"\n")
    told = lines.refused(lambda: journal(cache, Notes()))
    assert told is not None
    assert (told.exit, told.code) == (13, "not_ours")

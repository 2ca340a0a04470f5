"""What a record looks like, and what is told from one."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from visioncli.batch.item import Item, Outcome, line
from visioncli.batch.records import LONGEST, copied, lines, read
from visioncli.core.errors import Incomplete, OutputProblem

from .outcomes import REF, answer, answered, failed, item, key_of


def test_an_answer_has_the_fields_of_the_contract_in_their_order() -> None:
    record = json.loads(line(answered(item(3, id_={"row": 7})).record()))
    assert list(record) == [
        *("id", "image", "sha256", "model", "answer", "finish", "usage", "cost_usd", "ms", "key"),
    ]
    assert record["id"] == {"row": 7}
    assert record["image"] == "3.jpg"
    assert record["usage"] == {"input": 800, "output": 12, "cached": None, "reasoning": None}
    assert (record["finish"], record["cost_usd"], record["ms"]) == ("stop", 0.002, 812)
    assert record["key"] == record["sha256"] == key_of(3)


def test_a_failure_says_why_and_what_the_run_would_have_exited_with() -> None:
    record = json.loads(line(failed(item(0), 8).record()))
    assert "answer" not in record
    assert record["error"] == {
        "code": "provider",
        "message": "openai failed: 503",
        "retryable": True,
        "exit": 8,
    }
    assert record["usage"] == dict.fromkeys(("input", "output", "cached", "reasoning"))
    assert (record["finish"], record["sha256"], record["cost_usd"]) == (None, None, None)


def test_text_that_was_cut_stands_beside_its_error() -> None:
    cut = Outcome(
        item=item(0), ref=REF, key=key_of(0), answer=answer("A c"), error=Incomplete("it was cut")
    )
    record = json.loads(line(cut.record()))
    assert (record["answer"], record["error"]["exit"]) == ("A c", 10)


def test_several_pictures_are_a_list_with_a_hash_each() -> None:
    both = Outcome(
        item=item(0, ("a.jpg", "https://b/c.png")),
        ref=REF,
        key=key_of(0),
        sha256=("ab" * 32, None),
        answer=answer(),
    )
    record = json.loads(line(both.record()))
    assert record["image"] == ["a.jpg", "https://b/c.png"]
    assert record["sha256"] == ["ab" * 32, None]


def test_a_line_is_ascii_and_one_line_whatever_is_in_it() -> None:
    text = "line\nline\r\u2028\x1b[31m\x9b\u202e\N{GRINNING FACE}\x00"
    written = line(answered(item(0, "a\nb\x1b.jpg"), text=text).record())
    assert written.isascii()
    assert written.count(b"\n") == 1
    assert not set(written[:-1]) & set(range(32))
    assert json.loads(written)["answer"] == text


@pytest.mark.parametrize("name", [b"\xff\xfe.jpg", "ü\N{CAT}.jpg".encode(), b"a\x80\xe4b", b"\xc3"])
def test_the_bytes_of_a_name_come_back(name: bytes) -> None:
    record = json.loads(line(answered(item(0, os.fsdecode(name))).record()))
    assert os.fsencode(record["image"]) == name


def test_a_copy_is_for_another_input_and_was_paid_for_before() -> None:
    first = answered(Item(0, ("a.jpg",), id=1))
    made, key = copied(line(first.record()), Item(1, ("b.jpg",), id=[2]))
    record, copy = first.record(), json.loads(made)
    assert key == first.key
    assert copy == record | {"id": [2], "image": "b.jpg", "cost_usd": 0.0, "ms": 0}
    assert list(copy) == list(record)


GOOD = answered(item(0)).record()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"7",
        b"nonsense",
        b'{"a": 1}',
        b"[" * 100_000,
        b"\xff\xfe{\x00}\x00",
        b"1" * 5000,
        line(GOOD | {"key": "ab"}),
        line(GOOD | {"key": "x" * 64}),
        line(GOOD | {"key": None}),
        line(GOOD | {"key": 10**63}),
        line({k: v for k, v in GOOD.items() if k != "answer"}),
        line({k: v for k, v in GOOD.items() if k != "model"}),
        line({k: v for k, v in GOOD.items() if k != "image"}),
        line({k: v for k, v in GOOD.items() if k != "id"}),
        line(GOOD | {"error": {"code": "x", "message": "y", "retryable": True}}),
        line(GOOD | {"error": "text"}),
    ],
)
def test_what_is_no_record(text: bytes) -> None:
    assert read(text) is None


def test_what_is_a_record_whoever_wrote_its_line() -> None:
    respaced = json.dumps(dict(reversed(GOOD.items())), ensure_ascii=False).encode() + b"\r"
    assert read(respaced) == read(line(GOOD)) == (key_of(0), "0.jpg", None, 0, False)
    assert read(line(failed(item(1), 9).record())) == (key_of(1), "1.jpg", None, 9, False)


def _lines(path: Path) -> list[tuple[int, int]]:
    fd = os.open(path, os.O_RDONLY)
    try:
        return [(found.start, found.length) for found in lines(fd, 0, path.stat().st_size, "f")]
    finally:
        os.close(fd)


def test_lines_longer_than_a_piece_are_found_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("visioncli.batch.records.PIECE", 700)
    texts = [line(answered(item(n), text="x" * size).record()) for n, size in enumerate(SIZES)]
    path = tmp_path / "f"
    path.write_bytes(b"".join(texts))
    at = 0
    expected = []
    for text in texts:
        expected.append((at, len(text)))
        at += len(text)
    assert _lines(path) == expected


SIZES = [1, 5000, 2, 700, 1400, 3, 3, 3]


def test_a_line_that_begins_like_no_record_is_not_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    with path.open("wb") as file:
        file.write(line(GOOD) + b"\0")
        file.truncate(1 << 32)  # it takes no room
        file.seek(0, 2)
        file.write(b"\n")
    read_ = 0

    def pread(fd: int, size: int, at: int, real: object = os.pread) -> bytes:
        nonlocal read_
        found: bytes = real(fd, size, at)  # type: ignore[operator]
        read_ += len(found)
        return found

    monkeypatch.setattr(os, "pread", pread)
    with pytest.raises(OutputProblem, match=r"^f holds what is no record .*, line 2$"):
        _lines(path)
    assert read_ < 4 << 20 < LONGEST

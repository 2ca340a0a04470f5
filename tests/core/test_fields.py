"""Foreign JSON: what is there is read, what is absent is nothing, what is wrong is exit 8."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from visioncli.core import fields
from visioncli.core.errors import BadAnswer


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n",
        b"null",
        b"[]",
        b"3",
        b'"x"',
        b"<html>",
        b"{",
        b"\xff",
        b"[" * 100_000,
        b"{'a':1}",
    ],
    ids=lambda d: repr(d[:8]),
)
def test_what_is_no_object_is_an_answer_that_cannot_be_understood(data: bytes) -> None:
    with pytest.raises(BadAnswer) as caught:
        fields.load_object(data)
    assert caught.value.exit == 8
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 300


def test_a_byte_order_mark_is_passed_over() -> None:
    assert fields.load_object(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("read", "good", "empty", "bad"),
    [
        (fields.text, "x", "", 5),
        (fields.mapping, {"a": 1}, {}, "x"),
        (fields.mappings, [{"a": 1}], [], {"a": 1}),
        (fields.mappings, [], [], [1]),
    ],
)
def test_a_member_is_read_or_absent_or_wrong(
    read: Callable[[Any, str], Any], good: Any, empty: Any, bad: Any
) -> None:
    assert read({"m": good}, "m") == good
    assert read({"m": None}, "m") == empty
    assert read({}, "m") == empty
    with pytest.raises(BadAnswer, match="a m that is"):
        read({"m": bad}, "m")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((7, 7), (7.0, 7), (0, 0), (-1, None), ("7", None), (True, None), (None, None)),
        *(([], None), (float("nan"), None), (float("inf"), None)),
    ],
)
def test_a_count_is_a_number_or_was_not_reported(value: Any, expected: int | None) -> None:
    assert fields.count({"n": value}, "n") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, 0.0),
        (0.00123, 0.00123),
        (-1, None),
        (True, None),
        ("0.5", None),
        (float("nan"), None),
        (float("inf"), None),
        (10**400, None),
        (None, None),
    ],
)
def test_a_sum_of_money_is_a_number_or_was_not_reported(value: Any, expected: float | None) -> None:
    assert fields.amount({"a": value}, "a") == expected


@pytest.mark.parametrize(("value", "expected"), [("x", "x"), ("", None), (5, None), (None, None)])
def test_a_word_is_a_string_or_was_not_given(value: Any, expected: str | None) -> None:
    assert fields.word({"w": value}, "w") == expected


@pytest.mark.parametrize(("value", "expected"), [({"a": 1}, {"a": 1}), ([], {}), (3, {})])
def test_an_odd_report_is_none(value: Any, expected: Any) -> None:
    assert fields.report({"r": value}, "r") == expected


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("a\x1b]0;x\x07\nb", r"a\x1b]0;x\x07\nb"),
        ("\u202eevil", r"\u202eevil"),
        (b"caf\xe9", "caf\ufffd"),
        ("x" * 201, "x" * 200 + "…"),
        ("é" * 200, "é" * 200),
    ],
)
def test_a_preview_is_one_short_line_without_control_characters(text: str, shown: str) -> None:
    assert fields.preview(text) == shown


def test_a_preview_of_bytes_is_cut_between_characters() -> None:
    assert fields.preview("🐈".encode() * 300) == "🐈" * 200 + "…"

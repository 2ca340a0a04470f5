"""Whatever a provider sends: an answer or an error of ours, the same however it is cut."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.aws_frames import event
from visioncli import dialects
from visioncli.core.dialect import HttpError
from visioncli.core.types import Warned

from .answers import check_answer, check_refusal, made, recorded, refused, told
from .bounds import LONG, MB, holding, tried
from .changes import ODD, Change, changes, cuts, dumped, places, rewritten

every_dialect = pytest.mark.parametrize("dialect", dialects.NAMES)
both_ways = pytest.mark.parametrize("stream", [True, False], ids=["stream", "whole"])
ways = st.integers(0, 2)


@every_dialect
@both_ways
@given(which=places, hows=changes, way=ways, ends=cuts)
@tried(40)
def test_a_real_answer_changed_in_any_way(
    dialect: str, stream: bool, which: int, hows: list[Change], way: int, ends: list[int]
) -> None:
    check_answer(dialect, made(dialect, which, hows, way, stream=stream), ends, stream=stream)


@every_dialect
@both_ways
@given(data=st.binary(max_size=200), ends=cuts)
@tried(20)
def test_any_bytes(dialect: str, stream: bool, data: bytes, ends: list[int]) -> None:
    check_answer(dialect, data, ends, stream=stream)


@every_dialect
@given(which=places, hows=changes, status=st.integers(100, 999), other=st.binary(max_size=40))
@tried(30)
def test_a_real_error_changed_in_any_way(
    dialect: str, which: int, hows: list[Change], status: int, other: bytes
) -> None:
    known = refused(dialect)
    real = known[which % len(known)]
    odd = other.decode("latin-1")
    headers = {**real.headers, "retry-after": odd, "x-should-retry": odd, "x-request-id": odd}
    for answer in (
        HttpError(status=real.status, headers=real.headers, body=rewritten(real.body, hows)),
        HttpError(status=status, headers=headers, body=rewritten(real.body, hows)),
        HttpError(status=status, headers=headers, body=other),
    ):
        check_refusal(dialect, answer)


@every_dialect
@both_ways
def test_every_odd_value_in_every_place(dialect: str, stream: bool) -> None:
    """Of one answer, one after the other: what chance might leave out."""
    bodies = recorded(dialect, stream=stream)
    data = max(bodies, key=lambda body: len(body) if len(body) < 3000 else 0)
    step = 1 if LONG else 7
    for where in range(40):
        for odd in range(where % step, len(ODD), step):
            hows = [Change("set", where, where // 2, odd)]
            check_answer(
                dialect,
                made(dialect, bodies.index(data), hows, 1, stream=stream),
                (),
                stream=stream,
            )


HUGE = (4 * MB) if LONG else MB // 8  # bytes


@every_dialect
@both_ways
@pytest.mark.parametrize(
    "body",
    [
        b"[" * HUGE,
        b'{"a":' * (HUGE // 5),
        b"9" * HUGE,
        b'"' + b"\\u00e9" * (HUGE // 6),
        b"\n" * HUGE,
        b"data: \n\n" * (HUGE // 8),
        b"data: {}\n\n" * (HUGE // 10),
        b"data:x\n" * (HUGE // 7),
        b": ping\n" * (HUGE // 7),
        b"\0" * HUGE,
        b"\x00\x00\x00\x10" * (HUGE // 4),
    ],
    ids=["deep", "objects", "digits", "text", "ends", "none", "empty", "lines", "pings", "0", "16"],
)
def test_what_never_ends_takes_no_more_than_it_is_long(
    dialect: str, stream: bool, body: bytes
) -> None:
    step = 1 << 16
    with holding(2 * MB + 40 * HUGE):
        _, error = told(
            dialect, (body[at : at + step] for at in range(0, HUGE, step)), stream=stream
        )
    assert error is not None
    assert error.exit in (7, 8)


@every_dialect
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
        ),
        max_leaves=12,
    )
)
@tried(20)
def test_any_json(dialect: str, value: Any) -> None:
    data = dumped(value)
    check_answer(dialect, data, (), stream=False)
    if "bedrock" not in dialect:
        check_answer(dialect, b"data: " + data + b"\n\n", (), stream=True)
        check_answer(dialect, data + b"\n", (), stream=True)
    json.loads(data)


def test_what_is_damaged_behind_the_end_is_told_once_however_much_of_it_comes() -> None:
    said = event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "A cat."}})
    stop = event("messageStop", {"stopReason": "end_turn"})
    chunks = [said + stop, b"\x00" * 12, b"\x00" * 12, b"\x00"]
    found, error = told("bedrock_converse", chunks, stream=True)
    assert error is None
    assert len([one for one in found if isinstance(one, Warned)]) == 1
    check_answer("bedrock_converse", b"".join(chunks), (3, 999, 1000), stream=True)

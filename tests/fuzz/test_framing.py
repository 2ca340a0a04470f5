"""Bytes before anybody knows what they say: frames of streams, data: addresses, waits."""

from __future__ import annotations

import math
from base64 import b64encode
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.aws_frames import event, exception
from visioncli.core import data_address
from visioncli.core.errors import BadAnswer, ImageProblem
from visioncli.core.eventstream import EventStream
from visioncli.core.framing import Frame, Framing, JsonLines, ServerSentEvents
from visioncli.core.waiting import asked, duration

from .bounds import check_error, tried, within
from .changes import Change, changed, changes, cuts, pieces

STREAMS: dict[str, tuple[Callable[[], Framing], bytes]] = {
    "SSE": (ServerSentEvents, b': hi\n\nevent: a\r\ndata: {"x":1}\rdata:y\n\nid: 1\nretry: 9\n\n'),
    "lines": (JsonLines, b'{"a":"caf\xc3\xa9"}\r\n\n{"b":[]}\n'),
    "AWS": (EventStream, event("messageStart", {"a": 1}) + exception("throttled", "\u00e9")),
}  # fmt: skip


def frames(framing: Framing, chunks: list[bytes]) -> tuple[list[Frame], str, bool]:
    """(what came out, why it ended early or "", whether it was no UTF-8)."""
    found: list[Frame] = []
    with within(10):
        try:
            for chunk in chunks:
                for frame in framing.feed(chunk):
                    found.append(frame)  # noqa: PERF402 - what came before an error counts
            found += framing.close()
        except BadAnswer as error:
            check_error(error)
            return found, error.message, framing.damaged
    return found, "", framing.damaged


@pytest.mark.parametrize("name", STREAMS)
@given(hows=changes, ends=cuts, other=st.binary(max_size=60))
@tried(80)
def test_a_stream_changed_in_any_way_is_the_same_however_it_is_cut(
    name: str, hows: list[Change], ends: list[int], other: bytes
) -> None:
    made, whole = STREAMS[name]
    data = changed(whole, hows, [other])
    told = frames(made(), [data])
    assert frames(made(), pieces(data, ends)) == told
    assert frames(made(), [data[at : at + 1] for at in range(len(data))]) == told
    for frame in told[0]:
        frame.data.encode()


ADDRESSES = (
    b"data:image/png;base64," + b64encode(bytes(range(40))),
    b"data:image/svg+xml;charset=utf-8,%3Csvg%20/%3e",
    b"data:;base64 ,QQ = =",
)


@given(which=st.sampled_from(ADDRESSES), hows=changes)
@tried(150)
def test_a_picture_in_an_address(which: bytes, hows: list[Change]) -> None:
    address = "data:" + changed(which[5:], hows, ADDRESSES).decode("utf-8", "surrogateescape")
    with within(5):
        try:
            label, data = data_address.opened(address)
        except ImageProblem as error:
            check_error(error)
            return
    assert isinstance(data, bytes)
    assert len(data) <= len(address.encode("utf-8", "surrogateescape"))
    assert label == label.lower()
    assert data_address.shown(address).isprintable()


DATES = (
    "Wed, 21 Oct 2037 07:28:00 GMT",
    "Sun Nov  6 08:49:37 2094",
    "0",
    "1e9",
    "120",
    "0.5",
    "-1",
)
odd = st.one_of(
    st.text(max_size=40),
    st.sampled_from(DATES),
    st.builds(
        lambda date, hows: changed(date.encode(), hows).decode("latin-1"),
        st.sampled_from(DATES),
        changes,
    ),
    st.integers().map(str),
    st.floats().map(str),
)


@given(text=odd, milliseconds=odd)
@tried(200)
def test_any_wait_is_a_time_or_none(text: str, milliseconds: str) -> None:
    for headers in ({"retry-after": text}, {"retry-after": text, "retry-after-ms": milliseconds}):
        with within(5):
            wait = asked(headers)
        assert wait is None or (wait > 0 and math.isfinite(wait))
    lasts = duration(text)
    assert lasts is None or (lasts >= 0 and math.isfinite(lasts))

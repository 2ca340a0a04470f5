"""AWS's binary frames: cut anywhere, damaged anywhere, and read as botocore reads them."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Iterator

import pytest
from botocore.eventstream import EventStreamBuffer, ParserError
from hypothesis import given
from hypothesis import strategies as st

from tests.aws_frames import event, exception, message, unmodelled
from visioncli.core import eventstream
from visioncli.core.errors import BadAnswer
from visioncli.core.eventstream import EventStream
from visioncli.core.framing import Frame


def frames(*chunks: bytes) -> list[Frame]:
    cutter = EventStream()

    def all_of() -> Iterator[Frame]:
        for chunk in chunks:
            yield from cutter.feed(chunk)
        yield from cutter.close()

    return list(all_of())


def by_botocore(data: bytes) -> list[tuple[dict[str, object], bytes]]:
    buffer = EventStreamBuffer()
    buffer.add_data(data)
    return [(found.headers, found.payload) for found in buffer]


names = st.text(st.characters(codec="ascii", exclude_categories=["C"]), min_size=1, max_size=20)
events = st.lists(st.tuples(names, st.text().map(str.encode)), min_size=1, max_size=5)


@given(said=events, size=st.integers(1, 40))
def test_events_come_out_as_they_went_in_and_as_botocore_reads_them(
    said: list[tuple[str, bytes]], size: int
) -> None:
    data = b"".join(event(name, payload) for name, payload in said)
    whole = frames(data)
    assert whole == [Frame(payload.decode(), name) for name, payload in said]
    assert frames(*(data[n : n + size] for n in range(0, len(data), size))) == whole
    theirs = [(headers[":event-type"], payload) for headers, payload in by_botocore(data)]
    assert theirs == said


# Every type of header there is; only texts are of use here, the rest must be stepped over.
typed = st.one_of(
    st.sampled_from([b"\x00", b"\x01"]),
    st.integers(-128, 127).map(lambda n: b"\x02" + struct.pack(">b", n)),
    st.integers(-(2**15), 2**15 - 1).map(lambda n: b"\x03" + struct.pack(">h", n)),
    st.integers(-(2**31), 2**31 - 1).map(lambda n: b"\x04" + struct.pack(">i", n)),
    st.integers(-(2**63), 2**63 - 1).map(lambda n: b"\x05" + struct.pack(">q", n)),
    st.binary(max_size=300).map(lambda b: b"\x06" + struct.pack(">H", len(b)) + b),
    st.integers(0, 2**63 - 1).map(lambda n: b"\x08" + struct.pack(">q", n)),
    st.uuids().map(lambda u: b"\x09" + u.bytes),
    st.text(max_size=100),
)


@given(others=st.dictionaries(names, typed, max_size=6), after=st.booleans())
def test_headers_of_every_type_are_stepped_over(
    others: dict[str, str | bytes], after: bool
) -> None:
    own = {":event-type": "messageStart"}
    headers = {**own, **others} if after else {**others, **own}
    headers[":event-type"] = "messageStart"
    data = message(headers, b"{}")
    assert frames(data) == [Frame("{}", "messageStart")]
    assert [found[":event-type"] for found, _ in by_botocore(data)] == ["messageStart"]


@given(place=st.integers(0, 10**6), bit=st.integers(0, 7))
def test_any_flipped_bit_is_found_out_or_leaves_no_frame(place: int, bit: int) -> None:
    data = bytearray(event("contentBlockDelta", {"delta": {"text": "A cat."}}))
    data[place % len(data)] ^= 1 << bit
    try:
        got = frames(bytes(data))
    except BadAnswer as error:
        assert (error.exit, error.retry, error.code) == (8, True, "damaged")  # noqa: PT017 - or no frame
    else:
        assert got == []
        assert data[0] > 1  # then it is no stream of frames at all
    with pytest.raises(ParserError):
        assert by_botocore(bytes(data))


@pytest.mark.parametrize("cut", range(0, 95, 6))
def test_a_cut_off_frame_is_dropped(cut: int) -> None:
    first, second = event("messageStart", {"role": "assistant"}), event("metadata", {})
    assert frames(first + second[: cut % len(second)]) == [
        Frame('{"role": "assistant"}', "messageStart")
    ]


def test_exceptions_and_errors_are_marked() -> None:
    assert frames(exception("throttlingException", "Slow down.")) == [
        Frame('{"message": "Slow down."}', "throttlingException", error=True)
    ]
    assert frames(unmodelled("InternalFailure", 'It "broke".')) == [
        Frame('{"message": "It \\"broke\\"."}', "InternalFailure", error=True)
    ]


def test_invalid_utf8_is_shown_and_told() -> None:
    cutter = EventStream()
    assert not cutter.damaged
    assert list(cutter.feed(event("x", b'"caf\xe9"'))) == [Frame('"caf\ufffd"', "x")]
    assert cutter.damaged


@pytest.mark.parametrize(
    "text", [b"<html>", b'{"message": "no"}', b"\n{}", b"data: x\n\n", b"\xff"]
)
def test_text_is_no_frame_and_no_damage(text: bytes) -> None:
    assert frames(text * 9) == []
    assert frames(*(text[n : n + 1] for n in range(len(text)))) == []


def prelude(total: int, headers: int) -> bytes:
    start = struct.pack(">II", total, headers)
    return start + struct.pack(">I", eventstream.crc32(start))


@pytest.mark.parametrize(
    ("total", "headers"),
    [(0, 0), (15, 0), (16, 1), (200 << 10, 129 << 10), ((24 << 20) + 17, 0), (1 << 24, 1 << 24)],
)
def test_an_impossible_length_is_refused_before_it_is_waited_for(total: int, headers: int) -> None:
    with pytest.raises(BadAnswer, match="damaged"):
        frames(prelude(total, headers))


@pytest.mark.parametrize(
    "head",
    [
        b"\x05:eve",
        b"\x01a",
        b"\x01a\x07",
        b"\x01a\x07\x00\x09x",
        b"\x01a\x05\x00",
        b"\x01a\x63\x00",
    ],
)
def test_headers_that_do_not_add_up_are_damage(head: bytes) -> None:
    start = struct.pack(">II", len(head) + 16, len(head))
    data = start + struct.pack(">I", eventstream.crc32(start)) + head
    with pytest.raises(BadAnswer, match="header"):
        frames(data + struct.pack(">I", eventstream.crc32(data)))


def test_many_small_reads_of_a_large_frame_cost_no_more_than_its_length() -> None:
    payload = uuid.UUID(int=0).bytes * 250_000
    data = event("contentBlockDelta", payload)
    cutter, found = EventStream(), []
    for n in range(0, len(data), 64):
        found += cutter.feed(data[n : n + 64])
    assert [len(frame.data) for frame in found] == [len(payload)]

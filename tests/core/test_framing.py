"""Frames out of bytes: however they were cut, whatever ends the lines, whatever is damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visioncli.core import framing
from visioncli.core.errors import BadAnswer
from visioncli.core.framing import Frame, Framing, JsonLines, Lines, ServerSentEvents


def frames(make: Callable[[], Framing], *chunks: bytes) -> list[Frame]:
    cutter = make()

    def all_of() -> Iterator[Frame]:
        for chunk in chunks:
            yield from cutter.feed(chunk)
        yield from cutter.close()

    return list(all_of())


def lines(*chunks: bytes) -> list[str]:
    cutter = Lines()
    return [line for chunk in chunks for line in cutter.feed(chunk)] + list(cutter.close())


@given(
    texts=st.lists(st.text().filter(lambda t: not set(t) & {"\r", "\n"}), min_size=1, max_size=6),
    ends=st.lists(st.sampled_from(["\n", "\r\n", "\r"]), min_size=6, max_size=6),
    size=st.integers(1, 9),
)
def test_lines_come_out_as_they_went_in(texts: list[str], ends: list[str], size: int) -> None:
    texts[0] = texts[0].removeprefix("\ufeff")
    # An empty line between CR and LF would be no line of its own.
    ends = [end if "" not in texts else "\n" for end in ends]
    data = "".join(text + end for text, end in zip(texts, ends, strict=False)).encode()
    cut = [data[n : n + size] for n in range(0, len(data), size)]
    assert lines(*cut) == texts
    assert lines(data) == texts


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([b"a\r", b"\nb"], ["a", "b"]),  # CRLF cut in the middle is one line end
        ([b"a\r", b"b\r"], ["a", "b"]),
        ([b"a\r\r\nb"], ["a", "", "b"]),
        ([b"", b"a", b"", b"\n"], ["a"]),
        ([b"\xef\xbb", b"\xbfa\n\xef\xbb\xbfb\n"], ["a", "\ufeffb"]),  # a mark opens a stream, once
        ([b"\xc3", b"\xa9\n"], ["é"]),
        ([], []),
        ([b"no end"], ["no end"]),
    ],
)
def test_line_ends_and_marks(chunks: list[bytes], expected: list[str]) -> None:
    assert lines(*chunks) == expected


def test_damaged_utf8_is_shown_and_told() -> None:
    cutter = Lines()
    assert list(cutter.feed(b"caf\xe9\n")) == ["caf\ufffd"]
    assert cutter.damaged
    for make in (ServerSentEvents, JsonLines):
        damaged = make()
        assert not damaged.damaged
        list(damaged.feed(b"data: \xff\n\n"))
        assert damaged.damaged


def test_a_line_without_end_is_cut_off_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "LINE_CAP", 100)
    cutter = ServerSentEvents()
    assert list(cutter.feed(b"x" * 100)) == []
    with pytest.raises(BadAnswer) as caught:
        list(cutter.feed(b"x"))
    assert caught.value.exit == 8


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"data: a\n\n", [Frame("a")]),
        (b"data:a\n\n", [Frame("a")]),
        (b"data:  a\n\n", [Frame(" a")]),
        (b"data: a\ndata: b\n\n", [Frame("a\nb")]),
        (b"event: ping\ndata: {}\n\n", [Frame("{}", "ping")]),
        (b"event: x\n\ndata: a\n\n", [Frame("a")]),  # an event without data is none
        (b": comment\n\n: another\ndata: a\n\n", [Frame("a")]),
        (b"id: 1\nretry: 10\nunknown: x\ndata: a\n\n", [Frame("a")]),
        (b"data\n\n", [Frame("")]),
        (b"data: a\r\n\r\ndata: b\r\r", [Frame("a"), Frame("b")]),
        (b"data: a\n", [Frame("a")]),  # the last blank line may be missing
        (b"data: a", [Frame("a")]),
        (b"dat", []),
        (b"", []),
    ],
)
def test_server_sent_events(stream: bytes, expected: list[Frame]) -> None:
    assert frames(ServerSentEvents, stream) == expected
    assert frames(ServerSentEvents, *(stream[n : n + 1] for n in range(len(stream)))) == expected


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b'{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']),
        (b'{"a":1}\r\n\r\n  \n{"b":2}', ['{"a":1}', '{"b":2}']),
        (b"\n\n", []),
    ],
)
def test_json_lines(stream: bytes, expected: list[str]) -> None:
    assert [frame.data for frame in frames(JsonLines, stream)] == expected


def test_many_small_reads_of_a_long_line_cost_no_more_than_its_length() -> None:
    """A rescan of the whole rest at every read would make this a hundred times as slow."""
    cutter = Lines()
    chunk = b"x" * 64
    for _ in range(20_000):
        assert list(cutter.feed(chunk)) == []
    (line,) = cutter.feed(b"\n")
    assert len(line) == 64 * 20_000

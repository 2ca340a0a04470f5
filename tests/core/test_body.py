"""Bodies: exact in length, readable twice, and the base64 in them that of the standard."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visioncli.core.body import Base64, JsonBody, overlay
from visioncli.core.body import given as members
from visioncli.core.errors import UsageError
from visioncli.core.types import BytesBlob, Unfetched

texts = st.text()
trees = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts
    | st.binary(max_size=40).map(lambda b: Base64(BytesBlob(b), "data:image/png;base64,")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@dataclass(frozen=True)
class Slices:
    """A blob that comes in pieces of odd sizes."""

    data: bytes
    step: int

    @property
    def size(self) -> int:
        return len(self.data)

    def open(self) -> Iterator[bytes]:
        return (self.data[n : n + self.step] for n in range(0, len(self.data), self.step))


@given(data=st.binary(max_size=200), step=st.integers(1, 17))
def test_base64_is_right_for_any_size_and_any_slicing(data: bytes, step: int) -> None:
    leaf = Base64(Slices(data, step))
    joined = b"".join(leaf.chunks())
    assert joined == base64.b64encode(data)
    assert len(joined) == leaf.length


@given(tree=trees)
def test_a_body_is_json_of_the_length_it_promises_as_often_as_it_is_read(tree: Any) -> None:
    body = JsonBody(tree)
    first = b"".join(body)
    assert len(first) == body.length
    assert b"".join(body) == first
    assert first.isascii()
    assert json.loads(first) == body.readable(full=True)


def test_the_picture_is_not_read_before_it_is_sent() -> None:
    class Unread:
        size = 3 * 10**9

        def open(self) -> Iterator[bytes]:
            raise AssertionError("read too early")

    body = JsonBody({"a": [Base64(Unread(), "p")], "z": 1})
    assert body.length == len('{"a":["p"],"z":1}') + 4 * 10**9
    assert next(iter(body)) == b'{"a":["'


def test_people_see_the_size_in_place_of_the_base64() -> None:
    body = JsonBody({"images": [Base64(BytesBlob(b"abc"), "data:x;base64,")]})
    assert body.readable(full=False) == {"images": ["data:x;base64,<base64 of 3 bytes>"]}
    assert body.readable(full=True) == {"images": ["data:x;base64,YWJj"]}


def test_a_read_only_table_of_the_configuration_is_an_object() -> None:
    tree = {"schema": MappingProxyType({"a": MappingProxyType({"b": 1})})}
    assert b"".join(JsonBody(tree)) == b'{"schema":{"a":{"b":1}}}'
    assert JsonBody(tree).readable(full=False) == {"schema": {"a": {"b": 1}}}


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_a_number_json_does_not_have_is_a_usage_error(number: float) -> None:
    with pytest.raises(UsageError) as caught:
        JsonBody({"temperature": number})
    assert caught.value.exit == 2


def test_what_is_no_json_is_a_bug_that_shows() -> None:
    with pytest.raises(TypeError, match="object"):
        JsonBody({"a": object()})


def test_overlay_merges_objects_and_leaves_both_sides_as_they_were() -> None:
    ours, theirs = (
        {"a": 1, "o": {"x": 1, "deep": {"p": 1}}},
        {"o": {"y": 2, "deep": {"p": 2}}, "b": []},
    )
    assert overlay(ours, theirs) == {"a": 1, "o": {"x": 1, "deep": {"p": 2}, "y": 2}, "b": []}
    assert ours == {"a": 1, "o": {"x": 1, "deep": {"p": 1}}}
    assert overlay({"o": {"x": 1}}, {"o": None}) == {"o": None}
    assert overlay({"o": 3}, {"o": {"x": 1}}) == {"o": {"x": 1}}


def test_only_none_is_left_out() -> None:
    assert members(a=None, b=0, c="", d=False, e=[]) == {"b": 0, "c": "", "d": False, "e": []}


def test_bytes_in_memory_do_not_show_in_a_repr() -> None:
    assert "secret" not in repr(Base64(BytesBlob(b"secret")))


def test_bytes_that_were_not_fetched_are_not_sent() -> None:
    unfetched = Unfetched("https://example.org/a.png")
    with pytest.raises(UsageError, match=r"https://example\.org/a\.png would be fetched") as told:
        unfetched.open()
    assert "--full" in (told.value.hint or "")

"""TOML tables into dataclasses: what is wrong is exit 2, naming place and key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import pytest

from visioncli.core.errors import UsageError
from visioncli.core.tables import read


@dataclass(frozen=True)
class Inner:
    n: int = 0


@dataclass(frozen=True)
class Outer:
    name: str
    ratio: float = 1.0
    on: bool = False
    limit: int | None = None
    names: tuple[str, ...] = ()
    some: tuple[str, ...] | None = None
    inner: Inner = field(default_factory=Inner)
    many: tuple[Inner, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    any: Mapping[str, Any] = field(default_factory=dict)
    word: Literal["a", "b"] = "a"
    hidden: int = field(default=0, init=False)


def where(path: tuple[str, ...]) -> str:
    return f"file.toml, at {'.'.join(path)}"


def test_every_kind_of_member_is_read() -> None:
    table = {
        "name": "x",
        "ratio": 2,
        "on": True,
        "limit": 3,
        "names": ["a", "b"],
        "some": ["c"],
        "inner": {"n": 4},
        "many": [{"n": 5}, {}],
        "headers": {"h": "v"},
        "any": {"deep": [1, {"x": None}]},
        "word": "b",
    }
    got = read(Outer, table, where)
    assert got == Outer(
        name="x",
        ratio=2.0,
        on=True,
        limit=3,
        names=("a", "b"),
        some=("c",),
        inner=Inner(4),
        many=(Inner(5), Inner()),
        headers=MappingProxyType({"h": "v"}),
        any=MappingProxyType({"deep": [1, {"x": None}]}),
        word="b",
    )
    assert isinstance(got.ratio, float)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"name": "x", "ration": 1}, "ration"),
        ({"name": "x", "hidden": 1}, "hidden"),
        ({"name": 5}, "a string"),
        ({"name": "x", "on": 1}, "true or false"),
        ({"name": "x", "limit": True}, "a whole number"),
        ({"name": "x", "limit": 1.5}, "a whole number"),
        ({"name": "x", "ratio": True}, "a number"),
        ({"name": "x", "names": "a"}, "a list"),
        ({"name": "x", "names": [1]}, "a string"),
        ({"name": "x", "inner": 3}, "a table"),
        ({"name": "x", "inner": {"m": 3}}, "inner.m"),
        ({"name": "x", "headers": {"h": 1}}, "headers.h"),
        ({"name": "x", "headers": []}, "a table"),
        ({"name": "x", "word": "c"}, "'a' or 'b'"),
        ({}, "name"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(table: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(Outer, table, where)
    assert caught.value.exit == 2
    assert says in caught.value.message
    assert "file.toml" in caught.value.message


def test_a_mistyped_key_is_guessed() -> None:
    with pytest.raises(UsageError) as caught:
        read(Outer, {"name": "x", "ratioo": 1}, where)
    assert caught.value.hint == "did you mean 'ratio'?"

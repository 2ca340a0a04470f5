"""Frozen classes behave as the standard decorator's do."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, dataclass, field
from typing import Any, ClassVar

import pytest

from visioncli.core.record import record


@record
class Ours:
    """A picture's place."""

    name: str
    size: int = 1
    tags: tuple[str, ...] = ()
    seen: list[int] = field(default_factory=list, compare=False)
    hidden: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Theirs:
    """A picture's place."""

    name: str
    size: int = 1
    tags: tuple[str, ...] = ()
    seen: list[int] = field(default_factory=list, compare=False)
    hidden: str = field(default="", repr=False)


@record(kw_only=True)
class Named:
    a: int
    b: int = 2


@record
class Doubled:
    given: int
    twice: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "twice", 2 * self.given)


@record(frozen=False)
class Open:
    count: int = 0
    notes: list[str] = field(default_factory=list)


@pytest.mark.parametrize(
    "of",
    [
        lambda cls: repr(cls("a", 2, seen=[1])).partition("(")[2],
        lambda cls: cls("a") == cls("a", seen=[1]),
        lambda cls: cls("a") == cls("b"),
        lambda cls: cls("a") == ("a", 1, (), [], ""),
        lambda cls: len({cls("a"), cls("a"), cls("a", 2)}),
        lambda cls: hash(cls("a", 2)) == hash(cls("a", 2, seen=[1])),
        lambda cls: dataclasses.asdict(cls("a", tags=("x",))),
        lambda cls: dataclasses.replace(cls("a"), size=3).size,
        lambda cls: [each.name for each in dataclasses.fields(cls)],
        lambda cls: cls.__match_args__,
        lambda cls: pickle.loads(pickle.dumps(cls("a", seen=[1]))).seen,
        lambda cls: copy.deepcopy(cls("a", seen=[1])).seen,
        lambda cls: hasattr(cls("a"), "__dict__"),
        lambda cls: cls("a").seen is cls("a").seen,
    ],
)
def test_a_record_is_as_the_standard_one(of: Callable[[Any], Any]) -> None:
    assert of(Ours) == of(Theirs)


@pytest.mark.parametrize(
    "does",
    [
        lambda cls: setattr(cls("a"), "name", "b"),
        lambda cls: delattr(cls("a"), "name"),
    ],
)
def test_it_is_frozen(does: Callable[[Any], None]) -> None:
    for cls in (Ours, Theirs):
        with pytest.raises(FrozenInstanceError):
            does(cls)


@pytest.mark.parametrize(
    "does",
    [lambda cls: cls(), lambda cls: cls("a", nope=1), lambda cls: cls("a", 1, (), [], "", 2)],
)
def test_wrong_arguments_are_a_type_error(does: Callable[[Any], None]) -> None:
    for cls in (Ours, Theirs):
        with pytest.raises(TypeError):
            does(cls)


def test_fields_by_name_alone() -> None:
    assert Named(a=1) == Named(a=1, b=2)
    with pytest.raises(TypeError):
        Named(1)  # type: ignore[call-arg]


def test_what_is_worked_out_from_the_rest() -> None:
    assert Doubled(4).twice == 8


def test_one_that_is_open_can_be_changed_and_has_no_hash() -> None:
    one = Open()
    one.count += 1
    assert one == Open(1)
    assert Open().notes is not Open().notes
    with pytest.raises(TypeError):
        hash(one)


def test_a_method_of_its_own_stays() -> None:
    @record
    class Hidden:
        text: str

        def __repr__(self) -> str:
            return "…"

    assert repr(Hidden("secret")) == "…"


def test_what_belongs_to_the_class_is_no_field() -> None:
    @record
    class Kind:
        all: ClassVar[list[str]] = []
        name: str = ""

    assert Kind("a").name == "a"
    assert [each.name for each in dataclasses.fields(Kind)] == ["name"]

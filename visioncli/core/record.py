"""Frozen, slotted dataclasses that are quick to define and quick to make.

The standard decorator writes and compiles six methods for each class, 0.4 ms of every start for
each of some eighty classes, and a frozen one sets its fields the slow way, thirty times for every
picture of a batch. Here a class shares all methods but `__init__`, which is compiled when the first
instance is made, and sets fields through their slots. `dataclasses.fields`, `replace`, `asdict`,
`match` and pickles work as they do on the standard ones; so does what raises FrozenInstanceError.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from functools import cache
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")
_GIVEN: Any = object()  # stands in a signature for a default that is made anew each time


@overload
def record(cls: type[T], /) -> type[T]: ...
@overload
def record(*, kw_only: bool = False, frozen: bool = True) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: type[Any] | None = None, /, *, kw_only: bool = False, frozen: bool = True) -> Any:
    """As `dataclass(frozen=True, slots=True)`. kw_only: fields are given by their names alone.
    frozen=False: fields may be set, and instances have no hash.
    """
    if cls is None:
        return lambda named: _made(named, kw_only=kw_only, frozen=frozen)
    return _made(cls, kw_only=kw_only, frozen=frozen)


def _made(cls: type[Any], *, kw_only: bool, frozen: bool) -> type[Any]:
    if cls.__doc__ is None:
        cls.__doc__ = cls.__name__  # else it would be made of the signature, which takes long
    made: type[Any] = dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(cls)

    def first(self: object, *given: object, **named: object) -> None:
        made.__init__ = _init(made, frozen=frozen)  # from now on it is that one
        made.__init__(self, *given, **named)

    for name, method in {"__init__": first, **(SHARED if frozen else MUTABLE)}.items():
        if name not in cls.__dict__:
            setattr(made, name, method)
    return made


def _init(cls: type[Any], *, frozen: bool) -> Callable[..., None]:
    """Compiled from the fields, as the standard decorator does."""
    plain: list[str] = []
    named: list[str] = []
    body: list[str] = []
    scope: dict[str, Any] = {"_GIVEN": _GIVEN}
    put = "_set_{0}(self, {1})" if frozen else "self.{0} = {1}"
    for each in fields(cls):
        name = each.name
        scope[f"_set_{name}"] = getattr(cls, name).__set__
        value = name
        if each.default_factory is not MISSING:
            scope[f"_default_{name}"] = each.default_factory
            value = f"_default_{name}() if {name} is _GIVEN else {name}"
            default = "=_GIVEN"
        elif each.default is not MISSING:
            scope[f"_default_{name}"] = each.default
            default = f"=_default_{name}"
        else:
            default = ""
        if each.init:
            (named if each.kw_only else plain).append(f"{name}{default}")
            body.append(put.format(name, value))
        elif default:
            call = "()" if default == "=_GIVEN" else ""
            body.append(put.format(name, f"_default_{name}{call}"))
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    signature = ", ".join(["self", *plain, *(["*", *named] if named else [])])
    exec(f"def __init__({signature}):\n " + "\n ".join(body or ["pass"]), scope)  # noqa: S102 - names of fields alone
    made: Callable[..., None] = scope["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


@cache
def _names(cls: type[Any], which: Callable[[Field[Any]], bool]) -> tuple[str, ...]:
    return tuple(each.name for each in fields(cls) if which(each))


def _is_shown(each: Field[Any]) -> bool:
    return each.repr


def _is_compared(each: Field[Any]) -> bool:
    return each.compare


def _compared(self: object) -> tuple[object, ...]:
    cls: Any = type(self)
    return tuple([getattr(self, name) for name in _names(cls, _is_compared)])


def _repr(self: object) -> str:
    cls: Any = type(self)
    names = _names(cls, _is_shown)
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
    return f"{cls.__qualname__}({shown})"


def _eq(self: object, other: object) -> Any:
    if type(other) is not type(self):
        return NotImplemented
    return self is other or _compared(self) == _compared(other)


def _hash(self: object) -> int:
    return hash(_compared(self))


def _set(_self: object, name: str, _value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(_self: object, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: object) -> list[object]:
    return [getattr(self, each.name) for each in fields(self)]  # type: ignore[arg-type]  # it is one


def _restored(self: object, state: list[object]) -> None:
    for each, value in zip(fields(self), state, strict=True):  # type: ignore[arg-type]  # as above
        object.__setattr__(self, each.name, value)


SHARED: dict[str, Callable[..., Any]] = {
    "__repr__": _repr,
    "__eq__": _eq,
    "__hash__": _hash,
    "__setattr__": _set,
    "__delattr__": _delete,
    "__getstate__": _state,
    "__setstate__": _restored,
}
MUTABLE: dict[str, Callable[..., Any] | None] = {
    "__repr__": _repr,
    "__eq__": _eq,
    "__hash__": None,
}

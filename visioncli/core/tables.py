"""Reads a TOML table into a dataclass by its annotations; unknown keys and wrong types are errors.

Known annotations: str, int, float, bool, Literal, `X | None`, tuple[str, ...], Mapping[str, str],
tuple[DATACLASS, ...], Mapping[str, Any], and dataclasses of these.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any, TypeVar

from .errors import UsageError

T = TypeVar("T")
Path = tuple[str, ...]
Where = Callable[[Path], str]  # a key's path in the file -> "FILE, line N, key a.b"


def read(cls: type[T], table: Mapping[str, Any], where: Where, at: Path = ()) -> T:
    """An instance of `cls`. Raises UsageError naming file, line and key."""
    hints, known = _described(cls)  # type: ignore[arg-type]  # classes are hashable
    for key in table:
        if key not in known:
            near = get_close_matches(key, known, 1)
            raise UsageError(
                f"unknown key {'.'.join((*at, key))!r}, {where((*at, key))}",
                hint=f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known))}",
            )
    values = {key: _value(hints[key], value, where, (*at, key)) for key, value in table.items()}
    for name, f in known.items():
        if name not in values and f.default is MISSING and f.default_factory is MISSING:
            raise UsageError(f"the key {'.'.join((*at, name))!r} is missing, {where(at)}")
    return cls(**values)


@cache
def _described(cls: type[Any]) -> tuple[Mapping[str, Any], Mapping[str, Field[Any]]]:
    """A class's annotations and fields by name; finding these out takes longer than reading."""
    return typing.get_type_hints(cls), {f.name: f for f in fields(cls) if f.init}


def _value(hint: Any, value: Any, where: Where, at: Path) -> Any:
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        (hint,) = [a for a in args if a is not type(None)]
        return _value(hint, value, where, at)
    if hint is Any:
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise _mismatch("a list", value, where, at)
        return tuple(_value(args[0], item, where, at) for item in value)
    if origin is typing.Literal:
        if value not in args:
            raise _mismatch(" or ".join(map(repr, args)), value, where, at)
        return value
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(value, dict):
            raise _mismatch("a table", value, where, at)
        return types.MappingProxyType(
            {key: _value(args[1], item, where, (*at, key)) for key, item in value.items()}
        )
    if is_dataclass(hint):
        if not isinstance(value, dict):
            raise _mismatch("a table", value, where, at)
        return read(typing.cast("type[Any]", hint), value, where, at)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is not bool and isinstance(value, bool)):
        raise _mismatch(NAMES.get(hint, hint.__name__), value, where, at)
    return value


NAMES = {str: "a string", int: "a whole number", float: "a number", bool: "true or false"}


def _mismatch(wanted: str, value: Any, where: Where, at: Path) -> UsageError:
    return UsageError(f"{'.'.join(at)!r} must be {wanted}, not {value!r}, {where(at)}")

"""Reading JSON that somebody else wrote: total accessors; a wrong type is a BadAnswer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .errors import BadAnswer

PREVIEW = 200  # characters of a foreign answer that an error shows
RICHES = 10**9
MULTITUDE = 10**15


def preview(data: bytes | str, limit: int = PREVIEW) -> str:
    """The first `limit` characters, control characters escaped, on one line."""
    if isinstance(data, bytes):
        data = data[: 4 * limit + 4].decode("utf-8", "replace")
    shown = data[:limit]
    if not shown.isprintable():
        shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in shown)
    return shown + ("…" if len(data) > limit else "")


def load_object(data: bytes | str) -> dict[str, Any]:
    """The JSON object in `data`; BadAnswer for all else (HTML, nothing, null, a list, too deep)."""
    if isinstance(data, bytes):
        data = data.removeprefix(b"\xef\xbb\xbf")
    if not data.strip():
        raise BadAnswer("the provider sent an empty answer")
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise BadAnswer(f"the provider's answer is not JSON: {preview(data)}") from None
    if not isinstance(value, dict):
        raise BadAnswer(f"the provider's answer is not a JSON object: {preview(data)}")
    return value


def wrong(name: str, value: object) -> BadAnswer:
    return BadAnswer(f"the provider's answer has a {name} that is {preview(repr(value))}")


def text(source: Mapping[str, Any], name: str) -> str:
    """The string at `name`; "" where it is absent or null."""
    value = source.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise wrong(name, value)
    return value


def word(source: Mapping[str, Any], name: str) -> str | None:
    """The string at `name`, or None: a name, id or code that is no string was not given."""
    value = source.get(name)
    return value if isinstance(value, str) and value else None


def report(source: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The object at `name`, {} for all else: an odd usage report does not spoil an answer."""
    value = source.get(name)
    return value if isinstance(value, dict) else {}


def mapping(source: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The object at `name`; {} where it is absent or null."""
    value = source.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise wrong(name, value)
    return value


def mappings(source: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """The list of objects at `name`; [] where it is absent or null."""
    value = source.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise wrong(name, value)
    return value


def count(source: Mapping[str, Any], name: str) -> int | None:
    """The whole number at `name`, or None: a count that is no number was not reported, nor was one
    of MULTITUDE tokens, with which nobody can reckon on.
    """
    value = source.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < MULTITUDE else None  # NaN is not, either


def amount(source: Mapping[str, Any], name: str) -> float | None:
    """The sum of money at `name`, or None. No float can hold every number of JSON: RICHES is all
    that anybody is believed to have paid.
    """
    value = source.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < RICHES:
        return None
    return float(value)

"""[[routes]] of a row: what differs for some models, at some addresses, or with some keys.

    match   = "claude-*"              a glob over the model
    address = "*/openai/v1"           a glob over the address that was given, where one was
    set     = ["VERTEX_API_KEY"]      one of these environment variables is set
    unset   = ["VERTEXAI_PROJECT"]    none of these is

All that are written must hold, and the first route for which they do is laid over the row: one
vendor's two generations of an API are told apart by the address, two ways in by what a user has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from visioncli.core.errors import UsageError
from visioncli.core.tables import Where

ROUTES = "routes"
CONDITIONS = ("match", "address", "set", "unset")
OF_THE_WIRE = ("quirks", "limits", "urls", "media_types")


def applied(
    table: Mapping[str, Any], where: Where, *, model: str, address: str, env: Mapping[str, str]
) -> dict[str, Any]:
    """`table` without its routes, the first that holds laid over it; model "": none is.

    Raises UsageError for a route without conditions, or with one that is of a wrong type.
    """
    merged = dict(table)
    routes = merged.pop(ROUTES, [])
    if not isinstance(routes, list):
        raise UsageError(f"{ROUTES!r} must be a list of tables, {where((ROUTES,))}")
    for number, route in enumerate(routes):
        _check(route, number, where)
        if not model or not _holds(route, model, address, env):
            continue
        return _over(merged, {k: v for k, v in route.items() if k not in CONDITIONS})
    return merged


def _check(route: Any, number: int, where: Where) -> None:
    at = where((ROUTES,))
    if not isinstance(route, dict) or not isinstance(route.get("match"), str):
        raise UsageError(f"route {number + 1} has no 'match', {at}")
    if not isinstance(route.get("address", ""), str):
        raise UsageError(f"'address' of route {number + 1} must be a string, {at}")
    for name in ("set", "unset"):
        listed = route.get(name, [])
        if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
            raise UsageError(f"{name!r} of route {number + 1} must be a list of strings, {at}")


def _holds(route: Mapping[str, Any], model: str, address: str, env: Mapping[str, str]) -> bool:
    return (
        fnmatchcase(model, route["match"])
        and fnmatchcase(address, route.get("address", "*"))
        and ("set" not in route or _any(route["set"], env))
        and not _any(route.get("unset", ()), env)
    )


def _any(names: Iterable[str], env: Mapping[str, str]) -> bool:
    return any(env.get(name, "").strip() for name in names)


def _over(table: Mapping[str, Any], route: Mapping[str, Any]) -> dict[str, Any]:
    """`route` laid over `table`; tables in both are merged key by key.

    A route to another wire says itself what that takes: another vendor's server stands behind it.
    """
    merged = dict(table)
    if route.get("dialect", table.get("dialect")) != table.get("dialect"):
        for key in OF_THE_WIRE:
            merged.pop(key, None)
    for key, value in route.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = {**old, **value} if both else value  # type: ignore[dict-item]
    return merged

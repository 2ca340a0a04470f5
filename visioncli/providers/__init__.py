"""Providers are data: a TOML file of this folder each, or the user's table [providers.NAME]."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from visioncli import dialects
from visioncli.config import Settings
from visioncli.core.errors import UnknownModel, UsageError
from visioncli.core.tables import Where, read
from visioncli.core.target import ModelRef, Provider, Target

from .address import base_url

FOLDER = Path(__file__).parent
ROUTES = "routes"


def names(settings: Settings) -> tuple[str, ...]:
    """Every provider's name, the user's own first."""
    packaged = {file.stem for file in FOLDER.glob("*.toml")}
    return (*settings.providers, *sorted(packaged - set(settings.providers)))


def parse(model: str) -> ModelRef:
    """ "Groq/meta-llama/x" -> ("groq", "meta-llama/x"). The provider's letters are made small."""
    provider, slash, name = model.strip().partition("/")
    if not slash or not provider or not name:
        raise UsageError(
            f"{model!r} is no model id",
            hint="write PROVIDER/MODEL, for example openai/gpt-5.4-mini",
        )
    return ModelRef(provider.lower().replace("-", "_"), name)


def resolve(
    ref: ModelRef,
    settings: Settings,
    *,
    address: str | None = None,
    env: Mapping[str, str] = os.environ,
) -> Target:
    """The row and the address for a model. address: what --base-url says.

    Raises UnknownModel (3) for an unknown provider, UsageError (2) where no address is known.
    """
    row = provider(ref.provider, settings, model=ref.model)
    return Target(ref=ref, provider=row, model=ref.model, base_url=base_url(row, address, env))


def provider(name: str, settings: Settings, *, model: str = "") -> Provider:
    """The row of the provider called `name`, its first matching route for `model` laid over it."""
    table, where, source = _table(name, settings)
    merged = dict(table)
    for number, route in enumerate(merged.pop(ROUTES, ())):
        pattern = _route_pattern(route, number, where)
        if model and fnmatchcase(model, pattern):
            merged = _over(merged, {k: v for k, v in route.items() if k != "match"})
            break
    if reserved := {"name", "source"} & merged.keys():
        raise UsageError(f"the key {min(reserved)!r} is not a provider's to set, {where(())}")
    row = read(Provider, {"name": name, "source": source, **_defaults(name), **merged}, where)
    if row.dialect not in dialects.NAMES:
        raise UsageError(
            f"'dialect' is {row.dialect!r}, {where(('dialect',))}",
            hint=f"known: {', '.join(dialects.NAMES)}",
        )
    if row.quirks:
        read(dialects.load(row.dialect).quirks, row.quirks, where, ("quirks",))
    return row


def _defaults(name: str) -> Mapping[str, Any]:
    return {"key_env": [f"{name.upper()}_API_KEY"]}


def _table(name: str, settings: Settings) -> tuple[Mapping[str, Any], Where, str]:
    for key, table in settings.providers.items():
        if key.lower().replace("-", "_") == name:
            return table, _below(settings.where, ("providers", key)), "the configuration"
    for file in (name, _alias_of(name)):
        if file and (packaged := _packaged(file)) is not None:
            said_by = f"providers/{file}.toml"
            return packaged, _always(said_by), said_by
    known = names(settings)
    near = get_close_matches(name, known, 3)
    raise UnknownModel(
        f"there is no provider {name!r}",
        hint=f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known)}",
        code="unknown_provider",
    )


def _below(where: Where, prefix: tuple[str, ...]) -> Where:
    return lambda path: where(prefix + path)


def _always(text: str) -> Where:
    return lambda _path: text


@cache
def _packaged(name: str) -> Mapping[str, Any] | None:
    if not name.replace("_", "").isalnum():  # it becomes part of a path
        return None
    try:
        return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    except FileNotFoundError:
        return None


@cache
def _alias_of(name: str) -> str | None:
    for own in names(Settings()):
        if name in (_packaged(own) or {}).get("aliases", ()):
            return own
    return None


def _route_pattern(route: Any, number: int, where: Where) -> str:
    if isinstance(route, dict) and isinstance(route.get("match"), str):
        return str(route["match"])
    raise UsageError(f"route {number + 1} has no 'match', {where((ROUTES,))}")


def _over(table: Mapping[str, Any], route: Mapping[str, Any]) -> dict[str, Any]:
    """`route` laid over `table`; tables in both are merged key by key."""
    merged = dict(table)
    for key, value in route.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = {**old, **value} if both else value  # type: ignore[dict-item]
    return merged


def rows(settings: Settings) -> Iterator[Provider]:
    """Every provider's row, without routes."""
    for name in names(settings):
        yield provider(name.lower().replace("-", "_"), settings)

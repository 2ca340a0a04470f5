"""Providers are data: a TOML file of this folder each, or the user's table [providers.NAME]."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from visioncli import dialects
from visioncli.auth import keys
from visioncli.config import NOTHING, Settings
from visioncli.core.errors import UnknownModel, UsageError
from visioncli.core.tables import Where, read
from visioncli.core.target import ModelRef, Provider, Target

from . import packaged
from .address import base_url, given, values
from .packaged import owner
from .routes import applied

__all__ = (
    "check",
    "names",
    "owner",
    "parse",
    "provider",
    "resolve",
    "rows",
    "taking_ids",
    "usable",
)
OFFLINE = "local"
PART = re.compile(r"\{([1-9])\}")  # of a model id


def names(settings: Settings) -> tuple[str, ...]:
    """Every provider's name, the user's own first."""
    own = {name.lower().replace("-", "_") for name in settings.providers}
    return (*settings.providers, *(name for name in packaged.names() if name not in own))


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
    plain, _ = _row(ref.provider, settings)
    at = given(plain, address, env) or ""
    row = provider(ref.provider, settings, model=ref.model, address=at, env=env)
    return Target(
        ref=ref,
        provider=row,
        model=_wire_model(row, ref.model),
        base_url=base_url(row, address, env),
        values=values(row, env),
    )


def provider(
    name: str,
    settings: Settings,
    *,
    model: str = "",
    address: str = "",
    env: Mapping[str, str] = NOTHING,
) -> Provider:
    """The row of the provider called `name`, the first of its routes that holds laid over it.

    address: the one that was given, where one was. env: what routes may ask for.
    """
    row, where = _row(name, settings, model, address, env)
    for key, wire in (("dialect", row.dialect), ("files", row.files or row.dialect)):
        if wire not in dialects.NAMES:
            raise UsageError(
                f"{key!r} is {wire!r}, {where((key,))}",
                hint=f"known: {', '.join(dialects.NAMES)}",
            )
    if row.quirks:
        read(dialects.load(row.dialect).quirks, row.quirks, where, ("quirks",))
    return row


def _row(
    name: str,
    settings: Settings,
    model: str = "",
    address: str = "",
    env: Mapping[str, str] = NOTHING,
) -> tuple[Provider, Where]:
    """The row, whose dialect is not looked at yet."""
    name, table, where, source = _table(name, settings)
    merged = applied(table, where, model=model, address=address, env=env)
    if reserved := {"name", "source"} & merged.keys():
        raise UsageError(f"the key {min(reserved)!r} is not a provider's to set, {where(())}")
    known = {"name": name, "source": source, **_defaults(name), **merged}
    return read(Provider, known, where), where


def _defaults(name: str) -> Mapping[str, Any]:
    return {"key_env": [f"{name.upper()}_API_KEY"]}


def _table(name: str, settings: Settings) -> tuple[str, Mapping[str, Any], Where, str]:
    """(its own name, the table, where a key of it stands, who says it)."""
    for key, table in settings.providers.items():
        own_name = key.lower().replace("-", "_")
        if name == own_name or name in _aliases(table):
            return own_name, table, _below(settings.where, ("providers", key)), "the configuration"
    if (own := owner(name)) and (row := packaged.table(own)) is not None:
        said_by = f"providers/{own}.toml"
        return own, row, _always(said_by), said_by
    known = names(settings)
    near = get_close_matches(name, known, 3)
    some = f"{len(known)} are known, among them openai, anthropic, gemini, ollama"
    raise UnknownModel(
        f"there is no provider {name!r}",
        hint=f"did you mean {' or '.join(near)}?" if near else some,
        code="unknown_provider",
    )


def _aliases(table: Mapping[str, Any]) -> tuple[str, ...]:
    """Of a table that is not checked yet."""
    listed = table.get("aliases", ())
    return tuple(alias for alias in listed if isinstance(alias, str)) if listed else ()


def _below(where: Where, prefix: tuple[str, ...]) -> Where:
    return lambda path: where(prefix + path)


def _always(text: str) -> Where:
    return lambda _path: text


def rows(settings: Settings) -> Iterator[Provider]:
    """Every provider's row, without routes."""
    for name in names(settings):
        yield provider(name.lower().replace("-", "_"), settings)


def check(settings: Settings) -> None:
    """Raises UsageError for a mistake in any table of the configuration that names a provider."""
    for name in settings.providers:
        if name.lower() == OFFLINE:
            raise UsageError(
                f"{name!r} is the offline model's provider, {settings.where(('providers', name))}",
                hint="another name for the table",
            )
        provider(name.lower().replace("-", "_"), settings)
    for name in settings.keys:
        if name not in (own.lower().replace("-", "_") for own in settings.providers) and not owner(
            name
        ):
            near = get_close_matches(name, names(settings), 1)
            raise UsageError(
                f"[keys] names a provider {name!r} that is not known, {settings.where(('keys',))}",
                hint=f"did you mean {near[0]!r}?" if near else None,
            )


def usable(settings: Settings, env: Mapping[str, str] = os.environ) -> Iterator[Provider]:
    """The rows that have a default model, and a key: one that is set or kept, or a command.

    Raises KeyProblem (4) where there are none, and a key store that is of no use.
    """
    kept, problem = keys.stored_if_readable(settings, env)
    found = False
    for name in names(settings):
        plain = name.lower().replace("-", "_")
        certain = name in settings.providers or name in settings.keys or name in kept
        if certain or packaged.may_be_default(name, env):
            row = provider(plain, settings)
            if row.default_model and keys.present(row, settings, env, kept):
                found = True
                yield row
    if problem is not None and not found:
        raise problem


def taking_ids(target: Target) -> Target:
    """The same over the wire that says the ids of files, where it is another than for questions."""
    row = target.provider
    if row.files is None or row.files == row.dialect:
        return target
    return replace(target, provider=replace(row, dialect=row.files, quirks=NOTHING))


def _wire_model(row: Provider, model: str) -> str:
    if row.wire_model is None:
        return model
    places = [int(place) for place in PART.findall(row.wire_model)]
    parts = model.split("/", max(places, default=1) - 1)
    if max(places, default=0) > len(parts):
        raise UsageError(f"the model {model!r} does not fit {row.wire_model!r}, {row.source}")
    return PART.sub(lambda m: parts[int(m[1]) - 1], row.wire_model)

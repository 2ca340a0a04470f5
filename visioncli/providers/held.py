"""Every key that there is, and where; nothing is run, and no keyring is asked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from visioncli.auth import keys, store
from visioncli.config import Settings, provider_name
from visioncli.core.secret import Secret
from visioncli.core.target import Provider

from . import names, packaged, provider
from .address import given, values

ENVIRONMENT, STORE, KEYRING, COMMAND = "environment", "store", "keyring", "command"


class Held(NamedTuple):
    """source: one of the four above. masked: None where it is not known without looking. where: the
    variable or the file. used: whether no other of the provider's comes before it.
    """

    provider: str
    source: str
    masked: str | None
    where: str
    used: bool


def held(settings: Settings, env: Mapping[str, str] = os.environ) -> Iterator[Held]:
    """By provider, the one that is used first. Raises KeyProblem (4) for a store of no use."""
    kept = store.load(env).entries if settings.key_store else {}
    known = {provider_name(name) for name in names(settings)}
    own = {provider_name(name) for name in settings.providers}
    for name in sorted(known | kept.keys()):
        certain = name in own or name in kept or name in settings.keys
        if not certain and not packaged.names_one_set(name, env):
            continue
        row = provider(name, settings) if name in known else None
        for number, (source, masked, where) in enumerate(_of(name, row, kept.get(name), env)):
            yield Held(name, source, masked, where, number == 0)
        if name in settings.keys:
            first = name not in kept and not any(map(env.get, keys.variables(row) if row else ()))
            yield Held(name, COMMAND, None, str(settings.file or "config.toml"), first)


def _of(
    name: str, row: Provider | None, entry: store.Entry | None, env: Mapping[str, str]
) -> Iterator[tuple[str, str | None, str]]:
    """row: None where a key is kept of a provider that is known no more."""
    for variable in keys.variables(row) if row else ():
        if text := env.get(variable):
            yield ENVIRONMENT, Secret(text).masked, variable
    if entry is None:
        return
    if entry.text is None:
        yield KEYRING, None, f"visioncli {name}"
    else:
        yield STORE, Secret(entry.text).masked, str(store.path(env))


def unset(row: Provider, env: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The variables that are no secrets and that the provider may need beside its key."""
    found = values(row, env)
    missing = [listed[0] for name, listed in row.variables.items() if name not in found]
    if row.base_url is None and given(row, None, env) is None:
        missing += [*row.base_url_env[:1]] or [f"{row.name.upper()}_BASE_URL"]
    return tuple(missing)

"""Puts a key, and what else a provider wants in headers, into a request."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import urlsplit

from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import UsageError
from visioncli.core.target import Provider

from .keys import Key, variables


def authorise(
    request: HttpRequest, provider: Provider, key: Key | None, env: Mapping[str, str] = os.environ
) -> HttpRequest:
    """The request with the provider's headers and the key in the one place the row names."""
    bearer = key.bearer if key else False
    shown = key.secret.reveal() if key else None
    extra = {h: value for h, name in provider.env_headers.items() if (value := env.get(name))}
    headers = {**request.headers, **provider.headers, **extra, **_key(provider, shown, bearer)}
    warning = _clear_text(request.url) if key else ""
    warnings = (*request.warnings, warning) if warning else request.warnings
    return replace(request, headers=headers, warnings=warnings)


def masked(request: HttpRequest, provider: Provider, env: Mapping[str, str]) -> HttpRequest:
    """The same for people: `$VARIABLE` stands where the key would, whether it is set or not."""
    names = variables(provider)
    name = next((n for n in names if env.get(n)), names[0] if names else "")
    set_here = any(env.get(n) for n in names)
    shown = f"${name}" if name and (provider.key_required or set_here) else None
    extra = {h: f"${name}" for h, name in provider.env_headers.items() if env.get(name)}
    bearer = name in provider.bearer_env
    headers = {**request.headers, **provider.headers, **extra, **_key(provider, shown, bearer)}
    return replace(request, headers=headers)


def _key(provider: Provider, shown: str | None, bearer: bool) -> dict[str, str]:
    if shown is None or provider.auth == "none":
        return {}
    if bearer or provider.auth == "bearer":
        return {"authorization": f"Bearer {shown}"}
    kind, _, header = provider.auth.partition(":")
    if kind != "header" or not header:
        raise UsageError(
            f"'auth' is {provider.auth!r} for {provider.name}",
            hint="known: bearer, header:NAME, none",
        )
    return {header: shown}


def _clear_text(url: str) -> str:
    """A warning where the key would cross a network unencrypted; "" where it does not."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return ""
    try:
        if ip_address(host).is_loopback:
            return ""
    except ValueError:
        pass
    return f"the key goes to {host} over plain http, where others can read it"

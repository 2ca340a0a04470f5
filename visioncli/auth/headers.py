"""Puts a key, and what else a provider wants in headers, into a request."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import urlsplit

from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import UsageError
from visioncli.core.secret import CARRIES
from visioncli.core.target import Provider

from .keys import Key, variables

AWS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")


def authorise(
    request: HttpRequest, provider: Provider, key: Key | None, env: Mapping[str, str] = os.environ
) -> HttpRequest:
    """The request with the provider's headers and the key in the one place the row names."""
    key = exchanged(provider, key, env)
    bearer = key.bearer if key else False
    shown = key.secret.reveal() if key and not key.sign else None
    extra = {h: value for h, name in provider.env_headers.items() if (value := env.get(name))}
    extra |= key.headers if key else {}
    headers = {**request.headers, **provider.headers, **extra, **_key(provider, shown, bearer)}
    whole = replace(request, headers=headers)
    return key.sign(whole) if key and key.sign else whole


def exchanged(
    provider: Provider,
    key: Key | None,
    env: Mapping[str, str] = os.environ,
    within: float = float("inf"),
) -> Key | None:
    """The key that goes into requests: a token, where the provider takes no other.

    within: seconds that may be waited for it.
    """
    if key is None or provider.auth != "ibm" or key.bearer:
        return key
    from . import ibm  # asks over the HTTP client, for one provider alone

    return ibm.exchanged(key, env, within)


def masked(request: HttpRequest, provider: Provider, env: Mapping[str, str]) -> HttpRequest:
    """The same for people: `$VARIABLE` stands where the key would, whether it is set or not."""
    names = variables(provider)
    if provider.auth == "ibm":  # any other key has to be exchanged first
        names = provider.bearer_env
    name = next((n for n in names if env.get(n)), names[0] if names else "")
    set_here = any(env.get(n) for n in names)
    shown = f"${name}" if name and (provider.key_required or set_here) else None
    extra = {h: f"${name}" for h, name in provider.env_headers.items() if env.get(name)}
    bearer = name in provider.bearer_env
    auth = _key(provider, shown, bearer)
    if provider.auth == "sigv4" and not set_here:
        from . import aws  # for one provider alone

        auth = aws.masked(request, provider, env)
    return replace(
        request, headers={**request.headers, **_hidden(provider.headers), **extra, **auth}
    )


def shown_variables(provider: Provider) -> tuple[str, ...]:
    """The variables that `masked` may put in the place of a value."""
    signing = AWS if provider.auth == "sigv4" else ()
    return (*variables(provider), *provider.env_headers.values(), *signing)


def _hidden(headers: Mapping[str, str]) -> dict[str, str]:
    """A row's own headers for people: what may be a key stays unseen."""
    return {name: "…" if CARRIES.search(name) else value for name, value in headers.items()}


def _key(provider: Provider, shown: str | None, bearer: bool) -> dict[str, str]:
    if shown is None or provider.auth == "none":
        return {}
    if bearer or provider.auth in ("bearer", "google", "ibm", "sigv4"):
        return {"authorization": f"Bearer {shown}"}
    kind, _, header = provider.auth.partition(":")
    if kind != "header" or not header:
        raise UsageError(
            f"'auth' is {provider.auth!r} for {provider.name}",
            hint="known: bearer, header:NAME, google, ibm, sigv4, none",
        )
    return {header: shown}


def exposed(url: str) -> tuple[str, ...]:
    """A warning where a key would cross a network unencrypted."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https" or host == "localhost" or host.endswith(".localhost"):
        return ()
    try:
        if ip_address(host).is_loopback:
            return ()
    except ValueError:
        pass
    return (f"the key goes to {host} over plain http, where others can read it",)

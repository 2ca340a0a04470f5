"""The address requests go to: an option, the vendor's own variable, or the row; never a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote, urlsplit

from visioncli.core.errors import UsageError
from visioncli.core.places import PLACE, unset
from visioncli.core.secret import SHORTEST
from visioncli.core.target import Provider

AWS_CONFIG = "~/.aws/config:"
EXAMPLE = "http://127.0.0.1:8000/v1"


def base_url(row: Provider, option: str | None, env: Mapping[str, str]) -> str:
    """Without a trailing slash. Raises UsageError where there is none or it is no http address."""
    if at := given(row, option, env):
        return at
    found = values(row, env)
    if template := _template(row, found):
        return normal(filled(template, row, found), row.source, row.default_port)
    raise UsageError(
        f"{row.name} has no default address and none was given",
        hint=f"--base-url {EXAMPLE}, or set {_variables(row)[0]}",
    )


def given(row: Provider, option: str | None, env: Mapping[str, str]) -> str | None:
    """The address that the option or a variable of the row gives; None where neither does."""
    if option:
        return normal(option, "--base-url", row.default_port)
    for variable in _variables(row):
        if value := env.get(variable, "").strip():
            return normal(value, variable, row.default_port)
    return None


def _variables(row: Provider) -> tuple[str, ...]:
    return row.base_url_env or (f"{row.name.upper()}_BASE_URL",)


def values(row: Provider, env: Mapping[str, str]) -> Mapping[str, str]:
    """What is found for the row's variables; one that nothing gives is left out."""
    found = {}
    for name, listed in row.variables.items():
        texts = (_value(variable, env) for variable in listed)
        if text := next(filter(None, texts), None):
            found[name] = text
    return MappingProxyType(found)


def _value(variable: str, env: Mapping[str, str]) -> str:
    """What is set in the environment, stands behind "=", or in the file "~/.aws/config:NAME"."""
    if variable.startswith(AWS_CONFIG):
        from visioncli.auth import aws_profile  # for one provider alone

        return aws_profile.setting(variable.removeprefix(AWS_CONFIG), env)
    return variable[1:] if variable.startswith("=") else env.get(variable, "").strip()


def _template(row: Provider, found: Mapping[str, str]) -> str | None:
    """The row's address, or the one it has for what was found for a variable."""
    special = (texts[found[n]] for n, texts in row.base_url_for.items() if found.get(n) in texts)
    return next(special, row.base_url)


def filled(text: str, row: Provider, found: Mapping[str, str]) -> str:
    """`text` with every {NAME} replaced. Raises UsageError naming the variable that is not set.

    A value may bring its own scheme, as hosts in variables often do; it then stands for text's.
    Anywhere but in a host's place that would lead to another host, and is a UsageError.
    """

    def value(match: re.Match[str]) -> str:
        scheme, name = match.groups()
        if name not in found:
            raise unset(row, name)
        given = found[name]
        if "://" not in given:
            return scheme + quote(given, safe=".:-_")
        if match.start() or text[match.end() : match.end() + 1] not in ("", "/"):
            listed = " or ".join(row.variables.get(name, (name,)))
            raise UsageError(
                f"the {name} of {row.name} is {given!r}, which is no name", hint=f"correct {listed}"
            )
        return given.rstrip("/")

    return re.sub(f"((?:https://)?){PLACE.pattern}", value, text)


def normal(text: str, said_by: str, default_port: int | None) -> str:
    """`text` as an address: http or https, a host, no user, no query. said_by: for the message.

    Where the row has a default port a bare host or host:port is taken too, as Ollama's own
    programs do; the address of all interfaces, 0.0.0.0, then means this machine.
    """
    address = text.strip()
    try:
        if "://" not in address and default_port is not None:
            if address.startswith(":"):  # a port alone, as Ollama's own programs take it
                address = f"127.0.0.1{address}"
            address = f"http://{address}"
            if not urlsplit(address).port:
                address = _with_port(address, default_port)
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
        good = good and not (parts.query or parts.fragment or parts.port == 0)
    except ValueError:
        good = False
    if not good:
        plain = ":" in text or "/" in text or len(text) < SHORTEST  # else it may be a key
        shown = repr(text) if plain else f"a text of {len(text)} letters"
        raise UsageError(
            f"{said_by} is {shown}, which is no http address", hint=f"for example {EXAMPLE}"
        )
    if parts.username or parts.password:
        raise UsageError(
            f"{said_by} holds a user name or password",
            hint="keys come from the provider's own environment variable",
        )
    if parts.hostname == "0.0.0.0":  # noqa: S104 - replaced, not bound
        address = address.replace("0.0.0.0", "127.0.0.1", 1)  # noqa: S104
    return address.rstrip("/")


def _with_port(address: str, port: int) -> str:
    parts = urlsplit(address)
    return parts._replace(netloc=f"{parts.netloc.rstrip(':')}:{port}").geturl()

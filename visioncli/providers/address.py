"""The address requests go to: an option, the vendor's own variable, or the row; never a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from visioncli.core.errors import UsageError
from visioncli.core.target import Provider

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
EXAMPLE = "http://127.0.0.1:8000/v1"


def base_url(row: Provider, option: str | None, env: Mapping[str, str]) -> str:
    """Without a trailing slash. Raises UsageError where there is none or it is no http address."""
    variables = row.base_url_env or (f"{row.name.upper()}_BASE_URL",)
    if option:
        return normal(option, "--base-url", row.default_port)
    for variable in variables:
        if value := env.get(variable, "").strip():
            return normal(value, variable, row.default_port)
    if row.base_url:
        return normal(filled(row.base_url, row, env), row.source, row.default_port)
    raise UsageError(
        f"{row.name} has no default address and none was given",
        hint=f"--base-url {EXAMPLE}, or set {variables[0]}",
    )


def filled(text: str, row: Provider, env: Mapping[str, str]) -> str:
    """`text` with every {NAME} replaced. Raises UsageError naming the variable that is not set."""

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in row.variables:
            raise UsageError(f"{{{name}}} in {text!r} is no variable of {row.name}, {row.source}")
        for variable in row.variables[name]:
            found = variable[1:] if variable.startswith("=") else env.get(variable, "").strip()
            if found:
                return found.rstrip("/") if "://" in found else quote(found, safe=".:-_")
        listed = " or ".join(v for v in row.variables[name] if not v.startswith("="))
        raise UsageError(
            f"{row.name} needs its {name}: {listed} is not set", hint=f"export {listed.split()[0]}=…"
        )

    return PLACEHOLDER.sub(value, text)


def normal(text: str, said_by: str, default_port: int | None) -> str:
    """`text` as an address: http or https, a host, no user, no query. said_by: for the message.

    Where the row has a default port a bare host or host:port is taken too, as Ollama's own
    programs do; the address of all interfaces, 0.0.0.0, then means this machine.
    """
    address = text.strip()
    if "://" not in address and default_port is not None:
        address = f"http://{address}"
        if not _port(address):
            address = _with_port(address, default_port)
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
        good = good and not (parts.query or parts.fragment or parts.port == 0)
    except ValueError:
        good = False
    if not good:
        raise UsageError(
            f"{said_by} is {text!r}, which is no http address", hint=f"for example {EXAMPLE}"
        )
    if parts.username or parts.password:
        raise UsageError(
            f"{said_by} holds a user name or password",
            hint="keys come from the provider's own environment variable",
        )
    if parts.hostname == "0.0.0.0":  # noqa: S104 - replaced, not bound
        address = address.replace("0.0.0.0", "127.0.0.1", 1)  # noqa: S104
    return address.rstrip("/")


def _port(address: str) -> int | None:
    try:
        return urlsplit(address).port
    except ValueError:
        return None


def _with_port(address: str, port: int) -> str:
    parts = urlsplit(address)
    return parts._replace(netloc=f"{parts.netloc.rstrip(':')}:{port}").geturl()

"""Addresses with places in them: {model}, and what a row's variables find in the environment."""

from __future__ import annotations

import re
from urllib.parse import quote

from .errors import UsageError
from .target import Provider, Target

PLACE = re.compile(r"\{([a-z_]+)\}")


def address(target: Target, path: str) -> str:
    """The target's address and `path`, every place in it filled and percent-encoded.

    Raises UsageError naming the environment variables of a place that nothing fills.
    """

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        if name == "model":
            return quote(target.model, safe="@")  # Google's versions stand behind an @
        if name not in target.values:
            raise unset(target.provider, name)
        return quote(target.values[name], safe=":")

    return target.base_url + PLACE.sub(value, path)


def unset(row: Provider, name: str) -> UsageError:
    """For a place that nothing fills."""
    listed = [v for v in row.variables.get(name, ()) if not v.startswith("=")]
    if not listed:
        return UsageError(f"{{{name}}} is no variable of {row.name}, {row.source}")
    return UsageError(
        f"{row.name} needs its {name}: {' or '.join(listed)} is not set",
        hint=f"export {listed[0]}=…",
    )

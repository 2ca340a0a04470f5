"""What a row needs from the environment before a request to it can be shown."""

from __future__ import annotations

from visioncli import providers
from visioncli.config import Settings
from visioncli.core.target import Provider

NONE = Settings()
NAMES = providers.names(NONE)
GIVEN = "http://127.0.0.1:9/given/v1"


def row(name: str) -> Provider:
    return providers.provider(name, NONE)


def filled(name: str) -> dict[str, str]:
    """A value for each place in the row's address, and an address where it has none."""
    own = row(name)
    env = {
        listed[0]: f"{place.replace('_', '-')}-1"
        for place, listed in own.variables.items()
        if not any(variable.startswith("=") for variable in listed)
    }
    if own.base_url is None:
        env[own.base_url_env[0] if own.base_url_env else f"{name.upper()}_BASE_URL"] = GIVEN
    return env

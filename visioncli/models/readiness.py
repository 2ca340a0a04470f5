"""Whether a model could be asked now: a key is set, or none is needed. Nothing is run or sent."""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from visioncli import providers
from visioncli.auth import keys
from visioncli.choice import EYES
from visioncli.config import Settings
from visioncli.core.errors import UsageError
from visioncli.core.target import Provider
from visioncli.providers import packaged
from visioncli.providers.address import given

# Where the vendors' own tools keep credentials: a variable that names the file, else its place.
FILES = {
    "google": (
        "GOOGLE_APPLICATION_CREDENTIALS",
        "~/.config/gcloud/application_default_credentials.json",
    ),
    "sigv4": ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
}
ENOUGH = {  # variables that hold credentials, or say where a machine of the vendor's has them
    "google": (),
    "sigv4": (
        *("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE"),
        *("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"),
    ),
}


class Key(StrEnum):
    """SET: a variable or a file that is there, or a command of the configuration, which is not run.

    NOT_NEEDED: it answers without one. MISSING: it wants one, and none is set.
    """

    SET = "set"
    NOT_NEEDED = "not_needed"
    MISSING = "missing"


class Readiness:
    """Asked for a model at a time; what holds for all of a provider's is found out once.

    troubles: why no key store was looked into.
    """

    def __init__(self, settings: Settings, env: Mapping[str, str] = os.environ) -> None:
        self._settings, self._env = settings, env
        self._kept, problem = keys.stored_if_readable(settings, env)
        self.troubles = (problem.message,) if problem else ()
        self._own = {name.lower().replace("-", "_") for name in settings.providers}
        self._known: dict[str, tuple[Key | None, bool]] = {}
        self._differing: set[str] = set()  # providers that do not have one state for all models

    def of(self, model: str) -> tuple[Key | None, bool]:
        """(the key, whether the model could be asked now); None: a provider that has no row here.

        A server of the user's own is there when its address is: whether it runs is not asked.
        """
        provider, _, name = model.partition("/")
        state = self._known.get(provider)
        if state is None:
            state = self._known[provider] = self._state(provider, "")
            if state[0] is Key.MISSING and self._by_model(provider):
                self._differing.add(provider)
        return self._state(provider, name) if provider in self._differing else state

    def _by_model(self, provider: str) -> bool:
        """Whether a key that is set may open some of its models alone, which routes tell."""
        if provider in self._own:
            return True
        return packaged.says(provider, "\nset ") and packaged.names_one_set(provider, self._env)

    def _state(self, provider: str, model: str) -> tuple[Key | None, bool]:
        if provider == EYES.provider:
            return Key.NOT_NEEDED, True
        own = provider in self._own
        if not own and provider not in packaged.names():
            return None, False
        told = own or provider in self._settings.keys or provider in self._kept
        if not (
            told
            or packaged.names_one_set(provider, self._env)
            or packaged.says(provider, "key_required", '"none"', *(f'"{auth}"' for auth in FILES))
        ):
            return Key.MISSING, False  # most of them, without reading what their rows say
        row = self._row(provider, model)
        if self._is_set(row) or elsewhere(row, self._env):
            return Key.SET, True
        if row.auth == "none" or (not row.key_required and row.auth not in FILES):
            return Key.NOT_NEEDED, (own and row.base_url is not None) or self._has_address(row)
        return Key.MISSING, False

    def _row(self, provider: str, model: str) -> Provider:
        """What is asked here of a row of the package, read without loading its dialect."""
        table = packaged.table(provider)
        if model or provider in self._own or table is None:
            return providers.provider(provider, self._settings, model=model, env=self._env)
        return Provider(
            name=provider,
            dialect=table["dialect"],
            base_url_env=tuple(table.get("base_url_env", ())),
            default_port=table.get("default_port"),
            auth=table.get("auth", "bearer"),
            key_env=tuple(table.get("key_env", (f"{provider.upper()}_API_KEY",))),
            bearer_env=tuple(table.get("bearer_env", ())),
            key_required=table.get("key_required", True),
        )

    def _is_set(self, row: Provider) -> bool:
        """As `keys.present` has it; the store was looked into before."""
        known = row.name in self._kept or row.name in self._settings.keys
        return known or any(self._env.get(name) for name in keys.variables(row))

    def _has_address(self, row: Provider) -> bool:
        try:
            return given(row, None, self._env) is not None
        except UsageError:  # it is no address
            return False


def elsewhere(row: Provider, env: Mapping[str, str]) -> bool:
    """Whether credentials lie where the vendor's own tools leave them."""
    if row.auth not in FILES:
        return False
    variable, place = FILES[row.auth]
    if any(env.get(name) for name in ENOUGH[row.auth]):
        return True
    try:
        return Path(env.get(variable) or place).expanduser().is_file()
    except RuntimeError:  # nobody knows the home folder
        return False

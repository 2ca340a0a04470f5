"""Finds a provider's key: the vendor's own variables, then `cmd` of the configuration."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from visioncli.config import Settings
from visioncli.core.errors import KeyProblem
from visioncli.core.secret import Secret
from visioncli.core.target import Provider

CMD_TIMEOUT = 10  # seconds


@dataclass(frozen=True, slots=True)
class Key:
    """source: the variable it came from, or "cmd". bearer: goes as a bearer token in any case."""

    secret: Secret
    source: str
    bearer: bool = False


def variables(provider: Provider) -> tuple[str, ...]:
    """The variables a key is looked for in, the first of them first."""
    return provider.key_env + provider.bearer_env


def present(provider: Provider, settings: Settings, env: Mapping[str, str] = os.environ) -> bool:
    """Whether a key is there, without running any command."""
    return provider.name in settings.keys or any(env.get(name) for name in variables(provider))


def find(provider: Provider, settings: Settings, env: Mapping[str, str] = os.environ) -> Key | None:
    """The provider's key; None where it needs none and has none. Raises KeyProblem (4)."""
    for name in variables(provider):
        if value := env.get(name):
            return Key(_checked(value, name), name, bearer=name in provider.bearer_env)
    if source := settings.keys.get(provider.name):
        return Key(_checked(_from_cmd(source.cmd, provider.name), "the key's cmd"), "cmd")
    if provider.auth == "none" or not provider.key_required:
        return None
    names = " or ".join(variables(provider))
    raise KeyProblem(
        f"{provider.name} needs a key: {names} is not set",
        hint=f"export {variables(provider)[0]}=…, or ask without any key: -m local/eyes",
        code="key_missing",
        provider=provider.name,
    )


def _checked(text: str, name: str) -> Secret:
    """A key that would break a header, or smuggle one in, is refused rather than sent."""
    if not text.isascii() or not text.isprintable() or " " in text:
        raise KeyProblem(
            f"the key in {name} holds white space or characters that no key has",
            hint="set it again without quotes, spaces or line ends",
            code="key_malformed",
        )
    return Secret(text)


def _from_cmd(cmd: tuple[str, ...], provider: str) -> str:
    """The first line that the user's own command prints; it is started without a shell."""
    what = f"the command for {provider}'s key"
    try:
        done = subprocess.run(
            cmd, stdin=subprocess.DEVNULL, capture_output=True, timeout=CMD_TIMEOUT, check=False
        )
    except subprocess.TimeoutExpired:
        raise KeyProblem(f"{what} gave no answer within {CMD_TIMEOUT} s", code="key_cmd") from None
    except (OSError, ValueError, IndexError) as error:
        raise KeyProblem(f"{what} cannot be run: {error}", code="key_cmd") from None
    if done.returncode:
        raise KeyProblem(f"{what} failed with status {done.returncode}", code="key_cmd")
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    if not lines or not lines[0].strip():
        raise KeyProblem(f"{what} printed nothing", code="key_cmd")
    return lines[0].strip()

"""Finds a provider's key: the vendor's own variables, the key store, `cmd` of the configuration.

A key goes to the address that was chosen for its provider, wherever it came from: the vendors' own
SDKs treat their variables so, and a stored key stands for such a variable.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Collection, Mapping
from dataclasses import field

from visioncli.config import NOTHING, Settings
from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import KeyProblem
from visioncli.core.record import record
from visioncli.core.secret import Secret
from visioncli.core.target import Provider

from . import store, system_keyring
from .system_keyring import Unavailable

CMD_TIMEOUT = 10  # seconds
STORE, KEYRING, CMD = "the key store", "the keyring", "cmd"


@record
class Key:
    """source: the variable it came from, or STORE, KEYRING, CMD. bearer: goes as a bearer token in
    any case.

    values: for the row's variables, what the credentials say of themselves. headers: go with it.
    sign: what makes a request with this key where it does not go along itself. warnings: what is
    worth telling of where it came from.
    """

    secret: Secret
    source: str
    bearer: bool = False
    values: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    sign: Callable[[HttpRequest], HttpRequest] | None = None
    warnings: tuple[str, ...] = ()


def variables(provider: Provider) -> tuple[str, ...]:
    """The variables a key is looked for in, the first of them first."""
    return provider.key_env + provider.bearer_env


def present(
    provider: Provider,
    settings: Settings,
    env: Mapping[str, str] = os.environ,
    kept: Collection[str] | None = None,
) -> bool:
    """Whether a key is there, without running any command or asking the keyring.

    kept: what the store has, where somebody has looked. Raises KeyProblem (4) where nobody has, and
    the store is of no use.
    """
    if any(env.get(name) for name in variables(provider)) or provider.name in settings.keys:
        return True
    return provider.name in (stored(settings, env) if kept is None else kept)


def stored(settings: Settings, env: Mapping[str, str] = os.environ) -> Collection[str]:
    """The providers that the key store has a key of. Raises KeyProblem (4) for one of no use."""
    return store.load(env).entries if settings.key_store else ()


def stored_if_readable(
    settings: Settings, env: Mapping[str, str] = os.environ
) -> tuple[Collection[str], KeyProblem | None]:
    """As `stored`; none where the store is of no use, and why: for who has other ways to a key."""
    try:
        return stored(settings, env), None
    except KeyProblem as error:
        return (), error


def find(provider: Provider, settings: Settings, env: Mapping[str, str] = os.environ) -> Key | None:
    """The provider's key; None where it needs none and has none. Raises KeyProblem (4)."""
    for name in variables(provider):
        if value := env.get(name):
            return Key(checked(value, name), name, bearer=name in provider.bearer_env)
    kept, lost = _kept(provider, settings, env)
    if kept is not None:
        return kept
    if source := settings.keys.get(provider.name):
        text = _from_cmd(source.cmd, provider.name)
        return Key(checked(text, "the key's cmd"), CMD, warnings=lost)
    if provider.auth == "google":
        return _google(provider.name)
    if provider.auth == "sigv4":
        from . import aws  # an extra, for those whose credentials it finds

        return aws.find(provider, env)
    if provider.auth == "none" or not provider.key_required:
        return None
    names = variables(provider)
    if not names:
        raise KeyProblem(
            f"{provider.name} needs a key, and nothing says where it is",
            hint='key_env = ["VARIABLE"] in its table, or auth = "none"',
            code="key_missing",
        )
    raise KeyProblem(
        f"{provider.name} needs a key: {'; '.join((*lost, ' or '.join(names)))} is not set",
        hint=f"export {names[0]}=…, or vision keys set {provider.name}, or ask without any key:"
        " -m local/eyes",
        code="key_missing",
        provider=provider.name,
    )


def _kept(
    provider: Provider, settings: Settings, env: Mapping[str, str]
) -> tuple[Key | None, tuple[str, ...]]:
    """(the key that the store or the keyring has, why the keyring does not give one)."""
    if not settings.key_store:
        return None, ()
    try:
        contents = store.load(env)
    except KeyProblem as error:
        if provider.key_required:
            raise
        return None, (error.message,)  # who needs no key is not kept from asking
    entry = contents.entries.get(provider.name)
    if entry is None:
        return None, ()
    text, source = entry.text, STORE
    if text is None:
        source = KEYRING
        try:
            text = system_keyring.get(provider.name)
        except Unavailable as why:
            return None, (f"the keyring does not give {provider.name}'s key ({why})",)
    bearer = not provider.key_env  # as it would in the one variable there is
    return Key(checked(text, source), source, bearer=bearer, warnings=contents.warnings), ()


def given(text: str, name: str) -> Key:
    """A key that the caller has. name: where it came from, for errors. Raises KeyProblem (4)."""
    return Key(checked(text, name), name)


def _google(provider: str) -> Key:
    try:
        from . import google  # an extra and the HTTP client, for those whose key it finds
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "google":
            raise
        raise KeyProblem(
            f"{provider} needs google-auth to find its key",
            hint="pip install 'visioncli[vertex]', or export GOOGLE_ACCESS_TOKEN=…",
            code="extra",
            provider=provider,
        ) from None
    return google.find()


def checked(text: str, name: str) -> Secret:
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

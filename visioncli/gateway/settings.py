"""What a gateway serves: its own TOML, and what LiteLLM's YAML is read into.

A file for `--config` whose name ends in .toml:

    master_key = "os.environ/VISION_MASTER_KEY"   # or the key itself; without one: loopback only
    timeout = 600            # seconds for everything of one request
    retries = 2              # further attempts, as long as the caller has been sent nothing
    cooldown = 5             # seconds for which an entry that failed is asked only as the last
    max_body = 100_000_000   # bytes of a request
    max_concurrent = 1000    # requests at once; more are told to come again
    prep = false             # make pictures fit before they are sent
    max_side = 1568          # with prep: px of the longer side at most
    inline = false           # fetch pictures here even where the provider would
    allow_private = false    # also from private addresses

    [[models]]
    name = "llava-hf"                    # as callers name it; several entries may share a name
    model = "openai/llava-hf/llava-v1.6-vicuna-7b-hf"   # PROVIDER/MODEL, or an alias
    api_base = "http://localhost:8000"   # instead of the provider's; paths are appended to it
    api_key = "os.environ/LLAVA_KEY"     # instead of the provider's own variable
    vision = true                        # comes before the catalogue; so do context (tokens),
                                         # max_output (tokens) and mode ("chat")
    usd_in = 0.1                         # US dollars for a million tokens, before the catalogue's;
    usd_out = 0.4                        # of input, and of output
    params = { temperature = 0.2 }       # fields of a request that does not say them itself
    env = { AWS_REGION = "eu-west-1" }   # variables of the provider that are others for this entry

    [[models]]
    name = "anthropic/*"                 # any name of this form; the model has the same asterisk
    model = "anthropic/*"

Unknown keys and wrong types are errors that name file, line and key.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from visioncli.auth import keys
from visioncli.catalogue import prices
from visioncli.config import NOTHING, line_of
from visioncli.core.errors import KeyProblem, UsageError
from visioncli.core.record import record
from visioncli.core.secret import Secret
from visioncli.core.tables import read

OF_ENVIRONMENT = "os.environ/"
MASTER_KEY = "VISION_MASTER_KEY"  # where no file names one
RANGES = {
    "timeout": (0.1, 86_400),
    "retries": (0, 100),
    "cooldown": (0, 86_400),
    "max_body": (1024, 1 << 31),
    "max_concurrent": (1, 100_000),
    "max_side": (16, 100_000),
    "usd_in": (0, prices.DEAREST),
    "usd_out": (0, prices.DEAREST),
}


@record(kw_only=True)
class Entry:
    """One model behind a name. context, max_output: tokens. usd_in, usd_out: a million of them."""

    name: str
    model: str
    api_base: str | None = None
    api_key: str | None = field(default=None, repr=False)
    vision: bool | None = None
    context: int | None = None
    max_output: int | None = None
    mode: str | None = None
    usd_in: float | None = None
    usd_out: float | None = None
    params: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    env: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    def at_home(self, env: Mapping[str, str]) -> tuple[Entry, Mapping[str, str]]:
        """(its address as it is here, the environment that it has). The key is looked up when it is
        needed. Raises UsageError (2) for a variable that is not set.
        """
        own = {name: _here(said, name, env) for name, said in self.env.items()}
        at = None if self.api_base is None else _here(self.api_base, "api_base", env)
        return replace(self, api_base=at), {**env, **own} if own else env

    def key(self, env: Mapping[str, str]) -> keys.Key | None:
        """None where the provider's own is meant. Raises KeyProblem (4)."""
        if self.api_key is None:
            return None
        return keys.given(resolved(self.api_key, f"the api_key of {self.name}", env), "api_key")

    def price(self) -> prices.Price | None:
        """What is said here of it; None where nothing is."""
        if self.usd_in is None and self.usd_out is None:
            return None
        return prices.Price(self.usd_in, self.usd_out, self.name)


@record(kw_only=True)
class Gateway:
    """models: none means every PROVIDER/MODEL whose key is set."""

    models: tuple[Entry, ...] = ()
    master_key: str | None = field(default=None, repr=False)
    timeout: float = 600.0
    retries: int = 2
    cooldown: float = 5.0
    max_body: int = 100_000_000
    max_concurrent: int = 1000
    prep: bool = False
    max_side: int | None = None
    inline: bool = False
    allow_private: bool = False

    def master(self, env: Mapping[str, str] = os.environ) -> Secret | None:
        """Raises KeyProblem (4) where it is named and not there: nobody would be kept out."""
        said = self.master_key or (f"{OF_ENVIRONMENT}{MASTER_KEY}" if env.get(MASTER_KEY) else "")
        if not said:
            return None
        return keys.checked(resolved(said, "the master key", env), "the master key")


@record
class Loaded:
    """warnings: what the file says that is not used."""

    gateway: Gateway
    warnings: tuple[str, ...] = ()

    @classmethod
    def empty(cls) -> Loaded:
        """Of no file: every PROVIDER/MODEL whose key is set."""
        return cls(Gateway())


def resolved(said: str, whose: str, env: Mapping[str, str]) -> str:
    """What `os.environ/NAME` stands for, else the text itself. Raises KeyProblem (4)."""
    if not said.startswith(OF_ENVIRONMENT):
        return said
    name = said.removeprefix(OF_ENVIRONMENT)
    if value := env.get(name, ""):
        return value
    raise KeyProblem(f"{whose} is {said}, and {name} is not set", hint=f"export {name}=…")


def _here(said: str, what: str, env: Mapping[str, str]) -> str:
    try:
        return resolved(said, what, env)
    except KeyProblem as error:  # it is no key
        raise UsageError(error.message, hint=error.hint) from None


def unset(gateway: Gateway, env: Mapping[str, str]) -> Iterator[str]:
    """A warning for every entry whose key is in a variable that is not set."""
    for entry in gateway.models:
        said = entry.api_key or ""
        name = said.removeprefix(OF_ENVIRONMENT)
        if said.startswith(OF_ENVIRONMENT) and not env.get(name):
            yield f"{name} is not set, and {entry.name} needs it: requests for it will fail"


def load(file: Path) -> Loaded:
    """Raises UsageError (2) for what cannot be read or is wrong."""
    try:
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise UsageError(f"the configuration {file} cannot be read: {reason}") from None
    if file.suffix.lower() == ".toml":
        return Loaded(_toml(text, file))
    from .litellm_config import read as read_yaml  # the YAML library is only for who has such one

    return read_yaml(text, file)


def _toml(text: str, file: Path) -> Gateway:
    try:
        table = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the configuration {file} is not TOML: {error}") from None

    def where(path: tuple[str, ...]) -> str:
        return f"{file}, line {line_of(text, path)}"

    gateway = read(Gateway, table, where)
    for name, value in table.items():
        check_range(name, value, where((name,)))
    check_prices(gateway, file)
    return gateway


def check_prices(gateway: Gateway, file: Path) -> None:
    """Raises UsageError (2)."""
    for entry in gateway.models:
        for name, usd in (("usd_in", entry.usd_in), ("usd_out", entry.usd_out)):
            if usd is not None:
                check_range(name, usd, f"for {entry.name}, {file}")


def check_range(name: str, value: object, where: str) -> None:
    """Raises UsageError (2). where: the file, and the place in it."""
    if name not in RANGES:
        return
    least, most = RANGES[name]
    if not isinstance(value, int | float) or not least <= value <= most:
        raise UsageError(f"'{name}' must be from {least:g} to {most:g}, not {value!r}, {where}")

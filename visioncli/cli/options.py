"""What the options of a command hold, as plain data: the runner knows nothing of the parser."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Colour(StrEnum):
    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class DetailWord(StrEnum):
    LOW = "low"
    HIGH = "high"
    AUTO = "auto"
    ORIGINAL = "original"


class Shell(StrEnum):
    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"
    POWERSHELL = "powershell"


class AskOptions(NamedTuple):
    """One field an option of `ask`; None: not said, so the configuration or the default holds.

    A tuple, since a dataclass of so many fields takes 1.5 ms to make.
    """

    tokens: list[str]
    model: list[str]
    system: str | None
    question: str | None
    image: list[str]
    media_format: list[str]
    detail: DetailWord | None
    option: list[str]
    max_tokens: int | None
    temperature: float | None
    schema: str | None
    json: bool
    stream: bool | None
    usage: bool
    dry_run: bool
    curl: bool
    full: bool
    base_url: str | None
    timeout: float | None
    retries: int | None
    inline: bool
    allow_private: bool
    together: bool
    force: bool
    raw: bool
    color: Colour
    quiet: bool
    debug: bool


class ModelsOptions(NamedTuple):
    """One field an option of `models`; every: --all."""

    pattern: list[str]
    provider: str | None
    every: bool
    retired: bool
    available: bool
    max_price: float | None
    ids: bool
    json: bool
    refresh: bool
    source: list[str]
    color: Colour
    quiet: bool
    debug: bool


class CheckOptions(NamedTuple):
    """One field an option of `check`."""

    model: list[str]
    live: bool
    image: str | None
    base_url: str | None
    timeout: float | None
    json: bool
    quiet: bool
    debug: bool

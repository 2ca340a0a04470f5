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


class Engine(StrEnum):
    LOCAL = "local"
    RAY = "ray"


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


class PrepOptions(NamedTuple):
    """One field an option of `prep`."""

    images: list[str]
    model: str | None
    output: str | None
    max_side: int | None
    media_format: list[str]
    detail: DetailWord | None
    inline: bool
    allow_private: bool
    recursive: bool
    overwrite: bool
    json: bool
    quiet: bool
    debug: bool


class ServeOptions(NamedTuple):
    """One field an option of `serve`."""

    config: str | None
    host: str
    port: int
    quiet: bool
    debug: bool


class DoctorOptions(NamedTuple):
    """One field an option of `doctor`."""

    json: bool
    debug: bool

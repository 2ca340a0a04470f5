"""What the options of `vision batch …` hold, as plain data."""

from __future__ import annotations

from typing import NamedTuple

from .options import DetailWord


class ExportOptions(NamedTuple):
    """What is asked of whom; None: not said."""

    tokens: list[str]
    model: str | None
    list_from: str | None
    nul: bool
    recursive: bool
    output: str | None
    system: str | None
    media_format: list[str]
    detail: DetailWord | None
    option: list[str]
    max_tokens: int | None
    temperature: float | None
    schema: str | None
    max_side: int | None
    no_prep: bool
    inline: bool
    allow_private: bool
    force: bool
    base_url: str | None
    quiet: bool
    debug: bool


class SubmitOptions(NamedTuple):
    """The same, and how it is handed in."""

    tokens: list[str]
    model: str | None
    list_from: str | None
    nul: bool
    recursive: bool
    output: str | None
    system: str | None
    media_format: list[str]
    detail: DetailWord | None
    option: list[str]
    max_tokens: int | None
    temperature: float | None
    schema: str | None
    max_side: int | None
    no_prep: bool
    inline: bool
    allow_private: bool
    force: bool
    base_url: str | None
    again: bool
    json: bool
    quiet: bool
    debug: bool


class RunOptions(NamedTuple):
    """id_: of one run, None for all."""

    id_: str | None
    json: bool
    quiet: bool
    debug: bool


class FetchOptions(NamedTuple):
    id_: str
    output: str | None
    wait: bool
    quiet: bool
    debug: bool

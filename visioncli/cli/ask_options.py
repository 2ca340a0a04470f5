"""What the options of `ask` hold, as plain data.

Not with those of the other commands: a named tuple of so many fields takes 2 ms to make, and a
record needs what commands that answer at once do not load.
"""

from __future__ import annotations

from visioncli.core.record import record

from .options import Colour, DetailWord, Engine


@record
class AskOptions:
    """One field an option of `ask`; None: not said, so the configuration or the default holds."""

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
    no_prep: bool
    max_side: int | None
    allow_private: bool
    together: bool
    each: bool
    per_request: int | None
    list_from: str | None
    nul: bool
    recursive: bool
    output: str | None
    errors: str | None
    ordered: bool
    overwrite: bool
    retry_failed: bool
    rehash: bool
    jobs: int | None
    rpm: float | None
    tpm: float | None
    max_cost: float | None
    fail_fast: bool
    engine: Engine | None
    address: str | None
    show: bool
    force: bool
    raw: bool
    color: Colour
    quiet: bool
    debug: bool

"""The rows of the package: one TOML file of this folder each.

Listing the folder is cheap and reading a file nearly so; parsing all of them would be half of what
a command takes to start. What a file's text tells is taken from there; only the row that is meant
is parsed.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")


@cache
def names() -> tuple[str, ...]:
    listed = os.listdir(FOLDER)  # noqa: PTH208 - a third of the time
    return tuple(sorted(name[:-5] for name in listed if name.endswith(".toml")))


@cache
def table(name: str) -> Mapping[str, Any] | None:
    """The row of that very name; None where there is none."""
    return tomllib.loads(text) if (text := _text(name)) is not None else None


def owner(name: str) -> str | None:
    """The provider that `name` is a spelling of: its own name, or an alias; None: nobody's."""
    plain = name.lower().replace("-", "_")
    return plain if _text(plain) is not None else _alias_of(plain)


def may_be_default(name: str, env: Mapping[str, str]) -> bool:
    """Whether the row has a default model and names a variable that is set: False is certain."""
    return "default_model" in (_text(name) or "") and names_one_set(name, env)


def names_one_set(name: str, env: Mapping[str, str]) -> bool:
    """Whether the row names a variable that is set, be it a key's, an address's or another's."""
    named = (f"{name.upper()}_API_KEY", *VARIABLE.findall(_text(name) or ""))
    return any(env.get(variable) for variable in named)


def says(name: str, *words: str) -> bool:
    """Whether one of these stands in the row, unparsed: False is certain."""
    return any(word in (_text(name) or "") for word in words)


@cache
def _text(name: str) -> str | None:
    if not name.replace("_", "").isalnum():  # it becomes part of a path
        return None
    try:
        return (FOLDER / f"{name}.toml").read_text("utf-8")
    except FileNotFoundError:
        return None


@cache
def _alias_of(name: str) -> str | None:
    for own in names():
        if f'"{name}"' in (_text(own) or "") and name in (table(own) or {}).get("aliases", ()):
            return own
    return None

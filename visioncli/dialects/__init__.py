"""One wire format a file. A dialect is loaded when a provider that speaks it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import cast

from visioncli.core.dialect import Dialect

NAMES: tuple[str, ...] = (
    "anthropic",
    "bedrock_converse",
    "bedrock_invoke",
    "cohere",
    "gemini",
    "ollama",
    "openai_chat",
    "openai_responses",
    "watsonx",
)


def load(name: str) -> Dialect:
    """The dialect of that name. Raises ValueError for a name that is not in NAMES."""
    if name not in NAMES:
        raise ValueError(f"there is no dialect {name!r}")
    return cast("Dialect", import_module(f"{__name__}.{name}").DIALECT)

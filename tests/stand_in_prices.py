"""Prices that do not change with the catalogue: a refreshed file of facts in a test's folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from visioncli.catalogue import current, facts

# id -> US dollars per million tokens, in and out
PRICES = {
    "anthropic/claude-haiku-4-5": (1.0, 5.0),
    "anthropic/claude-opus-5": (5.0, 25.0),
    "azure/gpt-4o": (2.75, 11.0),
    "bedrock/anthropic.claude-sonnet-4-5": (3.0, 15.0),
    "bedrock/us.anthropic.claude-sonnet-4-5": (3.3, 16.5),
    "gemini/gemini-2.5-flash": (0.3, 2.5),
    "gemini/gemini-3-flash-preview": (0.5, 3.0),
    "groq/meta-llama/llama-4-scout-17b-16e-instruct": (0.11, 0.34),
    "ollama/llava": (0.0, 0.0),
    "openai/gpt-4o": (2.5, 10.0),
    "openai/gpt-4o-2024-05-13": (5.0, 15.0),
    "openai/gpt-5.4": (2.5, 15.0),
    "openrouter/google/gemma-3-27b-it:free": (0.0, 0.0),
    "openrouter/openai/gpt-4o": (2.5, 10.0),
    "wandb/nan": (float("nan"), 1.0),
    "wandb/x": (55_000.0, 200_000.0),
    "xai/grok-4": (3.0, 15.0),
}


def homes(folder: Path) -> dict[str, str]:
    """An environment in which the catalogue of `folder` is the refreshed one."""
    names = ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA", "USERPROFILE")
    return dict.fromkeys(names, str(folder))


def write(patch: pytest.MonkeyPatch, folder: Path) -> Mapping[str, str]:
    """The environment, which is this process's own by then, too."""
    env = homes(folder)
    for name, value in env.items():
        patch.setenv(name, value)
    cache = Path(current.cache())
    assert folder in cache.parents
    cache.mkdir(parents=True)
    lines = [
        "\t".join((model, "L2999-01-01+", "", "128000", "", str(usd_in), str(usd_out), *[""] * 7))
        for model, (usd_in, usd_out) in sorted(PRICES.items())
    ]
    rows = "".join(f"{line}\n" for line in lines)
    head = current.head("2999-01-01", "made up for tests", len(rows))
    (cache / facts.NAME).write_text(f"{head}\n{rows}", "ascii", newline="\n")
    return {**env, "PATH": os.environ.get("PATH", "")}

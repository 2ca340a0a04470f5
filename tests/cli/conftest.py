"""A mock of all four vendors, and `vision` pointed at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.mock import Mock, serving
from tests.program import KEY, Done, vision

from .refreshing import broken, machine, refreshed, refreshed_once, registry

__all__ = ["broken", "machine", "refreshed", "refreshed_once", "registry"]

from .catalogue import write


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as server:
        yield server


@pytest.fixture
def ask(mock: Mock) -> Callable[..., Done]:
    """`vision ask` with the mock's addresses and a key in the environment."""

    def run(*words: Any, env: dict[str, str] | None = None, **more: Any) -> Done:
        return vision("ask", *words, env=mock.env(KEY) | (env or {}), **more)

    return run


@pytest.fixture
def models(tmp_path: Path) -> Callable[..., Done]:
    """`vision models` over the small catalogue; config: the text of a configuration."""
    cache = write(tmp_path / "cache")

    def run(*words: str, config: str | None = None, env: dict[str, str] | None = None) -> Done:
        # A default model that the small catalogue lacks would be looked for in the package's own.
        more = {**cache, "HOME": str(tmp_path), "VISION_MODEL": "local/eyes", **(env or {})}
        if config is not None:
            file = tmp_path / "config.toml"
            file.write_text(config, "utf-8")
            more["VISION_CONFIG"] = str(file)
        return vision("models", *words, env=more)

    return run

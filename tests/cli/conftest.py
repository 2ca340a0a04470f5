"""A mock of all four vendors, and `vision` pointed at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.mock import Mock, serving
from tests.program import KEY, Done, vision


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

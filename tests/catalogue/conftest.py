"""A server of lists, and none of the machine's proxies."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.registry import Registry, serving


@pytest.fixture
def server() -> Iterator[Registry]:
    with serving() as running:
        yield running


@pytest.fixture
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)

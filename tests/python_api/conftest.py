"""A loopback server that speaks every wire, and an environment with nobody's keys in it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.mock import Mock, serving
from tests.program import FOREIGN, KEY


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.endswith(FOREIGN) or name == "VISION_MODEL":
            monkeypatch.delenv(name)
    monkeypatch.setenv("VISION_CONFIG", os.devnull)


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as server:
        yield server


@pytest.fixture
def addressed(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> Mock:
    """The mock, where the vendors' own variables lead to it and hold a key."""
    for name, value in mock.env(KEY).items():
        monkeypatch.setenv(name, value)
    return mock

"""A key store of the test's own, and who is asked with a key from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import vendors
from tests.mock import Mock
from tests.program import KEY, Done, vision

MODEL = "openai/gpt-4o"
Keys = Callable[..., Done]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "data" / "keys.json"


@pytest.fixture
def env(file: Path) -> dict[str, str]:
    return {"VISION_KEYS": str(file)}


@pytest.fixture
def keys(env: dict[str, str]) -> Keys:
    def run(*words: str, more: dict[str, str] | None = None, **rest: Any) -> Done:
        return vision("keys", *words, env=env | (more or {}), **rest)

    return run


@pytest.fixture
def addresses(mock: Mock) -> dict[str, str]:
    """The mock's, and no key."""
    return {n: v for n, v in mock.env(KEY).items() if n not in vendors.KEYS.values()}


def shown(done: Done) -> str:
    return done.out + done.err


def kept(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text())["keys"]) if file.exists() else {}


def sent(mock: Mock) -> set[str | None]:
    found = {request.headers.get("authorization") for request in mock.received}
    mock.received.clear()
    return found

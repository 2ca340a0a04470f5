"""`vision ask` with many pictures, against a server that counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.batch.pictures import folder
from tests.batch.server import Server, serving
from tests.program import Done, vision

MODEL = ("-m", "openai/gpt-4o")
Ask = Callable[..., Done]


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with six pictures in `pics` and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder(tmp_path / "work" / "pics", 6)
    return tmp_path / "work"


@pytest.fixture
def ask(server: Server, place: Path) -> Ask:
    def run(*words: Any, env: dict[str, str] | None = None, **more: Any) -> Done:
        env = server.env() | (env or {})
        return vision("ask", *MODEL, *words, env=env, cwd=place, **more)

    return run


def records(path: Path) -> list[Any]:
    """What stands in a file of results, every line of it whole."""
    data = path.read_bytes()
    assert data.endswith(b"\n") or not data
    return [json.loads(line) for line in data.splitlines()]


def images(found: list[Any]) -> list[Any]:
    return [record["image"] for record in found]

"""Each vendor's batch API on the loopback, and `vision batch` pointed at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.program import Done, vision

from .server import serving
from .vendor import KEYS, Vendor

Batch = Callable[..., Done]


@pytest.fixture(params=sorted(KEYS))
def vendor(request: pytest.FixtureRequest) -> Iterator[Vendor]:
    with serving(request.param) as server:
        yield server


@pytest.fixture
def openai() -> Iterator[Vendor]:
    with serving("openai") as server:
        yield server


@pytest.fixture
def anthropic() -> Iterator[Vendor]:
    with serving("anthropic") as server:
        yield server


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Where the program keeps what it keeps."""
    return tmp_path / "home"


@pytest.fixture
def batch(home: Path, tmp_path: Path) -> Batch:
    """`vision batch WORDS…` at a vendor, with data and cache of its own."""

    def run(
        vendor: Vendor | None, *words: Any, env: dict[str, str] | None = None, **more: Any
    ) -> Done:
        own = {"XDG_DATA_HOME": str(home / "data"), "XDG_CACHE_HOME": str(home / "cache")}
        own |= {"HOME": str(home), "LOCALAPPDATA": str(home)}
        at = vendor.env if vendor else {}
        return vision("batch", *words, env=own | at | (env or {}), cwd=tmp_path, **more)

    return run

"""A running llama.cpp server, one a test process, made from nothing in about a second."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = [name for name in ("xllamacpp", "gguf") if importlib.util.find_spec(name) is None]
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.llama)
            if missing:
                why = f"{' and '.join(missing)} not installed (no wheels for this machine)"
                item.add_marker(pytest.mark.skip(reason=why))


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("gguf")
    subprocess.run([sys.executable, "-m", "tests.llama.model", folder], cwd=ROOT, check=True)
    return folder


@contextmanager
def served(model: Path, mmproj: str) -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.llama.serve", model, mmproj],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:")
            yield address
        finally:
            process.terminate()


@pytest.fixture(scope="session")
def llama(models: Path) -> Iterator[str]:
    """The address of a server whose model sees."""
    with served(models / "tiny-llm.gguf", str(models / "tiny-mmproj.gguf")) as address:
        yield address


@pytest.fixture(scope="session")
def blind(models: Path) -> Iterator[str]:
    """The address of a server whose model has no vision tower."""
    with served(models / "tiny-llm.gguf", "-") as address:
        yield address

"""A user's own folders, and `vision models --refresh` in them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.catalogue_documents import litellm
from tests.faults.peer import Faults
from tests.faults.server import serving as faults
from tests.program import Done, vision
from tests.registry import Registry, serving

EYES = {"litellm_provider": "openai", "mode": "chat", "supports_vision": True}
NEW = "openai/gpt-9-eyes"


@pytest.fixture
def registry() -> Iterator[Registry]:
    with serving() as running:
        yield running


@pytest.fixture
def broken() -> Iterator[Faults]:
    with faults() as running:
        yield running


class Machine:
    """A user's own folders, and the configuration in them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.folder = home / "cache" / "visioncli" / "catalogue"
        self.env = {"XDG_CACHE_HOME": str(home / "cache")}

    def reads(self, *sources: str, timeout: float = 20, more: str = "") -> None:
        """Writes the configuration: the sources that a refresh reads."""
        file = self.home / "config.toml"
        listed = f"[catalogue]\nsources = {json.dumps(sources)}\ntimeout = {timeout}\n"
        file.write_text(listed + more)
        self.env["VISION_CONFIG"] = str(file)

    def refresh(self, *words: str, **env: str) -> Done:
        return vision("models", "--refresh", *words, env=self.env | env)

    def knows(self, model: str) -> bool:
        return vision("check", model, "-q", env=self.env).status == 0

    @property
    def files(self) -> dict[str, bytes]:
        """Everything in the catalogue's folder but the lock."""
        found = sorted(self.folder.iterdir()) if self.folder.exists() else []
        return {path.name: path.read_bytes() for path in found if path.name != "lock"}


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture(scope="session")
def refreshed_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a refresh leaves that found one new model."""
    machine = Machine(tmp_path_factory.mktemp("template"))
    file = machine.home / "l.json"
    file.write_text(json.dumps(litellm(**{NEW: EYES})))
    assert machine.refresh("--source", str(file)).status == 0
    assert machine.files.keys() == {"facts.tsv", "index.tsv", "state.json"}
    return machine.home / "cache"


@pytest.fixture
def refreshed(machine: Machine, registry: Registry, refreshed_once: Path) -> Machine:
    """After that refresh."""
    shutil.copytree(refreshed_once, machine.home / "cache")
    machine.reads(registry.gives("/l.json", litellm(**{NEW: EYES})))
    return machine

"""Dialects are found by name, and loaded when they are asked for."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from visioncli import dialects


def test_the_names_are_those_of_the_folder() -> None:
    files = {file.stem for file in Path(dialects.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(dialects.NAMES) == {name for name in files if not name.endswith("_errors")}
    assert list(dialects.NAMES) == sorted(dialects.NAMES)


@pytest.mark.parametrize("name", dialects.NAMES)
def test_a_dialect_knows_its_name_and_its_quirks_have_defaults(name: str) -> None:
    dialect = dialects.load(name)
    assert dialect.name == name
    assert dialect is dialects.load(name)
    assert is_dataclass(dialect.quirks)
    assert len(fields(dialect.quirks)) < 8  # then it is two dialects
    dialect.quirks()


@pytest.mark.parametrize("name", ["nope", "", "openai_errors", "../core"])
def test_an_unknown_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="no dialect"):
        dialects.load(name)


def test_a_dialect_is_loaded_alone_and_without_a_client() -> None:
    code = (
        "import sys; from visioncli import dialects;"
        "dialects.load('ollama'); print(*sorted(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    ours = {name for name in loaded if name.startswith("visioncli.dialects.")}
    assert ours == {"visioncli.dialects.ollama"}
    assert not {"httpx", "PIL", "typer", "rich", "email.utils", "ssl"} & set(loaded)

"""The package's rows: adding one is adding one file, and a default is found without parsing all."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import visioncli
from tests.program import CAT, environment
from visioncli import choice, providers
from visioncli.config import KeySource, Settings
from visioncli.core.target import ModelRef
from visioncli.providers import packaged

from .places import NONE

PACKAGE = Path(visioncli.__file__).parent
TESTS = Path(__file__).parents[1]
ACME = """\
# https://docs.acme.example/vision (a made-up vendor)
aliases  = ["acme_ai"]
dialect  = "openai_chat"
base_url = "https://api.acme.example/v1"
key_env  = ["ACME_API_KEY"]
urls     = ["https"]
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The package with one more file among its rows, and the tests as they are."""
    (tmp_path / "visioncli").mkdir()
    for child in PACKAGE.iterdir():
        if child.name != "providers":
            (tmp_path / "visioncli" / child.name).symlink_to(child)
    shutil.copytree(PACKAGE / "providers", tmp_path / "visioncli" / "providers")
    (tmp_path / "visioncli" / "providers" / "acme.toml").write_text(ACME)
    for needed in ("providers", "images"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(TESTS / needed, tmp_path / "tests" / needed, ignore=ignored)
    for file in TESTS.glob("*.py"):
        shutil.copy(file, tmp_path / "tests")
    shutil.copy(TESTS.parent / "pyproject.toml", tmp_path)
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """python -m …, with the copy of the package instead of the one that is installed."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env=environment({"PYTHONPATH": str(folder)}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )


def test_a_provider_is_added_with_one_file(copy: Path) -> None:
    done = run(copy, "visioncli", "ask", "--dry-run", "-m", "acme-ai/see-1", CAT, "what is it?")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("POST https://api.acme.example/v1/chat/completions\n")
    assert "authorization: Bearer $ACME_API_KEY" in done.stdout


def test_and_every_test_over_all_providers_runs_over_it(copy: Path) -> None:
    files = ("tests/providers/test_rows.py", "tests/providers/test_requests.py")
    done = run(copy, "pytest", "-n", "0", "-p", "no:cacheprovider", "-q", "-k", "acme", *files)
    assert done.returncode == 0, done.stdout
    passed = int(done.stdout.splitlines()[-1].split(" passed")[0].rpartition(" ")[2])
    over_all = 8  # tests that take a provider's name, in these two files
    assert passed >= over_all


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The rows that are parsed while a test runs."""
    seen: list[str] = []
    for function in (packaged.table, packaged._text, packaged._alias_of):
        function.cache_clear()
    really = packaged.tomllib.loads

    def loads(text: str) -> dict[str, object]:
        seen.append(text)
        return really(text)

    monkeypatch.setattr(packaged.tomllib, "loads", loads)
    yield seen
    packaged.table.cache_clear()


def test_without_any_key_no_row_is_parsed(parsed: list[str]) -> None:
    (chosen,) = choice.choose([], NONE, {"PATH": os.defpath, "HOME": "/root"})
    assert chosen.ref == choice.EYES
    assert parsed == []


def test_only_the_row_whose_key_is_set_is_parsed(parsed: list[str]) -> None:
    (chosen,) = choice.choose([], NONE, {"XAI_API_KEY": "x", "DEEPINFRA_API_KEY": ""})
    assert chosen.ref.provider == "xai"
    assert len(parsed) == 1


def test_an_alias_costs_one_row(parsed: list[str]) -> None:
    assert providers.provider("togetherai", NONE).name == "together_ai"
    assert len(parsed) == 1


DEFAULTS = {row.name: row.default_model for row in providers.rows(NONE) if row.default_model}


@pytest.mark.parametrize("name", DEFAULTS)
def test_its_key_alone_makes_it_the_default(name: str) -> None:
    row = providers.provider(name, NONE)
    variable = (*row.key_env, *row.bearer_env)[0]
    if variable != "ZHIPU_API_KEY":
        (chosen,) = choice.choose([], NONE, {variable: "x"})
        assert chosen.ref == ModelRef(name, DEFAULTS[name] or "")
    with_command = Settings(keys={name: KeySource(cmd=("pass", "show", name))})
    (chosen,) = choice.choose([], with_command, {})
    assert chosen.ref.provider == name


@pytest.mark.parametrize(
    "variable",
    ["GITHUB_TOKEN", "HF_TOKEN", "WANDB_API_KEY", "SCW_SECRET_KEY", "CLOUDFLARE_API_TOKEN"],
)
def test_what_is_set_for_other_reasons_chooses_nobody(variable: str) -> None:
    (chosen,) = choice.choose([], NONE, {variable: "x"})
    assert chosen.ref == choice.EYES
    (chosen,) = choice.choose([], NONE, {variable: "x", "XAI_API_KEY": "x"})
    assert chosen.ref.provider == "xai"

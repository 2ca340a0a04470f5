"""README is true: its picture, its examples, its tables, from its own text."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from itertools import repeat
from pathlib import Path

import pytest

from tests import readme_picture, readme_providers
from tests.eyes.pictures import made
from tests.mock import serving
from tests.program import CUP, HORSE, KEY, PROGRAM, environment, vision
from tests.providers.test_rows import EVERY
from tests.vendors import TEXT
from visioncli import providers
from visioncli.config import Settings, load
from visioncli.core import errors

README = (readme_picture.ROOT / "README.md").read_text("utf-8")


def block(heading: str) -> list[str]:
    """The lines of the first code block under a heading."""
    section = README.partition(f"## {heading}\n")[2]
    return section.partition("```sh\n")[2].partition("```")[0].splitlines()


def words_of(svg: str) -> str:
    lines = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    return " ".join(html.unescape(" ".join(lines)).split())


def test_the_picture_is_what_the_command_prints_today() -> None:
    kept = readme_picture.FILE.read_text("utf-8")
    assert words_of(kept) == words_of(readme_picture.picture())
    assert "local/eyes" in words_of(kept)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, source in (("photo.jpg", CUP), ("before.png", HORSE), ("after.png", HORSE)):
        (tmp_path / name).write_bytes(Path(source).read_bytes())
    receipt = made("receipt")
    assert isinstance(receipt, bytes)
    (tmp_path / "receipt.png").write_bytes(receipt)
    (tmp_path / "list.txt").write_text("photo.jpg\nreceipt.png\n")
    return tmp_path


@pytest.mark.parametrize("line", block("Ten things to do"))
def test_an_example_works_as_it_stands(line: str, folder: Path) -> None:
    with serving() as mock:
        keys = mock.env(KEY) if re.search(" -m [a-z]+/", line) else {}
        path = f"{Path(PROGRAM).parent}{os.pathsep}{os.environ['PATH']}"
        addresses = {"XAI_BASE_URL": f"{mock.url}/v1", "PATH": path}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", line],
            cwd=folder,
            env=environment({**keys, **addresses}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr.decode()
    kept = re.search(r" -O (\S+)", line)
    assert (folder / kept[1]).read_bytes() if kept else done.stdout.strip()


def test_the_python_works_as_it_stands(folder: Path) -> None:
    section = README.partition("## From Python\n")[2]
    code = section.partition("```python\n")[2].partition("```")[0]
    with serving() as mock:
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            cwd=folder,
            env=environment(mock.env(KEY)),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert [request.wire for request in mock.posts] == ["anthropic", "openai"]
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(TEXT) == 2
    assert not done.stderr


def test_there_are_ten_of_them() -> None:
    assert len(block("Ten things to do")) == 10


def test_every_exit_status_of_the_tree_is_in_the_table() -> None:
    table = README.partition("## Exit status\n")[2].partition("\n## ")[0]
    listed = {
        int(n)
        for row in re.findall(r"^\| ([0-9 ·]+) \|", table, re.MULTILINE)
        for n in row.split(" · ")
    }
    tree = {
        c.exit
        for c in vars(errors).values()
        if isinstance(c, type) and issubclass(c, errors.VisionError)
    }
    assert listed == tree | {0, 11, 12, 70, 130, 141, 143}


def test_the_table_of_providers_has_their_keys_and_default_models() -> None:
    section = README.partition("## Which model answers\n")[2].partition("\n## ")[0]
    rows = {line.split("|")[1]: line for line in section.splitlines() if line.startswith("| `")}
    for row in map(providers.provider, readme_providers.TABLE, repeat(Settings())):
        (line,) = [line for names, line in rows.items() if f"`{row.name}`" in names]
        assert row.default_model is None or f"`{row.default_model}`" in line
        if row.key_required:
            assert all(f"`{name}`" in line for name in (*row.key_env, *row.bearer_env))
        else:
            assert "none needed" in line


@pytest.mark.parametrize("default", [True, False])
def test_the_lists_of_providers_say_what_must_be_set(default: bool) -> None:
    """A row may come before the README does; python -m tests.readme_providers prints the lists."""
    right = set(readme_providers.listed(default=default))
    kept = lists()[0 if default else 1]
    assert len(kept) > 15
    assert set(kept) <= right
    assert kept == sorted(kept, key=lambda entry: entry.split("`")[1])


def test_every_provider_of_litellms_names_is_in_the_table_or_a_list() -> None:
    named = {entry.split("`")[1] for kept in lists() for entry in kept}
    known = {providers.owner(name) for name in EVERY.split()}
    assert known <= named | set(readme_providers.TABLE)


def lists() -> list[list[str]]:
    """The entries of both lists below the table."""
    section = README.partition("## Which model answers\n")[2].partition("\n## ")[0]
    texts = [" ".join(p.split()) for p in section.split("\n\n") if p.startswith("`")]
    return [re.split(r", (?=`[a-z])", text.removesuffix(".")) for text in texts]


def test_the_configuration_shown_is_one(tmp_path: Path) -> None:
    text = README.partition("```toml\n")[2].partition("```")[0]
    file = tmp_path / "config.toml"
    file.write_text(text)
    settings = load({"VISION_CONFIG": str(file)})
    assert settings.default_model
    assert providers.provider("mine", settings).base_url == "http://localhost:8000/v1"


def test_options_that_it_names_exist() -> None:
    commands = ("ask", "check", "models", "prep", "serve")
    known = "".join(vision(command, "--help").out for command in commands)
    for option in set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", README)) & set(
        re.findall(r"`(--?[a-z-]+)", README)
    ):
        assert option in known

"""TAB in real shells, whose stub of `vision` says what it was called with."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from visioncli.cli import completions, main
from visioncli.cli.options import Colour, DetailWord, Shell

SCRIPTS = Path(__file__).parents[2] / "completions"
IDS = ("ollama/llava:7b", "ollama/llava:13b", "openai/gpt-5.4", "openrouter/~x/y", "local/eyes")
STUB = f"""#!/bin/sh
if [ "$*" = "models --ids" ]; then
    echo asked >> asked
    printf '%s\\n' {" ".join(IDS)}
    exit
fi
printf 'ARGS'
for word; do printf '<%s>' "$word"; done
echo
"""


def test_the_scripts_in_the_repository_are_those_of_the_commands(tmp_path: Path) -> None:
    completions.write(tmp_path)
    for name in completions.FILES.values():
        written, kept = (folder / name for folder in (tmp_path, SCRIPTS))
        assert written.read_text("utf-8") == kept.read_text("utf-8"), (
            f"{name} is old: python -m visioncli.cli.completions completions"
        )


def parameters() -> Iterator[tuple[str, Any]]:
    """(command's path, parameter), as the parser has them."""
    root = typer.main.get_command(main.program())
    todo: list[tuple[str, Any]] = [("vision", root)]
    while todo:
        path, command = todo.pop()
        yield from ((path, parameter) for parameter in command.params)
        todo += ((f"{path} {name}", c) for name, c in getattr(command, "commands", {}).items())


@pytest.mark.parametrize("shell", Shell)
def test_every_command_option_and_choice_is_in_every_script(shell: Shell) -> None:
    script = completions.script(shell)
    seen = 0
    for path, parameter in parameters():
        names = [*parameter.opts, *parameter.secondary_opts] if "-" in parameter.opts[0] else []
        choices = getattr(parameter.type, "choices", None) or ()
        for word in (path.rpartition(" ")[2], *names, *map(str, choices)):
            bare = word.lstrip("-") if shell is Shell.FISH else word  # -l model
            assert re.search(rf"(?<![\w-]){re.escape(bare)}(?![\w-])", script), (path, word)
            seen += 1
    assert seen > 50
    assert "vision models --ids" in script


def test_zsh_finds_its_script_by_its_first_line() -> None:
    assert completions.script(Shell.ZSH).startswith("#compdef vision\n")


def test_powershell_reads_its_script_as_it_is_meant() -> None:
    """No PowerShell here: quotes and brackets are counted, and the rows of its tables read."""
    script = completions.script(Shell.POWERSHELL)
    code = re.sub(r"^\s*#.*$", "", script, flags=re.MULTILINE)
    strings = re.findall(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", code)
    left = re.sub(r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"", "S", code)
    assert "'" not in left
    assert '"' not in left
    for opening, closing in ("{}", "()", "[]"):
        assert left.count(opening) == left.count(closing)
    rows = [string[1:-1].replace("''", "'") for string in strings if string.startswith("'vision")]
    assert "vision ask|--detail|low high auto original|How closely the model looks." in rows
    assert "vision ask|*|files" in rows
    assert "vision completions|0|bash zsh fish powershell" in rows
    assert rows.count("vision") == 1  # where the path begins; all else are rows of cells
    assert all(row.count("|") >= 2 for row in rows if row != "vision")


# ---------------------------------------------------------------------------------- real shells

BEGIN = {
    "bash": (["--norc", "--noprofile", "-i"], "source {folder}/vision.bash"),
    "zsh": (["-f", "-i"], "fpath=({folder} $fpath); autoload -U compinit; compinit -u -D"),
    "zsh, sourced": (["-f", "-i"], "autoload -U compinit; compinit -u -D; source {folder}/_vision"),
    "fish": (["--private", "--no-config"], "source {folder}/vision.fish"),
}


def program(shell: str) -> str:
    return shell.partition(",")[0]


def real(shell: str) -> Any:
    found = shutil.which(program(shell))
    reason = "" if found else f"{program(shell)} is not installed"
    if found and shell == "bash":  # without compopt files cannot be kept from a number's place
        tell = [found, "-c", "((BASH_VERSINFO >= 4))"]
        reason = "bash is older than 4" if subprocess.run(tell, check=False).returncode else ""
    marks = [
        pytest.mark.needs_tool(program(shell)),
        pytest.mark.skipif(bool(reason), reason=reason),
    ]
    return pytest.param(shell, marks=marks, id=shell)


# What is typed before TAB, and what `vision` is then called with.
TYPED = {
    "vision compl": ["completions"],
    "vision --vers": ["--version"],
    "vision completions fi": ["completions", "fish"],
    "vision ask --det": ["ask", "--detail"],
    "vision ask --detail or": ["ask", "--detail", "original"],
    "vision ask --color=al": ["ask", "--color=always"],
    "vision ask -m openai/g": ["ask", "-m", "openai/gpt-5.4"],
    "vision ask -m ollama/llava:7": ["ask", "-m", "ollama/llava:7b"],
    "vision ask --model ollama/llava:1": ["ask", "--model", "ollama/llava:13b"],
    "vision ask --model=ollama/llava:7": ["ask", "--model=ollama/llava:7b"],
    "vision ask -m openrouter/~": ["ask", "-m", "openrouter/~x/y"],
    "vision ask -m openai/gpt-5.4 -m loc": ["ask", "-m", "openai/gpt-5.4", "-m", "local/eyes"],
    "vision models --avail": ["models", "--available"],
    "vision models openai/g": ["models", "openai/gpt-5.4"],
    "vision models --provider ol": ["models", "--provider", "ollama"],
    "vision keys set olla": ["keys", "set", "ollama"],
    "vision keys remove openr": ["keys", "remove", "openrouter"],
    "vision models --source alp": ["models", "--source", "alpha.png"],
    "vision ask alp": ["ask", "alpha.png"],
    "vision ask my": ["ask", "my photo.png"],
    "vision ask alpha.png -i my": ["ask", "alpha.png", "-i", "my photo.png"],
    "vision ask -- alp": ["ask", "--", "alpha.png"],
    "vision ask --format image/j": ["ask", "--format", "image/jpeg"],
    "vision ask --format alpha.png=image/w": ["ask", "--format", "alpha.png=image/webp"],
    "vision ask --max-tokens alp": ["ask", "--max-tokens", "alp"],  # a number is no file
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stub = tmp_path / "bin" / "vision"
    stub.parent.mkdir()
    stub.write_text(STUB)
    stub.chmod(0o755)
    for name in ("my photo.png", "alpha.png"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("shell", [real(shell) for shell in BEGIN])
def test_tab_completes(shell: str, folder: Path) -> None:
    import pexpect  # not on Windows

    env = {**os.environ, "PATH": f"{folder}/bin:/usr/bin:/bin", "TERM": "dumb", "PS1": "> "}
    env |= {"HOME": str(folder), "INPUTRC": "/dev/null", "LANG": "C.UTF-8", "fish_features": ""}
    words, begin = BEGIN[shell]
    child = pexpect.spawn(
        program(shell), words, cwd=str(folder), env=env, dimensions=(50, 300), timeout=20
    )
    child.sendline(begin.format(folder=SCRIPTS))
    for typed, wanted in TYPED.items():
        child.send(f"{typed}\t\r")
        child.expect(rb"ARGS((?:<[^>]*>)+)\r\n")
        assert re.findall("<([^>]*)>", child.match.group(1).decode()) == wanted
    child.close(force=True)
    assert (folder / "asked").read_text() == "asked\n"  # once a session


def test_the_choices_are_the_enums() -> None:
    script = completions.script(Shell.BASH)
    for enum in (DetailWord, Colour, Shell):
        assert f"kind='{' '.join(enum)}'" in script

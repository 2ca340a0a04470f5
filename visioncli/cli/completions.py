"""Completion scripts for four shells, made from the commands and options as the parser has them.

`python -m visioncli.cli.completions DIRECTORY` writes them all; a test holds those in the
repository to this output.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperArgument, TyperGroup, TyperOption

from .main import program
from .options import Shell
from .shells import Command, Option, Value, bash, fish, powershell, zsh

FILES = {
    Shell.BASH: "vision.bash",
    Shell.ZSH: "_vision",
    Shell.FISH: "vision.fish",
    Shell.POWERSHELL: "vision.ps1",
}
WRITERS = {
    Shell.BASH: bash.script,
    Shell.ZSH: zsh.script,
    Shell.FISH: fish.script,
    Shell.POWERSHELL: powershell.script,
}
# What a value is, by the word that the help shows for it; a word that is not here is free text.
BY_METAVAR = {
    "MODEL": "models",
    "PROVIDER": "providers",
    "PATTERN": "models",
    "IMAGE": "files",
    "FILE": "files",
    "DIR": "dirs",
    "TYPE": "types",
}
METAVAR = re.compile(r"(?:\[[^\]]*\](?=[A-Z]))?\[?([A-Z]+)")


def script(shell: Shell) -> str:
    """The completion script of a shell: the same text whenever the commands are the same."""
    return WRITERS[shell](tuple(commands()))


def commands() -> Iterator[Command]:
    """`vision` itself, then every command below it, each before those below itself."""
    yield from _from("vision", typer.main.get_command(program()), None)


def _from(path: str, command: Any, parent: typer.Context | None) -> Iterator[Command]:
    """command: typer's own, whose class it does not publish."""
    name = path.rpartition(" ")[2]
    context = command.make_context(name, [], parent=parent, resilient_parsing=True)
    below = command.commands if isinstance(command, TyperGroup) else {}
    shown = {name: c for name, c in below.items() if not c.hidden}
    parameters = command.get_params(context)
    arguments = [p for p in parameters if isinstance(p, TyperArgument) and not p.hidden]
    yield Command(
        path=path,
        options=tuple(
            _option(p) for p in parameters if isinstance(p, TyperOption) and not p.hidden
        ),
        arguments=tuple(_value(a) for a in arguments),
        many=bool(arguments) and arguments[-1].nargs == -1,
        commands=tuple((name, c.get_short_help_str(limit=100)) for name, c in shown.items()),
    )
    for name, inner in shown.items():
        yield from _from(f"{path} {name}", inner, context)


def _option(option: TyperOption) -> Option:
    return Option(
        # In an order of our own: the parser keeps those of --help in a set.
        names=(*sorted(option.opts, key=_short_first), *option.secondary_opts),
        help=" ".join((option.help or "").split()),
        value=None if option.is_flag or option.count else _value(option),
        again=option.multiple,
    )


def _short_first(name: str) -> tuple[bool, str]:
    return name.startswith("--"), name


def _value(parameter: TyperOption | TyperArgument) -> Value:
    """By its choices, else by the word that the help shows for it."""
    name = parameter.metavar or (parameter.name or "value").upper()
    if choices := getattr(parameter.type, "choices", None):
        return Value("words", name, tuple(str(choice) for choice in choices))
    word = METAVAR.match(name)
    return Value(BY_METAVAR.get(word.group(1), "none") if word else "none", name)


def write(folder: Path) -> None:
    for shell, name in FILES.items():
        (folder / name).write_text(script(shell), "utf-8", newline="\n")


if __name__ == "__main__":
    write(Path(sys.argv[1]))

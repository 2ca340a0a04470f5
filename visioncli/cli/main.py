"""The program: its commands by name, and how it ends."""

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from visioncli import __version__

from . import report
from .parser import Command, Group, usage_error
from .terminal import stdout

NAMES = ("ask", "models", "check", "prep", "serve", "doctor", "completions")  # as the help has them
GROUPS = {"batch": "batch_app", "keys": "keys_app"}  # commands with commands of their own


def program(only: str = "") -> typer.Typer:
    """The whole program, or what of it a command line needs that begins with `only`.

    Typer makes an object of every option of every command it is told of, which takes as long as
    starting Python.
    """
    made = typer.Typer(
        name="vision",
        cls=Group,
        add_completion=False,  # our own scripts: `vision completions`
        rich_markup_mode=None,  # rich's help costs as much again as everything else at start-up
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback(invoke_without_command=True)(vision)
    for name in (only,) if only in NAMES else () if only in GROUPS else NAMES:
        module = import_module(f".commands.{name}", __package__)
        made.command(name, cls=Command, epilog=module.EPILOG)(module.command)
    for group in () if only in NAMES else (only,) if only in GROUPS else GROUPS:
        made.add_typer(import_module(f".{GROUPS[group]}", __package__).app)
    return made


def vision(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", "-V", help="Print the version and exit.")
    ] = False,
) -> None:
    """Ask vision models about images.

    vision ask photo.png "what's in this?"
    """
    if version:
        stdout().write(f"vision {__version__}\n")
        raise typer.Exit
    if context.invoked_subcommand is None:
        stdout().write(context.get_help() + "\n")
        raise typer.Exit(2)


def main(args: Sequence[str] | None = None) -> int:
    """The exit status of the command line `args` (sys.argv without the program by default)."""
    words = list(sys.argv[1:] if args is None else args)
    before = words[: words.index("--")] if "--" in words else words
    return report.run(
        lambda: _dispatch(words),
        json="--json" in before,
        debug="--debug" in before,
    )


def _dispatch(words: Sequence[str]) -> int:
    command = typer.main.get_command(program(words[0] if words else ""))
    try:
        status = command.main(list(words), prog_name="vision", standalone_mode=False)
    except typer.TyperException as error:
        raise usage_error(error.format_message().rstrip("."), words) from None
    return status if isinstance(status, int) else 0

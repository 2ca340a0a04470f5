"""The parser's own words: help that goes the way of all output, errors that know what was meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer
import typer.core

from visioncli.core.errors import UsageError

from . import arguments
from .terminal import stdout

LATER = {
    "doctor": "a check of the installation",
    "keys": "a key store",
}  # commands of a later version: a script that has them in it should not be told of images
BATCH = ("submit", "status", "list", "fetch", "cancel", "export")


class Command(typer.core.TyperCommand):
    def get_help_option(self, ctx: Any) -> Any:
        return _through_out(super().get_help_option(ctx))


class Group(typer.core.TyperGroup):
    def get_help_option(self, ctx: Any) -> Any:
        return _through_out(super().get_help_option(ctx))


def _through_out(option: Any) -> Any:
    """Writing help, too, ends with 13 on a full disk and with 141 where the reader is gone."""
    if option is not None:
        option.callback = _show_help
    return option


def _show_help(context: typer.Context, _option: Any, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        stdout().write(context.get_help() + "\n")
        context.exit()


def usage_error(said: str, words: Sequence[str]) -> UsageError:
    """What the parser says, with the help of the command that was typed or the command meant."""
    first = words[0] if words else "-"
    if first in LATER:
        return UsageError(f"vision {first} ({LATER[first]}) is not there yet", hint="vision --help")
    if first in ("check", "models", "prep", "serve"):
        return UsageError(said, hint=f"vision {first} --help")
    if first == "batch":
        below = words[1] if len(words) > 1 and words[1] in BATCH else ""
        return UsageError(said, hint=" ".join(filter(None, ("vision batch", below, "--help"))))
    if first.startswith("-"):
        return UsageError(said, hint="vision --help")
    if first in ("ask", "completions"):
        return UsageError(said, hint=f"vision {first} --help")
    if len(words) > 1 or arguments.is_image(first, ()):
        images = [word for word in words if arguments.is_image(word, ())]
        others = [word for word in words if word not in images]
        meant = arguments.command(images or ["IMAGE"], " ".join(others) or arguments.EXAMPLE)
        return UsageError(said, hint=meant)
    return UsageError(said, hint="vision --help")

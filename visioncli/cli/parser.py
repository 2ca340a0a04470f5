"""The parser's own words: help that goes the way of all output, errors that know what was meant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer
import typer.core

from visioncli.core.errors import UsageError
from visioncli.core.secret import SHORTEST

from . import arguments
from .terminal import stdout

BATCH = ("submit", "status", "list", "fetch", "cancel", "export")
KEYS = ("set", "list", "remove", "path")
KEYS_MEANT = ("keys", "key", "set")  # what comes behind them may be a key


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
    if first in KEYS_MEANT:
        return _of_keys(said, words[1:])
    if first in ("check", "models", "prep", "serve", "doctor"):
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


def _of_keys(said: str, words: Sequence[str]) -> UsageError:
    """None of the words is repeated: one may be a key, typed where everybody can see it."""
    below = words[0] if words and words[0] in KEYS else ""
    for word in sorted((w for text in words for w in (text, *text.split("="))), key=len)[::-1]:
        if len(word) >= SHORTEST and not (word.startswith("-") and word.strip("-").isalpha()):
            said = said.replace(word, "…")
    if below == "set" and "extra argument" in said:
        return UsageError(
            "a key is not taken from the command line, where other users and the shell's history"
            " see it",
            hint="vision keys set PROVIDER, which asks for it, or reads it from stdin",
        )
    return UsageError(said, hint=" ".join(filter(None, ("vision keys", below, "--help"))))

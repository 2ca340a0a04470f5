"""The answer on stdout: as it came, as plain text, or as Markdown drawn for a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Protocol

from visioncli.core.errors import UsageError
from visioncli.core.record import record

from .ask_options import AskOptions
from .options import Colour
from .terminal import Cleaner, Out, clean_line


class Sink(Protocol):
    """Takes one answer. What was added is on stdout, in full, once close() has returned."""

    def add(self, text: str) -> None: ...
    def close(self) -> None: ...


def open_answer(
    out: Out,
    options: AskOptions,
    *,
    verbatim: bool = False,
    env: Mapping[str, str] = os.environ,
) -> Sink:
    """The sink for one answer. Raises UsageError (2) for --raw on a terminal.

    verbatim: it is no Markdown, be it JSON or text that was read in a picture, line by line.

    Between a first add() and close() nothing else may write to the terminal: an unfinished block
    stands there that will be wiped off.
    """
    how = look(options.color, terminal=out.is_terminal, raw=options.raw, env=env)
    if how.raw:
        return Raw(out)
    if verbatim or not how.markdown:
        return Plain(out)
    from .markdown import MarkdownStream  # rich costs more than all the rest of `ask`

    return MarkdownStream(out, colour=how.colour)


def heading(text: str) -> str:
    """A line above an answer, and an empty one: Markdown, like what stands below it."""
    return f"## {clean_line(text)}\n\n"


@record
class Look:
    """How an answer is shown. Neither raw nor markdown: cleaned text."""

    raw: bool = False
    markdown: bool = False
    colour: bool = False


def look(
    choice: Colour, *, terminal: bool, raw: bool = False, env: Mapping[str, str] = os.environ
) -> Look:
    """--color, then the environment (bixense.com/clicolors, no-color.org), then what stdout is.

    `always` and CLICOLOR_FORCE draw into a pipe too, for `| less -R`. A terminal without colour
    still gets Markdown, with bold and italics: those are no colours.
    """
    if raw and terminal:
        raise UsageError("--raw does not write to a terminal", hint="… --raw > FILE")
    if raw:
        return Look(raw=True)
    unwanted = choice is Colour.NEVER or (choice is Colour.AUTO and bool(env.get("NO_COLOR")))
    forced = env.get("CLICOLOR_FORCE", "0") not in ("", "0") and not unwanted
    if choice is Colour.ALWAYS or forced:
        return Look(markdown=True, colour=True)
    able = terminal and _understands_escapes(env)
    return Look(markdown=able, colour=able and not unwanted and env.get("CLICOLOR") != "0")


def _understands_escapes(env: Mapping[str, str]) -> bool:
    if sys.platform == "win32":  # consoles do since Windows 10, once they have been told to
        import ctypes  # only there

        console, mode = ctypes.windll.kernel32, ctypes.c_ulong()
        handle = console.GetStdHandle(-11)
        known = console.GetConsoleMode(handle, ctypes.byref(mode))
        return bool(known and console.SetConsoleMode(handle, mode.value | 4))
    return env.get("TERM", "") not in ("", "dumb", "unknown")


class Plain:
    """For pipes, files and terminals that know no better: every piece as it comes, made safe.

    A pipe's text is made safe too, since most pipes end at a terminal (`| cat`, `| less -R`).
    """

    def __init__(self, out: Out) -> None:
        self._out = out
        self._cleaner = Cleaner()
        self._last = "\n"  # an answer without text gets no line end either

    def add(self, text: str) -> None:
        self._write(self._cleaner.feed(text))

    def close(self) -> None:
        self._write(self._cleaner.close())
        if self._last != "\n":
            self._write("\n")

    def _write(self, text: str) -> None:
        if text:
            self._out.write(text)
            self._last = text[-1]


class Raw:
    """--raw: the text as it came, and nothing added to it."""

    def __init__(self, out: Out) -> None:
        self._out = out

    def add(self, text: str) -> None:
        if text:
            self._out.write(text)

    def close(self) -> None:
        """Everything has been written."""

"""How an answer is shown is decided by option, environment and stream; a pipe gets plain text."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest

from visioncli.cli import render
from visioncli.cli.options import Colour
from visioncli.cli.render import Look, look
from visioncli.core.errors import UsageError

from .screen import TERMINAL, Screen, asked


def piped(*pieces: str, **said: Any) -> Screen:
    out = Screen(is_terminal=False)
    sink = render.open_answer(out, asked(**said), env=TERMINAL)
    for piece in pieces:
        sink.add(piece)
    sink.close()
    return out


# ---------------------------------------------------------------------------------- looks

DRAWN, GREY, TEXT = Look(markdown=True, colour=True), Look(markdown=True), Look()


@pytest.mark.parametrize(
    ("choice", "terminal", "env", "wanted"),
    [
        ("auto", True, {}, DRAWN),
        ("auto", False, {}, TEXT),
        ("always", False, {}, DRAWN),
        ("always", False, {"NO_COLOR": "1", "TERM": "dumb"}, DRAWN),
        ("never", True, {}, GREY),
        ("never", True, {"CLICOLOR_FORCE": "1"}, GREY),
        ("never", False, {"CLICOLOR_FORCE": "1"}, TEXT),
        ("auto", True, {"NO_COLOR": "1"}, GREY),
        ("auto", True, {"NO_COLOR": ""}, DRAWN),
        ("auto", True, {"NO_COLOR": "1", "CLICOLOR_FORCE": "1"}, GREY),
        ("auto", False, {"CLICOLOR_FORCE": "1"}, DRAWN),
        ("auto", False, {"CLICOLOR_FORCE": "0"}, TEXT),
        ("auto", True, {"CLICOLOR": "0"}, GREY),
        ("auto", True, {"TERM": "dumb"}, TEXT),
        ("never", True, {"TERM": "dumb"}, TEXT),
        pytest.param(
            *("auto", True, {"TERM": ""}, TEXT),
            marks=pytest.mark.skipif(sys.platform == "win32", reason="Windows sets no TERM"),
        ),
    ],
)
def test_the_option_comes_before_the_environment_and_that_before_the_terminal(
    choice: str, terminal: bool, env: dict[str, str], wanted: Look
) -> None:
    assert look(Colour(choice), terminal=terminal, env={**TERMINAL, **env}) == wanted


def test_raw_is_refused_on_a_terminal_and_elsewhere_leaves_all_as_it_came() -> None:
    with pytest.raises(UsageError, match="--raw does not write to a terminal"):
        render.open_answer(Screen(), asked(raw=True))
    written: list[str] = []
    out = Screen(is_terminal=False)
    out.write = written.append  # type: ignore[method-assign]
    sink = render.open_answer(out, asked(raw=True, color=Colour.ALWAYS))
    sink.add("\x1b[31mred\r\n")
    sink.add("# no end")
    sink.close()
    assert written == ["\x1b[31mred\r\n", "# no end"]


# ---------------------------------------------------------------------------------- a pipe


def test_a_pipe_gets_the_text_as_it_comes_without_control_characters() -> None:
    out = Screen(is_terminal=False)
    sink = render.open_answer(out, asked())
    sink.add("**bo")
    assert out.written == "**bo"
    sink.add("ld**\r")
    sink.add("\n\x1b[2J\u202e")
    sink.close()
    assert out.written == "**bold**\n\\x1b[2J\\u202e\n"


@pytest.mark.parametrize(
    ("pieces", "wanted"),
    [(["a"], "a\n"), (["a\n"], "a\n"), (["a\r"], "a\\x0d\n"), ([], ""), ([""], "")],
)
def test_a_last_line_is_ended_once(pieces: list[str], wanted: str) -> None:
    assert piped(*pieces).written == wanted


def test_a_pipe_loads_no_renderer() -> None:
    script = """
import sys
from visioncli.cli import render, terminal
from visioncli.cli.ask_options import AskOptions
from visioncli.cli.options import Colour
said = {"color": Colour.AUTO, "raw": False}
options = AskOptions(**dict.fromkeys(AskOptions.__match_args__) | said)
sink = render.open_answer(terminal.stdout(), options, env={})
sink.add("# x")
sink.close()
print([name for name in ("rich", "markdown_it", "pygments", "typer") if name in sys.modules])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout == "# x\n[]\n"


def test_always_draws_into_a_pipe_without_moving_a_cursor() -> None:
    out = piped("A **bold** word", " and `code`", color=Colour.ALWAYS)
    assert set(re.findall(r"\x1b\[[0-9;]*([a-zA-Z])", out.written)) == {"m"}
    assert "36" in re.findall(r"\d+", out.written)  # cyan
    assert out.shown == "A bold word and code\n"


def test_a_heading_is_one_clean_line_above_an_empty_one() -> None:
    assert render.heading("mine/a\x1b]0;x\x07\nb") == "## mine/a\\x1b]0;x\\x07 b\n\n"

"""Markdown on a terminal: what stands on the screen while an answer comes, and at its end."""

from __future__ import annotations

import re
import sys
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from visioncli.cli import render
from visioncli.cli.markdown_blocks import CAP, Block, Blocks
from visioncli.cli.markdown_drawer import Drawer

from .screen import TERMINAL, Screen, answered, asked, cut

# ---------------------------------------------------------------------------------- a terminal

SEEN = {
    "one paragraph": ("Two\nlines, **one** paragraph.", "Two lines, one paragraph.\n"),
    "blocks": ("# Title\ntext\n***\n> said", f"Title\n\ntext\n\n{'-' * 80}\n\n▌ said\n"),
    "crlf": ("# Title\r\n\r\ntext\r\nmore\r\n", "Title\n\ntext more\n"),
    "numbers go on": (
        "1. one\n1. two\n\n   more\n1. three\n",
        " 1 one\n 2 two\n   more\n 3 three\n",
    ),
    "numbers after a fence": (
        "1. one\n\n```sh\nls\n```\n\n2. two\n",
        " 1 one\n\nls\n\n 2 two\n",
    ),
    "a new list begins anew": (
        "1. one\n2. two\n\nThen:\n\n1. one\n",
        " 1 one\n 2 two\n\nThen:\n\n 1 one\n",
    ),
    "a list that begins at 9": ("9. nine\n10. ten\n", "  9 nine\n 10 ten\n"),
    "nested": (
        "- a\n  - b\n    1. c\n\n- d\n* e\n",
        " • a\n    • b\n       1 c\n • d\n\n • e\n",
    ),
    "a year is no list": ("It was in\n1986. Or so.", "It was in 1986. Or so.\n"),
    "code in an item": (
        "1. Do:\n   ```sh\n   a\n\n   - b\n   ```\n2. Done",
        " 1 Do:\n   a\n\n   - b\n 2 Done\n",
    ),
    "an open fence": ("```python\nif x:\n\n    y", "if x:\n\n    y\n"),
    "a fence in a fence": ("````md\n```\nx\n```\n````\nend", "```\nx\n```\n\nend\n"),
    "html": ("a <b>c</b>\n\n<div>\nx\n</div>", "a <b>c</b>\n\n<div> x </div>\n"),
    "links": (
        "[a](http://x/) <http://y/> [http://z/](http://z/) [b](u 'ti') <me@x.org>",
        'a (http://x/) http://y/ http://z/ b (u "ti") me@x.org\n',
    ),
    "link definitions": (
        "See [a][1].\n\n[1]: http://x/\n",
        "See [a][1].\n\n[1]: http://x/\n",
    ),
    "pictures": ("See ![a cat](cat.png) here ![](d.png)", "See a cat (cat.png) here (d.png)\n"),
    "emoji": (
        "A :smile: is 😀 and 👩‍👩‍👧 [red]x[/red]",
        "A :smile: is 😀 and 👩‍👩‍👧 [red]x[/red]\n",
    ),
    "a table": (
        "| a | b |\n|---|--:|\n| 中文 | 1 |\n\nend",
        "a     b\n───────\n中文  1\n\nend\n",
    ),
    "a cell too many": (
        "| a | b |\n|---|---|\n| 1 | 2 | lost |\n",
        "| a | b |\n|---|---|\n| 1 | 2 | lost |\n",
    ),
    "nothing": ("", ""),
    "blank lines": ("\n\n \n", ""),
    "control characters": ("a\x1b[31mb\u202e\x07", "a\\x1b[31mb\\u202e\\x07\n"),
}


@pytest.mark.parametrize("name", SEEN)
@pytest.mark.parametrize("step", [1, 7, 10_000])
def test_what_stands_on_the_screen_at_the_end(name: str, step: int) -> None:
    said, shown = SEEN[name]
    assert answered(*cut(said, step)).shown == shown


def test_an_unfinished_block_is_seen_as_it_comes_and_replaced_when_it_ends() -> None:
    out = Screen(columns=20)
    sink = render.open_answer(out, asked(), env=TERMINAL)
    sink.add("# Title\n\nSome **bo")
    assert out.shown == "Title\nSome **bo"
    sink.add("ld** words, more than a row")
    assert out.shown == "Title\nSome **bold** words\n, more than a row"
    sink.add("\n\nNext")
    assert out.shown == "Title\n\nSome bold words,\nmore than a row\nNext"
    sink.close()
    assert out.shown == "Title\n\nSome bold words,\nmore than a row\n\nNext\n"


def test_a_block_that_is_higher_than_the_screen_stands_there_once() -> None:
    lines = [f"x{number} = {number}" for number in range(60)]
    out = Screen(lines=10)
    out = answered(*cut("```\n" + "\n".join(lines) + "\n```\nend", 3), out=out)
    assert out.shown == "\n".join([*lines, "", "end", ""])


def test_a_code_line_keeps_its_length_so_that_it_can_be_copied() -> None:
    line = "echo " + "word " * 40
    drawn = answered(f"```sh\n{line}\n```").written
    assert re.sub(r"\x1b\[[0-9;]*m", "", drawn.rpartition("\x1b[J")[2]) == f"{line.rstrip()}\n"


def test_without_colour_there_are_bold_and_italics_alone() -> None:
    said = "# T\n**b** *i* `c` [l](u)\n> q\n```python\ndef f(): 'x'\n```\n| a |\n|---|\n| b |\n"
    out = answered(said, NO_COLOR="1")
    styles = re.findall(r"\x1b\[([\d;]*)m", out.written)
    codes = {int(code) for style in styles for code in style.split(";")}
    assert codes <= {0, 1, 2, 3, 4}
    assert {1, 3} <= codes


# ------------------------------------------------------------------ laws, for any answer

# Lines that models write, and some that make trouble; `#` becomes a word of its own each time.
LINES = (
    *("", "", "#w #w #w", "#w **#w** #w", "# #w", "### #w #w", "---", "***", "> #w", "> - #w"),
    *("- #w", "- #w #w", "* #w", "1. #w", "2. #w", "10. #w", "  - #w", "   - #w", "    #w"),
    *("   #w #w", "```", "```python", "~~~", "   ```", "| #w | #w |", "|---|---|", "#w 中文 #w 😀"),
    *("#w `#w` #w", "[#w](http://#w/)", "![#w](#w)", "<b>#w</b>", "#w_#w*#w", "===", "\t#w", "*#w"),
)


def worded(lines: list[str]) -> str:
    """The lines, each word in them used once."""
    count = iter(range(10_000))
    text = "\n".join(lines)
    return re.sub("#w", lambda _: f"w{next(count)}q", text)


documents = st.lists(st.sampled_from(LINES), max_size=25).map(worded)


@settings(max_examples=150, deadline=None)
@given(documents, st.integers(1, 40), st.integers(12, 100), st.integers(2, 30))
def test_every_word_is_seen_once_however_the_answer_was_cut(
    said: str, step: int, columns: int, lines: int
) -> None:
    out = answered(*cut(said, step), out=Screen(columns, lines))
    joined = "".join(re.sub("[▌•]", "", row) for row in out.shown.replace(" ", "\n").split("\n"))
    wanted = Counter(re.findall(r"w\d+q", said))
    assert Counter(re.findall(r"w\d+q", joined)) == wanted


@settings(max_examples=150, deadline=None)
@given(documents, st.integers(1, 40))
def test_any_cutting_gives_the_same_screen(said: str, step: int) -> None:
    assert answered(*cut(said, step)).shown == answered(said).shown


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=9).map(worded))
def test_blocks_by_themselves_say_what_the_whole_says(said: str) -> None:
    """Lists, paragraphs in them and white space aside: an item is drawn by itself."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table").disable("reference")

    def meaning(text: str) -> str:
        return re.sub(r"</?(?:[ou]l|p)[^>]*>|\s+", "", parser.render(text))

    assert "".join(meaning(block.text) for block in blocks(said)) == meaning(said)


def blocks(said: str) -> list[Block]:
    cutter = Blocks()
    return [*cutter.feed(said), *cutter.close()]


@given(st.text(max_size=300))
def test_no_text_whatever_moves_the_cursor_or_makes_a_link(said: str) -> None:
    out = answered(*cut(said, 5))  # the screen asserts what it is given
    assert "\x1b]" not in out.written


# ---------------------------------------------------------------------------------- cost


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many characters were handed to the renderer, a number a block."""
    sizes: list[int] = []
    draw = Drawer.draw

    def counting(self: Drawer, block: Block, columns: int) -> str:
        sizes.append(0 if block.verbatim else len(block.text))
        return draw(self, block, columns)

    monkeypatch.setattr(Drawer, "draw", counting)
    return sizes


PART = (
    "A paragraph of *some* words that fill a line or two, as they do.\n\n- an item\n- another\n\n"
)


@pytest.mark.parametrize("parts", [10, 40])
def test_nothing_is_drawn_twice(parts: int, drawn: list[int]) -> None:
    said = PART * parts
    out = answered(*cut(said, 4))
    assert sum(drawn) <= len(said)
    assert len(out.written) <= 4 * len(said)


def test_the_cost_of_an_answer_grows_with_its_length_alone(drawn: list[int]) -> None:
    written = [len(answered(*cut(PART * parts, 4)).written) for parts in (40, 160)]
    assert written[1] <= 4.1 * written[0]


@pytest.mark.parametrize("form", ["{}", "```\n{}\n```", "- {}", "> {}"])
def test_a_block_without_an_end_is_shown_as_it_comes(form: str, drawn: list[int]) -> None:
    words = [f"w{number}q" for number in range(15_000)]
    said = form.format(" ".join(words)) + "\n\n**end**"
    out = Screen()
    sink = render.open_answer(out, asked(), env=TERMINAL)
    for piece in cut(said, 50):
        sink.add(piece)
    assert out.shown.endswith("\n**end**")
    sink.close()
    assert out.shown.endswith("\n\nend\n")
    assert re.findall(r"w\d+q", "".join(out.shown.split("\n"))) == words
    assert sum(drawn) < CAP


# ---------------------------------------------------------------------------------- a real one

PROGRAM = """
import sys
from visioncli.cli import render, terminal
from visioncli.cli.ask_options import AskOptions
from visioncli.cli.options import Colour
said = {"color": Colour.AUTO, "raw": False}
options = AskOptions(**dict.fromkeys(AskOptions.__match_args__) | said)
sink = render.open_answer(terminal.stdout(), options)
for letter in sys.argv[1]:
    sink.add(letter)
sink.close()
"""
ANSWER = (
    "# A *title*\n\n- one\n- two\n\nOSC \x1b]0;owned\x07 and CSI \x1b[2J, \x9b1m.\n" + "word " * 40
)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_on_a_pseudo_terminal_of_80_columns(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import pexpect  # not on Windows

    for name in ("NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", term)
    arguments = ["-c", PROGRAM, ANSWER]
    child = pexpect.spawn(sys.executable, arguments, dimensions=(24, 80), timeout=30)
    written = child.read().decode()
    child.close()
    assert child.exitstatus == 0
    out = Screen()
    out.write(written)
    fences = "OSC \\x1b]0;owned\\x07 and CSI \\x1b[2J, \\x9b1m."
    if term == "dumb":
        assert "\x1b" not in written
        assert out.shown.startswith(f"# A *title*\n\n- one\n- two\n\n{fences}\nword word")
    else:
        assert out.shown.startswith(f"A title\n\n • one\n • two\n\n{fences} word")
        assert max(len(row) for row in out.rows) <= 80
    assert out.shown.count("word") == 40

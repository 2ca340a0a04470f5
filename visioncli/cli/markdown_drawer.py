"""Draws one finished block of Markdown with rich, and sees to it that none of its text is lost."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from typing import ClassVar

from markdown_it import MarkdownIt  # rich brings it: its own parser
from markdown_it.token import Token
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement, TableElement
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from .markdown_blocks import Block

SGR = re.compile(r"\x1b\[[0-9;]*m")
TRAILING = re.compile(r" +((?:\x1b\[[0-9;]*m)*)$", re.MULTILINE)
LANGUAGE = re.compile(r"[\w+#.-]{1,30}")
NARROWEST = 20  # columns; below, rich's lists and quotes have no room at all


class Drawer:
    """Draws one block with rich. Without colour there are still bold, italics and underlines."""

    def __init__(self, *, colour: bool) -> None:
        # Sixteen colours: the terminal's own, which suit its background.
        self._console = Console(
            file=io.StringIO(),
            force_terminal=True,
            color_system="standard",
            no_color=not colour,
            legacy_windows=False,
            theme=Theme({"markdown.code": "bold cyan"}),
        )

    def draw(self, block: Block, columns: int) -> str:
        """Whole lines; the block as it came where anything of it would be missing."""
        if block.verbatim:
            return block.text
        self._console.width = max(NARROWEST, columns)
        document = _Document(block)
        with self._console.capture() as capture:
            self._console.print(document, soft_wrap=block.code, end="")
        drawn = TRAILING.sub(r"\1", capture.get()).strip("\n")
        wanted = _letters(html.unescape(block.text)) - document.unseen
        if _letters(SGR.sub("", drawn)) < wanted:
            drawn = block.text.strip("\n")
        return drawn + "\n" if drawn else ""


def _letters(text: str) -> int:
    return sum(map(str.isalpha, text))


class _Code(CodeBlock):
    """Without a box, on lines of their full length: it is to be copied."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        code = str(self.text).rstrip()
        text = Text(code)
        if not console.no_color and LANGUAGE.fullmatch(self.lexer_name):
            text = Syntax(code, self.lexer_name, theme=self.theme).highlight(code)
            text.rstrip()
        yield text


class _Heading(Heading):
    """At the left, and without rich 14's box."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.text


class _Table(TableElement):
    """No cell is shortened."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for drawn in super().__rich_console__(console, options):
            if isinstance(drawn, Table):
                drawn.show_edge = False
                for column in drawn.columns:
                    column.overflow = "fold"
            yield drawn


class _Document(Markdown):
    """One block. HTML and link definitions are shown as they are; addresses stand behind links.

    unseen: letters of the source that are not to be seen.
    """

    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "fence": _Code,
        "code_block": _Code,
        "heading_open": _Heading,
        "table_open": _Table,
    }
    parser = (
        MarkdownIt("commonmark", {"html": False})
        .enable(["strikethrough", "table"])
        .disable("reference")  # the link may be in another block
    )

    def __init__(self, block: Block) -> None:
        super().__init__("", code_theme="ansi_dark", hyperlinks=False)
        self.parsed = self.parser.parse(block.text)
        self.unseen = 0
        for token in self.parsed:
            if token.type == "fence":
                self.unseen += _letters(html.unescape(token.info))
            elif token.children:
                token.children = list(self._readable(token.children))
        if block.number is not None:
            self.parsed[0].attrs["start"] = block.number

    def _readable(self, tokens: list[Token]) -> Iterator[Token]:
        """Links and pictures as text, in their place; an address where the text is another."""
        address, said, written = "", "", False
        for token in tokens:
            if token.type == "link_open":
                address, said, written = _address(token, "href"), "", token.markup != "autolink"
            elif token.type == "link_close":
                if said not in (address, address.removeprefix("mailto:")):
                    yield _text(f" ({address})")
                elif written:
                    self.unseen += _letters(address)
            elif token.type == "image":
                yield _text(f"{token.content} ({_address(token, 'src')})".lstrip())
            else:
                said += token.content
                yield token


def _address(token: Token, name: str) -> str:
    title = token.attrs.get("title")
    return f"{token.attrs.get(name, '')}" + (f' "{title}"' if title else "")


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)

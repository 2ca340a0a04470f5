"""Markdown on a terminal while it comes: each block is drawn once, when it is finished.

Nothing that was drawn is ever drawn again, so the cost grows with the answer's length and the
scrollback holds everything once. Below it stands the unfinished block as it comes, undrawn; that
alone is wiped off and replaced.
"""

from __future__ import annotations

from collections.abc import Iterator

from .markdown_blocks import Block, Blocks
from .markdown_drawer import Drawer
from .terminal import Cleaner, Out

TAB = 4  # columns of a tab in the unfinished block


class MarkdownStream:
    """The sink of a terminal; see the module."""

    def __init__(self, out: Out, *, colour: bool) -> None:
        self._out = out
        self._cleaner = Cleaner()
        self._blocks = Blocks()
        self._drawer = Drawer(colour=colour)
        self._tail = Tail()
        self._end = ""  # what the last block drawn ended with

    def add(self, text: str) -> None:
        text = self._cleaner.feed(text)
        drawn = self._draw(self._blocks.feed(text))
        if not self._out.is_terminal:  # drawn into a pipe by --color always: no cursor to move
            self._write(drawn)
        elif drawn:
            wiped = self._tail.wipe()
            self._write(wiped + drawn + self._tail.show(self._blocks.rest, *self._out.size()))
        elif not self._blocks.is_verbatim:
            self._write(self._tail.show(text, *self._out.size()))

    def close(self) -> None:
        drawn = self._draw(self._blocks.feed(self._cleaner.close()))
        drawn += self._draw(self._blocks.close())
        if (self._end + drawn)[-1:] not in ("", "\n"):
            drawn += "\n"
        self._write(self._tail.wipe() + drawn)

    def _draw(self, blocks: Iterator[Block]) -> str:
        drawn = []
        for block in blocks:
            text = self._drawer.draw(block, self._out.size()[0])
            if text and self._end and not block.joined:
                drawn.append("\n" if self._end == "\n" else "\n\n")
            drawn.append(text)
            self._end = text[-1:] or self._end
        return "".join(drawn)

    def _write(self, text: str) -> None:
        if text:
            self._out.write(text)


class Tail:
    """The unfinished block, on rows that are ended here and never by the terminal.

    So the number of rows to wipe off is known, whatever the terminal thinks of a character's
    width: ASCII counts as one column, all else as two, which nothing exceeds. When the screen is
    full, the tail begins anew at its top; what has scrolled off could not be wiped.
    """

    def __init__(self) -> None:
        self._rows = 0  # row ends that were written
        self._column = 0

    def show(self, text: str, columns: int, lines: int) -> str:
        """What to write in order to go on with `text`."""
        room, most = max(2, columns - 1), max(1, lines - 1)
        written = []
        for character in text[-room * most :]:
            if character == "\n" and not self._rows and not self._column:
                continue  # nothing stands there yet
            if character == "\n":
                width = room + 1
            else:
                width = TAB if character == "\t" else 1 if character.isascii() else 2
            if self._column + width > room:
                if self._rows + 1 >= most:
                    written.append(self.wipe())
                else:
                    written.append("\n")
                    self._rows += 1
                    self._column = 0
            if character != "\n":
                written.append(" " * TAB if character == "\t" else character)
                self._column += width
        return "".join(written)

    def wipe(self) -> str:
        """What to write in order to be where the tail began, and nothing below."""
        rows, column, self._rows, self._column = self._rows, self._column, 0, 0
        if not rows and not column:
            return ""
        return "\r" + (f"\x1b[{rows}A" if rows else "") + "\x1b[J"

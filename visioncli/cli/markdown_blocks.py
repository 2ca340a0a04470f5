"""Cuts Markdown that comes in pieces into blocks that are finished, without drawing anything.

A cut is made where CommonMark begins a new block at the top level whatever follows, so that every
block can be parsed by itself. In doubt there is no cut, and more is drawn at once. The exception
are the items of a list: each is a block by itself, with the number the whole list would give it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from visioncli.core.record import record

CAP = 16_384  # characters; a block that grows beyond is handed out as it is, to be shown as it came

CODE = 4  # columns of indentation that make a line code
FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]|$)")
RULE = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$")
UNDERLINE = re.compile(r" {0,3}(?:-+|=+)[ \t]*$")  # of a setext heading
QUOTE = re.compile(r" {0,3}>")
MARKERS = re.compile(r"(?:[ \t]|>|[-+*](?=[ \t]|$)|\d{1,9}[.)](?=[ \t]|$))*")  # of nested blocks
ITEM = re.compile(r"( {0,3})([-+*]|\d{1,9}[.)])(?:([ \t]+)(?=\S)|[ \t]*$)")


@record
class Block:
    """One finished block. text: whole lines, or with `verbatim` any piece of an oversized one.

    number: what an item of a numbered list is counted as; None for everything else. joined: it
    belongs to what came before, without an empty line between them. code: it is a fence and all
    that stands in it.
    """

    text: str
    number: int | None = None
    joined: bool = False
    code: bool = False
    verbatim: bool = False


@record
class _Item:
    """A list item. indent: columns to its content. mark: what all items of its list have.

    empty: nothing stands behind the marker on its line.
    """

    indent: int
    empty: bool
    mark: str
    number: int | None


class Blocks:
    """feed() clean text in pieces; close() ends the last block."""

    def __init__(self) -> None:
        self._line: list[str] = []  # pieces of the line that has not ended
        self._lines: list[str] = []  # the lines of the open block
        self._size = 0  # characters of both
        self._fence = ""  # the marker of the open fence
        self._item: _Item | None = None  # what is open, where that is an item
        self._before: _Item | None = None  # the item that ended last, while its list may go on
        self._quote = False  # what is open is a quote
        self._lazy = False  # the last line of that item or quote is a paragraph's, and may go on
        self._verbatim = False  # the open block grew beyond CAP, and is handed out as it comes

    @property
    def is_verbatim(self) -> bool:
        return self._verbatim

    @property
    def rest(self) -> str:
        """The text of the unfinished block, but for what was handed out verbatim."""
        if self._verbatim:
            return ""
        return "".join(f"{line}\n" for line in self._lines) + "".join(self._line)

    def feed(self, text: str) -> Iterator[Block]:
        *ended, last = text.split("\n")
        for piece in ended:
            yield from self._piece(piece, ends=True)
        if last:
            yield from self._piece(last, ends=False)

    def close(self) -> Iterator[Block]:
        if self._line and not self._verbatim:
            yield from self._piece("", ends=True)
        yield from self._end()

    def _piece(self, piece: str, *, ends: bool) -> Iterator[Block]:
        self._line.append(piece)
        self._size += len(piece) + ends
        if self._verbatim:
            yield from self._go_on(piece, ends=ends)
            return
        if ends:
            line = "".join(self._line)
            self._line = []
            yield from self._add(line)
        if self._size > CAP:
            yield Block(self.rest, verbatim=True)
            self._verbatim = True

    def _go_on(self, piece: str, *, ends: bool) -> Iterator[Block]:
        """More of an oversized block, until a blank line or the end of its fence."""
        if not ends:
            yield Block(piece, joined=True, verbatim=True)
            return
        line = "".join(self._line)
        self._line = []
        blank = not line.strip(" \t")
        if blank and not self._fence:
            yield from self._end()
            return
        yield Block(f"{piece}\n", joined=True, verbatim=True)
        if self._closes(line):
            yield from self._end()

    def _add(self, line: str) -> Iterator[Block]:
        """One whole line of a block that is not oversized."""
        blank = not line.strip(" \t")
        held = self._quote or self._item is not None
        if self._holds(line):
            self._keep(line)
            self._inside(line)
        elif self._fence and not held:
            self._keep(line)
            if self._closes(line):
                yield from self._end()
        elif blank and self._lines and _indent(self._lines[0]) >= CODE:
            self._keep(line)
        elif blank:
            yield from self._end()
        elif self._lazy and not _starts(line):
            self._keep(line)
        else:
            if held or self._interrupts(line):
                yield from self._end()
            yield from self._top(line)

    def _top(self, line: str) -> Iterator[Block]:
        """A line that stands in no item and in no fence: it opens a block, or goes on with one."""
        opens = not self._lines
        self._keep(line)
        if not opens:
            if UNDERLINE.match(line) and not self._is_table():
                yield from self._end()
        elif fence := FENCE.match(line):
            self._fence = fence.group(1)
        elif HEADING.match(line) or RULE.match(line):
            yield from self._end()
        elif QUOTE.match(line):
            self._quote = True
            self._inside(line)
        elif item := ITEM.match(line):
            self._item = _item(item, self._before)
            if len(item.group(3) or "") <= CODE:  # else it begins with code
                self._inside(line[item.end() :])

    def _interrupts(self, line: str) -> bool:
        """Whether a line ends the paragraph, table or indented code before it."""
        if not self._lines:
            return False
        if _indent(self._lines[0]) >= CODE:
            return _indent(line) < CODE
        if RULE.match(line):
            return not UNDERLINE.match(line)  # else it makes the paragraph a heading
        if item := ITEM.match(line):
            return item.group(3) is not None and item.group(2) in ("-", "+", "*", "1.", "1)")
        return _starts(line)

    def _is_table(self) -> bool:
        """Whether the last line may be a table's, which a setext heading's looks like."""
        pipes = self._lines[0].count("|")
        return pipes > 0 and (len(self._lines) > 2 or pipes < 3)

    def _holds(self, line: str) -> bool:
        """Whether a line belongs to the open item or quote, whatever it is."""
        if self._item:
            if not line.strip(" \t"):  # two blank lines end an item at its beginning
                return len(self._lines) > 1 or not self._item.empty
            return _indent(line) >= self._item.indent
        return self._quote and QUOTE.match(line) is not None

    def _inside(self, line: str) -> None:
        """Follows what an item or a quote holds."""
        if self._fence:
            if self._closes(line.lstrip(" \t>") if self._quote else line):
                self._fence = ""
            self._lazy = False
            return
        inner = MARKERS.sub("", line)
        if fence := FENCE.match(inner):
            self._fence = fence.group(1)
        self._lazy = bool(inner.strip(" \t")) and not (
            self._fence or HEADING.match(inner) or RULE.match(inner)
        )

    def _closes(self, line: str) -> bool:
        """Whether a line ends the open fence."""
        fence, marks = self._fence, line.strip(" \t")
        if not fence or len(marks) < len(fence) or marks.strip(fence[0]):
            return False
        return _indent(line) <= 3 + (self._item.indent if self._item else 0)

    def _keep(self, line: str) -> None:
        if not self._lines:
            self._size = len(line) + 1
        self._lines.append(line)

    def _end(self) -> Iterator[Block]:
        item, before = self._item, self._before
        if self._lines and not self._verbatim:
            same = item is not None and before is not None and item.mark == before.mark
            yield Block(
                "".join(f"{line}\n" for line in self._lines),
                number=item.number if item else None,
                joined=same,
                code=item is None and FENCE.match(self._lines[0]) is not None,
            )
        if self._lines:
            self._before = item
        self._lines, self._size, self._verbatim = [], 0, False
        self._fence, self._item, self._quote, self._lazy = "", None, False, False


def _indent(line: str) -> int:
    """Columns before the first character that is no space; a tab goes to the next fourth."""
    wide = line.expandtabs(4)
    return len(wide) - len(wide.lstrip(" "))


def _starts(line: str) -> bool:
    """Whether a line, at the top level, is the first of a block that is no paragraph."""
    return any(form.match(line) for form in (FENCE, HEADING, RULE, QUOTE, ITEM))


def _item(found: re.Match[str], before: _Item | None) -> _Item:
    """The item that a line opens. before: the item that ended last, if its list may go on."""
    marker = found.group(2)
    column = len(found.group(1)) + len(marker)
    after = len(f"{' ' * column}{found.group(3) or ' '}".expandtabs(4)) - column
    digits, mark = marker[:-1], marker[-1]
    number = int(digits) if digits else None
    if before is not None and before.mark == mark and before.number is not None:
        number = before.number + 1
    empty = found.group(3) is None
    return _Item(column + (after if after <= CODE else 1), empty, mark, number)

"""A terminal for the tests: what stands on it when everything has been written."""

from __future__ import annotations

import re
from typing import Any
from unicodedata import category

from rich.cells import cell_len

from visioncli.cli import render
from visioncli.cli.ask_options import AskOptions
from visioncli.cli.options import Colour
from visioncli.cli.terminal import Out

TERMINAL = {"TERM": "xterm-256color"}
UNIT = re.compile(r"\x1b\[([0-9;]*)([a-zA-Z])|(\r\n|[\s\S])")


class Screen(Out):
    """stdout as a terminal that knows what is needed here; anything else is an error.

    rows: with the scrollback, which as on a real terminal can no longer be reached.
    """

    def __init__(self, columns: int = 80, lines: int = 24, *, is_terminal: bool = True) -> None:
        super().__init__(None)
        self.is_terminal = is_terminal
        self.columns, self.lines = columns, lines
        self.rows, self.row, self.written = [""], 0, ""

    def size(self, env: object = None) -> tuple[int, int]:
        return self.columns, self.lines

    def write(self, text: str) -> None:
        self.written += text
        for number, final, character in UNIT.findall(text):
            if final:
                self._obey(number, final)
            elif character in ("\n", "\r\n"):
                self._next_row()
            elif character == "\r":
                self._at_start = True
            else:
                assert category(character) != "Cc", repr(character)
                assert not self._at_start or not self.rows[self.row], "written over"
                if cell_len(self.rows[self.row] + character) > self.columns:
                    self._next_row()
                self.rows[self.row] += character

    _at_start = False

    def _next_row(self) -> None:
        self._at_start = False
        self.row += 1
        if self.row == len(self.rows):
            self.rows.append("")

    def _obey(self, number: str, final: str) -> None:
        if final == "A":
            self.row -= int(number)
            assert self.row >= max(0, len(self.rows) - self.lines), "above the screen"
        elif final == "J":
            assert self._at_start
            self.rows[self.row :] = [""]
            self._at_start = False
        else:
            assert final == "m"

    @property
    def shown(self) -> str:
        return "\n".join(row.rstrip() for row in self.rows)


def asked(**said: Any) -> AskOptions:
    unsaid: dict[str, Any] = dict.fromkeys(AskOptions.__match_args__)
    return AskOptions(**{**unsaid, "color": Colour.AUTO, "raw": False, **said})


def answered(*pieces: str, out: Screen | None = None, **env: str) -> Screen:
    out = out or Screen()
    sink = render.open_answer(out, asked(), env={**TERMINAL, **env})
    for piece in pieces:
        sink.add(piece)
    sink.close()
    return out


def cut(text: str, step: int) -> list[str]:
    return [text[at : at + step] for at in range(0, len(text), step)]

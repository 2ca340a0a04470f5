"""Asks the terminal what it can show, without hanging and without leaving anything behind."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import termios
import time
from contextlib import suppress
from typing import Any

from visioncli.cli.terminal import Out, ReaderGone
from visioncli.core.errors import OutputProblem

from . import kitty, sixel
from .ways import Said

PATIENCE = 0.2  # seconds for an answer
# Every terminal answers the last question, so that nobody waits for answers that do not come.
# Those that print what they do not understand do so right of the cursor, where it is wiped off.
QUESTIONS = f"\x1b7{kitty.QUERY}{sixel.REGISTERS}\x1b[c\x1b8\x1b[K"
LAST = re.compile(rb"\x1b\[\?([0-9;]*)c")
OF_KITTY = re.compile(rb"\x1b_Gi=31;OK\x1b\\")
OF_SIXEL = re.compile(rb"\x1b\[\?1;0;([0-9]{1,9})S")
GRAPHICS = b"4"  # among the attributes of a terminal: it has sixels
Size = tuple[int, int]


class Asking:
    """The terminal at descriptor `keys`, which is also the one that `out` writes to.

    close() must follow, whatever happens: where the answer did not come in time, nothing that comes
    is shown until then, and what has come is dropped, lest the shell take it for something typed.
    """

    def __init__(self, out: Out, *, keys: int = 0, shows: int = 2) -> None:
        self._out, self._keys, self._shows = out, keys, shows
        self._before: list[Any] | None = None  # its modes, while they are not as they were

    def ask(self) -> Said | None:
        """None: it may not be asked, somebody has typed ahead, or there is no answer in time."""
        if not self._may():
            return None
        deadline = time.monotonic() + PATIENCE
        owed = False  # an answer
        try:
            self._listen()
            typed_ahead, stopped = self._is_ready(), not self._takes()  # for the shell; Ctrl-S
            if typed_ahead or stopped:
                return None
            owed = True
            self._out.write(QUESTIONS)
            said = self._answer(deadline)
            owed = said is None
        except (OSError, termios.error, OutputProblem, ReaderGone):  # hung up
            return None
        except BaseException:  # Ctrl-C: what is on its way is not for the shell
            if owed:
                owed = False
                self._answer(deadline)
            raise
        finally:
            if not owed:
                self._restore()
        return said

    def close(self) -> None:
        if self._before is not None:
            while self._is_ready() and os.read(self._keys, 4096):
                pass
            self._restore()

    def _may(self) -> bool:
        """Whether both are one terminal, and this process is the one that it belongs to now."""
        try:
            same = os.ttyname(self._keys) == os.ttyname(self._shows)
            return same and os.tcgetpgrp(self._keys) == os.getpgrp()
        except OSError:
            return False

    def _listen(self) -> None:
        """Every byte at once, and none of them shown; Ctrl-C stays what it is."""
        self._before = termios.tcgetattr(self._keys)
        modes = termios.tcgetattr(self._keys)
        modes[3] &= ~(termios.ICANON | termios.ECHO)
        modes[6][termios.VMIN], modes[6][termios.VTIME] = 1, 0
        termios.tcsetattr(self._keys, termios.TCSANOW, modes)

    def _restore(self) -> None:
        if self._before is not None:
            with suppress(termios.error):  # it is gone
                termios.tcsetattr(self._keys, termios.TCSANOW, self._before)
            self._before = None

    def _is_ready(self, seconds: float = 0) -> bool:
        return bool(select.select([self._keys], [], [], seconds)[0])

    def _takes(self) -> bool:
        return bool(select.select([], [self._shows], [], 0)[1])

    def _answer(self, deadline: float) -> Said | None:
        came = b""
        while (left := deadline - time.monotonic()) > 0 and self._is_ready(left):
            if not (piece := os.read(self._keys, 1024)):
                return None
            came += piece
            if last := LAST.search(came):
                colours = OF_SIXEL.search(came)
                return Said(
                    kitty=bool(OF_KITTY.search(came)),
                    sixel=GRAPHICS in last[1].split(b";")[1:],
                    colours=int(colours[1]) if colours else None,
                )
        return None


def cell(shows: int = 2) -> Size | None:
    """Width and height of a character in px; None where the terminal does not tell."""
    try:
        answer = fcntl.ioctl(shows, termios.TIOCGWINSZ, b"\0" * 8)
    except OSError:
        return None
    rows, columns, width, height = struct.unpack("HHHH", answer)
    if not (rows and columns and width >= columns and height >= rows):
        return None
    return width // columns, height // rows

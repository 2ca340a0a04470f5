"""Standard input: waited for when it was asked for by name, given ten seconds when it was not."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable
from io import BufferedReader, RawIOBase

from visioncli.core.errors import UsageError

PATIENCE = 10.0  # seconds without a first byte
HEAD = 64  # bytes: enough to tell a picture from a list
SHORTEST, LONG = 3, 10  # bytes of a line: of a name, and of one behind what also begins pictures
BINARY = (b"RIFF", b"BM", b"GIF8", b"II*", b"MM", b"%PDF", b"<")


class Replayed(RawIOBase):
    """A file descriptor whose first bytes have been read already: they come out first, once."""

    def __init__(self, head: bytes, fd: int) -> None:
        self._head, self._fd = head, fd

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # its Buffer type is of Python 3.12
        size = len(buffer)
        data = self._head[:size] or _read(self._fd, size)
        self._head = self._head[size:]
        buffer[: len(data)] = data
        return len(data)


def is_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def is_there() -> bool:
    return sys.stdin is not None and not sys.stdin.closed


def named(note: Callable[[str], None], what: str) -> BufferedReader:
    """stdin that was asked for by name: waited for, with a note when nothing comes for a while."""
    fd = _descriptor(what)
    if not is_terminal() and not _ready(fd):
        note(f"waiting for {what} on stdin")
    return BufferedReader(Replayed(b"", fd))


def unnamed(remedy: str) -> tuple[bytes, BufferedReader]:
    """(its first bytes, all of it) where no image was named. Raises UsageError (2).

    Nobody may be writing to a stdin that was merely inherited: it gets PATIENCE for a first byte.
    A first line of text is enough: whoever writes a list may not write another for an hour.
    """
    if not is_there():
        raise UsageError("no image was named, and stdin is closed", hint=remedy)
    fd = _descriptor("an image")
    if not _ready(fd):
        raise UsageError(
            f"no image was named, and stdin gave nothing for {PATIENCE:g} s", hint=remedy
        )
    head = b""
    while len(head) < HEAD and not _is_line(head) and (piece := _read(fd, HEAD - len(head))):
        head += piece
    if not head:
        raise UsageError("no image was named, and stdin is empty", hint=remedy)
    return head, BufferedReader(Replayed(head, fd))


def _is_line(head: bytes) -> bool:
    """Whether it begins with a line of text, or a name that ends with NUL, as no picture does."""
    line, end, _ = head.replace(b"\0", b"\n").partition(b"\n")
    if not end or len(line) < SHORTEST or (head.startswith(BINARY) and len(line) < LONG):
        return False
    try:
        return line.removesuffix(b"\r").decode().isprintable()
    except UnicodeDecodeError:
        return False


def _descriptor(what: str) -> int:
    if not is_there():
        raise UsageError(f"{what} was to come from stdin, which is closed")
    return sys.stdin.fileno()


def _read(fd: int, size: int) -> bytes:
    """Waits, also where whoever shares this stdin has made it non-blocking."""
    while True:
        try:
            return os.read(fd, size)
        except BlockingIOError:
            select.select([fd], [], [])


def _ready(fd: int) -> bool:
    """Whether a read would return within PATIENCE; where that cannot be told, yes."""
    try:
        return bool(select.select([fd], [], [], PATIENCE)[0])
    except (OSError, ValueError):  # Windows selects sockets only
        return True

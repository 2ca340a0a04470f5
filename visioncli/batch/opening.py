"""How a file of results is taken up again: what is ours in it, and what a killed process left."""

from __future__ import annotations

import os
import stat
import zlib
from collections.abc import Callable

from visioncli.core.errors import OutputProblem

from .index import FAILURES, GROUP, Entry, Index, input_of
from .records import BEGINNING, LONGEST, PIECE, Line, lines, not_ours, pieces, read, read_at
from .store import Store

PROBE = b" " * (1 << 16)  # what must be free on the disk before the first question goes
LOADED = 10_000  # records that are added to an index together, while nobody waits for answers

Tell = Callable[[str], None]


def opened(path: str) -> int:
    """A descriptor that reads anywhere and writes to the end. Raises OutputProblem (13)."""
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
    flags |= getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
    try:
        fd = os.open(path, flags, 0o666)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file can have this name"
        raise OutputProblem(f"{path} cannot be opened: {reason}") from None
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OutputProblem(
            f"{path} is no regular file, and could not be taken up again",
            hint="without -O the results go to stdout",
        )
    return fd


def taken_up(fd: int, path: str, store: Store, tell: Tell) -> Index:
    """The index of a file that ends with a whole line from now on.

    Nothing is changed in a file that holds anything but records: OutputProblem (13).
    """
    size = os.fstat(fd).st_size
    whole = _end_of_last_line(fd, size, path)
    index = indexed(fd, whole, path, store, tell)
    try:
        _mend(fd, whole, size, path, index, store, tell)
    except BaseException:
        index.abandon()
        raise
    return index


def indexed(fd: int, end: int, path: str, store: Store, tell: Tell) -> Index:
    """An index of all that stands before `end`: that of earlier runs, as far as it fits the file,
    else a new one; where the cache takes none, one that is gone with the process.
    """
    for make in (store.index, store.new_index):
        try:
            index = make()
        except FAILURES:
            continue
        try:
            _catch_up(index, fd, end, path)
        except FAILURES:
            index.abandon()
        except BaseException:
            index.abandon()
            raise
        else:
            return index
    tell("the cache takes no index: all pictures are hashed again in the next run")
    return temporary(fd, end, path)


def temporary(fd: int, end: int, path: str) -> Index:
    """An index of all that stands before `end`, outside the cache."""
    try:
        index = Index(None)
        _catch_up(index, fd, end, path)
    except FAILURES as error:
        raise OutputProblem(
            f"no index of {path} can be made: {error}",
            hint="make room in the folder for temporary files, or name another in TMPDIR",
        ) from None
    return index


def _catch_up(index: Index, fd: int, end: int, path: str) -> None:
    """Adds what the file holds and the index does not; begins anew where they do not agree."""
    if index.end > end or index.crc != _checksum(fd, index.end):
        index.clear()
    index.group = LOADED
    for found in lines(fd, index.end, end, path, index.crc):
        _add(index, found)
    index.group = GROUP
    index.loaded()


def _add(index: Index, found: Line) -> None:
    entry = Entry(found.exit, found.retryable, found.start, found.length)
    index.add(found.key, input_of(found.key, found.image, found.id), entry, found.crc)


def _checksum(fd: int, end: int) -> int:
    crc = 0
    for piece in pieces(fd, 0, end):
        crc = zlib.crc32(piece, crc)
    return crc


def _end_of_last_line(fd: int, size: int, path: str) -> int:
    end = size
    while end and size - end < LONGEST:
        start = max(0, end - PIECE)
        at = read_at(fd, end - start, start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        end = start
    if end:
        raise not_ours(path, "at its end")
    return 0


def _mend(
    fd: int, whole: int, size: int, path: str, index: Index, store: Store, tell: Tell
) -> None:
    """What stands behind the last line: cut off and kept elsewhere where it is half a record."""
    tail = read_at(fd, size - whole, whole)
    if not tail:
        return
    if (found := read(tail)) is not None:  # only the end of its line is gone
        if os.write(fd, b"\n") != 1:
            raise OutputProblem(f"{path} cannot be written: there is no room left for a line's end")
        crc = zlib.crc32(tail + b"\n", index.crc)
        _add(index, Line(*found, whole, len(tail) + 1, crc))
        index.loaded()
        tell(f"{path} ended without a line's end, which was added")
        return
    if not whole and not (
        tail.startswith(BEGINNING) or BEGINNING.startswith(tail) or not tail.strip(b" ")
    ):
        raise not_ours(path, "line 1")
    kept = store.keep(tail) if tail.strip(b" ") else None
    os.ftruncate(fd, whole)
    if tail.strip(b" "):  # else it is what a probe left
        where = f"; it is kept in {kept}" if kept else ""
        tell(f"{path} ended in half a record, which was cut off{where}")

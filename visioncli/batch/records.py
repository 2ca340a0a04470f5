"""Records as they stand in a file: read back, told from what is none, given to another input."""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Iterator
from typing import Any

from visioncli.core.errors import OutputProblem
from visioncli.core.record import record

from .item import Item, can_be_kept, line

PIECE = 1 << 20  # bytes that are read at a time
LONGEST = 128 << 20  # bytes; no answer that is read is as long
KEY = re.compile("[0-9a-f]{64}")
EXITS = 255  # the highest status that there is
BEGINNING = b'{"id":'  # of every record that was written here
NOT_OURS = "name another file with -O, or mend this one: nothing in it is overwritten"


@record
class Line:
    """What the index needs of a record. start, length: bytes, the line's end included. crc: of the
    file from its beginning to the end of this line.
    """

    key: str
    image: Any
    id: Any
    exit: int
    retryable: bool
    start: int
    length: int
    crc: int


def read_at(fd: int, size: int, at: int) -> bytes:
    """As os.pread, which Windows lacks; what is written goes to the end of the file in any case."""
    if hasattr(os, "pread"):
        return os.pread(fd, size, at)
    os.lseek(fd, at, os.SEEK_SET)
    return os.read(fd, size)


def pieces(fd: int, start: int, end: int) -> Iterator[bytes]:
    """What stands between two places; less where the file has become shorter."""
    while start < end and (piece := read_at(fd, min(PIECE, end - start), start)):
        start += len(piece)
        yield piece


def lines(fd: int, start: int, end: int, path: str, crc: int = 0) -> Iterator[Line]:
    """The records between two places, each of which is the end of a line. crc: of what is before.

    Raises OutputProblem (13) naming the first that is none of ours.
    """
    rest: list[bytes] = []  # pieces of a line that has not ended
    length = 0
    for piece in pieces(fd, start, end):
        whole, newline, after = piece.rpartition(b"\n")
        if newline:
            for text in b"".join((*rest, whole)).split(b"\n"):
                found = read(text)
                if found is None:
                    raise not_ours(path, _line_at(fd, start))
                crc = zlib.crc32(b"\n", zlib.crc32(text, crc))
                yield Line(*found, start, len(text) + 1, crc)
                start += len(text) + 1
            rest, length = [], 0
        rest.append(after)
        length += len(after)
        if length > LONGEST or not rest[0].startswith(b"{"[:length]):
            raise not_ours(path, _line_at(fd, start))


def read(text: bytes) -> tuple[str, Any, Any, int, bool] | None:
    """(key, image, id, exit, retryable); None for anything that is no record."""
    try:
        record = json.loads(text)
        key, error = record["key"], record.get("error")
        if not KEY.fullmatch(key) or not record["model"] or not ("answer" in record or error):
            return None
        exit_, retryable = (error["exit"], error["retryable"]) if error else (0, False)
        if type(exit_) is not int or type(retryable) is not bool or not 0 <= exit_ <= EXITS:
            return None
        image, id_ = record["image"], record["id"]
        if not (can_be_kept(image) and can_be_kept(id_)):
            return None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return key, image, id_, exit_, retryable


def not_ours(path: str, where: str) -> OutputProblem:
    what = f"{path} holds what is no record of this program's, {where}"
    return OutputProblem(what, hint=NOT_OURS, code="not_ours")


def _line_at(fd: int, start: int) -> str:
    """The number of the line that begins there, as it is said."""
    before = sum(piece.count(b"\n") for piece in pieces(fd, 0, start))
    return f"line {before + 1}"


def copied(record: bytes, item: Item) -> tuple[bytes, str]:
    """(the same record for another input, its key). It was paid for once: this one cost nothing."""
    made = json.loads(record)
    made |= {"id": item.id, "image": item.image, "cost_usd": 0.0, "ms": 0}
    return line(made), made["key"]

"""A picture made of ranges of another one and a few bytes of our own, copied while it is read."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from itertools import accumulate
from typing import BinaryIO, NamedTuple

from visioncli.core.record import record
from visioncli.core.types import Blob

from . import blobs
from .blobs import as_file
from .spool import CHUNK


class Range(NamedTuple):
    """`length` bytes of the source, from byte `at`."""

    at: int
    length: int


Piece = Range | bytes


def add(pieces: list[Piece], piece: Piece) -> None:
    """At the end; what stands there side by side becomes one piece."""
    last = pieces[-1] if pieces else None
    if isinstance(piece, bytes):
        if isinstance(last, bytes):
            pieces[-1] = last + piece
        elif piece:
            pieces.append(piece)
    elif isinstance(last, Range) and last.at + last.length == piece.at:
        pieces[-1] = Range(last.at, last.length + piece.length)
    elif piece.length:
        pieces.append(piece)


def size_of(piece: Piece) -> int:
    return len(piece) if isinstance(piece, bytes) else piece.length


@record
class PiecedBlob:
    """Parts of `source`, in any order, and literal bytes. Ranges lie within the source."""

    source: Blob
    pieces: tuple[Piece, ...] = field(repr=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "size", sum(map(size_of, self.pieces)))

    def open(self) -> Iterator[bytes]:
        """Chunks of CHUNK bytes, the last one shorter. Raises ImageProblem as the source does."""
        with as_file(self.source) as file:
            held = bytearray()
            left = self.size
            for part in _parts(file, self.pieces):
                left -= len(part)
                held += part
                while len(held) >= CHUNK and left:
                    yield bytes(held[:CHUNK])
                    del held[:CHUNK]
            # A source that has changed must not come out whole: its end waits until that is known.
            blobs.check_unchanged(self.source, file, whole=not left)
            for at in range(0, len(held), CHUNK):
                yield bytes(held[at : at + CHUNK])

    @contextmanager
    def as_file(self) -> Iterator[BinaryIO]:
        """To be looked into here and there, without being copied first."""
        with as_file(self.source) as file, window(file, self.pieces) as whole:
            yield whole


def _parts(file: BinaryIO, pieces: Sequence[Piece]) -> Iterator[bytes]:
    """What is there of the pieces, at most CHUNK bytes at a time."""
    for piece in pieces:
        if isinstance(piece, bytes):
            yield piece
            continue
        file.seek(piece.at)
        left = piece.length
        while left and (part := file.read(min(CHUNK, left))):
            left -= len(part)
            yield part


def window(file: BinaryIO, pieces: Sequence[Piece]) -> io.BufferedReader:
    """The pieces of `file` as one file that can be read and searched. Closing it leaves `file`
    open.
    """
    return io.BufferedReader(_Window(file, pieces))


class _Window(io.RawIOBase):
    def __init__(self, file: BinaryIO, pieces: Sequence[Piece]) -> None:
        super().__init__()
        self._file, self._pieces = file, pieces
        self._ends = list(accumulate(map(size_of, pieces)))
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        end = self._ends[-1] if self._ends else 0
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: end}[whence]
        if begin + offset < 0:
            raise OSError(22, "a place before the beginning")
        self._at = begin + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # all that it is called with
        number = bisect_right(self._ends, self._at)
        if number == len(self._pieces):
            return 0
        piece = self._pieces[number]
        inside = self._at - (self._ends[number] - size_of(piece))
        length = min(len(buffer), size_of(piece) - inside)
        if isinstance(piece, bytes):
            part = piece[inside : inside + length]
        else:
            self._file.seek(piece.at + inside)
            part = self._file.read(length)
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)

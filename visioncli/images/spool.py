"""Bytes that come but once, kept so that they can be read again: in memory, then on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO, NoReturn

from visioncli.core.errors import ImageProblem
from visioncli.core.record import record
from visioncli.core.types import Blob, BytesBlob

CHUNK = 3 << 16  # bytes; a multiple of 3, so that base64 goes on without a rest
MOST = 512 << 20  # bytes: no provider takes a picture of this size
SMALL = 1 << 20  # bytes that are held in memory


@record
class SpooledBlob:
    """What came through a pipe, kept in an unnamed temporary file. spool: closes it at the end."""

    file: IO[bytes]
    size: int
    spool: Spool

    def open(self) -> Iterator[bytes]:
        """Raises ImageProblem where the disk fails."""
        at, fd = 0, self.file.fileno()
        try:
            while chunk := _read_at(fd, at):
                at += len(chunk)
                yield chunk
        except OSError as error:
            raise self.spool.unreadable(error) from None


def _read_at(fd: int, at: int) -> bytes:
    """Wherever somebody else has read meanwhile."""
    if hasattr(os, "pread"):
        return os.pread(fd, CHUNK, at)
    os.lseek(fd, at, os.SEEK_SET)  # Windows
    return os.read(fd, CHUNK)


class Spool:
    """Bytes in memory up to SMALL, then in an unnamed temporary file, up to MOST."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._memory = bytearray()
        self._file: IO[bytes] | None = None
        self._size = 0

    def add(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > MOST:
            raise too_large(self._name)
        if self._file is None and self._size <= SMALL:
            self._memory += piece
            return
        try:
            if self._file is None:
                import tempfile  # seldom: it draws in random, shutil and the archive formats

                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the spool
                self._file.write(self._memory)
                self._memory.clear()
            self._file.write(piece)
        except OSError as error:
            self._no_room(error)

    def blob(self) -> Blob:
        if self._file is None:
            return BytesBlob(bytes(self._memory))
        try:
            self._file.flush()
        except OSError as error:
            self._no_room(error)
        return SpooledBlob(self._file, self._size, self)

    def unreadable(self, error: OSError) -> ImageProblem:
        what = f"{self._name} cannot be read again: {error.strerror}"
        return ImageProblem(what, code="image_unreadable")

    def __del__(self) -> None:
        if self._file is not None:
            self._file.close()

    def _no_room(self, error: OSError) -> NoReturn:
        raise ImageProblem(
            f"{self._name} cannot be kept in a temporary file: {error.strerror}",
            hint="free some space, or point TMPDIR elsewhere",
        ) from None


def too_large(name: str) -> ImageProblem:
    return ImageProblem(
        f"{name} is larger than {MOST >> 20} MB, which no provider takes", code="image_too_large"
    )

"""A JPEG that lacks its end marker, read as if it had one."""

from __future__ import annotations

import io
from typing import BinaryIO

END = b"\xff\xd9"


class _Raw(io.RawIOBase):
    def __init__(self, file: BinaryIO) -> None:
        super().__init__()
        self._file = file
        self._size = file.seek(0, io.SEEK_END)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        begin = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size + len(END)}[whence]
        self._at = max(0, begin + offset)
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # all that it is called with
        if self._at >= self._size:
            part = END[self._at - self._size :][: len(buffer)]
        else:
            self._file.seek(self._at)
            part = self._file.read(len(buffer))
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)


def ended(file: BinaryIO) -> io.BufferedReader:
    """The file, and the marker behind it. Closing it leaves the file open."""
    return io.BufferedReader(_Raw(file))

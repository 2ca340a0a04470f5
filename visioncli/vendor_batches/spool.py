"""The requests of one batch in an unnamed temporary file, which is gone with the process."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import IO

from visioncli.core.errors import OutputProblem
from visioncli.core.record import record

CHUNK = 1 << 20  # bytes
EMPTY: Mapping[str, str] = MappingProxyType({})
SHORT = 120.0  # seconds for a call that only asks, all attempts together
SLOWEST = 100_000  # bytes a second: what is slower is given up


@record
class Upload:
    """A body that can be read again. size: bytes."""

    chunks: Callable[[], Iterable[bytes]]
    size: int


class Spool:
    """size: bytes. Raises OutputProblem (13) where the disk takes no more."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        self.size = 0

    def add(self, pieces: Iterable[bytes]) -> None:
        """A request half of which cannot be read leaves nothing behind."""
        start = self.size
        try:
            for piece in pieces:
                self._file.write(piece)
                self.size += len(piece)
        except BaseException as error:
            self.size = start
            with suppress(OSError):
                self._file.seek(start)
                self._file.truncate()
            if isinstance(error, OSError):
                raise self._full(error) from None
            raise

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        """The bytes from there on; may be called again."""
        try:
            self._file.flush()
            self._file.seek(start)
            while chunk := self._file.read(CHUNK):
                yield chunk
        except OSError as error:
            raise self._full(error) from None

    def close(self) -> None:
        with suppress(OSError):  # what was still to be written is of no use any more
            self._file.close()

    def _full(self, error: OSError) -> OutputProblem:
        return OutputProblem(
            f"the requests cannot be kept in a temporary file: {error.strerror}",
            hint="free some space, or point TMPDIR elsewhere",
        )

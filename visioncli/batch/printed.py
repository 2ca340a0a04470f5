"""Results on stdout: nothing is taken up again, but the same picture is still asked about once."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable

from visioncli.core.errors import OutputProblem
from visioncli.images.blobs import Identity

from .index import FAILURES, Entry, Index, input_of
from .item import Item, Outcome, line
from .output import Known
from .records import copied, read_at


class Printed:
    """write: takes one line at a time, and raises what becomes of stdout.

    What was printed is kept in a temporary file without a name, for pictures that come again.
    Raises OutputProblem (13) where there is no room for it.
    """

    def __init__(self, write: Callable[[bytes], None]) -> None:
        self._write = write
        self._size = 0
        try:
            self._kept = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - `close` closes it
            self._index = Index(None)
        except (OSError, *FAILURES) as error:
            raise _no_room(error) from None

    def newest(self, key: str) -> Known | None:
        entry = self._index.newest(key)
        if entry is None:
            return None
        record = read_at(self._kept.fileno(), entry.length, entry.start)
        return Known(entry.exit, entry.retryable, record) if key.encode() in record else None

    def has(self, item: Item, key: str) -> bool:
        """Never: what was printed before this run is not known."""
        del item, key
        return False

    def sha256(self, identity: Identity) -> str | None:
        return self._index.sha256(identity)

    def remember(self, identity: Identity, sha256: str) -> None:
        try:
            self._index.remember(identity, sha256)
        except FAILURES as error:
            raise _no_room(error) from None

    def write(self, outcome: Outcome) -> None:
        error = outcome.error
        exit_, retryable = (error.exit, error.retryable) if error else (0, False)
        self._print(line(outcome.record()), outcome.item, outcome.key, exit_, retryable=retryable)

    def copy(self, item: Item, known: Known) -> None:
        record, key = copied(known.record, item)
        self._print(record, item, key, known.exit, retryable=known.retryable)

    def skip(self, item: Item) -> None:
        """Nothing is skipped here."""

    async def room(self, item: Item) -> None:
        """Nothing is waited for."""

    def close(self) -> None:
        self._index.abandon()
        self._kept.close()

    def _print(self, record: bytes, item: Item, key: str, exit_: int, *, retryable: bool) -> None:
        self._write(record)
        entry = Entry(exit_, retryable, self._size, len(record))
        try:
            if os.write(self._kept.fileno(), record) < len(record):
                raise _no_room(None)
            self._size += len(record)
            self._index.add(key, input_of(key, item.image, item.id), entry, 0)
        except (OSError, *FAILURES) as error:
            raise _no_room(error) from None


def _no_room(error: Exception | None) -> OutputProblem:
    reason = getattr(error, "strerror", None) or error or "there is no room left"
    return OutputProblem(
        f"what was printed cannot be kept in the folder for temporary files: {reason}",
        hint="make room there, or name another in TMPDIR",
    )

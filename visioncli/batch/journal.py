"""-O FILE: the results, and by that the memory of the run, in JSON Lines.

The file is append-only: a record is one write of one line, and counts once that has returned. It is
the only truth; the index beside it (in the cache) is made anew where it does not fit it.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from visioncli.core.errors import OutputProblem
from visioncli.images.blobs import Identity

from .index import FAILURES, Entry, Index, input_of
from .item import Item, Outcome, line
from .locks import Lock
from .opening import PROBE, opened, taken_up, temporary
from .output import Known
from .records import copied, read_at
from .store import Store
from .syncing import Syncing

T = TypeVar("T")
NO_ROOM = "there is no room left for a record"


class Journal:
    """overwrite: what the file holds is dropped. tell: takes a note for people.

    Raises OutputProblem (13): cannot be opened or written, is locked, is damaged or not ours.
    """

    def __init__(self, path: str, *, overwrite: bool, tell: Callable[[str], None]) -> None:
        self._path, self._tell = path, tell
        self._broken: OutputProblem | None = None
        self._fd = opened(path)
        try:
            store = Store.of(path, tell)
            self._lock = Lock(self._fd, path, store)
            try:
                self._open(store, overwrite=overwrite)
            except BaseException:
                self._lock.release()
                raise
        except BaseException:
            os.close(self._fd)
            raise
        self._syncing = Syncing(self._fd)

    def _open(self, store: Store, *, overwrite: bool) -> None:
        try:
            if overwrite:
                os.ftruncate(self._fd, 0)
            self._index = taken_up(self._fd, self._path, store, self._tell)
        except OSError as error:
            raise self._unreadable(error) from None
        self._size, self._crc = self._index.end, self._index.crc
        try:
            self._probe()
        except BaseException:
            self._index.abandon()
            raise

    def _probe(self) -> None:
        """Nothing is asked whose answer could not be kept: as much as many records take is written,
        to the disk itself, and taken back.
        """
        try:
            written = os.write(self._fd, PROBE)
            if written == len(PROBE):
                os.fsync(self._fd)
        except OSError as error:
            raise self._failed(error.strerror) from None
        finally:  # also where somebody interrupts it
            self._take_back()
        if written < len(PROBE):
            raise self._failed(NO_ROOM)

    # ------------------------------------------------------------------ what is known

    def newest(self, key: str) -> Known | None:
        entry = self._ask(lambda index: index.newest(key))
        if entry is None:
            return None
        try:
            record = read_at(self._fd, entry.length, entry.start)
        except OSError as error:
            raise self._unreadable(error) from None
        if key.encode() not in record:  # another one that begins alike
            return None
        return Known(entry.exit, entry.retryable, record)

    def has(self, item: Item, key: str) -> bool:
        if not self._index.given.lines:
            return False
        input_ = input_of(key, item.image, item.id)
        return self._ask(lambda index: index.take(input_))

    def sha256(self, identity: Identity) -> str | None:
        return self._ask(lambda index: index.sha256(identity))

    def remember(self, identity: Identity, sha256: str) -> None:
        self._ask(lambda index: index.remember(identity, sha256))

    def _ask(self, work: Callable[[Index], T]) -> T:
        try:
            return work(self._index)
        except FAILURES:
            self._renew()
            return work(self._index)

    def _renew(self) -> None:
        """The cache fails while it is used: the file itself says what it knew."""
        given = self._index.given
        with suppress(*FAILURES):
            self._index.abandon()
        self._tell("the cache takes no index any more: it is made anew outside")
        self._index = temporary(self._fd, self._size, self._path)
        self._index.given = given

    # ------------------------------------------------------------------ what is written

    def write(self, outcome: Outcome) -> None:
        error = outcome.error
        exit_, retryable = (error.exit, error.retryable) if error else (0, False)
        self._append(line(outcome.record()), outcome.item, outcome.key, exit_, retryable=retryable)

    def copy(self, item: Item, known: Known) -> None:
        record, key = copied(known.record, item)
        self._append(record, item, key, known.exit, retryable=known.retryable)

    def skip(self, item: Item) -> None:
        """Nothing is written; the file keeps no order."""

    async def room(self, item: Item) -> None:
        """Nothing is waited for."""

    def _append(self, record: bytes, item: Item, key: str, exit_: int, *, retryable: bool) -> None:
        if self._broken:
            raise self._broken  # behind half a record none can stand
        self._syncing.check(self._failed_sync)
        try:
            written = os.write(self._fd, record)
        except OSError as error:
            raise self._failed(error.strerror) from None
        if written < len(record):
            self._take_back()
            raise self._failed(NO_ROOM)
        start, self._size = self._size, self._size + len(record)
        self._crc = zlib.crc32(record, self._crc)
        if os.lseek(self._fd, 0, os.SEEK_CUR) != self._size:
            raise self._failed("another program has written to it meanwhile")
        entry = Entry(exit_, retryable, start, len(record))
        try:
            self._index.add(key, input_of(key, item.image, item.id), entry, self._crc)
        except FAILURES:
            self._renew()
        self._syncing.written()

    def close(self) -> None:
        """Everything is on the disk when this returns. Raises OutputProblem (13) if it is not, and
        nobody was told yet.
        """
        told = self._broken
        try:
            self._syncing.close(self._failed_sync)
        except OutputProblem:
            if not told:
                raise
        finally:
            with suppress(*FAILURES):
                self._index.close()
            self._lock.release()
            os.close(self._fd)

    def _take_back(self) -> None:
        with suppress(OSError):  # the next run cuts off what is torn
            os.ftruncate(self._fd, self._size)

    def _failed_sync(self, error: OSError) -> OutputProblem:
        return self._failed(error.strerror)

    def _failed(self, reason: str | None) -> OutputProblem:
        """From now on nothing is written any more."""
        self._broken = OutputProblem(
            f"{self._path} cannot be written: {reason}",
            hint="every record before this one stands; the same command goes on from there",
        )
        return self._broken

    def _unreadable(self, error: OSError) -> OutputProblem:
        return OutputProblem(f"{self._path} cannot be read: {error.strerror}")

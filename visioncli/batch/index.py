"""What is known of the records of a run, in SQLite: its size does not matter to memory.

It is a copy of what the output itself says and may be lost at any time. What is new is held in
memory for a while and then committed with how far the output goes by then, so that what a killed
process left is made good from the output. Nothing is ever synced: an index of which only a part
reached the disk, or that was damaged, is told by the sums over its rows and made anew.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from visioncli.core.record import record
from visioncli.images.blobs import Identity

from . import hashes
from .given import Given
from .hashes import ROWID, Hashes

VERSION = 1
GROUP = 1000  # changes that are committed together
CACHE = 4000  # kB of pages that SQLite holds
ASKED = 500  # rows that one question may name; old versions of SQLite take 999
PRIME = 1_000_003  # the sums are taken modulo it, so that they never leave 64 bits
SCHEMA = """
CREATE TABLE IF NOT EXISTS state (one INTEGER PRIMARY KEY, said TEXT, seal INT);
CREATE TABLE IF NOT EXISTS records (
    key INTEGER PRIMARY KEY, exit INT, retryable INT, start INT, length INT);
CREATE TABLE IF NOT EXISTS inputs (
    input INTEGER PRIMARY KEY, more INT, line INT, count INT);
"""
SUMS = """SELECT
    (SELECT coalesce(sum(key % 1000003 + exit * 3 + retryable * 5 + start % 1000003 * 7
        + length % 1000003 * 11), 0) FROM records),
    (SELECT coalesce(sum(input % 1000003 + more % 1000003 * 3 + line % 1000003 * 5 + count * 7), 0)
        FROM inputs)"""
EMPTY = "0 0 0 0 0"  # end, crc, lines, and the two sums
FAILURES = (sqlite3.Error, UnicodeDecodeError)  # of SQLite, whose words may be damaged, too
Input = tuple[int, int]
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


@record
class Entry:
    """The newest record of a key, and the bytes of the output where it stands."""

    exit: int
    retryable: bool
    start: int
    length: int


def input_of(key: str, image: Any, id_: Any) -> Input:
    """What one line of a list is known by: two with the same picture may differ in their ids."""
    text = _canonical([key, image, id_])
    digest = hashlib.blake2b(text.encode("ascii"), digest_size=16).digest()
    return int.from_bytes(digest[:8], "big") & ROWID, int.from_bytes(digest[8:], "big") & ROWID


class Index:
    """path: None for one that is gone with the process. Raises FAILURES, wherever it is used.

    end, crc: how many bytes of the output are in it, and the checksum (CRC-32) of these.
    """

    def __init__(self, path: Path | None) -> None:
        self._db = sqlite3.connect(
            "" if path is None else path,
            isolation_level=None,
            check_same_thread=False,
            timeout=0,  # nobody else uses it
        )
        self._cursor = self._db.cursor()
        self._records: dict[int, Entry] = {}
        self._inputs: dict[int, tuple[int, int, int]] = {}  # more, line, count: what is new of it
        self._hashes = Hashes(self._cursor)
        self.group = GROUP
        try:
            self._prepare()
            self._load()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        settings = ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=OFF")
        for setting in (*settings, f"cache_size=-{CACHE}"):
            self._db.execute(f"PRAGMA {setting}")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version not in (0, VERSION):
            raise sqlite3.DatabaseError("of another version")
        self._db.executescript(
            f"BEGIN; {SCHEMA} {hashes.SCHEMA} PRAGMA user_version={VERSION}; COMMIT;"
        )

    def _load(self) -> None:
        row = self._db.execute("SELECT said, seal FROM state WHERE one = 1").fetchone()
        said, seal = row or (EMPTY, zlib.crc32(EMPTY.encode()))
        if not isinstance(said, str) or zlib.crc32(said.encode()) != seal:
            raise sqlite3.DatabaseError("damaged")
        self.end, self.crc, self._lines, *sums = map(int, said.split())
        self._sums: list[int] = sums
        self.given = Given(self._lines)

    def is_sound(self) -> bool:
        """Whether its rows are those that were put into it."""
        try:
            of_records, of_inputs = self._db.execute(SUMS).fetchone()
        except FAILURES:
            return False
        return [of_records, of_inputs] == self._sums

    def clear(self) -> None:
        """All but the hashes of files, which hold whatever becomes of the records."""
        self._db.executescript(
            "BEGIN; DELETE FROM state; DELETE FROM records; DELETE FROM inputs; COMMIT;"
        )
        self._records.clear()
        self._inputs.clear()
        self._load()

    def loaded(self) -> None:
        """To be called when all that the output holds has been added: what comes is of this run."""
        self.commit()
        self.given = Given(self._lines)

    def add(self, key: str, input_: Input, entry: Entry, crc: int) -> None:
        """The record with which the output ends. crc: of all of the output."""
        self._records[_rowid(key)] = entry
        number, more = input_
        found = self._inputs.get(number)
        if found is None:
            self._inputs[number] = (more, self._lines, 1)
        elif found[0] == more:
            self._inputs[number] = (more, found[1], found[2] + 1)
        self._lines += 1
        self.end, self.crc = entry.start + entry.length, crc
        if len(self._records) >= self.group or len(self._inputs) >= self.group:
            self.commit()

    def newest(self, key: str) -> Entry | None:
        """Of a key whose first 63 bits are these: the record itself says whether it is this one."""
        number = _rowid(key)
        if (entry := self._records.get(number)) is not None:
            return entry
        row = self._cursor.execute(
            "SELECT exit, retryable, start, length FROM records WHERE key = ?", (number,)
        ).fetchone()
        return Entry(row[0], bool(row[1]), row[2], row[3]) if row else None

    def take(self, input_: Input) -> bool:
        """Whether one of the records that stood there when the run began is this input's: each is
        given away once.
        """
        if not self.given.lines:
            return False
        row = self._cursor.execute(
            "SELECT more, line, count FROM inputs WHERE input = ?", (input_[0],)
        ).fetchone()
        return row is not None and row[0] == input_[1] and self.given.take(row[1], row[2])

    def sha256(self, identity: Identity) -> str | None:
        return self._hashes.sha256(identity)

    def remember(self, identity: Identity, sha256: str) -> None:
        self._hashes.remember(identity, sha256)
        if len(self._hashes) >= self.group:
            self.commit()

    def commit(self) -> None:
        """Everything that is new, in the order of the rows."""
        if not (self._records or self._inputs or self._hashes):
            return
        records, inputs, sums = self._changed()
        self._cursor.execute("BEGIN")
        try:
            many = self._cursor.executemany
            many("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)", records)
            many("INSERT OR REPLACE INTO inputs VALUES (?, ?, ?, ?)", inputs)
            self._hashes.put()
            said = " ".join(map(str, (self.end, self.crc, self._lines, *sums)))
            self._cursor.execute(
                "INSERT OR REPLACE INTO state VALUES (1, ?, ?)", (said, zlib.crc32(said.encode()))
            )
            self._cursor.execute("COMMIT")
        except FAILURES:
            if self._db.in_transaction:
                self._cursor.execute("ROLLBACK")
            raise
        self._sums = sums
        self._records.clear()
        self._inputs.clear()
        self._hashes.committed()

    def _changed(self) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]], list[int]]:
        """(rows of records, rows of inputs, the sums with them)."""
        of_records, of_inputs = self._sums
        records: list[tuple[int, ...]] = []
        for key in sorted(self._records):
            entry = self._records[key]
            records.append((key, entry.exit, entry.retryable, entry.start, entry.length))
        of_records += sum(map(_record_sum, records))
        of_records -= sum(map(_record_sum, self._old("records", "key", self._records)))
        before = {row[0]: row for row in self._old("inputs", "input", self._inputs)}
        inputs: list[tuple[int, ...]] = []
        for number, (more, line, count) in sorted(self._inputs.items()):
            row = (number, more, line, count)
            if (old := before.get(number)) is not None:
                if old[1] != more:
                    continue  # another one of the same 63 bits: it is looked for in vain
                of_inputs -= _input_sum(old)
                row = (number, more, old[2], old[3] + count)
            of_inputs += _input_sum(row)
            inputs.append(row)
        return records, inputs, [of_records, of_inputs]

    def _old(self, table: str, name: str, numbers: Iterable[int]) -> list[tuple[int, ...]]:
        if not self._sums[0]:
            return []
        wanted = list(numbers)
        rows: list[tuple[int, ...]] = []
        for at in range(0, len(wanted), ASKED):
            some = wanted[at : at + ASKED]
            places = ",".join("?" * len(some))
            asked = f"SELECT * FROM {table} WHERE {name} IN ({places})"  # noqa: S608 - names of ours
            rows += self._cursor.execute(asked, some).fetchall()
        return rows

    def close(self) -> None:
        try:
            self.commit()
        finally:
            self.abandon()

    def abandon(self) -> None:
        """What is not committed is lost, as it is where the process is killed."""
        self._cursor.close()  # its last statement would keep the file locked
        self._db.close()


def _record_sum(row: Sequence[int]) -> int:
    key, exit_, retryable, start, length = row
    return key % PRIME + exit_ * 3 + retryable * 5 + start % PRIME * 7 + length % PRIME * 11


def _input_sum(row: Sequence[int]) -> int:
    number, more, line, count = row
    return number % PRIME + more % PRIME * 3 + line % PRIME * 5 + count * 7


def _rowid(key: str) -> int:
    return int(key[:16], 16) >> 1

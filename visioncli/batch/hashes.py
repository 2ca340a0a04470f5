"""The hashes of files that have not changed, so that nobody reads a million pictures again."""

from __future__ import annotations

import hashlib
import sqlite3

from visioncli.images.blobs import Identity

ROWID = (1 << 63) - 1
SCHEMA = "CREATE TABLE IF NOT EXISTS files (place INTEGER PRIMARY KEY, seal BLOB, sha256 BLOB);"


class Hashes:
    """One file has one row. Each carries a seal over what it says and of which file it says it, so
    that neither damage nor another file makes it say something that is not true.
    """

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor
        self._new: dict[int, tuple[bytes, bytes]] = {}  # what is not committed

    def __len__(self) -> int:
        """How many are not committed."""
        return len(self._new)

    def sha256(self, identity: Identity) -> str | None:
        """Hexadecimal digits; None where it is not known."""
        place = _place(identity)
        row = (
            self._new.get(place)
            or self._cursor.execute(
                "SELECT seal, sha256 FROM files WHERE place = ?", (place,)
            ).fetchone()
        )
        digest = row[1] if row else None
        if row is None or not isinstance(digest, bytes) or row[0] != _seal(identity, digest):
            return None
        return digest.hex()

    def remember(self, identity: Identity, sha256: str) -> None:
        digest = bytes.fromhex(sha256)
        self._new[_place(identity)] = _seal(identity, digest), digest

    def put(self) -> None:
        """What is new, into a transaction that is open."""
        self._cursor.executemany(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?)",
            [(place, *row) for place, row in sorted(self._new.items())],
        )

    def committed(self) -> None:
        self._new.clear()


def _place(identity: Identity) -> int:
    """Neighbours on a disk are neighbours here."""
    return (identity[1] + identity[0] * 0x9E3779B97F4A7C15) & ROWID


def _seal(identity: Identity, sha256: bytes) -> bytes:
    return hashlib.blake2b(repr(identity).encode() + sha256, digest_size=8).digest()

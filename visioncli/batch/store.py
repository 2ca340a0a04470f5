"""The folder in the cache where what belongs to one file of results is kept."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from .index import FAILURES, Index


class Store:
    """folder: None where nothing can be kept; then the index is gone with the process."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    @classmethod
    def of(cls, path: str, tell: Callable[[str], None]) -> Store:
        """The folder of the file `path`; one with another path has another, be it the same file."""
        import platformdirs  # for runs that keep something

        name = hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()[:32]
        folder = platformdirs.user_cache_path("visioncli") / "batch" / name
        probe = folder / f"probe-{os.getpid()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(b"")
            probe.unlink()
        except (OSError, RuntimeError) as error:  # RuntimeError: nobody knows the home folder
            reason = getattr(error, "strerror", None) or error
            tell(f"no cache can be kept ({reason}): all pictures are hashed again in the next run")
            return cls(None)
        return cls(folder)

    def index(self) -> Index:
        """The index of earlier runs; a new one where there is none that can be read.

        Raises FAILURES where none can be made, as `new_index` does.
        """
        if self._folder is None:
            return Index(None)
        path = self._folder / "index.sqlite"
        try:
            index = Index(path)
        except FAILURES:
            return self.new_index()
        if index.is_sound():
            return index
        try:  # the hashes of files are proof against damage, each by itself
            index.clear()
        except FAILURES:
            index.abandon()
            return self.new_index()
        return index

    def new_index(self) -> Index:
        """In place of one that is of no use."""
        if self._folder is None:
            return Index(None)
        path = self._folder / "index.sqlite"
        for ending in ("", "-wal", "-shm", "-journal"):
            with suppress(OSError):
                Path(f"{path}{ending}").unlink()
        return Index(path)

    def keep(self, torn: bytes) -> Path | None:
        """Where what was cut off is kept; None where it cannot be."""
        if self._folder is None:
            return None
        place = self._folder / f"torn-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}.part"
        try:
            place.write_bytes(torn)
        except OSError:
            return None
        return place

    def read(self, name: str) -> bytes:
        """Nothing where it is not there."""
        if self._folder is None:
            return b""
        try:
            return (self._folder / name).read_bytes()
        except OSError:
            return b""

    def write(self, name: str, data: bytes) -> None:
        """What is not kept is done without."""
        if self._folder is not None:
            with suppress(OSError):
                (self._folder / name).write_bytes(data)

    def drop(self, name: str) -> None:
        if self._folder is not None:
            with suppress(OSError):
                (self._folder / name).unlink()

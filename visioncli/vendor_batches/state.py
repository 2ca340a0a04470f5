"""What is known of the runs that were handed in: a small file each in the user's data directory.

ID.json says how far a run is and what its vendor calls its batches, and is replaced whole. Beside
it lie lists that are written once, so that a run of a million pictures costs no memory: see
`kept`. No key and no pixel is in any of them; they name the user's pictures, and are private.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

from visioncli.core.errors import OutputProblem, UsageError
from visioncli.core.record import record
from visioncli.core.tables import read

from .wire import Job, State

ID = re.compile(r"[0-9]{8}-[0-9a-f]{6}")
VERSION = 1
Step = Literal["uploading", "uploaded", "creating", "created"]


@record(kw_only=True)
class Shard:
    """One batch of a run.

    start, end: of the list's items, the first and the one behind the last. requests, size: what is
    sent, bytes. failed_before, doubled_before: of the run's counts, those before it. step: how far
    its handing in has come, since when (seconds since 1970). file, batch: the vendor's ids. state,
    word, done, failed, problem: as last seen. outputs: where its results are.
    """

    number: int
    start: int
    end: int
    requests: int
    size: int
    failed_before: int
    doubled_before: int
    step: Step
    since: float
    file: str | None = None
    batch: str | None = None
    state: State = "working"
    word: str = ""
    done: int | None = None
    failed: int | None = None
    problem: str | None = None
    outputs: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        return self.state != "working"

    @property
    def is_working(self) -> bool:
        """Whether its vendor is still at it; one that is not created yet is neither."""
        return self.batch is not None and not self.is_over


@record(kw_only=True)
class Run:
    """A list that was handed in, or is being handed in.

    created: seconds since 1970. model: PROVIDER/MODEL. address: where it went. fingerprint: of the
    list and all that is asked. items: of the list. failed, doubled: items that could not be asked,
    and that ask what another one does. extra: names of the options beside ours, for the price.
    output: the file that the results are meant for. whole: every batch of it is created. given_up:
    no further one will be.
    """

    version: int = VERSION
    id: str
    created: float
    model: str
    address: str
    fingerprint: str
    items: int
    failed: int = 0
    doubled: int = 0
    extra: tuple[str, ...] = ()
    output: str | None = None
    whole: bool = False
    given_up: bool = False
    shards: tuple[Shard, ...] = ()

    def custom_id(self, shard: int, place: int) -> str:
        """64 characters of letters, digits and "-" at most: what all vendors take."""
        return f"{self.id}-{shard}-{place}"

    def with_shard(self, shard: Shard) -> Run:
        """The same with this one in its place, or behind the others."""
        rest = tuple(s for s in self.shards if s.number < shard.number)
        later = tuple(s for s in self.shards if s.number > shard.number)
        return replace(self, shards=(*rest, shard, *later))

    @property
    def state(self) -> str:
        """half submitted | working | failed | expired | cancelled | ended"""
        if not self.whole and not self.given_up:
            return "half submitted"
        states = {shard.state for shard in self.shards}
        for one in ("working", "failed", "expired", "cancelled"):
            if one in states:
                return one
        return "cancelled" if self.given_up else "ended"


class Runs:
    """All methods raise OutputProblem (13) where the folder cannot be read or written."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = _default() if folder is None else folder

    def new_id(self) -> str:
        return f"{time.strftime('%Y%m%d')}-{secrets.token_hex(3)}"

    def save(self, run: Run) -> None:
        """It stands on the disk when this returns."""
        said = {name: value for name, value in asdict(run).items() if value is not None}
        said["shards"] = [
            {name: value for name, value in shard.items() if value is not None}
            for shard in said["shards"]
        ]
        self.write(f"{run.id}.json", json.dumps(said, indent=1).encode("ascii"))

    def write(self, name: str, data: bytes) -> None:
        """Replaces a file of the folder by another one, or leaves it as it was."""
        target, part = self.folder / name, self.folder / f"{name}.part"
        with self.told(target):
            self._make_folder()
            fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(fd, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, target)  # noqa: PTH105 - as its neighbours

    def append(self, name: str) -> Any:
        """A file of the folder, to be written at its end."""
        with self.told(self.folder / name):
            self._make_folder()
            fd = os.open(self.folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            return os.fdopen(fd, "wb")

    def load(self, named: str) -> Run:
        """By its id, or the beginning of one. Raises UsageError (2) where there is none."""
        ids = [id_ for id_ in self.ids() if id_.startswith(named)] if named else []
        if named in ids:
            ids = [named]
        if len(ids) != 1:
            what = "is the beginning of several" if ids else "is not known here"
            raise UsageError(
                f"the batch {named!r} {what}",
                hint=f"vision batch status {ids[0]}" if ids else "vision batch list",
            )
        return self._read(ids[0])

    def all(self) -> Iterator[Run]:
        """The oldest first."""
        yield from sorted(map(self._read, self.ids()), key=lambda run: run.created)

    def ids(self) -> list[str]:
        with self.told(self.folder):
            try:
                names = os.listdir(self.folder)  # noqa: PTH208 - names are what is wanted
            except FileNotFoundError:
                return []
        return sorted(n[:-5] for n in names if n.endswith(".json") and ID.fullmatch(n[:-5]))

    def _read(self, id_: str) -> Run:
        path = self.folder / f"{id_}.json"
        with self.told(path):
            text = path.read_bytes()
        try:
            run = read(Run, json.loads(text), lambda at: f"{path}, key {'.'.join(at)}")
        except (ValueError, UsageError, AttributeError, TypeError) as error:
            raise OutputProblem(
                f"{path} is damaged: {error}", hint="the provider's console has its batches still"
            ) from None
        if run.version != VERSION or run.id != id_:
            raise OutputProblem(f"{path} is of another version of this program")
        return run

    def drop(self, name: str) -> None:
        with suppress(OSError):
            (self.folder / name).unlink()

    @contextmanager
    def locked(self, id_: str) -> Iterator[None]:
        """One process at a time for each run."""
        if sys.platform == "win32":
            yield  # nothing there locks a file that others may read
            return
        import fcntl

        with self.append(f"{id_}.lock") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise OutputProblem(
                    f"another process works on the batch {id_}", hint="wait for it", code="locked"
                ) from None
            yield

    def _make_folder(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def told(self, path: Path) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputProblem(
                f"{path} cannot be read or written: {error.strerror}",
                hint="it is where the ids of batches are kept",
            ) from None


def seen(shard: Shard, job: Job) -> Shard:
    return replace(
        shard,
        state=job.state,
        word=job.word,
        done=job.done,
        failed=job.failed,
        problem=job.problem,
        outputs=job.outputs,
    )


def _default() -> Path:
    import platformdirs  # for those who have batches

    return platformdirs.user_data_path("visioncli") / "batches"

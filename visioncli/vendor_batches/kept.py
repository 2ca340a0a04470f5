"""Items as they are kept beside a run: one JSON object a line, read back by their place.

ID.list.jsonl      the list as it was given, until all of it is handed in
ID.N.jsonl         the items of batch N, in the order of their custom ids
ID.failed.jsonl    items that could not be asked, each with its error
ID.same.jsonl      items that ask what another item of the run does
"""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from visioncli.batch.item import Item
from visioncli.core import errors
from visioncli.core.errors import VisionError
from visioncli.core.record import record

from .state import Runs

BY_EXIT: Mapping[int, type[VisionError]] = {
    2: errors.UsageError,
    3: errors.UnknownModel,
    4: errors.KeyProblem,
    5: errors.ImageProblem,
    6: errors.RateLimited,
    7: errors.NetworkProblem,
    8: errors.ProviderFailed,
    9: errors.Refused,
}


@record
class Kept:
    """sha256: of each picture as found, None for an address. error: why it was not asked."""

    item: Item
    key: str
    sha256: tuple[str | None, ...] = ()
    error: VisionError | None = None


def packed(kept: Kept) -> bytes:
    item = kept.item
    said: dict[str, Any] = {"number": item.number, "images": list(item.images), "key": kept.key}
    if item.question is not None:
        said["question"] = item.question
    if item.id is not None:
        said["id"] = item.id
    if kept.sha256:
        said["sha256"] = list(kept.sha256)
    if (error := kept.error or item.problem) is not None:
        said["error"] = {
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "exit": error.exit,
        }
    return json.dumps(said, separators=(",", ":")).encode("ascii") + b"\n"


def unpacked(line: bytes) -> Kept:
    said = json.loads(line)
    told, error = said.get("error"), None
    if told:
        kind = BY_EXIT.get(told["exit"], VisionError)
        error = kind(told["message"], hint=told["hint"], code=told["code"])
    asked = bool(said["key"])
    item = Item(
        number=said["number"],
        images=tuple(said["images"]),
        question=said.get("question"),
        id=said.get("id"),
        problem=None if asked else error,
    )
    return Kept(item, said["key"], tuple(said.get("sha256", ())), error)


def spooled(runs: Runs, name: str, items: Iterable[Item], common: bytes) -> tuple[int, str]:
    """(how many there are, a fingerprint of them and `common`). Writes them to the list `name`."""
    machine, number = hashlib.sha256(common), 0
    runs.drop(name)
    with runs.append(name) as file, runs.told(runs.folder / name):
        for item in items:
            line = packed(Kept(item, ""))
            machine.update(line)
            file.write(line)
            number += 1
    return number, machine.hexdigest()


class Written:
    """A list that grows while requests are built; a run that is taken up again cuts it first."""

    def __init__(self, runs: Runs, name: str, lines: int) -> None:
        """lines: that stand already; any more are of a process that was killed."""
        self._runs, self._path = runs, runs.folder / name
        self._file = runs.append(name)
        self.lines = lines
        with runs.told(self._path):
            self._file.truncate(_length(self._path, lines))

    def add(self, kept: Kept) -> None:
        with self._runs.told(self._path):
            self._file.write(packed(kept))
        self.lines += 1

    def flush(self) -> None:
        with self._runs.told(self._path):
            self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        with self._runs.told(self._path):
            self._file.close()


def _length(path: Path, lines: int) -> int:
    """Bytes of the first lines of a file."""
    size = 0
    with path.open("rb") as file:
        for _, line in zip(range(lines), file, strict=False):
            size += len(line)
    return size


def lines(runs: Runs, name: str, start: int = 0) -> Iterator[Kept]:
    """From that line on; nothing where there is no such list."""
    path = runs.folder / name
    with runs.told(path):
        if not path.exists():
            return
        with path.open("rb") as file:
            for number, line in enumerate(file):
                if number >= start:
                    yield unpacked(line)


class Places:
    """The items of one batch by their places, found again without being held in memory."""

    def __init__(self, runs: Runs, name: str) -> None:
        self._told, path = runs.told, runs.folder / name
        self._path = path
        self._starts = array("Q")
        with runs.told(path):
            self._file: BinaryIO = path.open("rb")
            at = 0
            for line in self._file:
                self._starts.append(at)
                at += len(line)

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, place: int) -> Kept:
        with self._told(self._path):
            self._file.seek(self._starts[place])
            return unpacked(self._file.readline())

    def close(self) -> None:
        self._file.close()

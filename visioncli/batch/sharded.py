"""-O FOLDER: the results in several files, each a journal as -O FILE is.

A record stands in the file that its key says, so that the pictures that are the same find each
other, and whoever takes a run up again finds what it knows.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from visioncli.core.errors import OutputProblem, UsageError
from visioncli.images.blobs import Identity

from .item import Item, Outcome
from .journal import Journal
from .output import Known

SHARDS, MOST = 16, 1024  # files in a new folder; at most
NAME = re.compile(r"part-(\d{5})-of-(\d{5})\.jsonl")


class Sharded:
    """shards: how many files a new folder gets; one that has some keeps to its own number.

    Raises OutputProblem (13), UsageError (2).
    """

    def __init__(
        self,
        folder: str,
        *,
        overwrite: bool,
        tell: Callable[[str], None],
        shards: int = SHARDS,
    ) -> None:
        if not 1 <= shards <= MOST:
            raise UsageError(f"shards must be from 1 to {MOST}, not {shards}")
        count = _count(folder) or shards
        self._parts: list[Journal] = []
        with ExitStack() as opened:
            for number in range(count):
                path = os.path.join(folder, f"part-{number:05}-of-{count:05}.jsonl")  # noqa: PTH118 - the name may hold anything
                part = Journal(path, overwrite=overwrite, tell=tell)
                opened.callback(part.close)
                self._parts.append(part)
            self._close = opened.pop_all()

    def newest(self, key: str) -> Known | None:
        return self._part(key).newest(key)

    def has(self, item: Item, key: str) -> bool:
        return self._part(key).has(item, key)

    def sha256(self, identity: Identity) -> str | None:
        return self._file(identity).sha256(identity)

    def remember(self, identity: Identity, sha256: str) -> None:
        self._file(identity).remember(identity, sha256)

    def write(self, outcome: Outcome) -> None:
        self._part(outcome.key).write(outcome)

    def copy(self, item: Item, known: Known) -> None:
        self._part(json.loads(known.record)["key"]).copy(item, known)

    def skip(self, item: Item) -> None:
        """Nothing is written; the files keep no order."""

    async def room(self, item: Item) -> None:
        """Nothing is waited for."""

    def close(self) -> None:
        self._close.close()

    def _part(self, key: str) -> Journal:
        return self._parts[int(key[-8:], 16) % len(self._parts)]

    def _file(self, identity: Identity) -> Journal:
        return self._parts[(identity[0] ^ identity[1]) % len(self._parts)]


def is_folder(output: str) -> bool:
    """Whether -O names a folder: one that is there, or a name that ends as one."""
    return output.endswith(("/", os.sep)) or Path(output).is_dir()


def _count(folder: str) -> int:
    """Into how many files the folder is divided already; 0 for a new one."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        there = [NAME.fullmatch(name) for name in os.listdir(folder)]  # noqa: PTH208 - as above
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no folder can have this name"
        raise OutputProblem(f"{folder} cannot be opened: {reason}") from None
    counts = {int(found[2]) for found in there if found}
    if len(counts) > 1:
        said = " and ".join(map(str, sorted(counts)))
        raise OutputProblem(
            f"{folder} holds the results of several runs: in {said} parts",
            hint="name another folder with -O",
            code="not_ours",
        )
    return counts.pop() if counts else 0

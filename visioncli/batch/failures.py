"""--errors FILE: the records of what failed, once more, in a file of their own."""

from __future__ import annotations

import os
from collections.abc import Callable

from visioncli.core.errors import OutputProblem
from visioncli.images.blobs import Identity

from .item import Item, Outcome, line
from .output import Known, Output
from .records import copied


class Failures:
    """Around another output. path: what is there is kept; None for no file. told: of each outcome.

    Records are added when they are written, be they copies: what failed in an earlier run and is
    skipped is there already. Raises OutputProblem (13).
    """

    def __init__(self, output: Output, path: str | None, told: Callable[[Outcome], None]) -> None:
        self._output, self._path, self._told = output, path, told
        self._fd = None if path is None else _opened(path)

    def newest(self, key: str) -> Known | None:
        return self._output.newest(key)

    def has(self, item: Item, key: str) -> bool:
        return self._output.has(item, key)

    def sha256(self, identity: Identity) -> str | None:
        return self._output.sha256(identity)

    def remember(self, identity: Identity, sha256: str) -> None:
        self._output.remember(identity, sha256)

    def write(self, outcome: Outcome) -> None:
        self._output.write(outcome)
        self._told(outcome)
        if outcome.error is not None:
            self._add(line(outcome.record()))

    def copy(self, item: Item, known: Known) -> None:
        self._output.copy(item, known)
        if not known.answered:
            self._add(copied(known.record, item)[0])

    def skip(self, item: Item) -> None:
        self._output.skip(item)

    async def room(self, item: Item) -> None:
        await self._output.room(item)

    def close(self) -> None:
        try:
            self._output.close()
        finally:
            if self._fd is not None:
                os.close(self._fd)

    def _add(self, record: bytes) -> None:
        if self._fd is None:
            return
        try:
            written = os.write(self._fd, record)
        except OSError as error:
            raise _failed(self._path, error.strerror) from None
        if written < len(record):
            raise _failed(self._path, "there is no room left for a record")


def _opened(path: str) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0)
    try:
        return os.open(path, flags, 0o666)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no file can have this name"
        raise OutputProblem(f"{path} cannot be opened: {reason}") from None


def _failed(path: str | None, reason: str | None) -> OutputProblem:
    return OutputProblem(
        f"{path} cannot be written: {reason}", hint="what failed is among the results, too"
    )

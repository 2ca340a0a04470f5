"""Where records go, and what is known of those that are there already."""

from __future__ import annotations

from typing import Protocol

from visioncli.core.record import record
from visioncli.images.blobs import Identity

from .item import Item, Outcome


@record
class Known:
    """The newest record of a key. exit: of its error, 0 for an answer. record: its line."""

    exit: int
    retryable: bool
    record: bytes

    @property
    def answered(self) -> bool:
        return self.exit == 0


class Output(Protocol):
    """All methods raise OutputProblem (13) where what they are told cannot be kept."""

    def newest(self, key: str) -> Known | None: ...

    def has(self, item: Item, key: str) -> bool:
        """Whether this input has its record. Each record stands for one input: the same line twice
        in a list needs two. To be asked once an item.
        """
        ...

    def sha256(self, identity: Identity) -> str | None:
        """Of a file that was hashed before and has not changed since."""
        ...

    def remember(self, identity: Identity, sha256: str) -> None: ...

    def write(self, outcome: Outcome) -> None:
        """One write of one line; when it returns, a process that is killed has not lost it."""
        ...

    def copy(self, item: Item, known: Known) -> None:
        """A record of its own for an item whose key is answered, or has failed, already."""
        ...

    def skip(self, item: Item) -> None:
        """Nothing is written for an item; for who keeps the order of the list."""
        ...

    async def room(self, item: Item) -> None:
        """To be awaited before anything is done about an item: an output that keeps the order of
        the list holds back who is too far ahead. Items come here in the order of the list.
        """
        ...

    def close(self) -> None: ...

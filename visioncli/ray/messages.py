"""What the process that deals the items out and its workers say to each other.

A number is that of a question which awaits a Reply; an item is named by its place in the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from visioncli.batch.item import Item, Outcome
from visioncli.core.errors import VisionError
from visioncli.images.blobs import Identity

# ---------------------------------------------------------------------------------- to a worker


@dataclass(frozen=True, slots=True)
class Deal:
    """Items to be asked about, and how many may be begun before the first of them is kept."""

    items: tuple[Item, ...]
    at_once: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The record of an item stands: another one may be begun."""

    item: int


@dataclass(frozen=True, slots=True)
class Reply:
    number: int
    value: Any = None
    error: VisionError | None = None


@dataclass(frozen=True, slots=True)
class End:
    """Nothing new is begun; what is on its way has a moment."""


# ---------------------------------------------------------------------------------- from a worker


@dataclass(frozen=True, slots=True)
class Claim:
    """May this key be asked? The reply comes once nobody else asks it: (Known | None, whether the
    item has its record).
    """

    number: int
    item: int
    key: str


@dataclass(frozen=True, slots=True)
class WantTurn:
    number: int


@dataclass(frozen=True, slots=True)
class TurnOver:
    """How the turn with that number ended. refused: by a 429, with the wait that it named."""

    number: int
    answered: bool = False
    tokens: int | None = None
    refused: bool = False
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class WantMoney:
    """most: US dollars that a question may cost, None where nothing bounds it."""

    number: int
    most: float | None


@dataclass(frozen=True, slots=True)
class Settle:
    """reserved: what was set aside. cost: what was charged. asked: whether it may have been."""

    reserved: float
    cost: float | None
    asked: bool


@dataclass(frozen=True, slots=True)
class WantHashes:
    """The reply: a hash or None for each."""

    number: int
    identities: tuple[Identity, ...]


@dataclass(frozen=True, slots=True)
class Hashed:
    identity: Identity
    sha256: str


@dataclass(frozen=True, slots=True)
class Ready:
    """An item is done with. outcome: None where the record of its key is its own, too (copied), or
    where it has one already.
    """

    item: int
    outcome: Outcome | None = None
    copied: bool = False


@dataclass(frozen=True, slots=True)
class Warn:
    item: int
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Over:
    """The last word of a worker. error: what ended it. trace: of a bug."""

    error: VisionError | None = None
    trace: str = ""


Letters = Sequence[Any]

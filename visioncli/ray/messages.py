"""What the process that deals the items out and its workers say to each other.

A number is that of a question which awaits a Reply; an item is named by its place in the list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from visioncli.batch.item import Item, Outcome
from visioncli.core.errors import VisionError
from visioncli.core.record import record
from visioncli.images.blobs import Identity

# ---------------------------------------------------------------------------------- to a worker


@record
class Deal:
    """Items to be asked about, and how many may be begun before the first of them is kept."""

    items: tuple[Item, ...]
    at_once: int


@record
class Kept:
    """The record of an item stands: another one may be begun."""

    item: int


@record
class Reply:
    number: int
    value: Any = None
    error: VisionError | None = None


@record
class End:
    """Nothing new is begun; what is on its way has a moment."""


# ---------------------------------------------------------------------------------- from a worker


@record
class Claim:
    """May this key be asked? The reply comes once nobody else asks it: (Known | None, whether the
    item has its record).
    """

    number: int
    item: int
    key: str


@record
class WantTurn:
    number: int


@record
class TurnOver:
    """How the turn with that number ended. refused: by a 429, with the wait that it named."""

    number: int
    answered: bool = False
    tokens: int | None = None
    refused: bool = False
    wait: float | None = None


@record
class WantMoney:
    """most: US dollars that a question may cost, None where nothing bounds it."""

    number: int
    most: float | None


@record
class Settle:
    """reserved: what was set aside. cost: what was charged. asked: whether it may have been."""

    reserved: float
    cost: float | None
    asked: bool


@record
class WantHashes:
    """The reply: a hash or None for each."""

    number: int
    identities: tuple[Identity, ...]


@record
class Hashed:
    identity: Identity
    sha256: str


@record
class Ready:
    """An item is done with. outcome: None where the record of its key is its own, too (copied), or
    where it has one already.
    """

    item: int
    outcome: Outcome | None = None
    copied: bool = False


@record
class Warn:
    item: int
    said: tuple[str, ...]


@record
class Over:
    """The last word of a worker. error: what ended it. trace: of a bug."""

    error: VisionError | None = None
    trace: str = ""


Letters = Sequence[Any]

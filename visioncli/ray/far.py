"""What the workers of a node share in place of what is elsewhere: turns, money and the journal."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections.abc import Callable, Mapping

from visioncli.batch.item import Item, Outcome
from visioncli.batch.output import Known
from visioncli.batch.pace import Closed, Pace, Turn
from visioncli.batch.spending import Attempts, Spending
from visioncli.images import blobs
from visioncli.images.blobs import Identity

from .messages import Claim, Hashed, Ready, Settle, TurnOver, WantHashes, WantMoney, WantTurn
from .post import Post


class FarPace(Pace):
    """Every turn is lent by the pace of the whole cluster, which a refusal stops for all."""

    def __init__(self, post: Post, closed: Callable[[], None]) -> None:
        """closed: told when nothing is to be asked any more."""
        super().__init__(1)
        self._post, self._closing = post, closed

    async def turn(self, tokens: float | None = None) -> Turn:
        self.check()
        number = 0

        def letter(given: int) -> WantTurn:
            nonlocal number
            number = given
            return WantTurn(given)

        try:
            await self._post.ask(letter)
        except (asyncio.CancelledError, Closed):  # it may be lent by now
            self._post.send(TurnOver(number))
            raise
        return Turn(time.monotonic(), tokens or 0.0, number)

    def answered(self, turn: Turn, tokens: int | None = None) -> None:
        self._over(turn, TurnOver(turn.number, answered=True, tokens=tokens))

    def dropped(self, turn: Turn) -> None:
        self._over(turn, TurnOver(turn.number))

    def refused(self, turn: Turn, wait: float | None) -> float:
        self._over(turn, TurnOver(turn.number, refused=True, wait=wait))
        return wait or 0.0

    def close(self) -> None:
        super().close()
        self._post.close()
        self._closing()

    def _over(self, turn: Turn, letter: TurnOver) -> None:
        if not turn.is_over:
            turn.is_over = True
            self._post.send(letter)


class FarSpending(Spending):
    """Under a cap, what a question may cost is lent before it goes."""

    def __init__(self, cap: float | None, post: Post) -> None:
        super().__init__(cap)
        self._post = post

    async def reserved(self, most: float | None) -> float:
        if self.cap is None:
            return 0.0
        amount: float = await self._post.ask(lambda number: WantMoney(number, most))
        return amount

    def settle(self, reserved: float, cost: float | None, *, asked: bool = True) -> None:
        self._post.send(Settle(reserved, cost, asked))


class FarAttempts(Attempts):
    """A node's part of the further attempts. free: how many beside the part of its calls."""

    def __init__(self, free: float, share: float) -> None:
        super().__init__()
        self._free, self._share = free, share

    def may_try_again(self) -> bool:
        if self.further >= self._free + self._share * self.calls:
            return False
        self.further += 1
        return True


class FarOutput:
    """The journal, as it is seen from a node. knows: whether it holds hashes of earlier runs.

    What is begun is bounded: an item counts until the other side has its record, so that no more
    are asked twice than may be on their way, whenever this process is killed.
    """

    def __init__(self, post: Post, *, knows: bool) -> None:
        self._post, self._knows = post, knows
        self._at_once, self._begun = 0, 0
        self._fewer = asyncio.Event()
        self._known: dict[str, Known] = {}
        self._has: dict[int, bool] = {}
        self._hashes: dict[Identity, str] = {}
        self._places: dict[Identity, Identity] = {}
        self._files: dict[int, tuple[Identity, ...]] = {}  # by item
        self._is_closed = False

    # ------------------------------------------------------------------ told by the other side

    def may_begin(self, at_once: int) -> None:
        self._at_once = at_once
        self._fewer.set()

    def kept(self, item: int) -> None:
        self._has.pop(item, None)
        for identity in self._files.pop(item, ()):
            self._hashes.pop(identity, None)
            self._places.pop(identity, None)
        self._begun -= 1
        self._fewer.set()

    # ------------------------------------------------------------------ asked by the workers here

    async def room(self, item: Item) -> None:
        """Raises Closed."""
        while self._begun >= self._at_once:
            if self._is_closed:
                raise Closed
            self._fewer.clear()
            await self._fewer.wait()
        self._begun += 1
        found = dict(filter(None, map(_identities, item.images)))
        self._places |= found
        self._files[item.number] = tuple(found)
        if self._knows and found:
            await self._recall(found)

    async def claim(self, item: Item, key: str) -> None:
        """Waits until nobody else asks what has this key. Raises Closed."""
        known, has = await self._post.ask(lambda number: Claim(number, item.number, key))
        self._known.pop(key, None)
        if known is not None:
            self._known[key] = known
        self._has[item.number] = has

    def newest(self, key: str) -> Known | None:
        """Nothing before it was claimed: what is known of an item's name was looked up before."""
        return self._known.pop(key, None)

    def has(self, item: Item, key: str) -> bool:
        del key
        return self._has.pop(item.number, False)

    def sha256(self, identity: Identity) -> str | None:
        return self._hashes.get(identity)

    def remember(self, identity: Identity, sha256: str) -> None:
        if place := self._places.get(identity):
            self._post.send(Hashed(place, sha256))

    def write(self, outcome: Outcome) -> None:
        self._post.send(Ready(outcome.item.number, outcome))

    def copy(self, item: Item, known: Known) -> None:
        del known  # the other side has it
        self._post.send(Ready(item.number, copied=True))

    def skip(self, item: Item) -> None:
        self._post.send(Ready(item.number))

    def close(self) -> None:
        self._is_closed = True
        self._fewer.set()

    async def _recall(self, files: Mapping[Identity, Identity]) -> None:
        """Asks for the hashes of files that were hashed before."""
        places = tuple(files.values())
        hashes = await self._post.ask(lambda number: WantHashes(number, places))
        for identity, sha256 in zip(files, hashes, strict=True):
            if sha256:
                self._hashes[identity] = sha256


def _identities(image: str) -> tuple[Identity, Identity] | None:
    """Of a file: here, and as all nodes know it, which may see it on devices of other numbers.

    Another file of the same name, inode, size and time to the nanosecond would have to be meant for
    the one to be taken for the other.
    """
    try:
        here = blobs.identity(os.stat(image))  # noqa: PTH116 - the name may hold anything
        name = os.fsencode(os.path.abspath(image))  # noqa: PTH100 - as above
    except (OSError, ValueError):
        return None
    number = int.from_bytes(hashlib.blake2b(name, digest_size=7).digest(), "big")
    return here, (number, *here[1:])

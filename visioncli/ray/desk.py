"""Where everything is decided that the whole cluster shares: who asks which key, when, for how
much, and what is written. It stands in the process that started the run, beside its journal.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from visioncli.batch.item import Item, Outcome
from visioncli.batch.output import Known
from visioncli.batch.pace import Closed, Turn
from visioncli.batch.run import Run
from visioncli.batch.worker import copied, skipped, told
from visioncli.core.errors import VisionError

from .messages import (
    Claim,
    Hashed,
    Kept,
    Ready,
    Reply,
    Settle,
    TurnOver,
    WantHashes,
    WantMoney,
    WantTurn,
    Warn,
)

DEADLY = "worker_died"


@dataclass(slots=True, eq=False)
class Lease:
    """What a worker has: items, turns and money. All of it comes back when the worker dies."""

    send: Callable[[object], None]
    items: dict[int, Item] = field(default_factory=dict)
    turns: dict[int, Turn] = field(default_factory=dict)
    waiting: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    reserved: list[float] = field(default_factory=list)
    claims: dict[int, str] = field(default_factory=dict)  # keys by item


class Desk:
    """run: with the journal, the pace and the spending of all. Lives in one event loop."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._asked: dict[str, tuple[Lease, int]] = {}  # who asks a key, for which item
        self._queues: dict[str, deque[tuple[Lease, Claim]]] = {}

    def stands(self, item: Item) -> bool:
        """Whether an item is done with before anybody looks at its pictures."""
        run = self._run
        unread = run.keys.unread(item)
        before = run.output.newest(unread)
        if before and not run.again(unread, before) and run.output.has(item, unread):
            skipped(run, item, before)
            return True
        return False

    def heard(self, lease: Lease, letter: Any) -> None:
        """Raises OutputProblem (13) where a record cannot be kept."""
        run = self._run
        match letter:
            case Ready():
                self._ready(lease, letter)
            case Claim():
                self._claimed(lease, letter)
            case WantTurn():
                self._lend(lease, letter.number, self._turn(lease, letter.number))
            case TurnOver():
                self._over(lease, letter)
            case WantMoney():
                self._lend(lease, letter.number, self._money(lease, letter))
            case Settle():
                if run.spending.cap is not None and letter.reserved in lease.reserved:
                    lease.reserved.remove(letter.reserved)
                run.spending.settle(letter.reserved, letter.cost, asked=letter.asked)
            case WantHashes():
                hashes = [run.output.sha256(identity) for identity in letter.identities]
                lease.send(Reply(letter.number, hashes))
            case Hashed():
                run.output.remember(letter.identity, letter.sha256)
            case Warn():
                if (item := lease.items.get(letter.item)) is not None:
                    run.warn(letter.said, item)

    def returned(self, lease: Lease) -> list[Item]:
        """A worker is gone: its items, in order, for others. What it may have asked counts as asked
        against the cap.
        """
        for task in lease.waiting.values():
            task.cancel()
        for turn in lease.turns.values():
            self._run.pace.dropped(turn)
        if self._run.spending.cap is None:  # what is on its way may be charged; nobody knows
            for _ in lease.turns:
                self._run.spending.settle(0.0, None)
        for amount in lease.reserved:
            self._run.spending.settle(amount, None)
        lease.turns.clear()
        lease.reserved.clear()
        for item in list(lease.claims):
            self._release(lease, item)
        items = sorted(lease.items.values(), key=lambda item: item.number)
        lease.items.clear()
        return items

    def died_of(self, item: Item) -> None:
        """Writes that workers die of an item."""
        run = self._run
        unread = run.keys.unread(item)
        run.output.has(item, unread)
        error = VisionError(
            f"every worker died that was dealt {item.image if item.images else 'an item'}",
            hint="look at the picture alone: vision ask IMAGE QUESTION",
            code=DEADLY,
        )
        told(run, Outcome(item=item, ref=run.job.ref, key=unread, error=error))

    # ------------------------------------------------------------------ records

    def _ready(self, lease: Lease, letter: Ready) -> None:
        """What comes from who had been given up is of no use: others have its items."""
        item = lease.items.get(letter.item)
        if item is None:
            return
        run, done, key = self._run, letter.outcome, lease.claims.get(letter.item)
        if done is not None:
            if key is None:  # its picture could not be read
                run.output.has(item, done.key)
            told(run, done)
        elif key is not None and (known := run.output.newest(key)) is not None:
            if letter.copied:
                copied(run, item, known)
            else:
                skipped(run, item, known)
        del lease.items[letter.item]
        self._release(lease, letter.item)
        lease.send(Kept(letter.item))

    # ------------------------------------------------------------------ keys

    def _claimed(self, lease: Lease, claim: Claim) -> None:
        if claim.key in self._asked:
            self._queues.setdefault(claim.key, deque()).append((lease, claim))
        else:
            self._grant(lease, claim)

    def _grant(self, lease: Lease, claim: Claim) -> None:
        item = lease.items.get(claim.item)
        if item is None:
            return
        run = self._run
        known = run.output.newest(claim.key)
        has = run.output.has(item, claim.key)
        if known and run.again(claim.key, known):
            known = None
        self._asked[claim.key] = lease, claim.item
        lease.claims[claim.item] = claim.key
        if known is not None:
            known = Known(known.exit, known.retryable, b"")  # the record stays here
        lease.send(Reply(claim.number, (known, has)))

    def _release(self, lease: Lease, item: int) -> None:
        """The next one who waits for the key may look."""
        key = lease.claims.pop(item, None)
        if key is None or self._asked.get(key) != (lease, item):
            return
        del self._asked[key]
        queue = self._queues.get(key)
        while queue and key not in self._asked:
            self._grant(*queue.popleft())
        if not queue:
            self._queues.pop(key, None)

    # ------------------------------------------------------------------ turns and money

    def _lend(self, lease: Lease, number: int, lent: Awaitable[Any]) -> None:
        async def lend() -> None:
            try:
                lease.send(Reply(number, await lent))
            except Closed:
                pass  # the worker is told to end, too
            except VisionError as error:
                lease.send(Reply(number, error=error))
            finally:
                lease.waiting.pop(number, None)

        lease.waiting[number] = asyncio.create_task(lend())

    async def _turn(self, lease: Lease, number: int) -> None:
        lease.turns[number] = await self._run.pace.turn()

    def _over(self, lease: Lease, letter: TurnOver) -> None:
        pace = self._run.pace
        if (task := lease.waiting.pop(letter.number, None)) is not None:
            task.cancel()
        if (turn := lease.turns.pop(letter.number, None)) is None:
            return
        if letter.answered:
            pace.answered(turn, letter.tokens)
        elif letter.refused:
            pace.refused(turn, letter.wait)
        else:
            pace.dropped(turn)

    async def _money(self, lease: Lease, letter: WantMoney) -> float:
        amount = await self._run.spending.reserved(letter.most)
        lease.reserved.append(amount)
        return amount

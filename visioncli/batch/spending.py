"""What a run may cost, and how many further attempts it may make."""

from __future__ import annotations

import asyncio
from collections.abc import Container

from visioncli import costs
from visioncli.core.errors import UsageError, VisionError
from visioncli.core.target import ModelRef
from visioncli.core.types import Usage

MORE = 1.25  # of the dearest answer so far: what the next may cost, where no length bounds it
FREE, SHARE = 10, 0.10  # further attempts a run may make: some, and a part of its calls
SLACK = 1e-9  # of the cap: what sums of decimal prices may be off by


class CapReached(VisionError):
    """The next question might have cost more than was left."""

    exit = 12
    default_code = "max_cost"


class Spending:
    """cap: US dollars, None for no cap. What is on its way counts with the most it may cost.

    spent: what is known to have been charged. unknown: answers whose cost nobody knows; against the
    cap these, and questions that broke off, count with what was set aside for them.
    """

    def __init__(self, cap: float | None) -> None:
        self.cap = cap
        self.spent = 0.0
        self.unknown = 0
        self._reserved = 0.0
        self._lost = 0.0  # what may have been charged besides
        self._under_way = 0
        self._dearest: float | None = None
        self._settled = asyncio.Event()

    @staticmethod
    def check(
        cap: float | None,
        ref: ModelRef,
        *,
        wire: str = "",
        extra: Container[str] = (),
        known_as: ModelRef | None = None,
    ) -> None:
        """Raises UsageError (2) where no cap can be held, since no answer's cost will be known.

        wire, extra, known_as: as `costs.cost` takes them.
        """
        if cap is None or ref.provider in costs.REPORT_USD:
            return
        probe = Usage(input=1, output=1)
        if costs.cost(ref, probe, wire=wire, extra=extra, known_as=known_as) is None:
            raise UsageError(
                f"no price is known for {ref} as it is asked here, so no cost cap can be held",
                hint="leave --max-cost out, or name a model with a price: vision models",
                code="max_cost",
            )

    async def reserved(self, most: float | None) -> float:
        """Waits until a question may go, and sets its cost aside. most: what it may cost at most,
        where that is bounded. Every one of these is to be settled. Raises CapReached (12).
        """
        while (amount := self.reserve(most)) is None:
            self._settled.clear()
            await self._settled.wait()
        return amount

    def reserve(self, most: float | None) -> float | None:
        """The same at once. None: not now; what is on its way may leave enough when it is done."""
        if self.cap is None:
            return 0.0
        amount = most
        if amount is None and self._dearest is not None:
            amount = self._dearest * MORE
        left = self.cap * (1 + SLACK) - self.spent - self._lost
        if amount is None:  # what an answer costs is to be seen first, on one alone
            if left <= 0:
                raise self._reached()
            amount = left
        if amount > left:
            raise self._reached()
        if amount > left - self._reserved:
            return None
        self._reserved += amount
        self._under_way += 1
        return amount

    def settle(self, reserved: float, cost: float | None, *, asked: bool = True) -> None:
        """cost: what was charged. asked: whether, that being unknown, anything may have been."""
        if self.cap is not None:
            self._under_way -= 1
            self._reserved = self._reserved - reserved if self._under_way else 0.0
        if cost is not None:
            self.spent += cost
            self._dearest = max(self._dearest or 0.0, cost)
        elif asked:
            self.unknown += 1
            self._lost += reserved
        self._settled.set()

    def _reached(self) -> CapReached:
        lost = f", and ${self._lost:.4f} may have been charged besides" if self._lost else ""
        return CapReached(
            f"the next question might pass the cap of ${self.cap:g}:"
            f" ${self.spent:.4f} are spent{lost}",
            hint="--max-cost USD; the same command goes on where this one ended",
        )


class Attempts:
    """A budget of further attempts that all workers share."""

    def __init__(self) -> None:
        self.calls = self.further = 0

    def may_try_again(self) -> bool:
        if self.further >= FREE + SHARE * self.calls:
            return False
        self.further += 1
        return True

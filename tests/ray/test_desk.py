"""What is decided beside the journal, without any cluster: who asks a key, what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.batch.running import Memory, Setting, items
from visioncli.batch.item import Item, Outcome
from visioncli.batch.pace import Pace
from visioncli.batch.run import Run
from visioncli.batch.spending import Spending
from visioncli.ray.desk import Desk, Lease
from visioncli.ray.messages import Claim, Kept, Ready, Reply, Settle, WantMoney, WantTurn

KEY = "a" * 64


class Worker:
    """One that is played by the test."""

    def __init__(self, desk: Desk, *given: Item) -> None:
        self.desk, self.heard = desk, list[Any]()
        self.lease = Lease(self.heard.append)
        self.lease.items = {item.number: item for item in given}

    def says(self, letter: object) -> None:
        self.desk.heard(self.lease, letter)

    @property
    def replies(self) -> dict[int, Any]:
        return {r.number: r.error or r.value for r in self.heard if isinstance(r, Reply)}


def desk_of(output: Memory, cap: float | None = None, jobs: int = 2) -> tuple[Desk, Run]:
    run = Run(
        job=Setting("http://127.0.0.1:1/v1").job(),
        aim=None,
        credentials=None,
        output=output,
        pace=Pace(jobs),
        spending=Spending(cap),
        threads=ThreadPoolExecutor(1),
        cost=lambda _: None,
        most=lambda _: None,
    )
    return Desk(run), run


def answered(run: Run, item: Item) -> Ready:
    return Ready(item.number, Outcome(item=item, ref=run.job.ref, key=KEY))


def played(play: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(play())


def test_a_key_is_asked_by_one_at_a_time() -> None:
    async def play() -> None:
        output, (one, two) = Memory(), items(["a", "b"])
        desk, run = desk_of(output)
        first, second = Worker(desk, one), Worker(desk, two)
        first.says(Claim(1, 0, KEY))
        second.says(Claim(1, 1, KEY))
        assert first.replies == {1: (None, False)}
        assert second.replies == {}
        first.says(answered(run, one))
        assert Kept(0) in first.heard
        known, has = second.replies[1]
        assert (known.answered, has) == (True, False)
        second.says(Ready(1, copied=True))
        assert [item.number for item, _ in output.copies] == [1]
        assert (run.tally.answered, len(output.outcomes)) == (2, 1)

    played(play)


def test_a_key_goes_on_to_the_next_when_its_worker_dies() -> None:
    async def play() -> None:
        one, two = items(["a", "b"])
        desk, _ = desk_of(Memory())
        first, second = Worker(desk, one), Worker(desk, two)
        first.says(Claim(1, 0, KEY))
        second.says(Claim(1, 1, KEY))
        assert desk.returned(first.lease) == [one]
        assert second.replies == {1: (None, False)}

    played(play)


def test_the_turns_of_a_dead_worker_are_lent_again() -> None:
    async def play() -> None:
        desk, run = desk_of(Memory(), jobs=2)
        first, second = Worker(desk), Worker(desk)
        for number in (1, 2, 3):
            first.says(WantTurn(number))
        second.says(WantTurn(1))
        await asyncio.sleep(0.01)
        assert (set(first.replies), second.replies) == ({1, 2}, {})
        desk.returned(first.lease)
        await asyncio.sleep(0.01)
        assert set(second.replies) == {1}
        assert run.spending.unknown == 2  # nobody knows whether these were charged

    played(play)


def test_what_a_dead_worker_may_have_spent_counts_against_the_cap() -> None:
    async def play() -> None:
        desk, run = desk_of(Memory(), cap=1.0)
        first, second = Worker(desk), Worker(desk)
        first.says(WantMoney(1, 0.4))
        first.says(WantMoney(2, 0.4))
        await asyncio.sleep(0.01)
        first.says(Settle(0.4, 0.1, asked=True))
        desk.returned(first.lease)
        second.says(WantMoney(1, 0.5))
        second.says(WantMoney(2, 0.51))
        await asyncio.sleep(0.01)
        assert second.replies[1] == 0.5
        assert second.replies[2].exit == 12
        assert run.spending.spent == 0.1

    played(play)


def test_what_comes_from_who_was_given_up_is_not_written_twice() -> None:
    async def play() -> None:
        output, (one,) = Memory(), items(["a"])
        desk, run = desk_of(output)
        late = Worker(desk, one)
        late.says(Claim(1, 0, KEY))
        desk.returned(late.lease)
        late.says(answered(run, one))
        assert output.records == 0

    played(play)

"""--ordered: the order of the list, whatever the order in which answers come."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visioncli.batch.ordered import Ordered
from visioncli.batch.output import Known
from visioncli.batch.printed import Printed
from visioncli.core.errors import OutputProblem

from .outcomes import answered, failed, item, journal, key_of, records


def images(said: list[bytes]) -> list[str]:
    return [json.loads(text)["image"] for text in said]


def names(*numbers: int) -> list[str]:
    return [f"{number}.jpg" for number in numbers]


def test_a_record_waits_for_those_before_it() -> None:
    said: list[bytes] = []
    ordered = Ordered(Printed(said.append), window=8)
    ordered.write(answered(item(2)))
    ordered.write(failed(item(1)))
    assert images(said) == []
    ordered.write(answered(item(0)))
    assert images(said) == names(0, 1, 2)
    ordered.write(answered(item(3)))
    assert images(said) == names(0, 1, 2, 3)
    ordered.close()


def test_what_is_skipped_or_copied_has_its_turn_too() -> None:
    said: list[bytes] = []
    ordered = Ordered(Printed(said.append), window=8)
    ordered.skip(item(1))
    ordered.write(answered(item(3)))
    known = ordered.newest(key_of(3))
    assert known
    ordered.copy(item(2), known)
    assert images(said) == []
    ordered.skip(item(0))
    assert images(said) == names(2, 3)
    ordered.close()


def test_what_is_held_is_known() -> None:
    said: list[bytes] = []
    ordered = Ordered(Printed(said.append), window=8)
    ordered.write(answered(item(5), key_of(9), "five"))
    held = ordered.newest(key_of(9))
    assert held
    assert held.answered
    assert json.loads(held.record)["answer"] == "five"
    ordered.write(failed(item(7), 9, key_of(9)))
    ordered.write(failed(item(6), 8, key_of(9)))
    held = ordered.newest(key_of(9))
    assert held
    assert (held.exit, held.retryable) == (8, True)
    for number in range(5):
        ordered.skip(item(number))
    assert ordered.newest(key_of(9)) == Known(9, False, said[-1])  # the last that was written
    assert not ordered._known
    ordered.close()


def test_the_end_writes_what_is_held_in_order() -> None:
    said: list[bytes] = []
    ordered = Ordered(Printed(said.append), window=99)
    for number in (7, 3, 5, 4):
        ordered.write(answered(item(number)))
    assert said == []
    ordered.close()
    assert images(said) == names(3, 4, 5, 7)


def test_a_journal_in_order_is_taken_up_again(tmp_path: Path) -> None:
    path = tmp_path / "f"
    ordered = Ordered(journal(path), window=9)
    for number in (1, 0, 4):
        ordered.write(answered(item(number)))
    assert len(records(path)) == 2
    ordered.close()
    again = Ordered(journal(path), window=9)
    for number in range(6):
        if again.has(item(number), key_of(number)):
            again.skip(item(number))
        else:
            again.write(answered(item(number)))
    again.remember((1, 2, 3, 4), "ab" * 32)
    assert again.sha256((1, 2, 3, 4)) == "ab" * 32
    again.close()
    assert [r["image"] for r in records(path)] == names(0, 1, 4, 2, 3, 5)


def test_after_a_failure_nothing_more_is_written() -> None:
    said: list[bytes] = []

    def full(text: bytes) -> None:
        if images([text]) == names(1):
            raise OutputProblem("stdout cannot be written")
        said.append(text)

    ordered = Ordered(Printed(full), window=9)
    for number in (3, 2, 1):
        ordered.write(answered(item(number)))
    with pytest.raises(OutputProblem):
        ordered.write(answered(item(0)))
    ordered.close()
    assert images(said) == names(0)


@given(st.randoms(use_true_random=False), st.integers(1, 9), st.integers(1, 12))
def test_any_workers_any_window(chance: random.Random, window: int, jobs: int) -> None:
    """Workers that take as long as they like: the order is the list's, and little is held."""
    said: list[bytes] = []
    ordered = Ordered(Printed(said.append), window=window)
    expected: list[str] = []
    most = 0

    async def worker(items: list[int]) -> None:
        nonlocal most
        while items:
            mine = item(items.pop(0))
            await ordered.room(mine)
            for _ in range(chance.randrange(6)):
                await asyncio.sleep(0)
            if mine.number % 5 == 3:
                ordered.skip(mine)
            else:
                ordered.write(answered(mine))
            most = max(most, len(ordered._held))

    async def run() -> None:
        items = list(range(40))
        expected.extend(names(*(n for n in items if n % 5 != 3)))
        async with asyncio.timeout(30):
            await asyncio.gather(*(worker(items) for _ in range(jobs)))

    asyncio.run(run())
    assert images(said) == expected
    assert most < window
    ordered.close()


def test_who_is_too_far_ahead_waits_until_the_window_moves() -> None:
    async def run() -> None:
        ordered = Ordered(Printed(lambda _: None), window=3)
        await ordered.room(item(2))  # at once
        far = asyncio.create_task(ordered.room(item(3)))
        farther = asyncio.create_task(ordered.room(item(4)))
        ordered.write(answered(item(1)))
        await asyncio.sleep(0)
        assert not far.done()
        ordered.skip(item(0))
        async with asyncio.timeout(30):
            await far
            await farther
        ordered.close()

    asyncio.run(run())

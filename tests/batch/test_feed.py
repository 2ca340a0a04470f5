"""Items out of a list that may block, be longer than memory, or never end."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import count

from visioncli.batch.feed import AHEAD, Feed
from visioncli.batch.item import Item


def test_a_list_without_an_end_is_read_a_little_ahead() -> None:
    read = 0

    def listed() -> Iterator[Sequence[Item]]:
        nonlocal read
        for number in count():
            read += 1
            yield [Item(number, ("a.jpg",))]

    async def run() -> list[int]:
        feed = Feed(listed())
        some = [await feed.next() for _ in range(5)]
        await asyncio.sleep(0.1)
        assert read <= 5 + AHEAD + 2
        feed.close()
        assert await feed.next() is None
        return [item.number for item in some if item]

    assert asyncio.run(run()) == [0, 1, 2, 3, 4]


def test_what_is_there_is_given_while_the_list_says_nothing_more() -> None:
    silent = threading.Event()

    def listed() -> Iterator[Sequence[Item]]:
        yield [Item(0, ("a.jpg",))]
        silent.wait(20)

    async def run() -> None:
        feed = Feed(listed())
        assert await feed.next() is not None
        waiting = [asyncio.create_task(feed.next()) for _ in range(3)]
        await asyncio.sleep(0.05)
        feed.close()
        assert await asyncio.wait_for(asyncio.gather(*waiting), 1) == [None] * 3

    began = time.monotonic()
    asyncio.run(run())
    silent.set()
    assert time.monotonic() - began < 2


def test_every_item_is_given_once_however_many_ask() -> None:
    def listed() -> Iterator[Sequence[Item]]:
        for start in range(0, 1000, 7):
            yield [Item(n, ("a.jpg",)) for n in range(start, min(start + 7, 1000))]

    async def run() -> list[int]:
        feed, got = Feed(listed()), []

        async def worker() -> None:
            while (item := await feed.next()) is not None:
                got.append(item.number)
                await asyncio.sleep(0)

        await asyncio.gather(*(worker() for _ in range(16)))
        return got

    assert sorted(asyncio.run(run())) == list(range(1000))


def test_whoever_else_waits_gets_a_turn_while_items_come_without_a_pause() -> None:
    """As in a list of what is answered already: a signal must be heard before its end."""

    def listed() -> Iterator[Sequence[Item]]:
        yield [Item(n, ("a.jpg",)) for n in range(10_000)]

    async def run() -> int:
        feed, given = Feed(listed()), 0
        assert await feed.next() is not None  # the list is there from now on
        asyncio.get_running_loop().call_soon(feed.close)
        while await feed.next() is not None:
            given += 1
        return given

    assert asyncio.run(run()) < 1000

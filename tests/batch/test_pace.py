"""The pace: as much as a provider bears, and little that it refuses. In virtual time."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from visioncli.batch.pace import Closed, Pace, Turn

from .pacing import Bucket, Slots, Windows, asked, virtually

ROWS = [  # a second, workers, seconds for an answer, questions: at least 20 s of what is possible
    (100, 64, 0.05, 3000),
    (20, 8, 0.2, 600),
    (50, 64, 0.02, 1500),
    (500, 256, 0.2, 10000),
    (5, 8, 1.0, 300),
]


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("phase", [0.0, 0.37, 0.8])
@pytest.mark.parametrize(("most", "jobs", "latency", "count"), ROWS)
def test_a_hidden_limit_by_the_second_is_used_and_seldom_passed(
    most: int, jobs: int, latency: float, count: int, phase: float, told: bool
) -> None:
    came = asked(Windows(most, phase), jobs=jobs, latency=latency, count=count, told=told)
    assert len(came.answered) == count
    assert came.rate() >= 0.9 * most
    assert came.share_refused < (0.055 if most == 500 else 0.05)  # of which the first burst is half


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize(("most", "jobs", "latency", "count"), ROWS)
def test_a_hidden_bucket_is_used_and_seldom_emptied(
    most: int, jobs: int, latency: float, count: int, told: bool
) -> None:
    """It asks for a longer pause than it needs, which costs a little at some of these paces."""
    came = asked(Bucket(most), jobs=jobs, latency=latency, count=count, told=told)
    slow = told and most in (500, 5)
    assert came.rate() >= (0.86 if slow else 0.9) * most
    assert came.share_refused < 0.05


@pytest.mark.parametrize("told", [True, False])
def test_a_limit_that_falls_to_half_is_followed(told: bool) -> None:
    limit = Windows(100)

    def change(now: float) -> None:
        limit.most = 100 if now < 20 else 50

    came = asked(limit, jobs=64, latency=0.05, count=4000, told=told, change=change)
    assert came.rate(25, 50) >= 0.9 * 50
    assert came.share_refused < 0.05


@pytest.mark.parametrize("told", [True, False])
def test_a_limit_that_grows_tenfold_is_found_within_half_a_minute(told: bool) -> None:
    limit = Windows(40)

    def change(now: float) -> None:
        limit.most = 40 if now < 10 else 400

    came = asked(limit, jobs=256, latency=0.05, count=20_000, told=told, change=change)
    assert came.rate(45, 65) >= 0.9 * 400
    assert came.share_refused < 0.05


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize(("most", "latency"), [(16, 1.0), (4, 2.0)])
def test_a_limit_of_how_many_at_a_time_is_kept_to(most: int, latency: float, told: bool) -> None:
    came = asked(Slots(most), jobs=64, latency=latency, count=1200, told=told)
    assert came.rate() >= 0.9 * most / latency
    first = 64 - most  # what the first burst costs, whatever is done later
    assert len(came.refused) - first < 0.05 * len(came.sent)


def test_nothing_is_held_back_where_nothing_is_refused() -> None:
    came = asked(Windows(10_000), jobs=64, latency=0.2, count=640)
    assert came.answered[-1] == pytest.approx(2.0)


def test_a_refusal_stops_all_and_one_goes_first() -> None:
    async def run() -> list[float]:
        now = asyncio.get_running_loop().time
        pace, went = Pace(8, now=now), []

        async def one(number: int) -> None:
            turn = await pace.turn()
            went.append(now())
            await asyncio.sleep(0.5)
            if number:
                pace.answered(turn)
            else:
                pace.refused(turn, 7.0)
                await one(1)

        await asyncio.gather(*(one(number) for number in range(24)))
        return went

    went = virtually(run)
    assert went[:8] == [0.0] * 8
    first, second = (at for at in went[8:10])
    assert first == pytest.approx(7.5)
    assert second >= first + 0.5


def test_a_refused_probe_pauses_longer_each_time() -> None:
    async def run() -> list[float]:
        pace = Pace(4, now=asyncio.get_running_loop().time)
        return [pace.refused(await pace.turn(), None) for _ in range(12)]

    pauses = virtually(run)
    assert pauses[0] == pytest.approx(0.25)
    assert all(a <= b for a, b in pairwise(pauses))
    assert pauses[-1] == 8.0


@pytest.mark.parametrize("rpm", [6, 60, 300])
def test_rpm_is_never_passed_in_any_minute(rpm: int) -> None:
    """But for what may go at once: a second's, or one."""
    came = asked(Windows(10_000), jobs=64, latency=0.1, count=4 * rpm, rpm=rpm)
    burst = max(1, rpm // 60)
    for start in came.sent:
        assert sum(start <= at < start + 60 for at in came.sent) <= rpm + burst
    assert came.sent[-1] <= 240


def test_tpm_counts_what_answers_took() -> None:
    came = asked(Windows(10_000), jobs=4, latency=0.1, count=100, tpm=6000, tokens=300)
    assert came.answered[-1] == pytest.approx(300, rel=0.06)  # 100 times 300 tokens, 100 a second


def test_who_is_cancelled_leaves_its_place_to_others() -> None:
    async def run() -> Turn:
        pace = Pace(1, now=asyncio.get_running_loop().time)
        held = await pace.turn()
        waiting = asyncio.create_task(pace.turn())
        behind = asyncio.create_task(pace.turn())
        await asyncio.sleep(0)
        waiting.cancel()
        pace.dropped(held)
        pace.dropped(held)  # twice is once
        waiting.cancel()
        return await behind

    assert virtually(run).active == 1


def test_once_closed_nobody_gets_a_turn_and_no_wait_goes_on() -> None:
    async def run() -> float:
        pace = Pace(1, now=asyncio.get_running_loop().time)
        await pace.turn()
        waiting = [asyncio.create_task(pace.turn()), asyncio.create_task(pace.sleep(60))]
        await asyncio.sleep(1)
        pace.close()
        for task in waiting:
            with pytest.raises(Closed):
                await task
        with pytest.raises(Closed):
            await pace.turn()
        return asyncio.get_running_loop().time()

    assert virtually(run) == 1.0

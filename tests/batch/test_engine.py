"""A run of the engine against a server that counts."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.program import CAT
from visioncli.batch.item import Item
from visioncli.core.errors import (
    ImageProblem,
    KeyProblem,
    OutputProblem,
    QuotaExceeded,
    RateLimited,
    VisionError,
)
from visioncli.transport.fast import FastChannels
from visioncli.transport.plain import PlainChannels

from .running import Memory, Running, Setting, items, ran, work
from .server import Reply, Said, Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


@pytest.fixture
def pictures(tmp_path: Path) -> list[str]:
    """Forty that differ in their last bytes, where no reader looks."""
    data = Path(CAT).read_bytes()
    names = [tmp_path / f"{number}.jpg" for number in range(40)]
    for number, name in enumerate(names):
        name.write_bytes(data[:2] + b"\xff\xfe\x00\x08%06d" % number + data[2:])
    return [str(name) for name in names]


def failing(status: int, code: str = "", *headers: str) -> Reply:
    body = {"error": {"message": f"no: {status}", "type": code, "code": code}}
    return Reply(status, json.dumps(body).encode(), headers)


@pytest.mark.parametrize("client", [FastChannels, PlainChannels])
def test_each_picture_is_asked_about_once(
    server: Server, pictures: list[str], client: type
) -> None:
    out = Memory()
    run = ran(Setting(server.url, opened=client), items(pictures), out)
    assert (server.calls, out.exits) == (40, [0] * 40)
    assert (run.tally.answered, run.tally.failed) == (40, 0)
    assert server.connections <= 8
    assert len({outcome.key for outcome in out.outcomes}) == 40


def test_the_same_picture_twice_is_one_call_and_two_records(
    server: Server, pictures: list[str], tmp_path: Path
) -> None:
    server.delay = 0.05
    copy = tmp_path / "copy.jpg"
    shutil.copy(pictures[0], copy)
    out = Memory()
    ran(Setting(server.url), items([pictures[0], pictures[0], str(copy), *pictures[1:9]]), out)
    ran(Setting(server.url), items([pictures[3]]), again := Memory(known=out.known))
    assert (server.calls, out.records, len(out.copies)) == (9, 11, 2)
    assert (len(again.outcomes), len(again.copies)) == (0, 1)


def test_a_failure_is_a_record_and_shared_by_its_double(
    server: Server, pictures: list[str]
) -> None:
    server.reply = lambda _: failing(400, "invalid_image_format")
    server.delay = 0.02
    out = Memory()
    run = ran(Setting(server.url), items([pictures[0], pictures[0], "gone.jpg", CAT]), out)
    assert (server.calls, run.tally.failed, len(out.copies)) == (2, 4, 1)
    assert [e for e in out.exits if e != 5] == []


def test_a_second_run_asks_nothing_and_reads_no_picture_again(
    server: Server, pictures: list[str]
) -> None:
    listed = items([*pictures, "gone.jpg"])
    first = Memory()
    ran(Setting(server.url), listed, first)
    second = first.again()
    run = ran(Setting(server.url), listed, second)
    assert (server.calls, second.records, len(second.skipped)) == (40, 0, 41)
    assert (run.tally.skipped, run.tally.failed, run.tally.stood) == (40, 1, 1)


def test_retry_failed_asks_what_may_succeed_now(
    server: Server, pictures: list[str], tmp_path: Path
) -> None:
    late = tmp_path / "late.jpg"
    refusal = json.dumps({"choices": [{"message": {"refusal": "No."}, "finish_reason": "stop"}]})

    def reply(said: Said) -> Reply:
        return (failing(500), Reply(), Reply(body=refusal.encode()))[said.number % 3]

    server.reply = reply
    first = Memory()
    listed = items([*pictures[:3], str(late)])
    ran(Setting(server.url, jobs=1, retries=0), listed, first)
    assert first.exits == [8, 0, 9, 5]
    shutil.copy(CAT, late)
    server.reply, before = lambda _: Reply(), server.calls
    second = first.again()
    ran(Setting(server.url, jobs=1, retry_failed=True), listed, second)
    assert (server.calls - before, second.exits) == (2, [0, 0])


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (failing(401, "invalid_api_key"), KeyProblem),
        (failing(429, "insufficient_quota"), QuotaExceeded),
        (failing(429, "rate_limit", "retry-after: 3600"), RateLimited),
    ],
)
def test_what_no_other_item_would_fare_better_with_ends_the_run(
    server: Server, pictures: list[str], reply: Reply, error: type[VisionError]
) -> None:
    server.reply = lambda said: Reply() if said.number < 10 else reply
    out = Memory()
    with pytest.raises(error):
        ran(Setting(server.url, jobs=4), items(pictures), out)
    assert (len(out.outcomes), server.calls) == (10, pytest.approx(12, abs=2))


@pytest.mark.parametrize("wait", ["retry-after: 0.3", "retry-after-ms: 300"])
def test_a_refusal_is_no_failure(server: Server, pictures: list[str], wait: str) -> None:
    refused = []

    def reply(said: Said) -> Reply:
        if 10 <= said.number < 14:
            refused.append(time.monotonic())
            return failing(429, "rate_limit", wait)
        return Reply()

    server.reply = reply
    out = Memory()
    began = time.monotonic()
    ran(Setting(server.url, jobs=4, retries=0), items(pictures), out)
    assert (server.calls, out.exits) == (44, [0] * 40)
    assert time.monotonic() - began > 0.3


def test_retries_have_a_budget_for_the_whole_run(server: Server, pictures: list[str]) -> None:
    server.reply = lambda _: failing(500)
    out = Memory()
    ran(Setting(server.url, retries=2, jobs=40), items(pictures), out)
    assert out.exits == [8] * 40
    assert 50 <= server.calls <= 40 + 10 + 0.1 * server.calls + 1


def test_fail_fast_ends_with_the_first_that_fails_now(server: Server, pictures: list[str]) -> None:
    server.reply = lambda said: failing(400) if said.number == 5 else Reply()
    out = Memory()
    run = ran(Setting(server.url, jobs=2, fail_fast=True), items(pictures), out)
    assert run.tally.failed == 1
    assert server.calls <= 8
    rest = out.again()  # what has failed before ends nothing
    ran(Setting(server.url, jobs=2, fail_fast=True), items(pictures), rest)
    assert len(rest.outcomes) == 40 - len(out.outcomes)


def test_a_cap_ends_the_run_before_it_is_passed(server: Server, pictures: list[str]) -> None:
    setting = Setting(server.url, cap=0.1, cost=lambda _: 0.01, most=lambda _: 0.012)
    out = Memory()
    with pytest.raises(VisionError, match="might pass the cap") as caught:
        ran(setting, items(pictures), out)
    assert caught.value.exit == 12
    assert len(out.outcomes) == server.calls == 9


def test_where_a_record_cannot_be_kept_no_more_is_asked(
    server: Server, pictures: list[str]
) -> None:
    def full(_: object) -> None:
        if len(out.outcomes) == 5:
            raise OutputProblem("no room")

    out = Memory(on_write=full)
    with pytest.raises(OutputProblem):
        ran(Setting(server.url, jobs=2), items(pictures), out)
    assert server.calls <= 8


def test_what_the_list_raises_comes_after_its_items(server: Server, pictures: list[str]) -> None:
    def listed() -> Iterator[Sequence[Item]]:
        yield items(pictures[:7])
        raise ImageProblem("the list broke")

    out = Memory()
    with pytest.raises(ImageProblem, match="the list broke"):
        asyncio.run(work(Setting(server.url), listed(), out))
    assert len(out.outcomes) == 7


def stopped(server: Server, pictures: list[str], out: Memory, stops: list[float]) -> float:
    """Seconds from the first stop to the end."""
    at: list[float] = []

    def stop(running: Running) -> None:
        at.append(time.monotonic())
        running.engine.stop()

    def during(running: Running) -> None:
        loop = asyncio.get_running_loop()
        for seconds in stops:
            loop.call_later(seconds, stop, running)

    asyncio.run(work(Setting(server.url, jobs=4), iter([items(pictures)]), out, during=during))
    return time.monotonic() - at[0]


def test_a_stop_lets_answers_come_and_asks_nothing_new(server: Server, pictures: list[str]) -> None:
    server.delay = 0.5
    out = Memory()
    assert stopped(server, pictures, out, [0.3]) < 1.0
    assert len(out.outcomes) == server.calls == 4


def test_a_stop_waits_two_seconds_at_most_and_a_second_none(
    server: Server, pictures: list[str]
) -> None:
    server.delay = 30.0
    assert 1.0 < stopped(server, pictures, Memory(), [0.2]) < 2.0
    assert stopped(server, pictures, Memory(), [0.2, 0.3]) < 0.5


def test_a_stop_ends_a_list_that_says_nothing(server: Server, pictures: list[str]) -> None:
    silent = threading.Event()

    def listed() -> Iterator[Sequence[Item]]:
        yield items(pictures[:3])
        silent.wait(20)

    def during(running: Running) -> None:
        asyncio.get_running_loop().call_later(0.3, running.engine.stop)

    out = Memory()
    began = time.monotonic()
    asyncio.run(work(Setting(server.url), listed(), out, during=during))
    silent.set()
    assert time.monotonic() - began < 2.0
    assert len(out.outcomes) == 3


@pytest.mark.parametrize("seed", range(6))
def test_cancelled_at_any_moment_every_answer_has_its_record(
    server: Server, pictures: list[str], seed: int
) -> None:
    """And the next run asks what is left: no more than what was on its way is asked twice."""
    server.delay = 0.01
    chance = random.Random(seed)
    left, out, cancels = items(pictures), Memory(), 0

    async def cut() -> None:
        task = asyncio.create_task(work(Setting(server.url, jobs=4), iter([left]), out))
        await asyncio.wait([task], timeout=chance.uniform(0.0, 0.15))
        task.cancel()
        await task

    while left and cancels < 100:
        try:
            asyncio.run(cut())
        except asyncio.CancelledError:
            cancels += 1
        done = {outcome.item for outcome in out.outcomes}
        left = [item for item in left if item not in done]
    assert (left, out.exits) == ([], [0] * 40)
    assert server.calls <= 40 + 4 * cancels

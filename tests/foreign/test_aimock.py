"""`vision ask` against aimock: nine wires, streamed and plain, as somebody else wrote them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.foreign.conftest import Ask
from tests.foreign.servers import ANSWERS, Server
from tests.foreign.ways import AIMOCK, UNSPOKEN, Way
from visioncli import dialects

pytestmark = pytest.mark.needs_tool("aimock")
FIXTURES = json.loads(ANSWERS.read_text("utf-8"))["fixtures"]
CUT = FIXTURES[2]["response"]["content"]
TEXT = FIXTURES[3]["response"]["content"]
every_way = pytest.mark.parametrize("way", AIMOCK, ids=str)
HOWS = pytest.mark.parametrize("how", ["--stream", "--no-stream"])


def served(aimock: Server) -> list[Any]:
    """What it answered, in order."""
    return [entry["response"]["status"] for entry in aimock.call("/__aimock/journal", method="GET")]


def test_it_speaks_every_dialect_but_those_named() -> None:
    assert {way.dialect for way in AIMOCK} == set(dialects.NAMES) - UNSPOKEN


@every_way
@HOWS
def test_the_full_text(aimock: Server, ask: Ask, way: Way, how: str) -> None:
    done = ask(aimock, way, "What is it?", how)
    assert (done.status, done.out, done.err) == (0, TEXT + "\n", "")
    assert served(aimock) == [200]


@every_way
@HOWS
def test_a_rate_limit_is_waited_for_and_then_told(
    aimock: Server, ask: Ask, way: Way, how: str
) -> None:
    done = ask(aimock, way, "SLOW DOWN", how, "--retries", "1")
    assert (done.status, done.out) == (6, "")
    told, last = done.err.splitlines()[:2]
    assert "again in 0.2 s" in told
    assert last.startswith(f"error: {way.provider}'s rate limit is reached: too many at once")
    assert served(aimock) == [429, 429]


@every_way
def test_a_stream_that_is_cut_keeps_what_was_said(aimock: Server, ask: Ask, way: Way) -> None:
    done = ask(aimock, way, "CUT", "--stream")
    said = done.out.removesuffix("\n")
    assert done.status == 10
    assert said
    assert CUT.startswith(said)
    assert said != CUT
    assert done.err.startswith("error: the answer was cut off before its end")
    assert served(aimock) == [200]


@every_way
def test_one_that_is_cut_before_its_text_is_asked_for_again(
    aimock: Server, ask: Ask, way: Way
) -> None:
    done = ask(aimock, way, "CUT EARLY", "--stream", "--retries", "1")
    assert (done.status, done.out) == (7, "")
    assert "hung up" in done.err
    assert len(served(aimock)) == 2

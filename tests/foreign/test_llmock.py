"""`vision ask` against llmock, which breaks its answers as told and judges how the client took it.

Its findings are of two kinds: errors, for which `llmock report` ends with 1, and warnings.
"""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.foreign.conftest import Ask
from tests.foreign.servers import LLMOCK as PROGRAM
from tests.foreign.servers import Server
from tests.foreign.ways import LLMOCK, Way

TEXT = "Eine rötliche Katze 🐈 schaut in die Kamera; 猫です。 That is all there is to see."
OPENAI = LLMOCK[0]
every_way = pytest.mark.parametrize("way", LLMOCK, ids=str)
HOWS = pytest.mark.parametrize("how", ["--stream", "--no-stream"])
BY_FAMILY = {way.dialect: way for way in reversed(LLMOCK)}
every_family = pytest.mark.parametrize("way", BY_FAMILY.values(), ids=str)
ECHOED = {"openai_chat", "openai_responses", "cohere"}  # where its echo names the pictures
SCHEMATIC = sorted(BY_FAMILY.keys() - {"anthropic"})


def told(llmock: Server, *behaviors: dict[str, Any]) -> None:
    reply = {"type": "reply", "text": TEXT, "times": None}
    llmock.call("/_llmock/scenario", {"behaviors": [reply, *behaviors]})


def statuses(llmock: Server) -> list[int]:
    seen = llmock.call("/_llmock/requests", method="GET")["requests"]
    return [request["status"] for request in seen]


def findings(llmock: Server) -> list[str]:
    found = llmock.call("/_llmock/verdict", method="GET")["findings"]
    return [f"{one['severity']} {one['code']}" for one in found]


@every_way
@HOWS
def test_the_full_text(llmock: Server, ask: Ask, way: Way, how: str) -> None:
    told(llmock)
    done = ask(llmock, way, "What is it?", how)
    assert (done.status, done.out, done.err) == (0, TEXT + "\n", "")
    assert statuses(llmock) == [200]


@pytest.mark.parametrize("way", [way for way in LLMOCK if way.dialect in ECHOED], ids=str)
@HOWS
def test_it_saw_two_pictures_and_then_the_question(
    llmock: Server, ask: Ask, way: Way, how: str
) -> None:
    done = ask(llmock, way, "What is it?", how)
    assert done.out == "Hello! You said: [image input] [image input] What is it?\n"


@every_way
@HOWS
def test_a_limit_is_waited_for_as_long_as_it_says(
    llmock: Server, ask: Ask, way: Way, how: str
) -> None:
    told(llmock, {"type": "fail", "status": 429, "retry_after": 0.3, "times": 2})
    done = ask(llmock, way, "What is it?", how)
    assert (done.status, done.out) == (0, TEXT + "\n")
    assert done.err.count("again in 0.3 s") == 2
    assert statuses(llmock) == [429, 429, 200]
    assert findings(llmock) == []


@every_family
def test_a_limit_that_does_not_end_is_told(llmock: Server, ask: Ask, way: Way) -> None:
    told(llmock, {"type": "fail", "status": 429, "retry_after": 0.1, "times": None})
    done = ask(llmock, way, "What is it?")
    assert (done.status, done.out) == (6, "")
    assert f"error: {way.provider}'s rate limit is reached" in done.err
    assert statuses(llmock) == [429] * 3
    assert findings(llmock) == []


@pytest.mark.parametrize("status", [408, 409, 500, 502, 503, 504, 529])
def test_what_may_pass_is_tried_again(llmock: Server, ask: Ask, status: int) -> None:
    told(llmock, {"type": "fail", "status": status})
    done = ask(llmock, OPENAI, "What is it?")
    assert (done.status, done.out) == (0, TEXT + "\n")
    assert statuses(llmock) == [status, 200]
    assert findings(llmock) == []


@every_family
@pytest.mark.parametrize(("status", "ends"), [(401, 4), (403, 4), (404, 3)])
def test_what_does_not_pass_is_not(
    llmock: Server, ask: Ask, way: Way, status: int, ends: int
) -> None:
    told(llmock, {"type": "fail", "status": status, "times": None})
    done = ask(llmock, way, "What is it?")
    assert (done.status, done.out) == (ends, "")
    assert statuses(llmock) == [status]
    assert findings(llmock) == []


@every_family
def test_a_wait_too_long_is_not_begun(llmock: Server, ask: Ask, way: Way) -> None:
    told(llmock, {"type": "fail", "status": 429, "retry_after": 600, "times": None})
    done = ask(llmock, way, "What is it?")
    assert done.status == 6
    assert statuses(llmock) == [429]
    assert findings(llmock) == ["warning gave_up"]  # it asks whether that was on purpose: it was


@pytest.mark.parametrize("kind", ["disconnect", "truncate"])
@every_family
def test_a_stream_that_breaks_before_its_text_is_asked_for_again(
    llmock: Server, ask: Ask, way: Way, kind: str
) -> None:
    told(llmock, {"type": "stream_fault", "kind": kind, "after_chunks": 0})
    done = ask(llmock, way, "What is it?", "--stream")
    assert (done.status, done.out) == (0, TEXT + "\n")
    assert findings(llmock) == []


# It knows what its client sends, not what it tells its user: where text was shown already, asking
# again would show it twice, so the answer ends as incomplete, and llmock takes it for accepted.
BROKEN = {
    "disconnect": (10, "the answer was cut off before its end", ["warning gave_up"]),
    "truncate": (10, "the answer was cut off before its end", ["error truncated_stream_accepted"]),
    "malformed": (8, "", ["warning malformed_chunk_ignored"]),
}


@pytest.mark.parametrize("kind", BROKEN)
@every_family
def test_one_that_breaks_after_its_text_is_told_with_the_text(
    llmock: Server, ask: Ask, way: Way, kind: str
) -> None:
    ends, words, suspected = BROKEN[kind]
    told(llmock, {"type": "stream_fault", "kind": kind, "after_chunks": 6})
    done = ask(llmock, way, "What is it?", "--stream")
    said = done.out.removesuffix("\n")
    assert done.status == ends
    assert said
    assert TEXT.startswith(said)
    assert said != TEXT
    assert f"error: {words}" in done.err
    assert statuses(llmock) == [200]
    assert findings(llmock) == suspected


@every_family
def test_a_stream_that_stands_still_ends_with_the_time_given(
    llmock: Server, ask: Ask, way: Way
) -> None:
    told(llmock, {"type": "stream_fault", "kind": "stall", "after_chunks": 6, "stall_seconds": 9})
    done = ask(llmock, way, "What is it?", "--stream", "--timeout", "1")
    assert done.status == 10
    assert done.out.strip()
    assert TEXT.startswith(done.out.strip())
    assert "warning no_read_timeout" not in findings(llmock)


# Asked by a schema it answers by it, but for Anthropic's way of asking, which it does not know.
@pytest.mark.parametrize("way", [BY_FAMILY[name] for name in SCHEMATIC], ids=str)
@HOWS
def test_an_answer_by_a_schema(llmock: Server, ask: Ask, way: Way, how: str) -> None:
    done = ask(llmock, way, "Which?", how, "--schema", "animal, legs int")
    assert done.status == 0, done.err
    assert json.loads(done.out).keys() == {"animal", "legs"}


def test_its_own_report_after_all_that_may_be_retried(llmock: Server, ask: Ask) -> None:
    told(
        llmock,
        {"type": "fail", "status": 503, "times": 2},
        {"type": "fail", "status": 429, "retry_after": 0.2},
    )
    done = ask(llmock, OPENAI, "What is it?", "--retries", "3")
    assert done.status == 0
    assert report(llmock) == 0
    for _ in range(2):  # and it can find something: the same refused question, asked again
        told(llmock, {"type": "fail", "status": 401})
        ask(llmock, OPENAI, "And now?")
    assert findings(llmock) == ["error retried_non_retryable"]
    assert report(llmock) == 1


def report(llmock: Server) -> int:
    words = [PROGRAM, "report", "--url", llmock.url, "--strict"]
    return subprocess.run(words, check=False, capture_output=True).returncode

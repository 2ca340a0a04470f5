"""What is asked again, how often, what it costs, and what a large body does."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import vendors
from tests.faults.peer import Faults
from visioncli import dialects
from visioncli.core.errors import ImageProblem, KeyProblem, QuotaExceeded, RateLimited, VisionError
from visioncli.core.types import BytesBlob, TextDelta
from visioncli.transport import Deadlines, send

from .wire import ask, request

ROOT = Path(__file__).parents[2]
LARGE = BytesBlob(bytes(24 << 20))


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
def test_a_status_that_may_pass(server: Faults, status: int) -> None:
    came = ask(server.at("flaky", 2, status), retries=2)
    assert (came.error, came.text, came.exit) == (None, vendors.TEXT, 0)
    assert len(server.received) == 3
    assert [error.status for error in came.retried] == [status, status]
    assert came.warnings == ["the request was sent 3 times, and may be billed as often"]


@pytest.mark.parametrize(
    ("status", "exit_status"),
    [(408, 8), (409, 8), (429, 6), (500, 8), (502, 8), (503, 8), (504, 8), (529, 8)],
)
def test_a_status_that_does_not_pass(server: Faults, status: int, exit_status: int) -> None:
    came = ask(server.at("status", status), retries=2)
    assert (came.exit, len(server.received)) == (exit_status, 3)
    assert f"told so by {status} (HTTP {status})" in came.said


@pytest.mark.parametrize(
    ("status", "exit_status"),
    [
        (400, 1),
        (401, 4),
        (402, 6),
        (403, 4),
        (404, 3),
        (413, 5),
        (422, 1),
        (501, 8),
        (505, 8),
        (204, 8),
    ],
)
def test_a_status_that_will_not_pass(server: Faults, status: int, exit_status: int) -> None:
    came = ask(server.at("status", status), retries=2)
    assert (came.exit, len(server.received), came.retried) == (exit_status, 1, [])


def test_without_retries_there_is_one_attempt(server: Faults) -> None:
    came = ask(server.at("flaky", 1, 503), retries=0)
    assert (came.exit, len(server.received)) == (8, 1)


def test_an_answer_at_once_warns_of_nothing(server: Faults) -> None:
    assert ask(server.at("ok"), retries=2).warnings == []


def test_each_attempt_sends_the_same_whole_request(server: Faults) -> None:
    picture = BytesBlob(bytes(range(256)) * 5000)
    came = ask(server.at("flaky", 2, 503), picture=picture, retries=2)
    assert came.text == vendors.TEXT
    first, *others = server.received
    assert len(others) == 2
    assert all(other == first for other in others)
    assert len(first.body) == int(first.headers["content-length"]) > 1_700_000


# ----------------------------------------------------------------- waits


def test_what_the_server_asks_for_is_waited(server: Faults) -> None:
    came = ask(server.at("status", 429, "0.05"), retries=2)
    assert isinstance(came.error, RateLimited)
    assert len(came.delays) == 2
    assert all(0.05 <= delay <= 0.0551 for delay in came.delays)


class Stop(Exception):
    pass


def test_a_date_to_wait_for(server: Faults) -> None:
    delays = []

    def stop(error: VisionError, delay: float) -> None:
        delays.append(delay)
        raise Stop

    with pytest.raises(Stop):
        list(
            send(
                request(server.at("retry-date")),
                dialects.load("openai_chat"),
                stream=False,
                provider="openai",
                secret=None,
                deadlines=Deadlines(),
                retries=2,
                on_retry=stop,
            )
        )
    (delay,) = delays
    assert 20 < delay <= 33


@pytest.mark.parametrize(("status", "exit_status"), [(429, 6), (503, 8)])
@pytest.mark.parametrize("wait", ["61", "3600"])
def test_a_wait_that_is_too_long_is_told_at_once(
    server: Faults, status: int, exit_status: int, wait: str
) -> None:
    came = ask(server.at("status", status, wait), retries=2, total=600.0)
    assert (came.exit, len(server.received)) == (exit_status, 1)
    assert came.said.endswith(f"; it asks to wait {wait} s")
    assert came.error is not None
    assert came.error.wait == float(wait)


def test_a_wait_beyond_the_deadline_is_told_at_once(server: Faults) -> None:
    came = ask(server.at("status", 429, "30"), retries=2, total=20.0)
    assert (came.exit, len(server.received)) == (6, 1)


@pytest.mark.parametrize("wait", ["0", "-5", "soon", "Thu, 01 Jan 1970 00:00:00 GMT", ""])
def test_a_wait_that_is_none_is_our_own(server: Faults, wait: str) -> None:
    came = ask(server.at("status", 503, wait), retries=2)
    assert len(server.received) == 3
    assert all(0 < delay <= 0.02 for delay in came.delays)


# ----------------------------------------------------------------- after text


@pytest.mark.parametrize("fault", ["sse-rst", "sse-cut", "sse-error", "sse-badjson"])
def test_after_text_nothing_is_asked_again(server: Faults, fault: str) -> None:
    came = ask(server.at(fault, 1), stream=True, retries=5)
    assert came.text == vendors.PIECES[0]
    assert (len(server.received), came.retried) == (1, [])


def test_a_failed_attempt_leaves_no_event_behind(server: Faults) -> None:
    """It gave an id and a model before it broke; the answer has them once, from the last one."""
    once = ask(server.at("ok"), stream=True)
    came = ask(server.at("flaky", 2, "sse-cut", 0), stream=True, retries=2)
    assert len(came.retried) == 2
    assert came.events[1:] == once.events  # the first one is the warning


def test_text_after_another_attempt_comes_behind_its_warning(server: Faults) -> None:
    came = ask(server.at("flaky", 1, 503), stream=True, retries=1)
    kinds = [type(event).__name__ for event in came.events]
    assert kinds.index("Warned") < kinds.index("TextDelta")
    assert sum(isinstance(event, TextDelta) for event in came.events) > 1


# ----------------------------------------------------------------- uploads


@pytest.mark.parametrize("fault", ["early413", "early413-open"])
def test_a_refusal_while_the_picture_is_still_sent(server: Faults, fault: str) -> None:
    came = ask(server.at(fault), picture=LARGE, retries=2, idle=0.5)
    assert isinstance(came.error, ImageProblem)
    assert came.said == "openai refuses the picture: body too large (HTTP 413)"
    assert (came.exit, server.connections) == (5, 1)


class Changed:
    """A picture that is not the same at its second reading."""

    size = 1000

    def __init__(self) -> None:
        self.readings = 0

    def open(self) -> Iterator[bytes]:
        self.readings += 1
        if self.readings > 1:
            raise ImageProblem("cat.png changed while reading", code="image_changed")
        yield bytes(1000)


def test_a_picture_that_changed_between_two_attempts(server: Faults) -> None:
    came = ask(server.at("flaky", 2, 503), picture=Changed(), retries=2)
    assert (came.exit, came.said) == (5, "cat.png changed while reading")
    assert len(server.received) == 1


MEMORY = """
import resource, sys
from tests.transport.wire import ask
from visioncli.images import blobs
came = ask(sys.argv[1], picture=blobs.from_path(sys.argv[2]), total=120.0, idle=60.0)
print(came.text)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_a_large_picture_is_not_held_in_memory(server: Faults, tmp_path: Path) -> None:
    def peak(size: int) -> float:
        file = tmp_path / f"{size}.bin"
        with file.open("wb") as hole:
            hole.truncate(size)
        done = subprocess.run(
            [sys.executable, "-c", MEMORY, server.at("sink"), str(file)],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
        )
        text, kilobytes = done.stdout.splitlines()
        assert text == vendors.TEXT
        return int(kilobytes) / 1024 / (1024 if sys.platform == "darwin" else 1)

    assert peak(200 << 20) - peak(1000) < 10  # MB


# ----------------------------------------------------------------- who is told


def test_errors_know_their_provider_and_its_words(server: Faults) -> None:
    came = ask(server.at("status", 401))
    assert isinstance(came.error, KeyProblem)
    assert came.said == "openai rejects the key: told so by 401 (HTTP 401)"
    came = ask(server.at("status", 402), retries=2)
    assert isinstance(came.error, QuotaExceeded)
    assert re.match("the quota or the credit at openai is used up: ", came.said)
    came = ask(server.at("status", 429))
    assert came.said.startswith("openai's rate limit is reached: ")

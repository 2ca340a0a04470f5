"""Streams that break: what was shown stays, what was not is asked for again."""

from __future__ import annotations

import time

import pytest

from tests import vendors
from tests.faults.peer import Faults
from visioncli import transport
from visioncli.core.errors import Incomplete
from visioncli.core.types import Started, TextDelta

from .wire import ask

TWO = "".join(vendors.PIECES[:2])  # of three: what came before the fault
BROKEN = ["sse-truncate", "sse-cut", "sse-rst", "sse-stall"]


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("wire", vendors.WIRES)
def test_text_that_was_shown_stays_and_is_not_asked_for_again(
    server: Faults, fault: str, wire: str
) -> None:
    came = ask(server.at(fault), wire=wire, stream=True, retries=2, idle=0.3)
    assert isinstance(came.error, Incomplete)
    assert (came.exit, came.error.code, came.text) == (10, "cut", TWO)
    assert came.said.startswith("the answer was cut off before its end")
    assert (server.address in came.said) == (fault != "sse-truncate")  # that one ended politely
    assert (server.connections, came.retried) == (1, [])


@pytest.mark.parametrize("fault", BROKEN)
def test_without_text_it_is_asked_for_again(server: Faults, fault: str) -> None:
    came = ask(server.at(fault, 0), stream=True, retries=2, idle=0.2)
    assert (came.exit, came.text, server.connections) == (7, "", 3)
    assert [type(event) for event in came.events] in ([], [Started])  # once, not of each attempt


@pytest.mark.parametrize(
    "fault", ["sse-bytes", "sse-crlf", "sse-ping", "sse-nodone", "sse-late", "sse-late-cut"]
)
def test_what_does_not_matter_changes_nothing(server: Faults, fault: str) -> None:
    came = ask(server.at(fault), stream=True)
    assert (came.error, came.text, came.finished) == (None, vendors.TEXT, True)


@pytest.mark.parametrize("wire", vendors.WIRES)
def test_one_byte_at_a_time(server: Faults, wire: str) -> None:
    came = ask(server.at("sse-bytes"), wire=wire, stream=True)
    assert (came.error, came.text, came.finished) == (None, vendors.TEXT, True)


def test_behind_the_end_marker_nothing_is_waited_for(server: Faults) -> None:
    """An idle deadline that would be met is far away: the answer is there before."""
    began = time.monotonic()
    came = ask(server.at("sse-open"), stream=True, idle=15.0, total=30.0)
    assert (came.error, came.text, came.finished) == (None, vendors.TEXT, True)
    assert time.monotonic() - began < 10


def test_a_frame_that_is_not_json(server: Faults) -> None:
    came = ask(server.at("sse-badjson"), stream=True, retries=2)
    assert (came.exit, came.text, server.connections) == (8, TWO, 1)
    assert came.said == "openai's answer is not JSON: {not json"


def test_an_error_in_the_stream_after_text(server: Faults) -> None:
    came = ask(server.at("sse-error"), stream=True, retries=2)
    assert (came.exit, came.text, server.connections) == (8, TWO, 1)
    assert came.said == "openai failed: the engine broke"


def test_an_error_in_the_stream_before_text_is_tried_again(server: Faults) -> None:
    came = ask(server.at("sse-error", 0), stream=True, retries=2)
    assert (came.exit, came.text, server.connections) == (8, "", 3)


def test_a_stream_without_end_is_cut_at_the_cap(
    server: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "ANSWER_CAP", 4 << 20)
    came = ask(server.at("sse-endless"), stream=True, retries=2)
    assert (came.exit, server.connections) == (8, 1)
    assert came.said == f"the answer of {server.address} is larger than 4 MB"
    assert came.text.startswith(TWO + "xxx")
    assert len(came.text) < 4 << 20


def test_text_comes_while_the_rest_is_still_awaited(server: Faults) -> None:
    """The server hangs after its second piece: both pieces are there before anything is over."""
    came = ask(server.at("sse-stall"), stream=True, idle=0.3)
    pieces = [event.text for event in came.events if isinstance(event, TextDelta) and event.text]
    assert pieces == list(vendors.PIECES[:2])


def test_a_reader_that_stops_closes_the_connection(server: Faults) -> None:
    from visioncli import dialects
    from visioncli.transport import Deadlines, send

    from .wire import request

    events = send(
        request(server.at("sse-endless"), stream=True),
        dialects.load("openai_chat"),
        stream=True,
        provider="openai",
        secret=None,
        deadlines=Deadlines(),
        retries=2,
    )
    assert next(event for event in events if isinstance(event, TextDelta)).text
    events.close()
    assert server.left.wait(5)


def test_what_the_reader_raises_is_its_own(server: Faults) -> None:
    """An error of the caller's, thrown in where it stands, is neither renamed nor tried again."""
    from visioncli import dialects
    from visioncli.transport import Deadlines, send

    from .wire import request

    events = send(
        request(server.at("ok"), stream=True),
        dialects.load("openai_chat"),
        stream=True,
        provider="openai",
        secret=None,
        deadlines=Deadlines(),
        retries=2,
    )
    next(events)
    with pytest.raises(ConnectionResetError, match="mine"):
        events.throw(ConnectionResetError("mine"))
    assert len(server.received) == 1

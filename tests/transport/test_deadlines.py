"""Nothing is waited for without an end, however little the other side does at a time."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests import vendors
from tests.faults.peer import Faults
from visioncli.core.errors import NetworkProblem, ProviderFailed
from visioncli.core.types import BytesBlob
from visioncli.transport import network
from visioncli.transport.clock import Clock, Deadlines

from .wire import Came, ask

LARGE = BytesBlob(bytes(24 << 20))  # more than all the buffers on its way can hold
LATE = 5.0  # seconds that a slow machine may add


def over(came: Came, began: float, total: float) -> None:
    """The total deadline ended it, in time, and there was no second attempt."""
    assert isinstance(came.error, NetworkProblem)
    assert (came.exit, came.error.code, came.error.hint) == (7, "timeout", "--timeout SECONDS")
    assert came.said == f"no complete answer from openai within {total:g} s"
    assert total <= time.monotonic() - began < total + LATE
    assert came.retried == []


@pytest.mark.parametrize(
    ("fault", "stream"),
    [
        ("stall-headers", False),
        ("stall-headers", True),
        ("drip-headers", True),
        ("drip", False),
        ("drip-body", False),
        ("endless-1xx", True),
    ],
)
def test_the_total_ends_what_comes_too_slowly(server: Faults, fault: str, stream: bool) -> None:
    began = time.monotonic()
    over(ask(server.at(fault), stream=stream, retries=2, idle=0.3, total=0.5), began, 0.5)
    assert server.connections == 1


def test_pings_do_not_put_off_the_end(server: Faults) -> None:
    began = time.monotonic()
    came = ask(server.at("sse-drip"), stream=True, retries=2, idle=60.0, total=0.5)
    assert (came.exit, came.text) == (10, "".join(vendors.PIECES[:2]))
    assert came.said == (
        "the answer was cut off before its end: no complete answer from openai within 0.5 s"
    )
    assert came.error is not None
    assert came.error.hint == "--timeout SECONDS"
    assert time.monotonic() - began < 0.5 + LATE
    assert server.connections == 1


@pytest.mark.parametrize("fault", ["deaf", "sip"])
def test_the_total_ends_an_upload(server: Faults, fault: str) -> None:
    began = time.monotonic()
    over(ask(server.at(fault), picture=LARGE, retries=2, total=0.5), began, 0.5)


def test_an_upload_that_nobody_takes_ends_at_the_idle_deadline(
    server: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "LAST_WORDS", 0.1)
    came = ask(server.at("deaf"), picture=LARGE, retries=1, idle=0.3, total=60.0)
    assert came.exit == 7
    assert came.said == f"{server.address} takes no more of the request, and does not say why"
    assert server.connections == 2


def test_an_answer_may_begin_as_late_as_it_likes(server: Faults) -> None:
    """A model thinks for minutes before its first byte: the idle deadline is not for that."""
    began = time.monotonic()
    over(ask(server.at("stall-headers"), idle=0.1, total=0.8), began, 0.8)


def test_a_body_that_stalls_is_asked_for_again(server: Faults) -> None:
    came = ask(server.at("stall-body"), retries=2, idle=0.2, total=60.0)
    assert came.exit == 7
    assert came.said == f"{server.address} sent nothing for 0.2 s"
    assert server.connections == 3


def test_the_total_is_for_all_attempts_together(server: Faults) -> None:
    began = time.monotonic()
    came = ask(server.at("stall-body"), retries=100, idle=0.2, total=0.7)
    assert came.exit == 7
    assert 2 <= server.connections <= 4
    assert time.monotonic() - began < 0.7 + LATE


@pytest.mark.parametrize("fault", ["stall-error", "drip-error"])
def test_an_error_is_told_though_its_body_never_ends(
    server: Faults, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    """Its status says enough: neither the idle nor the total deadline is waited for."""
    monkeypatch.setattr(network, "LAST_WORDS", 0.2)
    began = time.monotonic()
    came = ask(server.at(fault), idle=15.0, total=30.0)
    assert time.monotonic() - began < 10
    assert isinstance(came.error, ProviderFailed)
    assert came.error.status == 503
    assert came.said.endswith("(HTTP 503)")
    assert ("overloa" if fault == "stall-error" else "xxx") in came.said


# ----------------------------------------------------------------- connecting


def test_a_host_that_does_not_answer(black_hole: int) -> None:
    came = ask(f"http://127.0.0.2:{black_hole}/v1", retries=1, connect=0.2)
    assert isinstance(came.error, NetworkProblem)
    assert came.said == f"no connection to 127.0.0.2:{black_hole}: it does not answer"
    assert came.error.hint == "check that it runs, and its address (--base-url)"
    assert (came.error.code, len(came.retried)) == ("connect", 1)


def test_the_total_ends_a_connection_that_is_never_made(black_hole: int) -> None:
    began = time.monotonic()
    over(ask(f"http://127.0.0.2:{black_hole}/v1", connect=60.0, total=0.4), began, 0.4)


@pytest.fixture
def slow_names(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A resolver that does not answer until the test is over."""
    done = threading.Event()
    known = network.socket.getaddrinfo

    def getaddrinfo(host: str, *rest: object, **more: object) -> object:
        if host == "slow.example":
            done.wait(30)
            raise OSError
        return known(host, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(network.socket, "getaddrinfo", getaddrinfo)
    yield
    done.set()


@pytest.mark.usefixtures("slow_names")
def test_a_name_that_takes_too_long_to_look_up() -> None:
    came = ask("http://slow.example/v1", retries=1, connect=0.2)
    assert came.said == "the name slow.example could not be looked up in time"
    assert (came.exit, len(came.retried)) == (7, 1)


@pytest.mark.usefixtures("slow_names")
def test_the_total_ends_a_look_up() -> None:
    began = time.monotonic()
    over(ask("http://slow.example/v1", connect=60.0, total=0.3), began, 0.3)


def test_a_handshake_that_stalls() -> None:
    """The system takes the connection, and the server behind it says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        came = ask(f"https://127.0.0.1:{silent.getsockname()[1]}/v1", connect=0.3)
    assert (came.exit, came.said) == (7, "no TLS connection to 127.0.0.1 within 0.3 s")


# ----------------------------------------------------------------- the clock


def test_a_clock_set_back_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(Deadlines(total=1000.0))
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert 990 < clock.left() <= 1000
    assert clock.left(5.0) == 5.0
    assert not clock.is_over


def test_a_clock_within_a_clock_ends_with_the_earlier() -> None:
    clock = Clock(Deadlines(total=10.0))
    assert clock.within(1000.0).left() <= 10.0
    assert clock.within(5.0).left() <= 5.0
    ended = Clock(Deadlines(total=0.0), "acme")
    assert ended.is_over
    with pytest.raises(NetworkProblem, match="no complete answer from acme within 0 s"):
        ended.left()

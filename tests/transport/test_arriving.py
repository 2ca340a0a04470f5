"""The same faults where an answer is wanted as it comes."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests import vendors
from tests.faults.peer import Faults
from visioncli import dialects
from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import VisionError
from visioncli.core.secret import Secret
from visioncli.core.types import Event, TextDelta
from visioncli.transport import astream
from visioncli.transport.channel import Channels
from visioncli.transport.clock import Clock, Deadlines

from .test_faults import PLAIN
from .test_many import CLIENTS, LARGE
from .wire import DIALECTS, KEY, PIXELS, Came, request


async def arriving(client: type, sent: HttpRequest, wire: str, stream: bool, came: Came, **limits):
    channels: Channels = client(sent.url)
    try:
        events = astream.events(
            sent,
            dialects.load(DIALECTS[wire]),
            channel=channels.channel(),
            stream=stream,
            provider=wire,
            secret=Secret(KEY),
            clock=Clock(Deadlines(**{"connect": 5.0, "idle": 5.0, "total": 20.0, **limits}), wire),
        )
        async for event in events:
            came.events.append(event)
    finally:
        await channels.close()


def ask(client: type, base_url: str, *, wire="openai", stream=False, picture=PIXELS, **limits):
    built = request(base_url, wire=wire, stream=stream, picture=picture)
    headers = {**built.headers, "authorization": f"Bearer {KEY}"}
    sent = HttpRequest(method=built.method, url=built.url, headers=headers, body=built.body)
    came = Came()
    try:
        asyncio.run(arriving(client, sent, wire, stream, came, **limits))
    except VisionError as error:
        came.error = error
    return came


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(("fault", "status", "code", "again", "words"), PLAIN)
def test_a_plain_answer_that_breaks_is_no_answer(
    server: Faults, client: type, fault: str, status: int, code: str, again: bool, words: str
) -> None:
    came = ask(client, server.at(fault))
    assert (came.exit, came.text) == (status, "")
    assert came.error is not None
    assert (came.error.provider, came.error.retry) == ("openai", again)
    assert server.connections == 1


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("fault", ["http10", "gzip", "chunked", "continue", "ok"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("wire", vendors.WIRES)
def test_an_unusual_way_to_say_it_is_none_to_the_reader(
    server: Faults, client: type, fault: str, stream: bool, wire: str
) -> None:
    came = ask(client, server.at(fault), wire=wire, stream=stream)
    assert (came.error, came.text, came.finished) == (None, vendors.TEXT, True)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    ("fault", "exit_"),
    [
        ("sse-truncate", 10),
        ("sse-cut", 10),
        ("sse-rst", 10),
        ("sse-badjson", 8),
        ("sse-error", 8),
        ("sse-bytes", 0),
        ("sse-late", 0),
        ("sse-open", 0),
    ],
)
def test_a_stream_keeps_what_had_come(server: Faults, client: type, fault: str, exit_: int) -> None:
    came = ask(client, server.at(fault), stream=True, total=5.0)
    assert came.exit == exit_
    assert came.text
    assert vendors.TEXT.startswith(came.text)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("fault", ["stall-headers", "drip-headers", "drip", "drip-body"])
def test_the_total_ends_what_comes_too_slowly(server: Faults, client: type, fault: str) -> None:
    came = ask(client, server.at(fault), idle=0.3, total=0.5)
    assert (came.exit, came.said) == (7, "no complete answer from openai within 0.5 s")


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("fault", ["early413", "early413-open"])
def test_a_refusal_while_the_picture_is_on_its_way_is_heard(
    server: Faults, client: type, fault: str
) -> None:
    came = ask(client, server.at(fault), picture=LARGE, idle=0.5)
    assert (came.exit, came.said.partition(" (")[0]) == (
        *(5, "openai refuses the picture: body too large"),
    )


@pytest.mark.parametrize("client", CLIENTS)
def test_a_key_that_the_provider_repeats_is_masked(server: Faults, client: type) -> None:
    came = ask(client, server.at("echo"))
    assert came.error is not None
    assert KEY not in f"{came.error!r} {came.error.message} {came.error.hint} {came.error.code}"


@pytest.mark.parametrize("client", CLIENTS)
def test_events_come_as_they_are_sent(server: Faults, client: type) -> None:
    """The first text is there while the provider still sends; leaving closes the connection."""
    built = request(server.at("sse-drip"), stream=True)

    async def first() -> Event:
        channels: Channels = client(built.url)
        events = astream.events(
            built,
            dialects.load("openai_chat"),
            channel=channels.channel(),
            stream=True,
            provider="openai",
            secret=None,
            clock=Clock(Deadlines(total=20.0)),
        )
        try:
            async for event in events:
                if isinstance(event, TextDelta):
                    return event
        finally:
            await events.aclose()
            await channels.close()
        raise AssertionError

    began = time.monotonic()
    assert asyncio.run(first()) == TextDelta(vendors.PIECES[0])
    assert time.monotonic() - began < 5
    assert server.left.wait(5)

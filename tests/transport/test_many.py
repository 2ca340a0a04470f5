"""The same faults, where many are asked at once: either client ends them as the single one does."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests import vendors
from tests.faults.peer import Faults
from tests.faults.server import serving
from visioncli import dialects
from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import VisionError
from visioncli.core.secret import Secret
from visioncli.core.types import Blob, BytesBlob, Event
from visioncli.transport import asend, network
from visioncli.transport.channel import Channels
from visioncli.transport.clock import Clock, Deadlines
from visioncli.transport.fast import FastChannels
from visioncli.transport.plain import PlainChannels

from .test_faults import PLAIN
from .wire import DIALECTS, KEY, PIXELS, Came, request

CLIENTS = [FastChannels, PlainChannels]
LARGE = BytesBlob(bytes(24 << 20))  # more than all the buffers on its way can hold


def ask(
    client: type,
    base_url: str,
    *,
    wire: str = "openai",
    stream: bool = False,
    picture: Blob = PIXELS,
    headers: dict[str, str] | None = None,
    times: int = 1,
    **deadlines: float,
) -> Came:
    built = request(base_url, wire=wire, stream=stream, picture=picture)
    more = {"authorization": f"Bearer {KEY}", **(headers or {})}
    sent = HttpRequest(
        method=built.method, url=built.url, headers={**built.headers, **more}, body=built.body
    )
    came = Came()

    async def run() -> None:
        channels: Channels = client(sent.url)
        try:
            channel = channels.channel()
            for _ in range(times):
                events: list[Event] = []
                came.events = events
                await asend.attempt(
                    sent,
                    dialects.load(DIALECTS[wire]),
                    channel=channel,
                    stream=stream,
                    provider=wire,
                    secret=Secret(KEY),
                    clock=Clock(
                        Deadlines(**{"connect": 5.0, "idle": 5.0, "total": 20.0, **deadlines}), wire
                    ),
                    into=events,
                )
        finally:
            await channels.close()

    try:
        asyncio.run(run())
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
    if fault == "cl-short" and client is FastChannels:
        code = "protocol"  # its parser reads on, and takes the rest for another answer
    assert (came.error.code, came.error.provider, came.error.retry) == (code, "openai", again)
    assert len(came.said) < 400
    assert server.connections == 1


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("fault", ["http10", "gzip", "deflate", "chunked", "continue", "ok"])
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("wire", vendors.WIRES)
def test_an_unusual_way_to_say_it_is_none_to_the_reader(
    server: Faults, client: type, fault: str, stream: bool, wire: str
) -> None:
    came = ask(client, server.at(fault), wire=wire, stream=stream)
    assert (came.error, came.text, came.finished) == (None, vendors.TEXT, True)
    assert came.warnings == []


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
    ],
)
def test_a_stream_keeps_what_had_come(server: Faults, client: type, fault: str, exit_: int) -> None:
    came = ask(client, server.at(fault), stream=True, total=5.0)
    assert came.exit == exit_
    assert came.text
    assert vendors.TEXT.startswith(came.text)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    ("fault", "stream"),
    [
        ("stall-headers", False),
        ("drip-headers", True),
        ("drip", False),
        ("drip-body", False),
        ("endless-1xx", True),
    ],
)
def test_the_total_ends_what_comes_too_slowly(
    server: Faults, client: type, fault: str, stream: bool
) -> None:
    began = time.monotonic()
    came = ask(client, server.at(fault), stream=stream, idle=0.3, total=0.5)
    assert (came.exit, came.said) == (7, "no complete answer from openai within 0.5 s")
    assert 0.5 <= time.monotonic() - began < 5.5


@pytest.mark.parametrize("client", CLIENTS)
def test_a_body_that_stalls_ends_at_the_idle_deadline(server: Faults, client: type) -> None:
    came = ask(client, server.at("stall-body"), idle=0.2)
    assert (came.exit, came.said) == (7, f"{server.address} sent nothing for 0.2 s")


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("fault", ["deaf", "sip"])
def test_the_total_ends_an_upload(server: Faults, client: type, fault: str) -> None:
    came = ask(client, server.at(fault), picture=LARGE, total=0.5)
    assert (came.exit, came.said) == (7, "no complete answer from openai within 0.5 s")


@pytest.mark.parametrize("client", CLIENTS)
def test_an_upload_that_nobody_takes_ends_at_the_idle_deadline(
    server: Faults, client: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(network, "LAST_WORDS", 0.1)
    came = ask(client, server.at("deaf"), picture=LARGE, idle=0.3, total=60.0)
    assert came.exit == 7
    assert came.said == f"{server.address} takes no more of the request, and does not say why"


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("fault", ["early413", "early413-open"])
def test_a_refusal_while_the_picture_is_on_its_way_is_heard(
    server: Faults, client: type, fault: str
) -> None:
    came = ask(client, server.at(fault), picture=LARGE, idle=0.5, total=20.0)
    assert (came.exit, came.said.partition(" (")[0]) == (
        5,
        "openai refuses the picture: body too large",
    )


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(server: Faults, client: type, status: int) -> None:
    with serving() as other:
        came = ask(client, server.at("redirect", f"{other.url}/f/ok/chat/completions", status))
        assert (came.exit, other.connections) == (8, 0)
    assert "which is not followed" in came.said


@pytest.mark.parametrize("client", CLIENTS)
def test_what_is_sent(server: Faults, client: type) -> None:
    ask(client, server.at("ok"))
    (sent,) = server.received
    assert (sent.method, sent.path) == ("POST", "/f/ok/chat/completions")
    assert int(sent.headers["content-length"]) == len(sent.body)
    assert "transfer-encoding" not in sent.headers
    assert sent.headers["host"] == server.address
    assert sent.headers["accept-encoding"] == "identity"
    assert sent.headers["user-agent"].startswith("visioncli/")
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert "cookie" not in sent.headers


@pytest.mark.parametrize("client", CLIENTS)
def test_a_large_picture_is_sent_piece_by_piece(server: Faults, client: type) -> None:
    came = ask(client, server.at("sink"), picture=LARGE)
    assert (came.error, came.text) == (None, vendors.TEXT)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("value", ["caf\u00e9", "a\nb", "a\0b"])
def test_a_header_that_cannot_be_sent_is_named(server: Faults, client: type, value: str) -> None:
    came = ask(client, server.at("ok"), headers={"x-mine": value})
    assert (came.exit, server.received) == (2, [])
    assert came.said.startswith(f"the request to {server.address} cannot be sent: ")


@pytest.mark.parametrize("client", CLIENTS)
def test_a_key_that_the_provider_repeats_is_masked(server: Faults, client: type) -> None:
    came = ask(client, server.at("echo"))
    error = came.error
    assert error is not None
    shown = f"{error!r} {error} {error.message} {error.hint} {error.code} {error.args}"
    assert KEY not in shown
    assert "\x1b" not in shown


@pytest.mark.parametrize("client", CLIENTS)
def test_no_connection(client: type, black_hole: int) -> None:
    came = ask(client, "http://no-such-host.invalid/v1")
    assert came.said.startswith("the name no-such-host.invalid is not known: ")
    came = ask(client, "http://127.0.0.1:9/v1")
    assert came.said == "no connection to 127.0.0.1:9: Connection refused"
    assert came.error is not None
    assert came.error.code == "connect"
    came = ask(client, f"http://127.0.0.2:{black_hole}/v1", connect=0.3)
    assert came.said == f"no connection to 127.0.0.2:{black_hole}: it does not answer"

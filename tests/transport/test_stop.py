"""An exchange that another thread gives up ends at once, whatever it waits for."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from tests.faults.peer import Faults
from tests.faults.server import serving
from visioncli import dialects
from visioncli.core.errors import VisionError
from visioncli.core.stop import Stop, Stopped
from visioncli.transport import Deadlines, send, tls

from .wire import request

SOON = 10.0  # seconds; the deadlines are far longer


@pytest.fixture(params=["http", "https"])
def either(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Faults]:
    if request.param == "http":
        with serving() as server:
            yield server
        return
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    tls.context.cache_clear()
    with serving(tls=context) as server:
        yield server
    tls.context.cache_clear()


def given_up(base_url: str, stop: Stop) -> VisionError | None:
    """What an exchange ended with that was stopped at its first event, or before it tries again."""
    ended: list[VisionError] = []
    ready = threading.Event()

    def work() -> None:
        try:
            for _ in send(
                request(base_url, stream=True),
                dialects.load("openai_chat"),
                stream=True,
                provider="acme",
                secret=None,
                deadlines=Deadlines(),
                retries=2,
                on_retry=lambda *_: ready.set(),
                stop=stop,
            ):
                ready.set()
        except VisionError as error:
            ended.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert ready.wait(SOON)
    stop.set()
    thread.join(SOON)
    assert not thread.is_alive()
    return ended[0] if ended else None


def test_while_it_waits_for_the_next_piece(either: Faults) -> None:
    error = given_up(either.at("sse-stall"), Stop())
    assert error is not None
    assert error.exit in (1, 10)
    assert either.connections == 1


def test_while_it_waits_to_try_again(server: Faults) -> None:
    error = given_up(server.at("retry-date"), Stop())  # in 30 s
    assert isinstance(error, Stopped)
    assert len(server.received) == 1


def test_before_it_began(server: Faults) -> None:
    stop = Stop()
    stop.set()
    events = send(
        request(server.at("ok")),
        dialects.load("openai_chat"),
        stream=False,
        provider="acme",
        secret=None,
        deadlines=Deadlines(),
        retries=2,
        stop=stop,
    )
    with pytest.raises(Stopped):
        list(events)
    assert server.received == []

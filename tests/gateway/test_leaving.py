"""A caller that goes away, and a gateway that is stopped."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests import vendors
from tests.faults.server import serving as broken
from tests.mock import Mock, Reply
from tests.program import environment, vision
from visioncli.gateway import body

from .entries import one
from .running import ASK, Served, program, question, serving


def begun(served_url: str, asked: object) -> socket.socket:
    """A connection on which a question was asked."""
    parts = urlsplit(served_url)
    data = json.dumps(asked).encode()
    sock = socket.create_connection((parts.hostname, parts.port), 10)
    head = f"POST {ASK} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(data)}\r\n\r\n"
    sock.sendall(head.encode() + data)
    return sock


def listens(served_url: str) -> bool:
    parts = urlsplit(served_url)
    with socket.socket() as sock:
        return sock.connect_ex((parts.hostname, parts.port)) == 0


@pytest.mark.parametrize(("fault", "stream"), [("drip-headers", False), ("sse-drip", True)])
def test_who_goes_away_ends_the_call_to_the_provider(mock: Mock, fault: str, stream: bool) -> None:
    with broken() as server:
        gateway = one(mock, entry={"api_base": server.at(fault)})
        with serving(gateway) as served:
            with begun(served.url, question(stream=stream)) as sock:
                if stream:
                    assert b"200" in sock.recv(100)
                while not server.received:
                    time.sleep(0.01)
            assert server.left.wait(10)
            metrics = ""
            until = time.monotonic() + 10
            while 'status="499"' not in metrics and time.monotonic() < until:
                metrics = served.get("/metrics").text
    assert 'vision_requests_total{api="chat",model="m",status="499"} 1.0' in metrics
    assert "vision_requests_under_way 0.0" in metrics


def test_who_goes_away_while_sending_costs_nobody_anything(mock: Mock) -> None:
    with serving(one(mock)) as served:
        parts = urlsplit(served.url)
        with socket.create_connection((parts.hostname, parts.port), 10) as sock:
            sock.sendall(
                f"POST {ASK} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n\r\n{{".encode()
            )
        assert served.post(question()).status_code == 200
    assert len(mock.posts) == 1
    assert served.told == []


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_what_runs_is_finished_when_it_is_stopped(
    mock: Mock, tmp_path: Path, number: int, status: int
) -> None:
    mock.delay = 1.0
    with program(env=mock.env("sk-test-0123456789")) as running:
        said: list[int] = []
        served = Served(running.url)
        asking = threading.Thread(
            target=lambda: said.append(served.post(question("openai/gpt-4o")).status_code)
        )
        asking.start()
        while not mock.posts:
            assert asking.is_alive()
        assert running.stop(number) == status
        asking.join(10)
        assert "Traceback" not in "\n".join(running.err)
    assert said == [200]


def test_a_stream_is_finished_when_it_is_stopped(mock: Mock) -> None:
    let = threading.Event()

    def frames() -> Iterator[bytes]:
        first, second, *others = vendors.streamed("openai")
        yield first + second
        assert let.wait(30)
        yield from others

    mock.replies.append(Reply(frames(), "text/event-stream"))  # type: ignore[arg-type]
    with (
        program(env=mock.env("sk-test-0123456789")) as running,
        begun(running.url, question("openai/gpt-4o", stream=True)) as sock,
    ):
        came = sock.recv(1000)
        running.process.send_signal(signal.SIGTERM)
        while listens(running.url):
            assert running.process.poll() is None
        let.set()
        while piece := sock.recv(1000):
            came += piece
        assert running.process.wait(15) == 143
    assert came.startswith(b"HTTP/1.1 200 ")
    assert came.count(b"data: ") >= len(vendors.PIECES)
    assert came.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n")


def test_what_does_not_end_is_dropped_in_the_end(mock: Mock) -> None:
    mock.replies.append(Reply([b"data: {}\n\n"], "text/event-stream", hang=threading.Event()))
    env = mock.env("sk-test-0123456789")
    with (
        program(env=env) as running,
        begun(running.url, question("openai/gpt-4o", stream=True)),
    ):
        while not mock.posts:
            time.sleep(0.01)
        began = time.monotonic()
        assert running.stop() == 143
    assert 9 < time.monotonic() - began < 14
    mock.replies.clear()


def test_a_port_that_is_taken_is_named(mock: Mock) -> None:
    done = vision("serve", "--port", str(mock.port))
    assert done.status == 2
    assert f"error: 127.0.0.1:{mock.port} cannot be served: Address already in use" in done.err


def test_a_body_that_stalls_is_not_waited_for(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body, "IDLE", 0.2)
    with serving(one(mock)) as served:
        parts = urlsplit(served.url)
        with socket.create_connection((parts.hostname, parts.port), 10) as sock:
            head = f"POST {ASK} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n\r\n{{"
            sock.sendall(head.encode())
            assert sock.recv(100).startswith(b"HTTP/1.1 408 ")


def test_what_is_not_installed_is_named() -> None:
    code = (
        "import sys; sys.modules['starlette'] = None; from visioncli.cli.main import main;"
        " sys.exit(main(['serve', '--port', '0']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment()
    )
    assert done.returncode == 2
    assert done.stderr == (
        "error: the gateway needs starlette, which is not installed\n"
        "  try: pip install 'visioncli[serve]'\n"
    )

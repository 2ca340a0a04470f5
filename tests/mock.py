"""A loopback server that answers as the vendors do and keeps what it was sent."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests import vendors

KEPT = 16 << 20  # bytes of a request's body


@dataclass(frozen=True)
class Received:
    """body: its first KEPT bytes. length: of all of it."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    length: int

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def wire(self) -> str:
        return vendors.wire_of(self.path.partition("?")[0])


@dataclass(frozen=True)
class Reply:
    """body: a sequence is written piece by piece, chunked. hang: waited for before its end."""

    body: bytes | Sequence[bytes]
    content_type: str = "application/json"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: threading.Event | None = None


@dataclass
class Mock:
    """replies: used up first, one a POST; then every wire answers `text` properly.

    files, statuses: what a GET of a path gives. delay: seconds before every answer.
    """

    port: int
    text: str = vendors.TEXT
    pieces: Sequence[str] = vendors.PIECES
    replies: list[Reply] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    statuses: dict[str, int] = field(default_factory=dict)
    delay: float = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def posts(self) -> list[Received]:
        return [r for r in self.received if r.method == "POST"]

    def env(self, key: str) -> dict[str, str]:
        """Addresses and keys of all four vendors."""
        addresses = {
            variable: self.url + ("/v1" if wire == "openai" else "")
            for wire, variable in vendors.ADDRESS.items()
        }
        return addresses | dict.fromkeys(vendors.KEYS.values(), key)

    def reply(self, request: Received) -> Reply:
        time.sleep(self.delay)
        if request.method == "GET":
            if request.path in self.statuses:
                return Reply(b"", "text/plain", self.statuses[request.path])
            if request.path not in self.files:
                return Reply(b"not here", "text/plain", 404)
            return Reply(self.files[request.path], "application/octet-stream")
        if self.replies:
            return self.replies.pop(0)
        if request.length > KEPT:  # its JSON is not whole; the tests of size do not stream
            return Reply(vendors.plain(request.wire, self.text))
        if vendors.is_stream(request.path, request.json):
            kind = "application/x-ndjson" if request.wire == "ollama" else "text/event-stream"
            return Reply(vendors.streamed(request.wire, self.pieces), kind)
        return Reply(vendors.plain(request.wire, self.text))


@contextmanager
def serving() -> Iterator[Mock]:
    """A server on a free port of 127.0.0.1, in threads of this process."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            body = self.rfile.read(min(length, KEPT))
            for start in range(KEPT, length, KEPT):  # the rest of a large one is counted, not kept
                self.rfile.read(min(KEPT, length - start))
            self._answer(body, length)

        def do_GET(self) -> None:
            self._answer(b"", 0)

        def _answer(self, body: bytes, length: int) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            received = Received(self.command, self.path, headers, body, length)
            mock.received.append(received)
            reply = mock.reply(received)
            self.send_response(reply.status)
            self.send_header("content-type", reply.content_type)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            pieces = [reply.body] if isinstance(reply.body, bytes) else reply.body
            if isinstance(reply.body, bytes):
                self.send_header("content-length", str(len(reply.body)))
            else:
                self.send_header("transfer-encoding", "chunked")
            self.end_headers()
            try:
                for piece in pieces:
                    data = piece
                    if not isinstance(reply.body, bytes):
                        data = f"{len(piece):x}\r\n".encode() + piece + b"\r\n"
                    self.wfile.write(data)
                    self.wfile.flush()
                if reply.hang is not None:
                    reply.hang.wait(30)
                    self.close_connection = True
                elif not isinstance(reply.body, bytes):
                    self.wfile.write(b"0\r\n\r\n")
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    mock = Mock(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield mock
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

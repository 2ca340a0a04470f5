"""A loopback server of lists and files: every path has what it answers, and remembers who asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """body: pieces are written as they are. length: what is announced; None: the body's own."""

    body: bytes | Iterable[bytes] = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None


Answers = Callable[[Asked], Answer]


def as_json(value: Any, **headers: str) -> Answer:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(json.dumps(value).encode(), headers={"content-type": "application/json"} | named)


@dataclass
class Registry:
    """answers: by path, without the query. asked: every request, in order."""

    url: str
    answers: dict[str, Answers] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    def gives(self, path: str, value: Any) -> str:
        """The address at which the JSON value is from now on."""
        self.answers[path] = lambda _: as_json(value)
        return self.url + path


@contextmanager
def serving() -> Iterator[Registry]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(parts.query))
            asked = Asked(self.command, parts.path, query, headers, body)
            registry.asked.append(asked)
            give = registry.answers.get(parts.path, lambda _: Answer(b"not here", 404))
            with suppress(BrokenPipeError, ConnectionResetError):
                self._send(give(asked))

        do_POST = do_GET  # noqa: N815 - the base class says how it is called

        def _send(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            pieces = [answer.body] if isinstance(answer.body, bytes) else answer.body
            length = answer.length
            if length is None and isinstance(answer.body, bytes):
                length = len(answer.body)
            if length is not None:
                self.send_header("content-length", str(length))
            short = length is None or answer.length is not None
            if short:
                self.send_header("connection", "close")
            self.end_headers()
            for piece in pieces:
                self.wfile.write(piece)
            self.close_connection = self.close_connection or short

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    registry = Registry(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

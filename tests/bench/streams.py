"""A server that streams given tokens, and knows to the microsecond when it sent the first one."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

from tests import vendors

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
HEAD = (
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
    b"connection: close\r\ntransfer-encoding: chunked\r\n\r\n"
)
MARKDOWN = Path(__file__).with_name("answer.md")
TOKEN = 4  # characters


def tokens(count: int) -> list[str]:
    """A long answer in Markdown, cut as models cut it: about four characters a token."""
    text = MARKDOWN.read_text()
    pieces = [text[start : start + TOKEN] for start in range(0, len(text), TOKEN)]
    return list(islice(cycle(pieces), count))


@dataclass
class Streaming:
    """port: of 127.0.0.1. sent: when each answer's first token went out, of perf_counter."""

    port: int
    sent: list[float] = field(default_factory=list)


@contextmanager
def streaming(
    said: Sequence[str], *, delay: float = 0.0, pause: float = 0.0
) -> Iterator[Streaming]:
    """Answers every request as OpenAI does. delay: seconds before the first token, pause: between
    all others.
    """
    frames = [b"%x\r\n%s\r\n" % (len(f), f) for f in vendors.streamed("openai", said)]
    opening, first, rest = frames[0], frames[1], [*frames[2:], b"0\r\n\r\n"]
    listening = socket.create_server(("127.0.0.1", 0), backlog=16)
    server = Streaming(listening.getsockname()[1])

    def answer(connection: socket.socket) -> None:
        with connection, suppress(ConnectionError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            _read(connection)
            time.sleep(delay)
            server.sent.append(time.perf_counter())
            connection.sendall(HEAD + opening + first)
            for frame in rest:
                if pause:
                    time.sleep(pause)
                connection.sendall(frame)

    def accept() -> None:
        with suppress(OSError):  # it was closed
            while True:
                threading.Thread(target=answer, args=(listening.accept()[0],), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join()


def _read(connection: socket.socket) -> None:
    """One request, whole."""
    head = b""
    while b"\r\n\r\n" not in head:
        if not (more := connection.recv(1 << 16)):
            raise ConnectionError
        head += more
    head, _, body = head.partition(b"\r\n\r\n")
    found = LENGTH.search(head + b"\r\n")
    left = (int(found[1]) if found else 0) - len(body)
    while left > 0:
        left -= len(connection.recv(1 << 16)) or left

"""The other side of a connection, as a fault sees it, and the bytes of which answers are made."""

from __future__ import annotations

import json
import random
import select
import socket
import ssl
import struct
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from PIL import Image

from tests import vendors
from tests.images.corpus import saved

STEP = 1 << 16
PICTURE = saved(Image.frombytes("L", (32, 32), random.Random(1).randbytes(1024)), "PNG")
TLS = b"\x16\x03"  # how a client begins that takes the server for one that speaks it
ACCEPT = 0.02  # seconds between two looks at whether the server shall stop


@dataclass(frozen=True)
class Received:
    """headers: names in small letters."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Faults:
    """received: whole requests only, in order. asked: the paths of all that began. connections: how
    many were opened.

    left: a client went away before it had been told all.
    """

    host: str
    port: int
    tls: bool = False
    received: list[Received] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    connections: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{'https' if self.tls else 'http'}://{self.address}"

    def at(self, fault: str, *arguments: str | float) -> str:
        """The address below which a vendor's paths suffer from the fault."""
        words = (fault, *(quote(str(argument), safe="") for argument in arguments))
        return f"{self.url}/f/{':'.join(words)}"

    def count(self, path: str) -> int:
        return sum(received.path == path for received in self.received)


class Peer:
    """The client, as a fault sees it: what it asked, and the socket to answer on."""

    def __init__(self, sock: socket.socket, server: Faults) -> None:
        self._sock, self._server = sock, server
        self.request = Received("", "", {}, b"")
        self.begun = b""  # of the body: what came with the headers
        self.fault: str = ""
        self.arguments: list[str] = []

    def read(self, most: int = STEP) -> bytes:
        """b"" at the end, or when the server stops."""
        while not self._server.stopping.is_set():
            pending = isinstance(self._sock, ssl.SSLSocket) and self._sock.pending()
            if pending or select.select([self._sock], [], [], ACCEPT)[0]:
                return self._sock.recv(most)
        return b""

    def read_head(self) -> None:
        """The request's line and headers."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.read()
            if not piece:
                return
            data += piece
            if data.startswith(TLS):
                self.fault = "no-tls"
                return
        head, _, self.begun = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = first.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        self.request = Received(method, path, headers, b"")
        self._server.asked.append(path)
        where = urlsplit(path).path  # a proxy is asked for a whole address
        if where.startswith("/f/"):
            words = where.split("/")[2].split(":")
            self.fault, *self.arguments = (unquote(word) for word in words)
        else:
            self.fault = "ok"

    def read_body(self) -> None:
        body = bytearray(self.begun)
        while len(body) < int(self.request.headers.get("content-length", "0")):
            piece = self.read()
            if not piece:
                return
            body += piece
        request = self.request
        self.request = Received(request.method, request.path, request.headers, bytes(body))
        self._server.received.append(self.request)

    @property
    def times(self) -> int:
        """How often this path was asked for, this time included."""
        return self._server.count(self.request.path)

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self._sock.sendall(piece)

    def pause(self, seconds: float) -> bool:
        """False: the server stops."""
        return not self._server.stopping.wait(seconds)

    def hang(self) -> None:
        """Until the client goes away."""
        with suppress(OSError):
            while self.read():
                pass

    def deaf(self) -> None:
        """Reads no more, though the connection stays."""
        self._server.stopping.wait(30)

    def reset(self) -> None:
        """RST in place of FIN. What was sent before is read first: it has arrived by then."""
        self.pause(0.05)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()

    @property
    def streams(self) -> bool:
        path = self.request.path
        return self.request.method == "POST" and vendors.is_stream(path, self.request.json)

    @property
    def wire(self) -> str:
        return vendors.wire_of(self.request.path.partition("?")[0])

    @property
    def kind(self) -> str:
        """The media type of what `answer` gives."""
        if self.request.method == "GET":
            return "image/png"
        if not self.streams:
            return "application/json"
        return "application/x-ndjson" if self.wire == "ollama" else "text/event-stream"

    @property
    def answer(self) -> bytes:
        """What the vendor would have answered; a picture, where one was asked for."""
        if self.request.method == "GET":
            return PICTURE
        return b"".join(vendors.streamed(self.wire)) if self.streams else vendors.plain(self.wire)


def head(status: int = 200, kind: str = "application/json", **headers: object) -> bytes:
    """A header named a_b is sent as a-b; one that is None is left out."""
    lines = [f"HTTP/1.1 {status} Reason", f"content-type: {kind}"]
    pairs = ((name.replace("_", "-"), value) for name, value in headers.items())
    lines += [f"{name}: {value}" for name, value in pairs if value is not None]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def whole(
    body: bytes, status: int = 200, kind: str = "application/json", **headers: object
) -> bytes:
    return head(status, kind, content_length=len(body), **headers) + body


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"

"""A small HTTP proxy on loopback: forwards, tunnels, or refuses; keeps what it was asked for."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

ACCEPT = 0.02


@dataclass
class Proxy:
    """asked: (method, target) of each request. credentials: its Proxy-Authorization.

    to: where every name leads. refuses: a status line's end in place of all service.
    """

    port: int
    to: tuple[str, int]
    refuses: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    credentials: list[str | None] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def serve(self, client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = client.recv(65_536)
            if not piece:
                return
            head += piece
        first, *lines = head.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        headers = {n.lower(): v.strip() for n, _, v in (line.partition(":") for line in lines)}
        self.asked.append((method, target))
        self.credentials.append(headers.get("proxy-authorization"))
        if self.refuses:
            client.sendall(f"HTTP/1.1 {self.refuses}\r\ncontent-length: 0\r\n\r\n".encode())
            return
        with socket.create_connection(self.to, 5) as server:
            if method == "CONNECT":
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                path = urlsplit(target)._replace(scheme="", netloc="").geturl()
                server.sendall(head.replace(target.encode(), path.encode(), 1))
            self._pump(client, server)

    def _pump(self, client: socket.socket, server: socket.socket) -> None:
        other = {client: server, server: client}
        while not self.stopping.is_set():
            for ready in select.select([client, server], [], [], ACCEPT)[0]:
                piece = ready.recv(65_536)
                if not piece:
                    return
                other[ready].sendall(piece)


@contextmanager
def proxying(to: tuple[str, int], refuses: str = "") -> Iterator[Proxy]:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(ACCEPT)
    proxy = Proxy(listener.getsockname()[1], to, refuses)
    threads: list[threading.Thread] = []

    def serve(client: socket.socket) -> None:
        with client, suppress(OSError):
            client.settimeout(10)
            proxy.serve(client)

    def accept() -> None:
        while not proxy.stopping.is_set():
            try:
                client, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            threads.append(threading.Thread(target=serve, args=(client,), daemon=True))
            threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield proxy
    finally:
        proxy.stopping.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes who waits for connections
        accepting.join(5)
        listener.close()
        for thread in threads:
            thread.join(5)

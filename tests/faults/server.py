"""A loopback server that breaks its answers byte by byte, in the way that the path names.

`/f/FAULT/…`: what stands behind tells the wire, as the vendors' own paths do. FAULT may carry
arguments behind colons: `flaky:2:503`. Nothing is remembered but what was received.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from . import streams  # noqa: F401 - which adds its faults to the others
from .kinds import FAULTS
from .peer import ACCEPT, Faults, Peer


@contextmanager
def serving(host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Faults]:
    """A server on a free port, a thread for each connection; all of them gone at the end."""
    listener = socket.create_server(
        (host, 0), family=socket.AF_INET6 if ":" in host else socket.AF_INET, backlog=64
    )
    listener.settimeout(ACCEPT)
    server = Faults(host, listener.getsockname()[1], tls is not None)
    threads: list[threading.Thread] = []

    def serve(plain: socket.socket) -> None:
        with plain, suppress(OSError):
            plain.settimeout(10)
            if tls is None:
                answer(plain)
                return
            with tls.wrap_socket(plain, server_side=True) as secure:
                answer(secure)

    def answer(sock: socket.socket) -> None:
        peer = Peer(sock, server)
        peer.read_head()
        if peer.fault not in FAULTS:
            return
        act = FAULTS[peer.fault]
        if not act.before_body:
            peer.read_body()
        try:
            act.run(peer)
        except OSError:
            server.left.set()

    def accept() -> None:
        while not server.stopping.is_set():
            try:
                sock, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            server.connections += 1
            # Else a short answer waits until what TLS sent before it is acknowledged, and a reset
            # meanwhile drops it.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threads.append(threading.Thread(target=serve, args=(sock,), daemon=True))
            threads[-1].start()

    accepting = threading.Thread(target=accept, daemon=True)
    accepting.start()
    try:
        yield server
    finally:
        server.stopping.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes who waits for connections
        accepting.join(5)
        listener.close()
        for thread in threads:
            thread.join(5)

"""Sockets that keep the request's deadlines, and say in plain words what became of them."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Protocol

import httpcore

from visioncli.core.errors import NetworkProblem

from .clock import Clock
from .proxies import CHECK_PROXY
from .tls import refused

SLICE = 1 << 16  # bytes that are sent before the deadline is looked at again
LAST_WORDS = 5.0  # seconds for what may still be said by a server that is not listened to any more


class Resolver(Protocol):
    """A host's addresses, in the order in which they are to be tried. Raises a VisionError."""

    def __call__(self, host: str, port: int, clock: Clock) -> list[str]: ...


class Progress:
    """How far an exchange has come."""

    body_has_begun = False


class Network(httpcore.NetworkBackend, Progress):
    """Opens connections for the HTTP client, and knows how far the exchange has come.

    label: how messages call the proxy, where there is one.
    """

    def __init__(self, clock: Clock, resolver: Resolver, label: str = "") -> None:
        self._clock, self._resolver, self._label = clock, resolver, label
        self._last: Clock | None = None
        self.body_has_begun = False
        self.upload_has_stalled = False

    def hurry(self) -> None:
        """From now on, or from the first time this was said, LAST_WORDS are all that is waited."""
        self._last = self._last or self._clock.within(LAST_WORDS)

    def ends_with(self, connection: socket.socket | None) -> None:
        """Where somebody may stop the exchange, that shuts the connection, whoever waits in it."""
        if self._clock.stop is None or connection is None:
            return

        def shut() -> None:
            with suppress(OSError):  # it is closed already
                socket.socket.shutdown(connection, socket.SHUT_RDWR)  # TLS would say goodbye first

        self._clock.stop.then(shut)

    def read_limit(self) -> float:
        """Seconds. Until its body has begun an answer may take as long as the total allows."""
        idle = self._clock.deadlines.idle if self.body_has_begun else None
        return (self._last or self._clock).left(idle)

    def write_limit(self) -> float:
        return self._clock.left(self._clock.deadlines.idle)

    def handshake_limit(self) -> float:
        return self._clock.left(self._clock.deadlines.connect)

    def late(self, what: str) -> NetworkProblem:
        """The error for a wait that has ended: the total is over, or else `what` took too long."""
        if self._clock.is_over:
            return self._clock.expired()
        return NetworkProblem(what, hint="try again later", code="idle")

    def silent(self, where: str) -> NetworkProblem:
        if self.upload_has_stalled:
            return self.late(f"{where} takes no more of the request, and does not say why")
        return self.late(f"{where} sent nothing for {self._clock.deadlines.idle:g} s")

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """The first address that answers. One that is dead takes its share of the time, not all."""
        del timeout  # ours is kept by the clock
        where = self._label or (f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
        try:
            addresses = self._resolver(host, port, self._clock)
        except NetworkProblem as error:
            if self._label and error.code == "dns":
                error.message = f"no connection to {where}: {error.message}"
                error.hint = CHECK_PROXY
            raise
        until = self._clock.left(self._clock.deadlines.connect)
        failure: Exception | None = None
        for place, address in enumerate(addresses):
            share = until / (len(addresses) - place)
            share = max(0.001, min(share, self._clock.left()))
            try:
                made = httpcore.SyncBackend().connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except httpcore.ConnectTimeout as error:
                failure, until = error, until - share
            except httpcore.ConnectError as error:
                failure = error
            else:
                return Stream(made, self, where)
        if self._clock.is_over:
            raise self._clock.expired()
        raise no_connection(where, failure, proxied=bool(self._label))


class Stream(httpcore.NetworkStream):
    """where: how messages call the other side."""

    def __init__(self, inner: httpcore.NetworkStream, network: Network, where: str) -> None:
        self._inner, self._network, self._where = inner, network, where
        network.ends_with(inner.get_extra_info("socket"))

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        try:
            return self._inner.read(max_bytes, self._network.read_limit())
        except httpcore.ReadTimeout:
            raise self._network.silent(self._where) from None
        except httpcore.ReadError as error:
            raise NetworkProblem(
                f"the connection to {self._where} broke: {reason(error)}", code="reset"
            ) from None

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """A WriteError makes the client read what the server said before it stopped listening."""
        del timeout
        try:
            for start in range(0, len(buffer), SLICE):
                piece = buffer[start : start + SLICE]
                self._inner.write(piece, self._network.write_limit())
        except httpcore.WriteTimeout:
            self._network.write_limit()  # raises if it is the total that is over
            self._network.upload_has_stalled = True
            self._network.hurry()
            raise httpcore.WriteError("the server takes no more") from None

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        del timeout
        limit = self._network.handshake_limit()
        host = server_hostname or self._where
        try:
            inner = self._inner.start_tls(ssl_context, server_hostname, limit)
        except httpcore.ConnectTimeout:
            raise self._network.late(f"no TLS connection to {host} within {limit:.3g} s") from None
        except httpcore.ConnectError as error:
            cause = error.__cause__ or error
            if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
                raise refused(host, cause) from None
            raise NetworkProblem(
                f"the connection to {self._where} broke: {reason(error)}", code="reset"
            ) from None
        return Stream(inner, self._network, self._where)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def resolve(host: str, port: int, clock: Clock) -> list[str]:
    """Every address of a name, as the system orders them, within the time to connect."""
    found: list[Any] = []

    def look_up() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.append(error)

    if host.replace(".", "").isdigit() or ":" in host or host == "localhost":
        look_up()
    else:  # the system's resolver knows no deadline, so it is waited for from outside
        worker = threading.Thread(target=look_up, daemon=True)
        worker.start()
        worker.join(clock.left(clock.deadlines.connect))
    if not found:
        if clock.is_over:
            raise clock.expired()
        raise NetworkProblem(f"the name {host} could not be looked up in time", code="dns")
    if isinstance(found[0], Exception):
        raise unknown_name(host, found[0])
    return list(dict.fromkeys(str(entry[4][0]) for entry in found[0]))


def unknown_name(host: str, error: Exception) -> NetworkProblem:
    return NetworkProblem(
        f"the name {host} is not known: {reason(error)}",
        hint="check the address and the network",
        code="dns",
    )


def no_connection(where: str, error: Exception | None, *, proxied: bool) -> NetworkProblem:
    return NetworkProblem(
        f"no connection to {where}: {reason(error)}",
        hint=CHECK_PROXY if proxied else None,
        code="connect",
    )


def reason(error: Exception | None) -> str:
    """The system's own words, without its number."""
    cause = error.__cause__ if error is not None and error.__cause__ is not None else error
    if isinstance(cause, TimeoutError | httpcore.TimeoutException):
        return "it does not answer"
    if isinstance(cause, OSError) and cause.strerror:
        known = (cause.errno or 0) > 0  # asyncio puts an address into its text
        return os.strerror(cause.errno) if known and cause.errno else cause.strerror
    return str(cause) or type(cause).__name__

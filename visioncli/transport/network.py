"""Sockets that keep the request's deadlines, and say in plain words what became of them."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterable
from typing import Any, Protocol

import httpcore

from visioncli.core.errors import NetworkProblem

from .clock import Clock
from .tls import refused

Address = tuple[int, str]  # socket family, IP address


class Resolver(Protocol):
    """A host's addresses, in the order in which they are to be tried. Raises a VisionError."""

    def __call__(self, host: str, port: int, clock: Clock) -> list[str]: ...


class Network(httpcore.NetworkBackend):
    """Opens connections for the HTTP client. label: how messages call the other side."""

    def __init__(self, clock: Clock, resolver: Resolver, label: str = "") -> None:
        self._clock, self._resolver, self._label = clock, resolver, label
        self.body_has_begun = False

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
        where = self._label or f"{host}:{port}"
        addresses = self._resolver(host, port, self._clock)
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
                return Stream(made, self._clock, where, host, self)
        if self._clock.is_over:
            raise self._clock.expired()
        raise NetworkProblem(
            f"no connection to {where}: {_reason(failure)}",
            hint="is it running, and is the address right? --base-url",
            code="connect",
        )


class Stream(httpcore.NetworkStream):
    def __init__(
        self, inner: httpcore.NetworkStream, clock: Clock, where: str, host: str, network: Network
    ) -> None:
        self._inner, self._clock, self._network = inner, clock, network
        self._where, self._host = where, host

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Until its body has begun an answer may take as long as the total allows."""
        del timeout
        idle = self._clock.deadlines.idle if self._network.body_has_begun else None
        try:
            return self._inner.read(max_bytes, self._clock.left(idle))
        except httpcore.ReadTimeout:
            if self._clock.is_over:
                raise self._clock.expired() from None
            raise NetworkProblem(
                f"{self._where} sent nothing for {idle:g} s", code="idle", hint="try again later"
            ) from None
        except httpcore.ReadError as error:
            raise NetworkProblem(
                f"the connection to {self._where} broke: {_reason(error)}", code="reset"
            ) from None

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """A WriteError makes the client read what the server said before it stopped listening."""
        del timeout
        try:
            self._inner.write(buffer, self._clock.left(self._clock.deadlines.idle))
        except httpcore.WriteTimeout:
            if self._clock.is_over:
                raise self._clock.expired() from None
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
        limit = self._clock.left(self._clock.deadlines.connect)
        try:
            inner = self._inner.start_tls(ssl_context, server_hostname, limit)
        except httpcore.ConnectTimeout:
            if self._clock.is_over:
                raise self._clock.expired() from None
            raise NetworkProblem(
                f"no TLS connection to {self._where} within {limit:.3g} s", code="connect"
            ) from None
        except httpcore.ConnectError as error:
            cause = error.__cause__ or error
            if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
                raise refused(server_hostname or self._host, cause) from None
            raise NetworkProblem(
                f"the connection to {self._where} broke: {_reason(error)}", code="reset"
            ) from None
        return Stream(inner, self._clock, self._where, self._host, self._network)

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
        raise NetworkProblem(
            f"the name {host} is not known: {_reason(found[0])}",
            hint="check the address and the network",
            code="dns",
        )
    return list(dict.fromkeys(str(entry[4][0]) for entry in found[0]))


def _reason(error: Exception | None) -> str:
    """The system's own words, without its number."""
    cause = error.__cause__ if error is not None and error.__cause__ is not None else error
    if isinstance(cause, TimeoutError | httpcore.TimeoutException):
        return "it does not answer"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return str(cause) or type(cause).__name__

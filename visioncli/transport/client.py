"""One exchange over HTTP: the only place that makes requests of the HTTP client.

httpx 0.28 gives requests and responses their shape; they go through a pool of httpcore's, since
that alone takes a network backend, which is where the deadlines are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

import httpcore

from visioncli import __version__
from visioncli.core.errors import BadAnswer, NetworkProblem
from visioncli.core.record import record

from . import tls
from .clock import Clock
from .failures import check_head, told, where
from .inflate import inflated
from .library import httpx
from .network import Network, Resolver, resolve
from .proxies import Proxy, proxy_for

AGENT = f"visioncli/{__version__}"


class Sendable(Protocol):
    """What is sent: a core.dialect.HttpRequest, or the like of it without a body."""

    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


@record
class Response:
    """headers: names in small letters. The body is read once, by chunks() or read()."""

    status: int
    headers: Mapping[str, str]
    url: str
    _raw: Iterable[bytes]
    _network: Network

    def chunks(self, cap: int) -> Iterator[bytes]:
        """The decoded body, as it comes. Raises BadAnswer above `cap` bytes."""
        size = 0
        for chunk in self._decoded():
            size += len(chunk)
            if size > cap:
                raise BadAnswer(f"{self._name} is larger than {cap >> 20} MB", code="too_large")
            yield chunk

    def hurry(self) -> None:
        """All that matters has come: what is still on its way is waited for some seconds only."""
        self._network.hurry()

    def read(self, cap: int) -> bytes:
        """At most `cap` bytes of the body: for an error, whose status says enough by itself.

        Less where it ends badly, or takes longer than some seconds.
        """
        self.hurry()
        body = bytearray()
        with suppress(NetworkProblem, BadAnswer):
            for chunk in self._decoded():
                body += chunk
                if len(body) >= cap:
                    break
        return bytes(body[:cap])

    def _decoded(self) -> Iterator[bytes]:
        return inflated(self._raw, self.headers.get("content-encoding", ""), self._name)

    @property
    def _name(self) -> str:
        return f"the answer of {where(urlsplit(self.url))}"


@contextmanager
def exchange(
    request: Sendable,
    clock: Clock,
    *,
    resolver: Resolver = resolve,
    follow: bool = False,
    length: int | None = None,
    body: Iterable[bytes] | None = None,
) -> Iterator[Response]:
    """Sends, and gives the response once its headers are there.

    Raises NetworkProblem (7), CertificateProblem (7) or BadAnswer (8), UsageError (2) for headers
    that cannot be sent; and ProviderFailed (8) for a redirect, which is never followed here:
    follow=True leaves it to the caller. resolver: for the target, not for a proxy.
    """
    target = urlsplit(request.url)
    proxy = proxy_for(target)
    network = Network(clock, resolve if proxy else resolver, proxy.label if proxy else "")
    with told(target, proxy, network), _pool(target, proxy, network) as pool:
        sent = httpx.Request(
            request.method, request.url, headers=_headers(request, length), content=body
        )
        response = _handled(pool, sent)
        try:
            network.body_has_begun = True
            headers = {name.lower(): value for name, value in response.headers.items()}
            check_head(
                request.url,
                response.status_code,
                size=sum(len(n) + len(v) + 4 for n, v in response.headers.multi_items()),
                location=headers.get("location", ""),
                proxy=proxy,
                follow=follow,
            )
            raw = _read(response, target, proxy, network)
            yield Response(response.status_code, headers, request.url, raw, network)
        finally:
            response.close()


def _read(
    response: httpx.Response, target: SplitResult, proxy: Proxy | None, network: Network
) -> Iterator[bytes]:
    """The body as it is on the wire, each piece as it comes."""
    with told(target, proxy, network):
        yield from response.iter_raw()


def _headers(request: Sendable, length: int | None) -> list[tuple[str, str]]:
    """A given length keeps the client from sending the body in chunks."""
    ours = {"accept": "*/*", "accept-encoding": "identity", "user-agent": AGENT}
    headers = ours | {name.lower(): value for name, value in request.headers.items()}
    if length is not None:
        headers["content-length"] = str(length)
    return list(headers.items())


def _handled(pool: httpcore.ConnectionPool, request: httpx.Request) -> httpx.Response:
    """httpx's own client would read cookies and follow, or stumble over, what a Location says."""
    assert isinstance(request.stream, httpx.SyncByteStream)  # noqa: S101 - for the type alone
    response = pool.handle_request(
        httpcore.Request(
            request.method,
            httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
        )
    )
    return httpx.Response(response.status, headers=response.headers, stream=_Body(response))


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


def _pool(target: SplitResult, proxy: Proxy | None, network: Network) -> httpcore.ConnectionPool:
    context = tls.context() if target.scheme == "https" else None
    if proxy is None:
        return httpcore.ConnectionPool(context, network_backend=network, retries=0)
    return httpcore.HTTPProxy(
        proxy.url,
        proxy_auth=proxy.auth,
        ssl_context=context,
        proxy_ssl_context=tls.context() if proxy.url.startswith("https") else None,
        network_backend=network,
    )

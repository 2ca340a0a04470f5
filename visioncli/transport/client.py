"""One exchange over HTTP: the only place that makes requests of the HTTP client.

httpx 0.28 gives requests and responses their shape; its pool is replaced by httpcore's own, since
that alone takes a network backend, which is where the deadlines are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import SplitResult, urlsplit

import httpcore

from visioncli import __version__
from visioncli.core.errors import BadAnswer, NetworkProblem, ProviderFailed

from . import tls
from .clock import Clock
from .inflate import inflated
from .library import httpx
from .network import Network, Resolver, resolve
from .proxies import Proxy, proxy_for

AGENT = f"visioncli/{__version__}"
HEAD_CAP = 64 << 10  # bytes of a response's headers


class Sendable(Protocol):
    """What is sent: a core.dialect.HttpRequest, or the like of it without a body."""

    @property
    def method(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class Response:
    """headers: names in small letters. The body is read once, by chunks() or read()."""

    status: int
    headers: Mapping[str, str]
    url: str
    _raw: Iterable[bytes]

    def chunks(self, cap: int) -> Iterator[bytes]:
        """The decoded body, as it comes. Raises BadAnswer above `cap` bytes."""
        size = 0
        for chunk in inflated(self._raw, self.headers.get("content-encoding", "")):
            size += len(chunk)
            if size > cap:
                raise BadAnswer(f"the answer is larger than {cap >> 20} MB", code="too_large")
            yield chunk

    def read(self, cap: int) -> bytes:
        """At most `cap` bytes of the body, and less where it ends badly: an error says enough."""
        body = bytearray()
        try:
            for chunk in inflated(self._raw, self.headers.get("content-encoding", "")):
                body += chunk
                if len(body) >= cap:
                    break
        except (NetworkProblem, BadAnswer):
            if not body:
                return b""
        return bytes(body[:cap])


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

    Raises NetworkProblem (7), CertificateProblem (7) or BadAnswer (8); and ProviderFailed (8) for a
    redirect, which is never followed here: follow=True leaves it to the caller.
    """
    target = urlsplit(request.url)
    proxy = proxy_for(target)
    network = Network(clock, resolver, proxy.label if proxy else "")
    with (
        _told(target, proxy, network),
        _pool(target, proxy, network) as pool,
        httpx.Client(transport=_Transport(pool), trust_env=False) as client,
    ):
        sent = client.build_request(
            request.method, request.url, headers=_headers(request, length), content=body
        )
        response = client.send(sent, stream=True)
        try:
            network.body_has_begun = True
            headers = {name.lower(): value for name, value in response.headers.items()}
            if sum(len(n) + len(v) + 4 for n, v in response.headers.multi_items()) > HEAD_CAP:
                raise BadAnswer(f"the answer's headers are larger than {HEAD_CAP >> 10} kB")
            if 300 <= response.status_code < 400 and not follow:
                raise _moved(headers.get("location", ""), target)
            raw = _read(response, target, proxy, network)
            yield Response(response.status_code, headers, request.url, raw)
        finally:
            response.close()


def _read(
    response: httpx.Response, target: SplitResult, proxy: Proxy | None, network: Network
) -> Iterator[bytes]:
    """The body as it is on the wire, each piece as it comes."""
    with _told(target, proxy, network):
        yield from response.iter_raw()


def _headers(request: Sendable, length: int | None) -> list[tuple[str, str]]:
    """A given length keeps the client from sending the body in chunks."""
    ours = {"accept": "*/*", "accept-encoding": "identity", "user-agent": AGENT}
    headers = ours | {name.lower(): value for name, value in request.headers.items()}
    if length is not None:
        headers["content-length"] = str(length)
    return list(headers.items())


class _Transport(httpx.BaseTransport):
    """httpx's side of an httpcore pool. Errors pass through as they are; `_told` names them."""

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.SyncByteStream)  # noqa: S101 - for the type alone
        response = self._pool.handle_request(
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
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response)
        )


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


@contextmanager
def _told(target: SplitResult, proxy: Proxy | None, network: Network) -> Iterator[None]:
    """What the client and its parts raise, as errors of ours."""
    where = target.netloc.rpartition("@")[2]
    try:
        yield
    except httpcore.ProxyError as error:
        label = proxy.label if proxy else "the proxy"
        raise NetworkProblem(
            f"{label} refuses the connection to {where}: {error}",
            hint="check HTTPS_PROXY, or NO_PROXY for this host",
            code="proxy",
        ) from None
    except (httpcore.RemoteProtocolError, httpx.RemoteProtocolError) as error:
        raise _broken(where, str(error), body=network.body_has_begun) from None
    except httpcore.WriteError as error:
        raise NetworkProblem(f"the connection to {where} broke: {error}", code="reset") from None
    except (httpcore.NetworkError, httpcore.TimeoutException, httpx.TransportError) as error:
        raise NetworkProblem(f"the exchange with {where} failed: {error}", code="network") from None
    except (httpcore.UnsupportedProtocol, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise BadAnswer(f"{where} is no address: {error}", code="address") from None


def _broken(where: str, reason: str, *, body: bool) -> NetworkProblem | BadAnswer:
    """h11's words. Before the headers a server that just hangs up is told from one that babbles."""
    if body or "disconnected" in reason:
        return NetworkProblem(f"{where} broke off: {reason.rstrip('.')}", code="cut")
    return BadAnswer(f"{where} does not speak HTTP as it should: {reason}", code="protocol")


def _moved(location: str, target: SplitResult) -> ProviderFailed:
    """Key and picture stay here: they were meant for the address that was asked."""
    try:
        to = urlsplit(location)
        new = to._replace(netloc=to.netloc.rpartition("@")[2], query="", fragment="").geturl()
    except ValueError:
        new = ""
    host = target.netloc.rpartition("@")[2]
    return ProviderFailed(
        f"{host} sends the request on to {new or 'nowhere'}, which is not followed",
        hint=f"if you trust it: --base-url {new}" if new else None,
        code="redirect",
        retry=False,
    )

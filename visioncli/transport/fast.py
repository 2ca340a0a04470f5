"""Many questions over aiohttp: one session, whose connections all workers share."""

from __future__ import annotations

import asyncio
import errno
import os
import ssl
from collections.abc import AsyncGenerator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import yarl

from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import NetworkProblem, UsageError, VisionError
from visioncli.core.fields import preview
from visioncli.core.record import record

from . import tls
from .channel import head, pieces
from .clock import Clock
from .failures import HEAD_CAP, big_headers, broken, check_head, proxy_refuses, where
from .network import no_connection, unknown_name
from .proxies import CHECK_PROXY, Proxy, proxy_for
from .waits import LAST_WORDS, Sending, UploadBroken, idle

KEPT = 30.0  # seconds that a connection may wait for its next question
_USED: ContextVar[list[asyncio.Transport]] = ContextVar("connections of this exchange")


class Connector(aiohttp.TCPConnector):
    """Tells which connection an exchange has got, so that it can be dropped with what is unsent."""

    async def connect(
        self,
        req: Any,
        traces: Any,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109 - its name there
    ) -> aiohttp.connector.Connection:
        connection = await super().connect(req, traces, timeout)
        if connection.transport is not None:
            _USED.get().append(connection.transport)
        return connection


class FastChannels:
    """url: any address of the host that is asked."""

    def __init__(self, url: str) -> None:
        target = urlsplit(url)
        self._proxy = proxy_for(target)
        self._name = where(target)
        secure = target.scheme == "https" or bool(self._proxy and "https" in self._proxy.url[:5])
        self._session = aiohttp.ClientSession(
            connector=Connector(
                limit=0,
                keepalive_timeout=KEPT,
                ssl=tls.context() if secure else False,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
            auto_decompress=False,
            max_line_size=HEAD_CAP,
            max_field_size=HEAD_CAP,
        )

    def channel(self) -> FastChannel:
        return FastChannel(self._session, self._proxy, self._name)

    async def close(self) -> None:
        await self._session.close()


@record
class FastChannel:
    _session: aiohttp.ClientSession
    _proxy: Proxy | None
    _name: str

    def exchange(self, request: HttpRequest, clock: Clock) -> Exchange:
        return Exchange(self._session, self._proxy, self._name, request, clock)


class Exchange:
    """`async with` it, for the response once its headers are there.

    A class, and no generator: there is one for every question of a million.
    """

    __slots__ = (
        "_clock",
        "_name",
        "_proxy",
        "_request",
        "_response",
        "_sending",
        "_session",
        "_used",
    )

    def __init__(
        self,
        session: aiohttp.ClientSession,
        proxy: Proxy | None,
        name: str,
        request: HttpRequest,
        clock: Clock,
    ) -> None:
        self._session, self._proxy, self._name = session, proxy, name
        self._request, self._clock = request, clock
        self._used: list[asyncio.Transport] = []

    async def __aenter__(self) -> FastResponse:
        request, proxy, name = self._request, self._proxy, self._name
        headers = head(request, name)
        self._sending = sending = Sending(
            pieces(request.body, request.body.length), self._clock, name
        )
        _USED.set(self._used)
        try:
            async with sending.until_answered():
                self._response = response = await self._sent(headers)
        except BaseException as error:
            # Where no answer came, nothing more of the question is sent, and its bytes are let go.
            self._abort()
            if (problem := _told(error, name, proxy)) is None:
                raise
            if sending.is_over or problem.code not in ("reset", "cut"):
                raise problem from None
            raise UploadBroken(problem.message) from None
        try:
            check_head(
                request.url,
                response.status,
                size=sum(len(n) + len(v) + 4 for n, v in response.raw_headers),
                location=response.headers.get("location", ""),
                proxy=proxy,
            )
        except BaseException:
            self._end()
            raise
        return FastResponse(response, name, proxy, self._clock)

    async def __aexit__(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        response = self._response
        if self._sending.is_over and response.content.at_eof():
            response.release()
        else:  # whatever else comes on this connection belongs to no question
            response.close()
            self._abort()

    def _abort(self) -> None:
        for transport in self._used:
            transport.abort()

    async def _sent(self, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        request, proxy, clock, sending = self._request, self._proxy, self._clock, self._sending
        return await self._session.request(
            request.method,
            _address(request.url),
            headers=headers,
            data=sending.pieces() if sending.whole is None else sending.whole,
            allow_redirects=False,
            proxy=proxy.url if proxy else None,
            proxy_auth=_login(proxy),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=clock.left(clock.deadlines.connect)
            ),
        )


@record(frozen=False)
class FastResponse:
    _response: aiohttp.ClientResponse
    _name: str
    _proxy: Proxy | None
    _clock: Clock
    _headers: dict[str, str] | None = None

    @property
    def status(self) -> int:
        return self._response.status

    @property
    def headers(self) -> Mapping[str, str]:
        if self._headers is None:
            self._headers = {n.lower(): value for n, value in self._response.headers.items()}
        return self._headers

    def hurry(self) -> None:
        self._clock = self._clock.within(LAST_WORDS)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        content = self._response.content
        try:
            while True:
                if content.is_eof():  # all is here: nothing is waited for
                    chunk = content.read_nowait()
                else:
                    async with idle(self._clock, self._name):
                        chunk = await content.readany()
                if not chunk:
                    return
                yield chunk
        except Exception as error:
            if (problem := _told(error, self._name, self._proxy)) is None:
                raise
            raise problem from None


@lru_cache(16)
def _address(url: str) -> yarl.URL:
    return yarl.URL(url, encoded=True)


def _login(proxy: Proxy | None) -> aiohttp.BasicAuth | None:
    if proxy is None or proxy.auth is None:
        return None
    user, password = proxy.auth
    return aiohttp.BasicAuth(user.decode("latin-1"), password.decode("latin-1"))


def _told(error: BaseException, name: str, proxy: Proxy | None) -> VisionError | None:
    """What aiohttp raises, as an error of ours; None for all else, which stays as it is."""
    shown = f"{name} behind {proxy.label}" if proxy else name
    label = proxy.label if proxy else name
    match error:
        case VisionError():
            return error
        case aiohttp.ClientConnectorDNSError():
            problem = unknown_name(error.host, error.os_error)
            if proxy:
                problem.message = f"no connection to {proxy.label}: {problem.message}"
                problem.hint = CHECK_PROXY
            return problem
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientConnectorSSLError():
            return tls.refused(name, _cause(error))
        case aiohttp.ClientHttpProxyError() if proxy is not None:
            said = f"{error.status} {error.message}"
            return proxy_refuses(proxy, urlsplit(f"//{name}"), said)
        case aiohttp.ClientConnectorError():
            return no_connection(label, error.os_error, proxied=proxy is not None)
        case aiohttp.ConnectionTimeoutError():
            return no_connection(label, TimeoutError(), proxied=proxy is not None)
        case aiohttp.ClientPayloadError():
            return _cut(shown, error)
        case aiohttp.ClientResponseError():
            return _nonsense(shown, error.message)
        case aiohttp.ServerDisconnectedError():
            return NetworkProblem(f"{shown} hung up without an answer", code="cut")
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return UsageError(f"{name} is no address: {error}", code="address")
        case aiohttp.ClientOSError() | ConnectionError():
            reason = error.strerror or str(error) or type(error).__name__
            return NetworkProblem(
                f"the connection to {shown} broke: {preview(reason)}", code="reset"
            )
    return None


def _cause(error: BaseException) -> BaseException:
    """The TLS error itself."""
    inner = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    return inner if isinstance(inner, ssl.SSLError) else error


def _cut(name: str, error: aiohttp.ClientPayloadError) -> VisionError:
    """aiohttp tells of a body that ended early in its text alone."""
    if "ConnectionResetError" in str(error):
        reason = os.strerror(errno.ECONNRESET)
        return NetworkProblem(f"the connection to {name} broke: {reason}", code="reset")
    return NetworkProblem(f"{name} hung up in the middle of its answer", code="cut")


def _nonsense(name: str, words: str) -> VisionError:
    """The parser's words. Of a body it speaks where head and body came in one piece."""
    first = words.partition("\n")[0].rstrip(": ")
    if "more than" in first:
        return big_headers(urlsplit(f"//{name}"))
    return broken(name, first, body="chunk" in first)

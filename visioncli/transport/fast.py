"""Many questions over aiohttp: one session, whose connections all workers share."""

from __future__ import annotations

import asyncio
import errno
import os
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import yarl

from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import NetworkProblem, UsageError, VisionError
from visioncli.core.fields import preview

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


@dataclass(frozen=True, slots=True)
class FastChannel:
    _session: aiohttp.ClientSession
    _proxy: Proxy | None
    _name: str

    @asynccontextmanager
    async def exchange(self, request: HttpRequest, clock: Clock) -> AsyncIterator[FastResponse]:
        headers = head(request, self._name)
        sending = Sending(pieces(request.body, request.body.length), clock, self._name)
        used: list[asyncio.Transport] = []
        _USED.set(used)
        try:
            with _told(self._name, self._proxy), _dropped(used):
                async with sending.until_answered():
                    response = await self._sent(request, headers, clock, sending)
        except NetworkProblem as error:
            if sending.is_over or error.code not in ("reset", "cut"):
                raise
            raise UploadBroken(error.message) from None
        try:
            check_head(
                request.url,
                response.status,
                size=sum(len(n) + len(v) + 4 for n, v in response.raw_headers),
                location=response.headers.get("location", ""),
                proxy=self._proxy,
            )
            yield FastResponse(response, self._name, self._proxy, clock)
        finally:
            if sending.is_over and response.content.at_eof():
                response.release()
            else:  # whatever else comes on this connection belongs to no question
                response.close()
                for transport in used:
                    transport.abort()

    async def _sent(
        self, request: HttpRequest, headers: Mapping[str, str], clock: Clock, sending: Sending
    ) -> aiohttp.ClientResponse:
        proxy = self._proxy
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


@dataclass(slots=True)
class FastResponse:
    _response: aiohttp.ClientResponse
    _name: str
    _proxy: Proxy | None
    _clock: Clock

    @property
    def status(self) -> int:
        return self._response.status

    @property
    def headers(self) -> Mapping[str, str]:
        return {name.lower(): value for name, value in self._response.headers.items()}

    def hurry(self) -> None:
        self._clock = self._clock.within(LAST_WORDS)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        content = self._response.content
        with _told(self._name, self._proxy):
            while True:
                async with idle(self._clock, self._name):
                    chunk = await content.readany()
                if not chunk:
                    return
                yield chunk


@contextmanager
def _dropped(used: list[asyncio.Transport]) -> Iterator[None]:
    """Where no answer came, nothing more of the question is sent, and its bytes are let go."""
    try:
        yield
    except BaseException:
        for transport in used:
            transport.abort()
        raise


@lru_cache(16)
def _address(url: str) -> yarl.URL:
    return yarl.URL(url, encoded=True)


def _login(proxy: Proxy | None) -> aiohttp.BasicAuth | None:
    if proxy is None or proxy.auth is None:
        return None
    user, password = proxy.auth
    return aiohttp.BasicAuth(user.decode("latin-1"), password.decode("latin-1"))


@contextmanager
def _told(name: str, proxy: Proxy | None) -> Iterator[None]:
    """What aiohttp raises, as errors of ours."""
    shown = f"{name} behind {proxy.label}" if proxy else name
    try:
        yield
    except VisionError:
        raise
    except aiohttp.ClientConnectorDNSError as error:
        problem = unknown_name(error.host, error.os_error)
        if proxy:
            problem.message = f"no connection to {proxy.label}: {problem.message}"
            problem.hint = CHECK_PROXY
        raise problem from None
    except (aiohttp.ClientConnectorCertificateError, aiohttp.ClientConnectorSSLError) as error:
        raise tls.refused(name, _cause(error)) from None
    except aiohttp.ClientHttpProxyError as error:
        assert proxy is not None  # noqa: S101 - who else would raise it
        target = urlsplit(f"//{name}")
        raise proxy_refuses(proxy, target, f"{error.status} {error.message}") from None
    except aiohttp.ClientConnectorError as error:
        label = proxy.label if proxy else name
        raise no_connection(label, error.os_error, proxied=proxy is not None) from None
    except aiohttp.ConnectionTimeoutError:
        label = proxy.label if proxy else name
        raise no_connection(label, TimeoutError(), proxied=proxy is not None) from None
    except aiohttp.ClientPayloadError as error:
        raise _cut(shown, error) from None
    except aiohttp.ClientResponseError as error:
        raise _nonsense(shown, error.message) from None
    except aiohttp.ServerDisconnectedError:
        raise NetworkProblem(f"{shown} hung up without an answer", code="cut") from None
    except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
        raise UsageError(f"{name} is no address: {error}", code="address") from None
    except (aiohttp.ClientOSError, ConnectionError) as error:
        reason = error.strerror or str(error) or type(error).__name__
        raise NetworkProblem(
            f"the connection to {shown} broke: {preview(reason)}", code="reset"
        ) from None


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

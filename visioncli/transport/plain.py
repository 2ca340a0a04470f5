"""Many questions over httpcore: a pool of one connection for each worker."""

from __future__ import annotations

import socket
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import SplitResult, urlsplit

import httpcore

from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import NetworkProblem
from visioncli.core.record import record

from . import tls
from .channel import head, pieces
from .clock import Clock
from .failures import check_head, told, where
from .network import Progress, no_connection, unknown_name
from .proxies import CHECK_PROXY, Proxy, proxy_for
from .waits import LAST_WORDS, Sending, UploadBroken, idle


class PlainChannels:
    """url: any address of the host that is asked."""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._proxy = proxy_for(self._target)
        self._pools: list[httpcore.AsyncConnectionPool] = []

    def channel(self) -> PlainChannel:
        pool = _pool(self._target, self._proxy)
        self._pools.append(pool)
        return PlainChannel(pool, self._target, self._proxy)

    async def close(self) -> None:
        for pool in self._pools:
            await pool.aclose()


@record
class PlainChannel:
    _pool: httpcore.AsyncConnectionPool
    _target: SplitResult
    _proxy: Proxy | None

    @asynccontextmanager
    async def exchange(self, request: HttpRequest, clock: Clock) -> AsyncIterator[PlainResponse]:
        name = where(self._target)
        headers = [(n.encode(), v.encode()) for n, v in head(request, name).items()]
        headers.insert(0, (b"host", name.encode("idna" if not name.isascii() else "ascii")))
        progress = Progress()
        sending = Sending(pieces(request.body, request.body.length), clock, name)
        try:
            with told(self._target, self._proxy, progress):
                async with sending.until_answered():
                    response = await self._handled(
                        httpcore.Request(
                            request.method,
                            request.url,
                            headers=headers,
                            content=sending.pieces() if sending.whole is None else sending.whole,
                            extensions={
                                "timeout": {"connect": clock.left(clock.deadlines.connect)}
                            },
                        )
                    )
        except NetworkProblem as error:
            if sending.is_over or error.code not in ("reset", "cut"):
                raise
            raise UploadBroken(error.message) from None
        try:
            progress.body_has_begun = True
            answer = PlainResponse(response, self._target, self._proxy, progress, clock)
            check_head(
                request.url,
                response.status,
                size=sum(len(n) + len(v) + 4 for n, v in response.headers),
                location=answer.headers.get("location", ""),
                proxy=self._proxy,
            )
            yield answer
        finally:
            await response.aclose()

    async def _handled(self, request: httpcore.Request) -> httpcore.Response:
        """What went wrong before a connection stood, in our words."""
        label = self._proxy.label if self._proxy else where(self._target)
        try:
            return await self._pool.handle_async_request(request)
        except httpcore.ConnectTimeout:
            timeout = TimeoutError()
            raise no_connection(label, timeout, proxied=self._proxy is not None) from None
        except httpcore.ConnectError as error:
            cause = _first(error)
            if isinstance(cause, ssl.SSLError) and not isinstance(cause, ssl.SSLEOFError):
                raise tls.refused(where(self._target), cause) from None
            if isinstance(cause, socket.gaierror):
                problem = unknown_name(self._target.hostname or "", cause)
                if self._proxy:
                    problem.message = f"no connection to {label}: {problem.message}"
                    problem.hint = CHECK_PROXY
                raise problem from None
            raise no_connection(label, cause, proxied=self._proxy is not None) from None


@record(frozen=False)
class PlainResponse:
    _response: httpcore.Response
    _target: SplitResult
    _proxy: Proxy | None
    _progress: Progress
    _clock: Clock

    @property
    def status(self) -> int:
        return self._response.status

    @property
    def headers(self) -> Mapping[str, str]:
        return {n.decode("latin-1").lower(): v.decode("latin-1") for n, v in self._response.headers}

    def hurry(self) -> None:
        self._clock = self._clock.within(LAST_WORDS)

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        stream = self._response.aiter_stream()
        with told(self._target, self._proxy, self._progress):
            while True:
                async with idle(self._clock, where(self._target)):
                    chunk = await anext(stream, None)
                if chunk is None:
                    return
                yield chunk


def _first(error: BaseException) -> Exception:
    """The system's own error, at the bottom of what the client and its parts made of it."""
    while True:
        inner = error.__cause__ or error.__context__
        if isinstance(inner, BaseExceptionGroup):
            inner = inner.exceptions[0]
        if inner is None:
            return error if isinstance(error, Exception) else OSError(str(error))
        error = inner


def _pool(target: SplitResult, proxy: Proxy | None) -> httpcore.AsyncConnectionPool:
    context = tls.context() if target.scheme == "https" else None
    if proxy is None:
        return httpcore.AsyncConnectionPool(context, max_connections=1)
    return httpcore.AsyncHTTPProxy(
        proxy.url,
        proxy_auth=proxy.auth,
        ssl_context=context,
        proxy_ssl_context=tls.context() if proxy.url.startswith("https") else None,
        max_connections=1,
    )

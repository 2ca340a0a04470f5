"""What carries many questions at once: kept connections, under one interface for two clients.

aiohttp, where it is installed (the extra `fast`), costs a quarter of what httpcore does in CPU time
a request; without it every worker has a connection of its own in httpcore's pool of one, since a
pool that many share looks through all its connections at every request.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from functools import lru_cache
from importlib.util import find_spec
from typing import Protocol

from visioncli import __version__
from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import UsageError
from visioncli.core.fields import preview

from .clock import Clock

AGENT = f"visioncli/{__version__}"
IN_ONE = 1 << 18  # bytes of a body that are handed over in one piece


class Response(Protocol):
    """status; headers: names in small letters. The body is read once."""

    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...

    def hurry(self) -> None:
        """All that matters has come: what is still on its way is waited for some seconds only."""
        ...

    def chunks(self) -> AsyncGenerator[bytes, None]:
        """As it is on the wire, piece by piece. Raises NetworkProblem (7) or BadAnswer (8)."""
        ...


class Channel(Protocol):
    """What one worker asks through: one exchange at a time."""

    def exchange(
        self, request: HttpRequest, clock: Clock
    ) -> AbstractAsyncContextManager[Response]: ...


class Channels(Protocol):
    """Channels to one address. They belong to the event loop that runs when they are made."""

    def channel(self) -> Channel: ...
    async def close(self) -> None: ...


def opened(url: str) -> Channels:
    """Channels to the host of `url`. Raises NetworkProblem (7) for a proxy that cannot be used."""
    if find_spec("aiohttp") is not None:
        from .fast import FastChannels  # 100 ms to load, which pays from some dozen questions on

        return FastChannels(url)
    from .plain import PlainChannels  # the other client is not there

    return PlainChannels(url)


def head(request: HttpRequest, where: str) -> dict[str, str]:
    """The headers of a request, whose length is known. Raises UsageError for what cannot be sent.

    where: how messages call the other side.
    """
    return {
        **_head(tuple(request.headers.items()), where),
        "content-length": str(request.body.length),
    }


@lru_cache(4)
def _head(given: tuple[tuple[str, str], ...], where: str) -> dict[str, str]:
    """All but the length, which are the same for all questions of a run."""
    ours = {"accept": "*/*", "accept-encoding": "identity", "user-agent": AGENT}
    headers = ours | {name.lower(): value for name, value in given}
    for name, value in headers.items():
        if not (name + value).isascii() or not value.replace("\t", " ").isprintable():
            raise UsageError(
                f"the request to {where} cannot be sent: the header {preview(name)} holds what no"
                " header may",
                hint="check the headers that the configuration or the environment give",
            )
    return headers


def pieces(body: Iterable[bytes], length: int) -> Iterable[bytes]:
    """A small body in one piece: many small writes cost more than they save."""
    return [b"".join(body)] if length <= IN_ONE else body

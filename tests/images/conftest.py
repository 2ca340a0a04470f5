"""Where pictures are fetched from in these tests: one breaking server, names that lead anywhere."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from tests.faults.peer import Faults
from tests.faults.server import serving
from visioncli import retry
from visioncli.images import blobs, fetch
from visioncli.images.fetch import is_public

Names = dict[str, list[list[str]]]


@pytest.fixture
def server() -> Iterator[Faults]:
    with serving() as running:
        yield running


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the machine's, and retries that do not wait."""
    for name in ("http", "https", "all", "no"):
        monkeypatch.delenv(f"{name}_proxy", raising=False)
        monkeypatch.delenv(f"{name}_proxy".upper(), raising=False)
    monkeypatch.setattr(retry, "FIRST", 0.01)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Names, and what each look-up of them finds; the last one for ever."""
    known: Names = {}
    system = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, *rest: object, **more: object) -> list[object]:
        if host not in known:
            return system(host, port, *rest, **more)  # type: ignore[arg-type,return-value]
        found = known[host].pop(0) if len(known[host]) > 1 else known[host][0]
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in a], socket.SOCK_STREAM, 6, "", (a, port)) for a in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@pytest.fixture
def public(monkeypatch: pytest.MonkeyPatch) -> None:
    """127.0.0.1 counts as public here; all else is judged as ever."""
    monkeypatch.setattr(fetch, "is_public", lambda a: a == "127.0.0.1" or is_public(a))


@pytest.fixture
def as_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are treated as those are that are not read at once."""
    monkeypatch.setattr(blobs, "AT_ONCE", 0)

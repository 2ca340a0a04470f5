"""Serves a gateway until it is told to stop; what runs then is finished."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress

import uvicorn

from visioncli.config import Settings
from visioncli.core.errors import UsageError

from .app import app
from .guard import is_loopback
from .settings import MASTER_KEY, Gateway

GRACE = 10  # seconds that requests on their way have when it is to stop
KEEP_ALIVE = 75  # seconds that a connection may wait for its next request
BACKLOG = 2048


def run(
    gateway: Gateway,
    settings: Settings,
    host: str,
    port: int,
    told: Callable[[str], None],
    env: Mapping[str, str] = os.environ,
) -> None:
    """port 0: any that is free. Raises UsageError (2) for an address that cannot be served."""
    if gateway.master(env) is None and not is_loopback(host):
        raise UsageError(
            f"without a master key only this machine is served, and {host} is more than that",
            hint=f"master_key in the configuration, {MASTER_KEY}, or --host 127.0.0.1",
        )
    served = app(gateway, settings, told, env)
    _allow_many_files()
    sockets = _listening(host, port)
    try:
        config = uvicorn.Config(
            served,
            log_config=None,
            log_level="critical",
            access_log=False,
            ws="none",
            lifespan="on",
            proxy_headers=False,  # a caller's address is the connection's, whatever a header says
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=GRACE,
        )
        shown = f"[{host}]" if ":" in host else host
        told(f"serving on http://{shown}:{sockets[0].getsockname()[1]}")
        uvicorn.Server(config).run(sockets=sockets)
    finally:
        for listening in sockets:
            listening.close()


def _listening(host: str, port: int) -> list[socket.socket]:
    """On every address that the host's name has."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise UsageError(
            f"the host {host} is not known: {reason}", hint="--host 127.0.0.1"
        ) from None
    sockets: list[socket.socket] = []
    for family, _, _, _, address in dict.fromkeys(found):
        at = (address[0], sockets[0].getsockname()[1], *address[2:]) if sockets else address
        try:
            made = socket.create_server(at[:2], family=family, backlog=BACKLOG)
        except OSError as error:
            if sockets:  # a second address of a name, of a kind that this machine lacks
                continue
            raise UsageError(
                f"{host}:{port} cannot be served: {error.strerror or error}",
                hint="--port 0 takes any that is free",
            ) from None
        # By this name of its protocol asyncio knows that small pieces must not wait for each other
        # (TCP_NODELAY): 40 ms a request.
        sockets.append(socket.socket(family, made.type, socket.IPPROTO_TCP, fileno=made.detach()))
    return sockets


def _allow_many_files() -> None:
    """A request may have three: two connections, and a file for its picture."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # not on Windows

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))

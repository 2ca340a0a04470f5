"""A gateway of a few lines for the page's tests: it says what a test wants said."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from visioncli.gateway.page import routes

SEES = {"seer": True, "mystery": None, "blind": False}


def delta(text: str) -> dict[str, Any]:
    return {"model": "seer", "choices": [{"index": 0, "delta": {"content": text}}]}


def finish(reason: str) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}


USAGE = {"choices": [], "usage": {"prompt_tokens": 1234, "completion_tokens": 5}}


@dataclass
class Gateway:
    """chunks: of the next answers; hang: wait behind them until the client has gone.

    raw: instead of them. refusal: status and body of the next answers. gone: a client went away.
    """

    url: str = ""
    models: dict[str, bool | None] = field(default_factory=lambda: dict(SEES))
    key: str = ""
    chunks: list[dict[str, Any]] = field(
        default_factory=lambda: [delta("A ca"), delta("t."), finish("stop"), USAGE]
    )
    raw: bytes = b""
    hang: bool = False
    refusal: tuple[int, bytes] | None = None
    received: list[Any] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    gone: threading.Event = field(default_factory=threading.Event)

    async def stream(self) -> AsyncIterator[bytes]:
        gone = self.gone
        try:
            if self.raw:
                for at in range(len(self.raw)):
                    yield self.raw[at : at + 1]
                return
            for chunk in self.chunks:
                yield f"data: {json.dumps(chunk)}\n\n".encode()
            if self.hang:
                await asyncio.Event().wait()
            yield b"data: [DONE]\n\n"
        except asyncio.CancelledError:
            gone.set()
            raise

    def refused(self, request: Request) -> Response | None:
        given = request.headers.get("authorization", "")
        self.keys.append(given)
        if self.key and given != f"Bearer {self.key}":
            message = "Authentication failed: the key is wrong."
            return JSONResponse({"error": {"message": message}}, 401)
        return None


def app(gateway: Gateway) -> Starlette:
    async def listed(request: Request) -> Response:
        data = [{"id": name, "object": "model"} for name in gateway.models]
        return gateway.refused(request) or JSONResponse({"object": "list", "data": data})

    async def groups(request: Request) -> Response:
        data = [{"model_group": n, "supports_vision": s} for n, s in gateway.models.items()]
        return gateway.refused(request) or JSONResponse({"data": data})

    async def completions(request: Request) -> Response:
        refused = gateway.refused(request)
        if refused:
            return refused
        gateway.received.append(await request.json())
        if gateway.refusal:
            status, body = gateway.refusal
            headers = {"x-request-id": "req-77"}
            return Response(body, status, headers, media_type="application/json")
        return StreamingResponse(gateway.stream(), media_type="text/event-stream")

    return Starlette(
        routes=[
            *routes(),
            Route("/v1/models", listed),
            Route("/model_group/info", groups),
            Route("/v1/chat/completions", completions, methods=["POST"]),
        ]
    )


@contextmanager
def listening(served: Any) -> Iterator[str]:
    """The address of an ASGI app, on a free port of 127.0.0.1, in a thread of this process."""
    config = uvicorn.Config(
        served, host="127.0.0.1", port=0, log_level="critical", ws="none", lifespan="on"
    )
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    sockets = [config.bind_socket()]
    sockets[0].listen()  # who comes before the server runs, waits
    address = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    thread = threading.Thread(target=server.run, args=(sockets,))
    thread.start()
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join(10)

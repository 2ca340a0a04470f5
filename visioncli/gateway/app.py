"""The routes of a gateway."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from visioncli import __version__
from visioncli.config import Settings
from visioncli.core.errors import VisionError
from visioncli.core.secret import hide_known

from . import documents, failures, info, openapi, page
from .asking import Asking
from .body import Room
from .book import Book
from .chat import Chat
from .chat import refused as refused_by_openai
from .ended import NotTaken
from .endpoint import Endpoint, Load
from .guard import Guard
from .messages import Messages
from .messages import refused as refused_by_anthropic
from .metrics import CONTENT_TYPE, Metrics
from .responses import Responses
from .settings import Gateway
from .wire import Wire, dump

THREADS = 64  # downloads, bodies that are parsed, and commands for keys at once
Answer = Callable[[Request], Response]
HEALTH = ("/health", "/health/liveliness", "/health/liveness", "/health/readiness")
# What pages of other hosts may read of an answer beside its body.
EXPOSED = (
    *("x-request-id", "retry-after", "x-vision-model", "x-vision-warning"),
    *("x-vision-cost-usd", "x-litellm-response-cost"),
)
ASKS: Mapping[str, type[Wire]] = {
    "/v1/chat/completions": Chat,
    "/chat/completions": Chat,
    "/v1/responses": Responses,
    "/responses": Responses,
    "/v1/messages": Messages,
}


def app(
    gateway: Gateway,
    settings: Settings,
    told: Callable[[str], None],
    env: Mapping[str, str] = os.environ,
) -> Starlette:
    """told: a line for whoever runs it. Raises VisionError for a configuration that cannot be."""
    metrics = Metrics()
    book = Book(gateway, settings, env, told)
    guard = Guard(gateway.master(env))
    asking = Asking(gateway, settings, book, metrics)
    room, load = Room(), Load(gateway.max_concurrent)

    def asks(wire: Wire) -> Endpoint:
        return Endpoint(
            wire=wire,
            asking=asking,
            guard=guard,
            room=room,
            load=load,
            metrics=metrics,
            told=told,
        )

    def told_of(
        answer: Answer, *, is_open: bool = False
    ) -> Callable[[Request], Awaitable[Response]]:
        async def respond(request: Request) -> Response:
            client = request.client.host if request.client else None
            check = guard.check_page if is_open else guard.check
            check(request.headers.raw, client)
            return answer(request)

        return respond

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        threads = ThreadPoolExecutor(THREADS, "vision")
        asyncio.get_running_loop().set_default_executor(threads)
        try:
            yield
        finally:
            for member in book.members:
                await member.close()

    reads: Mapping[str, tuple[Answer, bool]] = {
        "/v1/models": (lambda _: _json(info.models(book)), False),
        "/models": (lambda _: _json(info.models(book)), False),
        "/v1/models/{name:path}": (lambda r: _json(_one(r, book)), False),
        "/models/{name:path}": (lambda r: _json(_one(r, book)), False),
        "/model/info": (lambda _: _json(info.entries(book)), False),
        "/v1/model/info": (lambda _: _json(info.entries(book)), False),
        "/model_group/info": (lambda r: _json(_groups(r, book)), False),
        "/metrics": (lambda _: Response(metrics.text(), media_type=CONTENT_TYPE), False),
        **dict.fromkeys(HEALTH, (lambda _: _json({"status": "ok", "version": __version__}), True)),
        "/openapi.json": (lambda _: _json(openapi.document()), True),
        "/docs": (lambda _: HTMLResponse(documents.page(), headers=documents.HEADERS), True),
    }
    routes: list[BaseRoute] = [
        Route(path, asks(wire()), methods=["POST"]) for path, wire in ASKS.items()
    ]
    routes += [
        Route(path, told_of(answer, is_open=is_open), methods=["GET"])
        for path, (answer, is_open) in reads.items()
    ]
    routes += page.routes()
    return Starlette(
        routes=routes,
        middleware=_for_pages(guard),
        exception_handlers={
            VisionError: _refused,
            HTTPException: _not_found,
            Exception: _bug(told),
        },
        lifespan=lifespan,
    )


def _for_pages(guard: Guard) -> list[Middleware]:
    """Pages of any host may ask, as long as they hold the master key; no cookie is ever looked at.
    Without a key none but our own may: the guard refuses them.
    """
    if guard.key is None:
        return []
    leave = Middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "POST"],
        allow_headers=["*"],
        expose_headers=EXPOSED,
        max_age=86_400,
    )
    return [leave]


def _one(request: Request, book: Book) -> Mapping[str, Any]:
    name = request.path_params["name"]
    if name not in book.names():
        name = book.group(name).name
    return info.model(name, book)


def _groups(request: Request, book: Book) -> Mapping[str, Any]:
    return info.groups(book, request.query_params.get("model_group"))


def _json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(dump(value), status, headers, "application/json")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, VisionError)  # noqa: S101 - for the type alone
    own = f"req_{os.urandom(12).hex()}"
    headers = {name.decode(): value.decode() for name, value in failures.headers(error, own)}
    return _json(_told(request, error), failures.status(error), headers)


async def _not_found(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - for the type alone
    hint = "GET /docs lists what there is"
    what = f"{request.method} {request.url.path[:200]}: {error.detail}"
    refused = NotTaken(error.status_code, what, hint=hint)
    return _json(_told(request, refused), error.status_code, error.headers)


def _bug(told: Callable[[str], None]) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        what = f"a bug of ours, at {request.url.path}: {type(error).__name__}: {error}"
        told(hide_known(what))
        bug = VisionError("a bug of ours; please report it", code="bug", status=500)
        return _json(_told(request, bug), 500)

    return answer


def _told(request: Request, error: VisionError) -> Mapping[str, Any]:
    anthropic = request.url.path == "/v1/messages"
    return refused_by_anthropic(error) if anthropic else refused_by_openai(error)

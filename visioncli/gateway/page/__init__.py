"""The page for people: a picture, a model, a question, and the answer as it comes.

Static files, without a build step and without anything from other hosts. The page is a client of
this server's own API like any other and holds nothing secret, so it is served without a key.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
SHOWN = ("style.css", "icon.svg")
MODULES = (
    *("page.js", "ask.js", "curl.js", "gateway.js", "markdown.js", "models.js", "pictures.js"),
    *("sse.js", "words.js"),
)
# What a model, a file name or a provider's message smuggles in cannot run, load, post or be framed:
# scripts and styles are these files alone, and no script may write HTML (no trusted types exist).
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "x-frame-options": "DENY",
    "cache-control": "no-cache",  # asked for again each time, and answered 304 while it is the same
}


def routes() -> list[Route]:
    """GET and HEAD of `/` and of the files under `/page/`, read from the package once, here."""
    return [
        _route("/", "index.html"),
        *(_route(f"/page/{name}", name) for name in (*SHOWN, *MODULES)),
    ]


def _route(path: str, name: str) -> Route:
    content = files(__package__).joinpath(name).read_bytes()
    tag = f'"{sha256(content).hexdigest()[:32]}"'
    headers = {**HEADERS, "content-type": TYPES[name.rpartition(".")[2]], "etag": tag}

    async def answer(request: Request) -> Response:
        known = {one.strip().removeprefix("W/") for one in _tags(request)}
        if tag in known:
            return Response(status_code=304, headers={**HEADERS, "etag": tag})
        return Response(content, headers=headers)

    return Route(path, answer, methods=["GET"], include_in_schema=False)


def _tags(request: Request) -> list[str]:
    return request.headers.get("if-none-match", "").split(",")

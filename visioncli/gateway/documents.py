"""The OpenAPI document as a page for people: made here, without a script or another host."""

from __future__ import annotations

import json
from functools import cache
from html import escape
from typing import Any

from . import openapi

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:50rem;margin:2rem auto;padding:0 1rem}"
    "pre{overflow:auto;padding:.75rem;border:1px solid #8888;border-radius:4px}"
    "code{font-size:.9em}summary{cursor:pointer}:root{color-scheme:light dark}"
)
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


@cache
def page() -> str:
    said = openapi.document()
    schemas = said["components"]["schemas"]
    routes = "".join(
        _route(method, path, operation, schemas)
        for path, methods in said["paths"].items()
        for method, operation in methods.items()
    )
    title, about = escape(said["info"]["title"]), escape(said["info"]["description"])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
        f"<style>{STYLE}</style></head><body><main><h1>{title}</h1><p>{about}</p>"
        "<p>The key goes into <code>Authorization: Bearer KEY</code> or"
        " <code>x-api-key: KEY</code>. All of this as"
        f' <a href="/openapi.json">openapi.json</a>.</p>{routes}</main></body></html>'
    )


def _route(method: str, path: str, operation: dict[str, Any], schemas: dict[str, Any]) -> str:
    head = f"<h2><code>{method.upper()} {escape(path)}</code></h2>"
    about = f"<p>{escape(operation['summary'])}</p>"
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None:
        return head + about
    name = content["schema"]["$ref"].rpartition("/")[2]
    shown = escape(json.dumps(schemas[name], indent=1))
    return (
        f"{head}{about}<details><summary>{escape(name)}</summary><pre><code>{shown}</code></pre>"
        "</details>"
    )

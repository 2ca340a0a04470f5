"""What would be sent, for people and for curl. Nothing is sent, no key read, no client loaded."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from visioncli.api import EyesCall, HttpCall
from visioncli.auth import headers
from visioncli.core.dialect import HttpRequest
from visioncli.core.types import Unfetched

from .answers import images_json
from .report import escaped
from .terminal import clean_line

SIGNED = re.compile(r"AWS4-HMAC-SHA256 Credential=[^/]+/DATE/([^/]+)/([^/]+)/")
SIGNATURE = ("authorization", "x-amz-date", "x-amz-content-sha256")


def as_object(
    call: HttpCall | EyesCall, estimate: Mapping[str, Any], *, full: bool
) -> dict[str, Any]:
    """{"method","url","headers","body","images","estimate"}; null where nothing would be sent."""
    images = images_json(call.pictures)
    if isinstance(call, EyesCall):
        nothing = dict.fromkeys(("method", "url", "headers", "body"))
        return {**nothing, "images": images, "estimate": estimate}
    request = call.shown()
    return {
        "method": request.method,
        "url": request.url,
        "headers": _headers(call, request),
        "body": request.body.readable(full=full),
        "images": images,
        "estimate": estimate,
    }


def as_text(call: HttpCall | EyesCall, *, full: bool) -> Iterator[str]:
    if isinstance(call, EyesCall):
        yield f"{call.ref} answers on this machine: nothing would be sent\n"
        return
    request = call.shown()
    body = json.dumps(request.body.readable(full=full), indent=2, ensure_ascii=False)
    yield clean_line(f"{request.method} {request.url}") + "\n"
    for name, value in _headers(call, request).items():
        yield clean_line(f"{name}: {value}") + "\n"
    yield "\n" + "\n".join(escaped(line) for line in body.split("\n")) + "\n"


def as_curl(call: HttpCall | EyesCall) -> Iterator[str]:
    """A command that works when pasted: the picture is in it, the key is its variable's."""
    if isinstance(call, EyesCall):
        yield from as_text(call, full=True)
        return
    request, names = call.shown(), headers.shown_variables(call.target.provider)
    for picture in call.pictures:
        if isinstance(picture.blob, Unfetched):  # before half a command stands there
            picture.blob.open()
    yield f"curl -sS -N -X {request.method} {shlex.quote(request.url)} \\\n"
    signed = SIGNED.match(request.headers.get("authorization", ""))
    if signed:  # curl makes the signature itself
        user = _quoted("$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY", names)
        yield f"  --aws-sigv4 {shlex.quote(f'aws:amz:{signed[1]}:{signed[2]}')} --user {user} \\\n"
    for name, value in request.headers.items():
        if not signed or name not in SIGNATURE:
            yield f"  -H {_quoted(f'{name}: {value}', names)} \\\n"
    yield "  --data-binary @- <<'JSON'\n"
    for chunk in request.body:
        yield chunk.decode("ascii")
    yield "\nJSON\n"


def _headers(call: HttpCall, request: HttpRequest) -> dict[str, str]:
    """The length is not known where a picture would be fetched first."""
    if any(isinstance(picture.blob, Unfetched) for picture in call.pictures):
        return dict(request.headers)
    return {**request.headers, "content-length": str(request.body.length)}


def _quoted(text: str, names: Collection[str]) -> str:
    """For a shell: everything to the letter but `$NAME` of `names`, which the shell fills in."""
    pieces = re.split(r"\$([A-Z][A-Z0-9_]*)", text)
    shown = ""
    for literal, name in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        variable = f'"${name}"' if name in names else shlex.quote(f"${name}") if name else ""
        shown += (shlex.quote(literal) if literal else "") + variable
    return shown

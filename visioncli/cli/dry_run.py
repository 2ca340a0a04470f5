"""What would be sent, for people and for curl. Nothing is sent, no key read, no client loaded."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from visioncli import api
from visioncli.api import EyesCall, HttpCall
from visioncli.config import Settings
from visioncli.core.dialect import HttpRequest
from visioncli.core.target import ModelRef
from visioncli.core.types import Unfetched
from visioncli.images.sources import Piped

from .answers import images_json
from .options import AskOptions
from .report import escaped, print_json
from .terminal import Notes, Out, clean_line

VARIABLE = re.compile(r"\$[A-Z][A-Z0-9_]*")


def show(
    asked: api.Asked,
    refs: Sequence[ModelRef],
    settings: Settings,
    stdin: Piped | None,
    options: AskOptions,
    out: Out,
    notes: Notes,
) -> int:
    """Prints the request for every model."""
    for ref in refs:
        call = api.prepare(asked, ref, settings, stdin=stdin, dry=True)
        for warning in call.warnings:
            notes.warn(warning)
        if options.json:
            print_json(out, as_object(call, full=options.full))
            continue
        for piece in as_curl(call) if options.curl else as_text(call, full=options.full):
            out.write(piece)
    return 0


def as_object(call: HttpCall | EyesCall, *, full: bool) -> dict[str, Any]:
    """{"method","url","headers","body","images","estimate"}; null where nothing would be sent."""
    images = images_json(call.pictures)
    if isinstance(call, EyesCall):
        nothing = dict.fromkeys(("method", "url", "headers", "body"))
        return {**nothing, "images": images, "estimate": None}
    request = call.shown()
    return {
        "method": request.method,
        "url": request.url,
        "headers": _headers(call, request),
        "body": request.body.readable(full=full),
        "images": images,
        "estimate": None,
    }


def as_text(call: HttpCall | EyesCall, *, full: bool) -> Iterator[str]:
    if isinstance(call, EyesCall):
        yield f"{call.ref} answers on this machine: nothing would be sent\n"
        return
    request = call.shown()
    yield clean_line(f"{request.method} {request.url}") + "\n"
    for name, value in _headers(call, request).items():
        yield clean_line(f"{name}: {value}") + "\n"
    body = json.dumps(request.body.readable(full=full), indent=2, ensure_ascii=False)
    yield "\n" + "\n".join(escaped(line) for line in body.split("\n")) + "\n"


def as_curl(call: HttpCall | EyesCall) -> Iterator[str]:
    """A command that works when pasted: the picture is in it, the key is its variable's."""
    if isinstance(call, EyesCall):
        yield from as_text(call, full=True)
        return
    request = call.shown()
    yield f"curl -sS -N -X {request.method} {shlex.quote(request.url)} \\\n"
    for name, value in request.headers.items():
        yield f"  -H {_quoted(f'{name}: {value}')} \\\n"
    yield "  --data-binary @- <<'JSON'\n"
    for chunk in request.body:
        yield chunk.decode("ascii")
    yield "\nJSON\n"


def _headers(call: HttpCall, request: HttpRequest) -> dict[str, str]:
    """The length is not known where a picture would be fetched first."""
    if any(isinstance(picture.blob, Unfetched) for picture in call.pictures):
        return dict(request.headers)
    return {**request.headers, "content-length": str(request.body.length)}


def _quoted(text: str) -> str:
    """For a shell; in double quotes, and all but the variable escaped, where there is one."""
    if not VARIABLE.search(text):
        return shlex.quote(text)
    inner = re.sub(r'[\\"`]', lambda m: "\\" + m.group(), text)
    return f'"{inner}"'

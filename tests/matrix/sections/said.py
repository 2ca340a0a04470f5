"""What providers say, in their own shapes, and the rows of it."""

from __future__ import annotations

import json
from typing import Any

from tests.faults.peer import whole
from tests.matrix.rows import Row

PLAIN = ("--no-stream",)


def says(status: int, body: Any, **headers: object):
    """A status with a body: bytes as they are, anything else as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    kind = str(headers.pop("kind", "application/json"))
    return lambda peer: peer.send(whole(data, status, kind, **headers))


def refusal(status: int, message: str, code: str | None = None, **more: object):
    """As OpenAI words it."""
    kind = more.pop("type", "invalid_request_error")
    param = more.pop("param", None)
    inner = {"message": message, "type": kind, "param": param, "code": code}
    return says(status, {"error": inner}, **more)


def fails(id_: str, exit_: int, case: str, answer: Any, *lines: str, **more: Any) -> Row:
    """A plain request that is sent once."""
    more = {"requests": 1, "options": PLAIN, **more}
    return Row(id=id_, case=case, exit=exit_, answer=answer, says=lines, **more)


def again(id_: str, exit_: int, case: str, answer: Any, *lines: str, **more: Any) -> Row:
    """Sent three times."""
    return fails(id_, exit_, case, answer, *lines, again=2, requests=3, **more)

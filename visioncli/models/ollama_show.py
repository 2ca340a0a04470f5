"""What Ollama says of one of its models. https://github.com/ollama/ollama/blob/main/docs/api.md"""

from __future__ import annotations

from visioncli.api import HttpCall
from visioncli.auth import headers
from visioncli.core.body import JsonBody
from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import VisionError
from visioncli.core.fields import load_object
from visioncli.transport.client import exchange
from visioncli.transport.clock import Clock, Deadlines

CAP = 4 << 20  # bytes; the answer holds the model's licence and template
LONGEST = 30.0  # seconds: nothing is loaded for it


def capabilities(call: HttpCall) -> tuple[str, ...] | None:
    """Such as ("completion", "vision"), from POST /api/show; None where it does not say.

    Servers before 2025 have no such list, and whatever else goes wrong here goes wrong again when
    the picture is sent, where it is told.
    """
    target, key = call.target, call.key
    request = HttpRequest(
        method="POST",
        url=f"{target.base_url}/api/show",
        headers={"content-type": "application/json"},
        body=JsonBody({"model": target.model}),
    )
    request = headers.authorise(request, target.provider, key)
    total = min(LONGEST, call.asked.timeout)
    clock = Clock(Deadlines(total=total), target.provider.name, call.asked.stop)
    try:
        with exchange(request, clock, body=request.body, length=request.body.length) as response:
            if response.status != 200:
                return None
            listed = load_object(b"".join(response.chunks(CAP))).get("capabilities")
    except VisionError:
        return None
    if not isinstance(listed, list):
        return None
    return tuple(item for item in listed if isinstance(item, str))

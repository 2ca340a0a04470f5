"""Which error a provider's answer amounts to: what its dialect recognised in it, else its status.

A dialect reads its provider's error into a `Said`; here, once for all of them, that becomes an
error of our tree with its message, hint, wait and whether to try again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from .dialect import HttpError
from .errors import (
    ImageProblem,
    KeyProblem,
    ProviderFailed,
    QuotaExceeded,
    RateLimited,
    Refused,
    UnknownModel,
    VisionError,
)
from .fields import preview, word
from .record import record
from .waiting import asked

CANNOT_SEE = "cannot_see"
REQUEST_IDS = ("x-request-id", "request-id", "mistral-correlation-id")
WORDS = 400  # characters of a provider's own words that a message repeats

# What the error types say that OpenAI, Anthropic and llama.cpp use alike, where no status does.
STATUS = {
    "invalid_request_error": 400,
    "exceed_context_size_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "api_error": 500,
    "server_error": 500,
    "not_supported_error": 501,
    "unavailable_error": 503,
    "timeout_error": 504,
    "overloaded_error": 529,
}

# A provider's name for an option -> the command line's, where that has one.
OPTIONS = {
    "max_tokens": "--max-tokens",
    "max_completion_tokens": "--max-tokens",
    "max_output_tokens": "--max-tokens",
    "maxOutputTokens": "--max-tokens",
    "num_predict": "--max-tokens",
    "temperature": "--temperature",
    "detail": "--detail",
    "mediaResolution": "--detail",
}


@record(kw_only=True)
class Said:
    """What a provider's error says, as its dialect reads it.

    words: for people. code: the provider's own, or CANNOT_SEE. status: the one that an error inside
    a 200 stands for. kind: the error that the code or the words name, whatever the status. option:
    the field of the request that it complains of. wait: seconds. hint: a remedy better than the
    usual one.
    """

    words: str = ""
    code: str | None = None
    status: int | None = None
    kind: type[VisionError] | None = None
    option: str | None = None
    wait: float | None = None
    request_id: str | None = None
    hint: str | None = None


def load(body: bytes) -> object:
    """The JSON value in an error's body, out of its list where it stands in a list of one."""
    try:
        value = json.loads(body.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return None
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def opened(data: object) -> dict[str, Any]:
    """The error object in what a provider sent; {} where there is none.

    {"error": {…}}, {"error": "…", …}, {"message": …}, {"detail": "…"} and FastAPI's
    {"detail": [{"loc", "msg"}]}, which becomes {"message", "param"}.
    """
    if not isinstance(data, dict):
        return {}
    error, detail = data.get("error"), data.get("detail")
    if isinstance(error, dict):
        return error
    if isinstance(error, str):
        return {**data, "message": error}
    if isinstance(detail, str):
        return {**data, "message": detail}
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        loc = detail[0].get("loc")
        path = [str(step) for step in loc if step != "body"] if isinstance(loc, list) else []
        return {"message": word(detail[0], "msg"), "param": ".".join(path)}
    return data


def is_error(data: Mapping[str, Any]) -> bool:
    """Whether an object that came with a 200 is an error all the same."""
    return bool(data.get("error")) or data.get("object") == "error"


def failed(response: HttpError, said: Said) -> VisionError:
    """The error for an HTTP response. Total."""
    status, headers = response.status, response.headers
    kind = _kind(said, status)
    wait = asked(headers)
    wait = said.wait if wait is None else wait
    words = said.words or preview(response.body).strip()
    ids = (headers[name] for name in REQUEST_IDS if headers.get(name))
    return kind(
        _message(kind, said, words, status, wait),
        hint=_hint(kind, said, status),
        code=said.code,
        status=status,
        request_id=next(ids, said.request_id),
        wait=wait,
        retry=_retry(kind, status, headers),
    )


def told(said: Said) -> VisionError:
    """The error for an error object that came inside a 200; tried again as its status would be."""
    kind = _kind(said, said.status)
    return kind(
        _message(kind, said, said.words, None, said.wait),
        hint=_hint(kind, said, None),
        code=said.code,
        request_id=said.request_id,
        wait=said.wait,
        retry=_retry(kind, said.status or 200, {}),
    )


def _kind(said: Said, status: int | None) -> type[VisionError]:
    if said.code == CANNOT_SEE:
        return UnknownModel
    if said.kind is not None:
        return said.kind
    match status:
        case None:
            return ProviderFailed
        case 401 | 403:
            return KeyProblem
        case 402:
            return QuotaExceeded
        case 404:
            return UnknownModel
        case 413:
            return ImageProblem
        case 429:
            return RateLimited
        case 408 | 409:
            return ProviderFailed
    return VisionError if 400 <= status < 500 else ProviderFailed


def _retry(kind: type[VisionError], status: int, headers: Mapping[str, str]) -> bool:
    """Not every 5xx: what a server does not support, it will not support a second later."""
    match headers.get("x-should-retry", "").strip().lower():
        case "true":
            return True
        case "false":
            return False
    if kind is ProviderFailed:
        return status in (408, 409) or (500 <= status < 600 and status not in (501, 505))
    return kind.retried


def _message(
    kind: type[VisionError], said: Said, words: str, status: int | None, wait: float | None
) -> str:
    words = preview(" ".join(words.split()), WORDS)
    message = f"{_lead(kind, said, status)}: {words}" if words else _lead(kind, said, status)
    if status is not None:
        message += f" (HTTP {status})"
    return message + (f"; it asks to wait {math.ceil(wait)} s" if wait else "")


def _lead(kind: type[VisionError], said: Said, status: int | None) -> str:
    if said.code == CANNOT_SEE:
        return "the model cannot see pictures"
    if kind is KeyProblem:
        return "the provider denies access" if status == 403 else "the provider rejects the key"
    if kind is VisionError and said.option:
        return f"the provider refuses {OPTIONS.get(said.option, f'the option {said.option!r}')}"
    return LEADS[kind]


LEADS: Mapping[type[VisionError], str] = {
    VisionError: "the provider refuses the request",
    UnknownModel: "the provider does not have the model",
    ImageProblem: "the provider refuses the picture",
    RateLimited: "the provider's rate limit is reached",
    QuotaExceeded: "the quota or the credit at the provider is used up",
    ProviderFailed: "the provider failed",
    Refused: "a filter of the provider refuses the question",
}


def _hint(kind: type[VisionError], said: Said, status: int | None) -> str | None:
    if said.hint:
        return said.hint
    if said.code == CANNOT_SEE:
        start = "start the server with its --mmproj file, or " if "mmproj" in said.words else ""
        return f"{start}choose another model with -m"
    if kind is UnknownModel:
        return "check the model's name (-m PROVIDER/MODEL) and the address (--base-url)"
    if kind is ImageProblem and status == 413:
        return "a smaller picture, or fewer of them"
    return HINTS.get(kind)


HINTS: Mapping[type[VisionError], str] = {
    KeyProblem: "check the key in the provider's environment variable",
    QuotaExceeded: "check the plan and the billing at the provider, or choose another with -m",
    ImageProblem: "a smaller picture, or one in another format: JPEG and PNG are taken everywhere",
}

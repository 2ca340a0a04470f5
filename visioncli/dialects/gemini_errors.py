"""What Google's errors say: {"error": {"code", "message", "status", "details": […]}}.

https://ai.google.dev/gemini-api/docs/troubleshooting; the shapes of `details` are those of
google/rpc/error_details.proto: ErrorInfo, BadRequest, RetryInfo, QuotaFailure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from visioncli.core.errors import ImageProblem, KeyProblem, QuotaExceeded, VisionError
from visioncli.core.failure import CANNOT_SEE, Said, opened
from visioncli.core.fields import word
from visioncli.core.waiting import duration

BLIND = re.compile(
    r"image input (modality )?is not (enabled|supported)|not support image", re.IGNORECASE
)
PICTURE = re.compile(
    r"\bimages?\b|mime.?type|inline_?data|base64|payload size exceeds", re.IGNORECASE
)
BILLING = re.compile(r"\bbilling\b", re.IGNORECASE)


def said(data: object) -> Said:
    """Total. A bad key comes as a 400 whose reason is API_KEY_INVALID."""
    error = opened(data)
    number, words = error.get("code"), word(error, "message") or ""
    status = number if isinstance(number, int) and 400 <= number < 600 else None
    details = [item for item in _list(error, "details") if isinstance(item, dict)]
    option = _option(details)
    blind = status in (400, 404) and BLIND.search(words)
    reasons = [reason for item in details if (reason := word(item, "reason"))]
    code = CANNOT_SEE if blind else next(iter(reasons), word(error, "status"))
    delays = (duration(word(item, "retryDelay") or "") for item in details)
    if status == 429 and _daily(details):
        return Said(words=words, code=code, status=status, kind=QuotaExceeded)
    return Said(
        words=words,
        code=code,
        status=status,
        kind=_kind(words, status, code, option),
        option=option,
        wait=next((delay for delay in delays if delay), None),
    )


def _kind(
    words: str, status: int | None, code: str | None, option: str | None
) -> type[VisionError] | None:
    if code in ("API_KEY_INVALID", "API_KEY_EXPIRED"):
        return KeyProblem
    if code == "FAILED_PRECONDITION" and BILLING.search(words):
        return QuotaExceeded
    return ImageProblem if status == 400 and not option and PICTURE.search(words) else None


def _daily(details: list[dict[str, Any]]) -> bool:
    """A quota of the day, for which no wait of seconds helps whatever RetryInfo says."""
    found = (v for item in details for v in _list(item, "violations") if isinstance(v, dict))
    return any("PerDay" in (word(violation, "quotaId") or "") for violation in found)


def _option(details: list[dict[str, Any]]) -> str | None:
    """The field of generationConfig that a BadRequest complains of, in camelCase."""
    for item in details:
        for violation in _list(item, "fieldViolations"):
            field = word(violation, "field") if isinstance(violation, dict) else None
            if found := re.match(r"generation_?[cC]onfig\.([a-zA-Z_]+)", field or ""):
                return re.sub(r"_([a-z])", lambda m: m[1].upper(), found[1])
    return None


def _list(source: Mapping[str, Any], name: str) -> list[Any]:
    value = source.get(name)
    return value if isinstance(value, list) else []

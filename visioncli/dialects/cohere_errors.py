"""What Cohere's errors say: {"message": "…", "id": "…"}, with no code; the words must tell.

https://docs.cohere.com/reference/errors (read 2026-11-24), which lists the words of most.
"""

from __future__ import annotations

import re

from visioncli.core.errors import ImageProblem, QuotaExceeded, VisionError
from visioncli.core.failure import CANNOT_SEE, Said, opened
from visioncli.core.fields import word

BLIND = re.compile(
    r"not support (vision|multi-?modal|images?( inputs?| content|_url|\W*$))"
    r"|images? (inputs? )?(is|are) not supported",
    re.IGNORECASE,
)
PICTURE = re.compile(r"\bimages?\b|\bimage_url\b|\bdata ur[li]\b|base64", re.IGNORECASE)
MONTHLY = re.compile(r"calls / month|monthly", re.IGNORECASE)  # of a trial key, with a 429

# "invalid request: temperature must be between 0 and 1.0 inclusive.", "too many tokens: max tokens
# must be less than or equal to 4096, …"
OPTION = re.compile(r"(?:invalid request|too many tokens): (?P<name>[a-z]\w*(?: tokens)?) must ")
FIELDS = ("max_tokens", "temperature", "p", "k", "seed", "stop_sequences", "response_format")


def said(data: object, status: int | None) -> Said:
    """status: None for an error object that came inside a 200. Total."""
    error = opened(data)
    words = word(error, "message") or ""
    named = OPTION.match(words)
    option = named["name"].replace(" ", "_") if named else None
    option = option if option in FIELDS else None
    blind = status in (400, 422, None) and BLIND.search(words)
    return Said(
        words=words,
        code=CANNOT_SEE if blind else word(error, "code"),
        status=status,
        kind=_kind(words, option, status),
        option=option,
        request_id=word(error, "id"),
    )


def _kind(words: str, option: str | None, status: int | None) -> type[VisionError] | None:
    if status == 429 and MONTHLY.search(words):
        return QuotaExceeded
    if status in (400, 422) and option is None and PICTURE.search(words):
        return ImageProblem
    return None

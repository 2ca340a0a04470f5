"""What Anthropic's errors say, and llama.cpp's, which keep its own shape on this wire too.

Types: anthropic-sdk-python, `anthropic.types.error_object`. The words are looked at where neither
status nor type tells: Anthropic calls an empty account and a bad picture invalid_request_error.
"""

from __future__ import annotations

import re

from visioncli.core.errors import ImageProblem, QuotaExceeded, Refused, VisionError
from visioncli.core.failure import CANNOT_SEE, STATUS, Said, opened
from visioncli.core.fields import report, word

BLIND = re.compile(
    r"image input is not supported|not support (vision|images?( input| content|\W*$))",
    re.IGNORECASE,
)
PICTURE = re.compile(r"\bimages?\b|\bmedia_type\b", re.IGNORECASE)
LOAD = re.compile(r"failed to (load|decode|process) (the |an )?image", re.IGNORECASE)  # llama.cpp
CREDIT = re.compile(r"credit balance|billing", re.IGNORECASE)  # with a 400
FILTER = re.compile(r"content filtering policy", re.IGNORECASE)
# "max_tokens: Field required"; llama.cpp: "Field 'max_tokens': Value must be …"
OPTION = re.compile(r"(?!messages\b)(?P<name>[a-z_]+)(\.[\w.]+)?: |Field '(?P<field>\w+)'")


def said(data: object, status: int | None) -> Said:
    """{"type": "error", "error": {"type", "message"}, "request_id"}; llama.cpp: {"code", …} too."""
    error = opened(data)
    words, type_ = word(error, "message") or "", word(error, "type")
    code = word(report(error, "details"), "error_code") or type_
    status = STATUS.get(type_ or "") if status is None else status
    option = OPTION.match(words)
    blind = status in (400, 500, 501, None) and BLIND.search(words)
    return Said(
        words=words,
        code=CANNOT_SEE if blind else code,
        status=status,
        kind=_kind(words, code or "", option, status),
        option=option["name"] or option["field"] if option else None,
        request_id=word(data, "request_id") if isinstance(data, dict) else None,
    )


def _kind(
    words: str, code: str, option: object | None, status: int | None
) -> type[VisionError] | None:
    if code.startswith("image_") or (status in (400, 500) and LOAD.search(words)):
        return ImageProblem
    if status != 400:
        return None
    if CREDIT.search(words):
        return QuotaExceeded
    if FILTER.search(words):
        return Refused
    return ImageProblem if PICTURE.search(words) and not option else None

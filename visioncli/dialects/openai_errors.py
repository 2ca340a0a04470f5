"""What the errors of OpenAI's family say: its own, and those of the servers that speak its wire.

Codes: openai-python, `openai.types.responses.ResponseError`. The words are those of OpenAI, xAI,
Mistral, OpenRouter, vLLM and llama.cpp; they are looked at where neither status nor code tells.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from visioncli.core.errors import (
    ImageProblem,
    KeyProblem,
    QuotaExceeded,
    Refused,
    UnknownModel,
    VisionError,
)
from visioncli.core.failure import CANNOT_SEE, STATUS, Said, opened
from visioncli.core.fields import report, word

KINDS: Mapping[str, type[VisionError]] = {
    "insufficient_quota": QuotaExceeded,
    "billing_hard_limit_reached": QuotaExceeded,
    "billing_not_active": QuotaExceeded,
    "invalid_api_key": KeyProblem,
    "model_not_found": UnknownModel,  # with 403 too: the project may not use it
    "content_filter": Refused,  # Azure: the prompt
    "content_policy_violation": Refused,
    "image_content_policy_violation": Refused,
    "bio_policy": Refused,
    "misalignment_policy_violation": Refused,
    "invalid_image": ImageProblem,
    "invalid_image_format": ImageProblem,
    "invalid_image_url": ImageProblem,
    "invalid_image_mode": ImageProblem,
    "invalid_base64_image": ImageProblem,
    "image_too_large": ImageProblem,
    "image_too_small": ImageProblem,
    "image_parse_error": ImageProblem,
    "image_file_too_large": ImageProblem,
    "image_file_not_found": ImageProblem,
    "unsupported_image_media_type": ImageProblem,
    "empty_image_file": ImageProblem,
    "failed_to_download_image": ImageProblem,
}


class Phrase:
    """What an error says, in either case of letters; compiled when an error is first read."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def search(self, words: str) -> re.Match[str] | None:
        return re.search(self._pattern, words, re.IGNORECASE)


# llama.cpp says the first with a 500, which is no failure of the server and stays as it is however
# often it is asked; OpenRouter says the last with a 404.
BLIND = Phrase(
    r"image input is not supported|image_url is only supported by|not a multimodal model"
    r"|endpoints found that support image|not support (vision|images?( input| content|\W*$))"
)
LOAD = Phrase(r"failed to (load|decode|process|fetch|download) (the |an )?image")
PICTURE = Phrase(r"\bimages?\b|\bimage_url\b|\bdata ur[li]\b")
FIELD = r"Field '(\w+)'"  # llama.cpp
KEY = Phrase(r"(incorrect|invalid) api key")  # xAI: 400
FLAGGED = Phrase(r"flagged as potentially violating")  # code invalid_prompt
CREDIT = Phrase(r"insufficient (credit|balance|quota)|exceeded your current quota")


def said(data: object, status: int | None) -> Said:
    """What an error body says; status: None for an error object that came inside a 200. Total."""
    error = opened(data)
    number = error.get("code")
    type_ = word(error, "type")
    code = word(error, "code") or type_
    if status is None:
        in_range = isinstance(number, int) and 400 <= number < 600
        status = number if in_range else STATUS.get(type_ or "") or STATUS.get(code or "")
    words, param = word(error, "message") or "", word(error, "param") or ""
    if not param and (named := re.match(FIELD, words)):
        param = named[1]
    about = param.startswith(("messages", "input"))  # what was asked, and not how
    option = None if about else re.split(r"[.\[]", param)[0] or None
    blind = status in (400, 404, 415, 422, 500, 501, None) and BLIND.search(words)
    if "reasons" in report(error, "metadata"):  # OpenRouter, with a 403
        kind: type[VisionError] | None = Refused
    else:
        kind = KINDS.get(code or "") or KINDS.get(type_ or "")
    return Said(
        words=words,
        code=CANNOT_SEE if blind else code,
        status=status,
        kind=kind or _kind(words, param, option, status),
        option="detail" if param.endswith("detail") else option,
    )


def _kind(
    words: str, param: str, option: str | None, status: int | None
) -> type[VisionError] | None:
    """By the words, which only a refusal of the request as such leaves to be asked."""
    if status in (400, 403, None) and FLAGGED.search(words):
        return Refused
    if status in (402, 429) and CREDIT.search(words):
        return QuotaExceeded
    if status in (400, 422, 500, None) and LOAD.search(words):
        return ImageProblem
    if status not in (400, 415, 422):
        return None
    if KEY.search(words):
        return KeyProblem
    if option or param.endswith("detail"):
        return None
    return ImageProblem if "image" in param or PICTURE.search(words) else None

"""What watsonx's errors say: {"errors": [{"code", "message"}], "trace", "status_code"}.

Codes: https://ibm.github.io/watsonx-ai-java-sdk/advanced/error-handling (read 2026-11-24).
What else may answer in its place says it as OpenAI's family does.
"""

from __future__ import annotations

from collections.abc import Mapping

from visioncli.core.errors import KeyProblem, QuotaExceeded, UnknownModel, VisionError
from visioncli.core.failure import Said
from visioncli.core.fields import word

from . import openai_errors

KINDS: Mapping[str, type[VisionError]] = {
    "authentication_token_expired": KeyProblem,
    "authentication_token_not_valid": KeyProblem,
    "authorization_rejected": KeyProblem,
    "user_authorization_failed": KeyProblem,
    "model_not_supported": UnknownModel,
    "model_no_support_for_function": UnknownModel,
    "token_quota_reached": QuotaExceeded,  # with a 403: the plan's tokens of this month
}


def said(data: object, status: int | None) -> Said:
    """The first of several errors; status: None for errors that came inside a 200. Total."""
    if not isinstance(data, dict) or not isinstance(data.get("errors"), list):
        return openai_errors.said(data, status)
    first = next((error for error in data["errors"] if isinstance(error, dict)), {})
    number = data.get("status_code")
    if status is None and isinstance(number, int) and 400 <= number < 600:
        status = number
    read = openai_errors.said({"error": first}, status)
    return Said(
        words=read.words,
        code=read.code,
        status=status,
        kind=KINDS.get(word(first, "code") or "") or read.kind,
        option=read.option,
        request_id=word(data, "trace"),
    )

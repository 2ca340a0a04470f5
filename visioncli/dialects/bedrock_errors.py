"""What Bedrock's errors say, as a response and inside a stream.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html (read
2026-11-24), the errors of botocore's service model bedrock-runtime, and messages quoted in public
issues. The name stands in a header, in `__type`, or is the frame's; the words in `message`, or in
`Message` where not Bedrock but the door before it refuses.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from visioncli.core.errors import (
    ImageProblem,
    KeyProblem,
    ProviderFailed,
    QuotaExceeded,
    UnknownModel,
    VisionError,
)
from visioncli.core.failure import CANNOT_SEE, Said, opened
from visioncli.core.fields import word

# The statuses that errors inside a 200 stand for. The stream's own error has 424, which nobody
# tries again; AWS says to ("Retry your request"), so it is taken for the 500 it amounts to.
STATUS = {
    "ValidationException": 400,
    "AccessDeniedException": 403,
    "ResourceNotFoundException": 404,
    "ModelTimeoutException": 408,
    "ThrottlingException": 429,
    "ModelNotReadyException": 429,
    "ModelErrorException": 500,
    "ModelStreamErrorException": 500,
    "InternalServerException": 500,
    "InternalFailure": 500,
    "ServiceUnavailableException": 503,
    "ServiceUnavailable": 503,
}
FAILED = {"ModelErrorException", "ModelStreamErrorException"}  # the model did, whatever the 424
# Who asks, and not what, is refused; some of these are 400s.
SIGNATURE = {
    *("InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature"),
    *("MissingAuthenticationToken", "MissingAuthenticationTokenException", "OptInRequired"),
    *("UnrecognizedClientException", "InvalidClientTokenId", "ExpiredToken"),
    *("ExpiredTokenException", "RequestExpired", "RequestTimeTooSkewed"),
}

CLOCK = re.compile(
    r"signature (expired|not yet current)|too skewed|request has expired", re.IGNORECASE
)
EXPIRED = re.compile(r"security token .*expired|expired ?token", re.IGNORECASE)
CANONICAL = re.compile(r"\s*The Canonical String for this request should have been.*", re.DOTALL)
BLIND = re.compile(r"(doesn.t|does not|not) support (the )?(images?|vision)\b", re.IGNORECASE)
PICTURE = re.compile(r"\bimages?\b", re.IGNORECASE)
MODEL = re.compile(
    r"model identifier is invalid|(resolve|find) the foundation model|end of its life|"
    r"on-demand throughput isn.t supported",
    re.IGNORECASE,
)
OPTION = re.compile(
    r"inferenceConfig\.(?P<name>[a-zA-Z]+)|\b(?P<field>max_tokens|temperature|top_p): |"
    r"maximum tokens",
    re.IGNORECASE,
)
OPTIONS = {"maxTokens": "max_tokens", "topP": "top_p", "stopSequences": "stop"}

CHECK_CLOCK = "check your clock: AWS takes no signature that is some minutes off"
LOG_IN = "log in again (aws sso login), or renew AWS_SESSION_TOKEN with its keys"
CREDENTIALS = "check the credentials: aws sts get-caller-identity, or AWS_BEARER_TOKEN_BEDROCK"
ACCESS = "ask for access to the model in Bedrock's console, and check the policy of who asks"
PROFILE = "name an inference profile: us. eu. apac. or global. before the model, or its ARN"


def said(
    data: object, status: int | None, headers: Mapping[str, str] | None = None, name: str = ""
) -> Said:
    """Total. name: of an exception frame. headers: of a response, names in small letters."""
    error, headers = opened(data), headers or {}
    words = word(error, "message") or word(error, "Message") or ""
    words = CANONICAL.sub("", words)  # it repeats the request's headers, a session's token too
    code = _name(name or headers.get("x-amzn-errortype", "") or word(error, "__type") or "")
    code = code or word(error, "type") or ""
    status = STATUS.get(code) if status is None else status
    option = OPTION.search(words) if status == 400 else None
    known = Said(
        words=words,
        code=CANNOT_SEE if status == 400 and BLIND.search(words) else code or None,
        status=status,
        kind=_kind(code, words, status, option=option is not None),
        request_id=headers.get("x-amzn-requestid") or None,
        hint=_hint(code, words, status),
    )
    if option is None or known.kind is not None:
        return known
    field = option["name"] or option["field"] or "maxTokens"
    return replace(known, option=OPTIONS.get(field, field))


def _name(text: str) -> str:
    """ThrottlingException of "com.amazon.x#ThrottlingException:http://…", throttlingException."""
    name = text.partition(":")[0].rpartition("#")[2].strip()
    return name[:1].upper() + name[1:]


def _kind(code: str, words: str, status: int | None, *, option: bool) -> type[VisionError] | None:
    if code in SIGNATURE:
        return KeyProblem
    if code in FAILED:
        return ProviderFailed
    if code == "ServiceQuotaExceededException" or (status == 429 and "per day" in words):
        return QuotaExceeded
    if status != 400:
        return None
    if MODEL.search(words):
        return UnknownModel
    return ImageProblem if PICTURE.search(words) and not option else None


def _hint(code: str, words: str, status: int | None) -> str | None:
    if code in SIGNATURE or status in (401, 403):
        if CLOCK.search(words) or code in ("RequestExpired", "RequestTimeTooSkewed"):
            return CHECK_CLOCK
        if EXPIRED.search(words) or code.startswith("ExpiredToken"):
            return LOG_IN
        return ACCESS if code == "AccessDeniedException" else CREDENTIALS
    return PROFILE if status == 400 and "on-demand throughput" in words else None

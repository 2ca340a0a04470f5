"""Which error an answer amounts to, status by status and word by word: composed after the vendors'
documentation and the servers' source, as the golden errors of tests/wire are recorded.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.dialects.replay import play
from visioncli import dialects
from visioncli.core.dialect import HttpError
from visioncli.core.errors import VisionError

BLIND = "image input is not supported"
LOAD = "Failed to decode the image"


def failed(dialect: str, status: int, body: Any, **headers: str) -> VisionError:
    raw = json.dumps(body).encode()
    return dialects.load(dialect).error(HttpError(status=status, headers=headers, body=raw))


def told(dialect: str, body: Any) -> VisionError:
    """In a stream, before any text: such an error may be tried again as its status would be."""
    _, error = play(dialect, [f"data: {json.dumps(body)}\n\n".encode()], stream=True)
    assert error is not None
    return error


def openai(message: str, **more: Any) -> Any:
    return {"error": {"message": message, **more}}


@pytest.mark.parametrize("dialect", ["openai_chat", "openai_responses", "watsonx"])
@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        *[(s, openai(BLIND), "UnknownModel") for s in (400, 404, 415, 422, 500, 501)],
        (503, openai(BLIND), "ProviderFailed"),
        *[(s, openai(LOAD), "ImageProblem") for s in (400, 422, 500)],
        (503, openai(LOAD), "ProviderFailed"),
        (400, openai("flagged as potentially violating a policy"), "Refused"),
        (403, openai("flagged as potentially violating a policy"), "Refused"),
        (404, openai("flagged as potentially violating a policy"), "UnknownModel"),
        (402, openai("Insufficient credits"), "QuotaExceeded"),
        (429, openai("You exceeded your current quota"), "QuotaExceeded"),
        (400, openai("You exceeded your current quota"), "VisionError"),
        (429, openai("slow down"), "RateLimited"),
        (400, openai("Incorrect API key provided"), "KeyProblem"),
        *[(s, openai("the image is odd"), "ImageProblem") for s in (400, 415, 422)],
        (500, openai("the image is odd"), "ProviderFailed"),
        (400, openai("the image is odd", param="temperature"), "VisionError"),
        (400, openai("x", param="messages[0].content[1].image_url"), "ImageProblem"),
        (400, openai("x", code="unheard_of", type="insufficient_quota"), "QuotaExceeded"),
        (403, openai("x", code="model_not_found", type="unheard_of"), "UnknownModel"),
        (403, openai("x", metadata={"reasons": ["x"]}), "Refused"),
    ],
)
def test_openais_family(dialect: str, status: int, body: Any, kind: str) -> None:
    assert type(failed(dialect, status, body)).__name__ == kind


@pytest.mark.parametrize(
    ("body", "kind", "retry"),
    [
        (openai("x", code=400), "VisionError", False),
        (openai("x", code=401), "KeyProblem", False),
        (openai("x", code=599), "ProviderFailed", True),
        (openai("x", code=600), "ProviderFailed", False),
        (openai("x", code=399), "ProviderFailed", False),
        (openai("x", type="rate_limit_error"), "RateLimited", True),
        (openai("x", type="unheard_of", code="server_error"), "ProviderFailed", True),
        (openai("x"), "ProviderFailed", False),
        (openai(BLIND), "UnknownModel", False),
    ],
)
def test_openais_family_in_a_200(body: Any, kind: str, retry: bool) -> None:
    error = told("openai_chat", body)
    assert (type(error).__name__, error.retry) == (kind, retry)


def ibm(code: str, message: str = "x", **more: Any) -> Any:
    return {"errors": [{"code": code, "message": message}], "trace": "t-1", **more}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, ibm("authentication_token_expired"), "KeyProblem"),
        (403, ibm("token_quota_reached"), "QuotaExceeded"),
        (400, ibm("model_not_supported"), "UnknownModel"),
        (400, ibm("invalid_input", "the image is odd"), "ImageProblem"),
        (404, ibm("unheard_of", status_code=500), "UnknownModel"),
        (500, {"errors": ["x", {"code": "x", "message": LOAD}]}, "ImageProblem"),
        (503, {"errors": []}, "ProviderFailed"),
    ],
)
def test_watsonx(status: int, body: Any, kind: str) -> None:
    assert type(failed("watsonx", status, body)).__name__ == kind


@pytest.mark.parametrize(
    ("number", "kind", "retry"),
    [
        (400, "VisionError", False),
        (429, "RateLimited", True),
        (599, "ProviderFailed", True),
        (600, "ProviderFailed", False),
        (399, "ProviderFailed", False),
        ("400", "ProviderFailed", False),
    ],
)
def test_watsonx_in_a_200(number: Any, kind: str, retry: bool) -> None:
    error = told("watsonx", ibm("unheard_of", status_code=number))
    assert (type(error).__name__, error.retry, error.request_id) == (kind, retry, "t-1")


def test_watsonx_names_the_option_that_is_refused() -> None:
    body = {"errors": [{"code": "x", "message": "too large", "param": "temperature"}]}
    assert "refuses --temperature" in failed("watsonx", 400, body).message


def claude(kind: str, message: str) -> Any:
    return {"type": "error", "error": {"type": kind, "message": message}}


@pytest.mark.parametrize(
    ("status", "type_", "words", "kind"),
    [
        (400, "invalid_request_error", "image exceeds 5 MB maximum", "ImageProblem"),
        (400, "invalid_request_error", "max_tokens: image or not", "VisionError"),
        (400, "invalid_request_error", "messages.0.content.0.image.source: x", "ImageProblem"),
        (400, "invalid_request_error", "Your credit balance is too low", "QuotaExceeded"),
        (400, "invalid_request_error", "blocked by content filtering policy", "Refused"),
        (500, "api_error", "blocked by content filtering policy", "ProviderFailed"),
        (400, "server_error", LOAD, "ImageProblem"),
        (500, "server_error", LOAD, "ImageProblem"),
        (503, "server_error", LOAD, "ProviderFailed"),
        (400, "image_unreadable", "x", "ImageProblem"),
        *[(s, "server_error", BLIND, "UnknownModel") for s in (400, 500, 501)],
        (503, "server_error", BLIND, "ProviderFailed"),
        (429, "invalid_request_error", "the status counts", "RateLimited"),
    ],
)
def test_anthropic(status: int, type_: str, words: str, kind: str) -> None:
    assert type(failed("anthropic", status, claude(type_, words))).__name__ == kind


@pytest.mark.parametrize(
    ("status", "code", "words", "kind", "hint"),
    [
        (403, "RequestExpired", "x", "KeyProblem", "clock"),
        (403, "RequestTimeTooSkewed", "x", "KeyProblem", "clock"),
        (403, "InvalidSignatureException", "Signature expired: now", "KeyProblem", "clock"),
        (403, "ExpiredToken", "x", "KeyProblem", "log in again"),
        (403, "ExpiredTokenException", "x", "KeyProblem", "log in again"),
        (
            403,
            "UnrecognizedClientException",
            "The security token included in the request is expired",
            "KeyProblem",
            "log in again",
        ),
        (403, "AccessDeniedException", "x", "KeyProblem", "ask for access"),
        (401, "Unheard", "x", "KeyProblem", "check the credentials"),
        (400, "OptInRequired", "x", "KeyProblem", "check the credentials"),
        (400, "ValidationException", "the image is odd", "ImageProblem", "JPEG and PNG"),
        (400, "ValidationException", "max_tokens: no image", "VisionError", None),
        (500, "ValidationException", "inferenceConfig.topP", "ProviderFailed", None),
    ],
)
@pytest.mark.parametrize("dialect", ["bedrock_converse", "bedrock_invoke"])
def test_bedrock(
    dialect: str, status: int, code: str, words: str, kind: str, hint: str | None
) -> None:
    for body, headers in (
        ({"message": words}, {"x-amzn-errortype": f"{code}:http://x.test/"}),
        ({"Message": words, "__type": f"com.amazon#{code}"}, {}),
        ({"error": {"message": words, "type": code}}, {}),
    ):
        error = failed(dialect, status, body, **headers)
        assert (type(error).__name__, error.code) == (kind, code)
        assert (hint or "") in (error.hint or "")
        assert (error.hint is None) == (hint is None)
        assert "refuses --" not in error.message or "max_tokens" in words


@pytest.mark.parametrize(
    ("status", "words", "kind"),
    [
        (400, "does not support images", "UnknownModel"),
        (422, "does not support images", "UnknownModel"),
        (500, "does not support images", "ProviderFailed"),
        (400, "image is odd", "ImageProblem"),
        (422, "image is odd", "ImageProblem"),
        (500, "image is odd", "ProviderFailed"),
        (400, "invalid request: temperature must be a number, not an image", "VisionError"),
        (400, "invalid request: image must be smaller", "ImageProblem"),
        (429, "limited to 1000 API calls / month", "QuotaExceeded"),
        (429, "limited to 20 API calls / minute", "RateLimited"),
    ],
)
def test_cohere(status: int, words: str, kind: str) -> None:
    error = failed("cohere", status, {"message": words, "code": "c-1"})
    assert type(error).__name__ == kind
    assert error.code == ("cannot_see" if kind == "UnknownModel" else "c-1")
    assert ("refuses --temperature" in error.message) == ("temperature" in words)


def google(number: Any, message: str, *details: Any, status: str = "X") -> Any:
    listed = list(details)
    return {"error": {"code": number, "message": message, "status": status, "details": listed}}


def field(name: str) -> Any:
    return {"fieldViolations": ["odd", {"field": name}]}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (google(400, "x", {"reason": "API_KEY_INVALID"}), "KeyProblem"),
        (google(400, "x", {"reason": "API_KEY_EXPIRED"}), "KeyProblem"),
        (google(400, "enable billing", status="FAILED_PRECONDITION"), "QuotaExceeded"),
        (google(400, "the image is odd"), "ImageProblem"),
        (google(400, "no image", field("generation_config.top_p")), "VisionError"),
        (google(429, "x", {"violations": ["odd", {}, {"quotaId": "PerDay-x"}]}), "QuotaExceeded"),
        (google(429, "x", {"violations": [{"quotaId": "PerMinute"}]}), "RateLimited"),
        (google(500, "the image is odd"), "ProviderFailed"),
        (google(600, "x"), "ProviderFailed"),
        (google(399, "x"), "ProviderFailed"),
        (google("400", "the image is odd"), "ProviderFailed"),
    ],
)
def test_gemini(body: Any, kind: str) -> None:
    number = body["error"]["code"]
    assert type(told("gemini", body)).__name__ == kind
    if number in range(400, 600):
        assert type(failed("gemini", number, body)).__name__ == kind


@pytest.mark.parametrize(
    ("named", "shown"),
    [
        ("generation_config.max_output_tokens", "--max-tokens"),
        ("generationConfig.maxOutputTokens", "--max-tokens"),
        ("generationConfig.topP", "the option 'topP'"),
        ("generation_config.top_p", "the option 'topP'"),
        ("contents[0].parts", "the request"),
    ],
)
def test_gemini_names_the_option_that_is_refused(named: str, shown: str) -> None:
    assert f"refuses {shown}" in failed("gemini", 400, google(400, "x", field(named))).message

"""Statuses of providers: keys, limits, failures."""

from __future__ import annotations

from typing import Any

from tests.faults.kinds import HTML
from tests.matrix.rows import Row, error, remedy, warning
from tests.program import KEY

from .said import again, fails, refusal, says

CHECK_KEY = remedy(r"check the key in the provider's environment variable")


BILLING = remedy(r"check the plan and the billing at the provider, or choose another with -m")


def gemini(status: int, name: str, message: str, *details: Any):
    inner = {"code": status, "message": message, "status": name, "details": list(details)}
    return says(status, {"error": inner})


KEYS = (
    fails(
        "36a",
        4,
        "401",
        refusal(401, "Incorrect API key provided", "invalid_api_key"),
        error(r"openai rejects the key: Incorrect API key provided \(HTTP 401\)"),
        CHECK_KEY,
    ),
    fails(
        "36b",
        4,
        "403",
        refusal(403, "Country not supported"),
        error(r"openai denies access: Country not supported \(HTTP 403\)"),
        CHECK_KEY,
    ),
    fails(
        "36c",
        4,
        "401 that repeats the key",
        refusal(401, f"Incorrect API key provided: {KEY}"),
        error(r"openai rejects the key: Incorrect API key provided: \S*…\S* \(HTTP 401\)"),
        CHECK_KEY,
    ),
    fails(
        "36d",
        4,
        "401 in HTML",
        says(401, HTML, kind="text/html"),
        error(r"openai rejects the key: .+ \(HTTP 401\)"),
        CHECK_KEY,
    ),
)


LIMITS = (
    again(
        "37a",
        6,
        "429 with no wait",
        refusal(429, "Rate limit reached", "rate_limit_exceeded"),
        error(r"openai's rate limit is reached: Rate limit reached \(HTTP 429\)"),
    ),
    Row(
        id="37b",
        case="429 with Retry-After, then well",
        exit=0,
        requests=2,
        again=1,
        answer=("flaky", 1, 429),
        says=(warning(r"the request was sent 2 times, .+"),),
    ),
    fails(
        "37c",
        6,
        "429 that is quota",
        refusal(429, "You exceeded your quota", "insufficient_quota"),
        error(r"the quota .+ at openai is used up: You exceeded your quota \(HTTP 429\)"),
        BILLING,
    ),
    fails(
        "37d",
        6,
        "402",
        refusal(402, "Payment required"),
        error(r"the quota .+ at openai is used up: Payment required \(HTTP 402\)"),
        BILLING,
    ),
    fails(
        "37e",
        6,
        "429 with a wait of an hour",
        ("status", 429, "3600"),
        error(r"openai's rate limit is reached: .+ \(HTTP 429\); it asks to wait 3600 s"),
    ),
    fails(
        "37f",
        6,
        "429 with RetryInfo of an hour",
        gemini(
            429,
            "RESOURCE_EXHAUSTED",
            "Slow down",
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "3600s"},
        ),
        error(r"gemini's rate limit is reached: Slow down \(HTTP 429\); it asks to wait 3600 s"),
        wire="gemini",
    ),
)


BROKEN = (
    *tuple(
        again(
            f"38{letter}",
            8,
            str(status),
            ("status", status),
            error(rf"openai failed: told so by {status} \(HTTP {status}\)"),
        )
        for letter, status in zip("abcdefg", (408, 409, 500, 502, 503, 504, 529), strict=True)
    ),
    again(
        "38h",
        8,
        "502 in HTML",
        says(502, HTML, kind="text/html"),
        error(r"openai failed: <!doctype html>.+ \(HTTP 502\)"),
    ),
    fails(
        "38i",
        8,
        "503 with x-should-retry: false",
        refusal(503, "Overloaded", x_should_retry="false"),
        error(r"openai failed: Overloaded \(HTTP 503\)"),
    ),
    again(
        "38j",
        1,
        "400 with x-should-retry: true",
        refusal(400, "Odd", x_should_retry="true"),
        error(r"openai refuses the request: Odd \(HTTP 400\)"),
    ),
    again(
        "38k",
        8,
        "529 of Anthropic",
        says(
            529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
        ),
        error(r"anthropic failed: Overloaded \(HTTP 529\)"),
        wire="anthropic",
    ),
    again(
        "38l",
        8,
        "503 whose body never ends",
        "drip-error",
        error(r"openai failed: x+.* \(HTTP 503\)"),
        inside={"set": {"visioncli.transport.network:LAST_WORDS": 0.3}},
    ),
    Row(
        id="38m",
        case="503 twice, then well",
        exit=0,
        requests=3,
        again=2,
        answer=("flaky", 2, 503),
        says=(warning(r"the request was sent 3 times, .+"),),
    ),
)

ROWS = (
    *KEYS,
    *LIMITS,
    *BROKEN,
)

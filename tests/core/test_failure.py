"""Which error a status, a header and a provider's words amount to, and how long to wait."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from visioncli.core import failure, waiting
from visioncli.core.dialect import HttpError
from visioncli.core.errors import QuotaExceeded
from visioncli.core.failure import Said


def response(status: int, body: bytes = b"", **headers: str) -> HttpError:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpError(status=status, headers=names, body=body)


@pytest.mark.parametrize(
    ("status", "exit_", "retry"),
    [
        (400, 1, False),
        (401, 4, False),
        (402, 6, False),
        (403, 4, False),
        (404, 3, False),
        (405, 1, False),
        (408, 8, True),
        (409, 8, True),
        (413, 5, False),
        (422, 1, False),
        (429, 6, True),
        (500, 8, True),
        (501, 8, False),
        (502, 8, True),
        (503, 8, True),
        (504, 8, True),
        (505, 8, False),
        (524, 8, True),
        (529, 8, True),
        (307, 8, False),
        (204, 8, False),
    ],
)
def test_a_bare_status_is_enough(status: int, exit_: int, retry: bool) -> None:
    error = failure.failed(response(status), Said())
    assert (error.exit, error.retry, error.status) == (exit_, retry, status)
    assert f"HTTP {status}" in error.message


@pytest.mark.parametrize(
    ("status", "header", "retry"),
    [(500, "false", False), (400, "true", True), (429, "False", False), (503, "maybe", True)],
)
def test_the_server_may_say_whether_to_try_again(status: int, header: str, retry: bool) -> None:
    assert failure.failed(response(status, x_should_retry=header), Said()).retry is retry


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9),
        ({"retry-after": "7"}, 7),
        ({"retry-after": " 0.25 "}, 0.25),
        ({"retry-after": "0"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "9" * 400}, None),
        ({"retry-after": "1e3"}, None),
        ({"retry-after": "٣"}, None),
        ({"retry-after": ""}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"}, None),
        ({"retry-after": "Sun, 99 Nov 99999 08:49:37 GMT"}, None),
        ({}, None),
    ],
    ids=str,
)
def test_how_long_the_server_asks_us_to_wait(headers: dict[str, str], wait: float | None) -> None:
    assert waiting.asked(headers) == wait


def test_a_date_that_lies_ahead_is_waited_for() -> None:
    wait = waiting.asked({"retry-after": formatdate(time.time() + 90, usegmt=True)})
    assert wait is not None
    assert 80 < wait <= 90


@pytest.mark.parametrize(
    ("text", "seconds"), [("7s", 7), ("0.5s", 0.5), ("7", None), ("", None), ("-1s", None)]
)
def test_a_duration_of_protobuf(text: str, seconds: float | None) -> None:
    assert waiting.duration(text) == seconds


def test_the_wait_is_told() -> None:
    error = failure.failed(response(429, retry_after="6.2"), Said(words="Slow down."))
    assert error.wait == 6.2
    assert error.message == (
        "the provider's rate limit is reached: Slow down. (HTTP 429); it asks to wait 7 s"
    )


def test_the_header_comes_before_the_body() -> None:
    said = Said(wait=50.0, request_id="body")
    error = failure.failed(response(429, retry_after="5", request_id="head"), said)
    assert (error.wait, error.request_id) == (5, "head")
    error = failure.failed(response(429), said)
    assert (error.wait, error.request_id) == (50, "body")


def test_what_is_no_json_is_shown_escaped_and_short() -> None:
    body = b"<html>\x1b]0;owned\x07" + b"x" * 10_000
    error = failure.failed(response(502, body), Said())
    assert r"<html>\x1b]0;owned\x07xxx" in error.message
    assert len(error.message) < 300


def test_the_providers_words_are_one_line() -> None:
    said = Said(words="first\n  second\x1b[31m\t" + "x" * 10_000)
    error = failure.failed(response(400), said)
    assert r"first second\x1b[31m xxx" in error.message
    assert error.message.isprintable()
    assert len(error.message) < 500


def test_an_error_inside_a_200_is_as_the_status_it_stands_for() -> None:
    assert failure.told(Said(status=529)).retry
    assert failure.told(Said(status=401)).exit == 4
    unknown = failure.told(Said(words="odd", code="x"))
    assert (unknown.exit, unknown.retry, unknown.code) == (8, False, "x")
    assert "HTTP" not in unknown.message
    assert not failure.told(Said(status=429, kind=QuotaExceeded)).retry


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error": {"message": "m"}}', "m"),
        (b'[{"error": {"message": "m"}}]', "m"),
        (b'\xef\xbb\xbf{"error": "m"}', "m"),
        (b'{"message": "m"}', "m"),
        (b'{"detail": "m"}', "m"),
        (b'{"detail": [{"loc": ["body", "x", 0], "msg": "m"}]}', "m"),
        (b'{"error": null}', None),
        (b"[]", None),
        (b"nonsense", None),
        (b"[" * 100_000, None),
    ],
)
def test_the_shapes_an_error_may_have(body: bytes, message: str | None) -> None:
    assert failure.opened(failure.load(body)).get("message") == message

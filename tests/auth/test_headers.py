"""Where the key goes in a request, and that people are shown a variable in its place."""

from __future__ import annotations

import pytest

from visioncli.auth import headers
from visioncli.auth.keys import Key
from visioncli.core.body import JsonBody
from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import UsageError
from visioncli.core.secret import Secret
from visioncli.core.target import Provider

CANARY = "sk-canary-0123456789abcdef"
KEY = Key(Secret(CANARY), "K")


def request(url: str = "https://api.test/v1/x") -> HttpRequest:
    return HttpRequest(
        method="POST", url=url, headers={"content-type": "application/json"}, body=JsonBody({})
    )


def row(**more: object) -> Provider:
    return Provider(name="p", dialect="openai_chat", key_env=("K",), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("provider", "key", "name", "value"),
    [
        (row(), KEY, "authorization", f"Bearer {CANARY}"),
        (row(auth="header:x-api-key"), KEY, "x-api-key", CANARY),
        (
            row(auth="header:x-api-key"),
            Key(Secret(CANARY), "B", bearer=True),
            "authorization",
            f"Bearer {CANARY}",
        ),
    ],
)
def test_the_key_goes_into_one_header(provider: Provider, key: Key, name: str, value: str) -> None:
    sent = headers.authorise(request(), provider, key, env={}).headers
    assert sent[name] == value
    assert [v for v in sent.values() if CANARY in v] == [value]


@pytest.mark.parametrize(("auth", "key"), [("none", KEY), ("bearer", None)])
def test_no_key_no_header(auth: str, key: Key | None) -> None:
    sent = headers.authorise(request(), row(auth=auth), key, env={})
    assert sent.headers == {"content-type": "application/json"}


def test_further_headers_come_from_the_row_and_the_environment() -> None:
    provider = row(headers={"x-a": "1"}, env_headers={"OpenAI-Organization": "ORG", "x-n": "NO"})
    sent = headers.authorise(request(), provider, None, env={"ORG": "org-7"}).headers
    assert sent["x-a"] == "1"
    assert sent["OpenAI-Organization"] == "org-7"
    assert "x-n" not in sent


def test_an_unknown_way_to_authorise_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="semaphore"):
        headers.authorise(request(), row(auth="semaphore"), KEY, env={})


def test_people_see_the_variable_never_the_key() -> None:
    provider = row(auth="header:x-api-key", env_headers={"OpenAI-Organization": "ORG"})
    env = {"K": CANARY, "ORG": "org-7"}
    shown = headers.masked(request(), provider, env).headers
    assert shown["x-api-key"] == "$K"
    assert shown["OpenAI-Organization"] == "$ORG"
    assert CANARY not in str(shown)


def test_an_optional_key_that_is_not_set_is_not_shown() -> None:
    shown = headers.masked(request(), row(key_required=False), {}).headers
    assert "authorization" not in shown
    shown = headers.masked(request(), row(key_required=False), {"K": "x"}).headers
    assert shown["authorization"] == "Bearer $K"


@pytest.mark.parametrize(
    ("url", "warned"),
    [
        ("https://api.test/v1", False),
        ("http://127.0.0.1:8000/v1", False),
        ("http://[::1]:8000/v1", False),
        ("http://localhost:8000/v1", False),
        ("http://192.168.1.4/v1", True),
        ("http://box.lan/v1", True),
    ],
)
def test_a_key_in_clear_text_is_warned_of(url: str, warned: bool) -> None:
    assert bool(headers.exposed(url)) is warned

"""Base URLs: what is taken, and that nothing doubtful becomes an address."""

from __future__ import annotations

import pytest

from visioncli.core.errors import UsageError
from visioncli.core.target import Provider
from visioncli.providers.address import base_url, normal, values


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("http://127.0.0.1:4010/v1/", "http://127.0.0.1:4010/v1"),
        ("https://api.example.com", "https://api.example.com"),
        ("https://[::1]:8000/v1", "https://[::1]:8000/v1"),
        ("http://0.0.0.0:8000/v1", "http://127.0.0.1:8000/v1"),
        ("  https://x.test/v1 ", "https://x.test/v1"),
    ],
)
def test_addresses_are_taken_as_given(text: str, address: str) -> None:
    assert normal(text, "--base-url", None) == address


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:11434"),
        ("box.lan", "http://box.lan:11434"),
        ("box.lan:8080", "http://box.lan:8080"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("0.0.0.0:8000", "http://127.0.0.1:8000"),
        (":8080", "http://127.0.0.1:8080"),
        ("[::1]", "http://[::1]:11434"),
        ("http://box.lan", "http://box.lan"),
        ("https://box.lan/ollama/", "https://box.lan/ollama"),
    ],
)
def test_a_row_with_a_default_port_takes_bare_hosts(host: str, address: str) -> None:
    assert normal(host, "OLLAMA_HOST", 11434) == address


@pytest.mark.parametrize(
    "text",
    ["api.example.com/v1", "ftp://x.test", "https://", "http://x:99999", "http://x?key=1", "x y"],
)
def test_what_is_no_http_address_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no http address") as caught:
        normal(text, "--base-url", None)
    assert "--base-url" in caught.value.message


def test_a_key_in_the_place_of_an_address_is_not_repeated() -> None:
    with pytest.raises(UsageError, match="a text of 27 letters, which is no http") as caught:
        normal("sk-proj-0123456789abcdefghi", "OPENAI_BASE_URL", None)
    assert "sk-proj" not in caught.value.message


def test_keys_do_not_belong_into_an_address() -> None:
    with pytest.raises(UsageError) as caught:
        normal("https://user:hunter2@x.test", "OPENAI_BASE_URL", None)
    assert "hunter2" not in caught.value.message


PLACED = Provider(
    name="placed",
    dialect="openai_chat",
    base_url="https://{host}/{account}/v1/{region}",
    variables={"host": ("P_HOST", "=api.test"), "account": ("P_ACCOUNT", "P_ID"), "region": ("R",)},
)


def test_places_in_an_address_are_filled_from_the_environment() -> None:
    env = {"P_ID": "a/b c", "R": "eu-1"}
    assert base_url(PLACED, None, env) == "https://api.test/a%2Fb%20c/v1/eu-1"
    assert base_url(PLACED, None, {**env, "P_HOST": "h.test:8"}).startswith("https://h.test:8/")


def test_a_place_that_nothing_fills_is_named() -> None:
    with pytest.raises(UsageError, match="P_ACCOUNT or P_ID is not set"):
        base_url(PLACED, None, {"R": "x"})
    assert base_url(PLACED, "http://127.0.0.1:1/v1", {}) == "http://127.0.0.1:1/v1"


def test_a_variable_that_nothing_gives_is_left_out() -> None:
    env = {"P_ACCOUNT": " ", "P_ID": " a/b c ", "R": ""}
    assert values(PLACED, env) == {"host": "api.test", "account": "a/b c"}


def test_a_value_cannot_move_a_request_to_another_host() -> None:
    env = {"P_ID": "x", "R": "https://evil.test/"}
    with pytest.raises(UsageError, match="the region of placed is"):
        base_url(PLACED, None, env)
    part = Provider(
        name="part",
        dialect="openai_chat",
        base_url="https://{region}-api.test",
        variables={"region": ("R",)},
    )
    with pytest.raises(UsageError, match="the region of part is"):
        base_url(part, None, env)

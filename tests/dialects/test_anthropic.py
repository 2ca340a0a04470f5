"""Anthropic: what the wire requires, cannot say, and reports in pieces."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.dialects.replay import play
from tests.dialects.scenarios import ASK, PNG, build, one, target, user
from visioncli import dialects
from visioncli.core.errors import ImageProblem, UsageError
from visioncli.core.types import ImagePart, Message, Options, Request


def stream(*events: dict[str, Any]) -> bytes:
    return "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events).encode()


def text(piece: str) -> dict[str, Any]:
    return {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "text_delta", "text": piece},
    }


def test_a_limit_is_always_sent_and_a_row_may_set_it() -> None:
    assert build("anthropic", one()).body.readable(full=False)["max_tokens"] == 4096
    place = target("anthropic")
    row = type(place.provider)(name="mine", dialect="anthropic", quirks={"default_max_tokens": 99})
    mine = type(place)(ref=place.ref, provider=row, model="m", base_url="http://127.0.0.1:9")
    sent = dialects.load("anthropic").build(one(), mine)
    assert sent.body.readable(full=False)["max_tokens"] == 99
    assert sent.url == "http://127.0.0.1:9/v1/messages"


def test_what_the_user_adds_to_an_object_of_ours_is_merged() -> None:
    options = Options(schema={"type": "object"}, extra={"output_config": {"effort": "low"}})
    sent = build("anthropic", one(options)).body.readable(full=False)
    assert set(sent["output_config"]) == {"format", "effort"}


@pytest.mark.parametrize("address", ["file-abc", "gs://bucket/cat.png", "ftp://x/cat.png"])
def test_an_address_anthropic_cannot_fetch_is_refused(address: str) -> None:
    with pytest.raises(ImageProblem) as caught:
        build("anthropic", Request(messages=(user(ImagePart("image/png", address), ASK),)))
    assert caught.value.exit == 5
    assert address in caught.value.message


def test_a_picture_in_a_system_prompt_is_refused_not_dropped() -> None:
    with pytest.raises(UsageError, match="system"):
        build("anthropic", Request(messages=(Message("system", (PNG,)), user(ASK))))


def test_pings_and_events_of_tomorrow_are_passed_over() -> None:
    data = stream(
        {"type": "ping"},
        {"type": "tomorrow", "delta": {"type": "text_delta", "text": "no"}},
        text("A cat"),
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "tomorrow_delta", "text": "no"},
        },
        text("."),
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}},
        {"type": "message_stop"},
    )
    answer, error = play("anthropic", [data + b"data: junk after the end\n\n"], stream=True)
    assert answer.text == "A cat."
    assert error is None


@pytest.mark.parametrize(
    ("error_type", "kind", "exit_", "retry"),
    [
        ("overloaded_error", "ProviderFailed", 8, True),
        ("api_error", "ProviderFailed", 8, True),
        ("rate_limit_error", "RateLimited", 6, True),
        ("authentication_error", "KeyProblem", 4, False),
        ("tomorrow_error", "ProviderFailed", 8, False),
    ],
)
def test_an_error_event_before_text_is_as_its_status_would_be(
    error_type: str, kind: str, exit_: int, retry: bool
) -> None:
    event = {"type": "error", "error": {"type": error_type, "message": "Because."}}
    _, error = play("anthropic", [stream({"type": "ping"}, event)], stream=True)
    assert error is not None
    assert (type(error).__name__, error.exit, error.retry) == (kind, exit_, retry)
    assert "Because." in error.message
    answer, error = play("anthropic", [stream(text("A"), event)], stream=True)
    assert answer.text == "A"
    assert error is not None
    assert (error.exit, error.retry) == (8, False)


def test_llama_cpps_error_without_a_type_is_one_too() -> None:
    event = {"error": {"code": 500, "message": "no memory", "type": "server_error"}}
    data = f"data: {json.dumps(event)}\n\n".encode()
    _, error = play("anthropic", [data], stream=True)
    assert error is not None
    assert error.exit == 8
    assert "no memory" in error.message

"""Bedrock's two wires: what each can and cannot say, and errors in whatever shape they come."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.aws_frames import event, exception, message, unmodelled
from tests.dialects.replay import play
from tests.dialects.scenarios import ASK, PNG, SCHEMA, build, one, user
from visioncli import dialects
from visioncli.core.dialect import HttpError
from visioncli.core.errors import ImageProblem, UsageError, VisionError
from visioncli.core.framing import Frame
from visioncli.core.reading import reader
from visioncli.core.types import ImagePart, Message, Options, Request, Unfetched

BOTH = ("bedrock_converse", "bedrock_invoke")
both = pytest.mark.parametrize("dialect", BOTH)


def sent(options: Options | None = None, dialect: str = "bedrock_converse") -> dict[str, Any]:
    body: dict[str, Any] = build(dialect, one(options)).body.readable(full=True)
    return body


def text(piece: str) -> bytes:
    return event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}})


def test_further_options_go_where_converse_wants_them() -> None:
    options = Options(
        max_tokens=64,
        extra={
            "top_p": 0.5,
            "max_tokens": 9,
            "guardrailConfig": {"guardrailIdentifier": "g"},
            "thinking": {"type": "enabled"},
            "additionalModelRequestFields": {"top_k": 40},
        },
    )
    body = sent(options)
    assert body["inferenceConfig"] == {"maxTokens": 9, "topP": 0.5}
    assert body["guardrailConfig"] == {"guardrailIdentifier": "g"}
    assert body["additionalModelRequestFields"] == {"thinking": {"type": "enabled"}, "top_k": 40}


def test_what_the_user_adds_to_an_object_of_ours_is_merged() -> None:
    body = sent(Options(schema=SCHEMA, extra={"outputConfig": {"effort": "low"}}))
    assert set(body["outputConfig"]) == {"textFormat", "effort"}


def test_a_schema_is_a_text_and_says_the_same() -> None:
    definition = sent(Options(schema=SCHEMA))["outputConfig"]["textFormat"]["structure"]
    assert json.loads(definition["jsonSchema"]["schema"]) == SCHEMA


@both
@pytest.mark.parametrize(
    "address", ["https://example.org/cat.png", "gs://b/cat.png", "file-abc", "S4://b/x"]
)
def test_an_address_that_bedrock_cannot_fetch_is_refused(dialect: str, address: str) -> None:
    with pytest.raises(ImageProblem) as caught:
        build(dialect, Request(messages=(user(ImagePart("image/png", address), ASK),)))
    assert caught.value.exit == 5
    assert address in caught.value.message


def test_a_place_in_s3_is_for_converse_alone_and_has_a_type() -> None:
    place = ImagePart("image/png", "s3://bucket/cat")
    with pytest.raises(ImageProblem, match="s3://bucket/cat"):
        build("bedrock_invoke", Request(messages=(user(place, ASK),)))
    with pytest.raises(ImageProblem, match="type") as caught:
        build("bedrock_converse", Request(messages=(user(ImagePart(None, "s3://b/c"), ASK),)))
    assert "--format" in (caught.value.hint or "")


@both
def test_a_picture_in_a_system_prompt_is_refused_not_dropped(dialect: str) -> None:
    with pytest.raises(UsageError, match="system"):
        build(dialect, Request(messages=(Message("system", (PNG,)), user(ASK))))


def test_a_dry_run_shows_a_picture_that_was_not_fetched() -> None:
    part = ImagePart("image/…", Unfetched("https://example.org/cat.png"))
    body = build("bedrock_converse", Request(messages=(user(part, ASK),))).body
    shown = body.readable(full=False)["messages"][0]["content"][0]["image"]
    assert shown["source"]["bytes"] == "<base64 of https://example.org/cat.png>"


@both
@pytest.mark.parametrize("model", ["..", ".", "invoke/..", "converse/.", "a/../b", "?x", "#x"])
def test_no_name_leads_to_another_place(dialect: str, model: str) -> None:
    url = build(dialect, one(), model).url
    assert "/./" not in url
    assert "/../" not in url
    assert not {"?", "#"} & set(url)


# --- answers


def test_the_stream_has_ended_with_the_usage_not_with_the_reason() -> None:
    parser = dialects.load("bedrock_converse").parser()
    list(parser.frame(Frame('{"stopReason": "end_turn"}', "messageStop")))
    assert not parser.ended
    list(parser.frame(Frame('{"usage": {}}', "metadata")))
    assert parser.ended


@pytest.mark.parametrize(
    ("name", "kind", "exit_", "retry"),
    [
        ("throttlingException", "RateLimited", 6, True),
        ("modelStreamErrorException", "ProviderFailed", 8, True),
        ("internalServerException", "ProviderFailed", 8, True),
        ("serviceUnavailableException", "ProviderFailed", 8, True),
        ("modelTimeoutException", "ProviderFailed", 8, True),
        ("validationException", "VisionError", 1, False),
        ("accessDeniedException", "KeyProblem", 4, False),
        ("tomorrowException", "ProviderFailed", 8, False),
    ],
)
@both
def test_an_exception_before_text_is_as_its_status_would_be(
    dialect: str, name: str, kind: str, exit_: int, retry: bool
) -> None:
    _, error = play(dialect, [exception(name, "Because.")], stream=True)
    assert error is not None
    assert (type(error).__name__, error.exit, error.retry) == (kind, exit_, retry)
    assert "Because." in error.message


@pytest.mark.parametrize(
    "failed", [exception("throttlingException", "Because."), unmodelled("X", "Because.")]
)
def test_after_text_it_is_the_providers_failure(failed: bytes) -> None:
    answer, error = play("bedrock_converse", [text("A cat"), failed], stream=True)
    assert answer.text == "A cat"
    assert error is not None
    assert (error.exit, error.retry) == (8, False)
    assert "Because." in error.message


def test_a_stream_longer_than_any_answer_in_one_piece_is_none_to_keep() -> None:
    """Only what might not be frames is kept, up to 64 MB, until the first frame is there."""
    frame, reading = text("x" * 70_000), reader(dialects.load("bedrock_converse"), stream=True)
    pieces = sum(1 for _ in range(1000) for _ in reading.feed(frame))
    assert pieces == 1000


def test_a_frame_without_payload_cannot_be_understood() -> None:
    headers = {":message-type": "event", ":event-type": "contentBlockDelta"}
    _, error = play("bedrock_converse", [message(headers, b"")], stream=True)
    assert error is not None
    assert error.exit == 8


words = st.text(max_size=30) | st.sampled_from(["message", "Message", "__type", "bytes", "usage"])
values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
)


@both
@given(value=values, name=words)
def test_an_error_frame_of_any_shape_is_an_error_of_ours(
    dialect: str, value: Any, name: str
) -> None:
    parser = dialects.load(dialect).parser()
    with pytest.raises(VisionError) as caught:
        list(parser.frame(Frame(json.dumps(value), name, error=True)))
    assert caught.value.message.isprintable()


# --- errors


@both
@pytest.mark.parametrize(
    ("headers", "body", "code"),
    [
        ({"x-amzn-errortype": "ThrottlingException:http://x/"}, {"message": "w"}, None),
        ({"x-amzn-errortype": "ThrottlingException"}, {}, None),
        ({}, {"__type": "com.amazon.coral#ThrottlingException", "Message": "w"}, None),
        ({}, {"message": "w"}, "rate_limit"),
    ],
)
def test_the_name_of_an_error_stands_in_a_header_or_in_the_body(
    dialect: str, headers: dict[str, str], body: dict[str, str], code: str | None
) -> None:
    response = HttpError(status=429, headers=headers, body=json.dumps(body).encode())
    error = dialects.load(dialect).error(response)
    assert error.code == (code or "ThrottlingException")
    assert (error.exit, error.retry) == (6, True)
    assert ("w" in error.message) or not body


@pytest.mark.parametrize(
    ("code", "words", "hint"),
    [
        ("InvalidSignatureException", "Signature expired: 2 is now earlier than 3", "your clock"),
        ("InvalidSignatureException", "Signature not yet current: 3", "your clock"),
        ("RequestTimeTooSkewed", "", "your clock"),
        (
            "ExpiredTokenException",
            "The security token included in the request is expired",
            "log in",
        ),
        ("UnrecognizedClientException", "The security token … is invalid.", "credentials"),
        ("AccessDeniedException", "You don't have access to the model", "access to the model"),
    ],
)
@pytest.mark.parametrize("status", [403, 400])
def test_who_is_refused_is_told_what_to_look_at(
    code: str, words: str, hint: str, status: int
) -> None:
    if (code, status) == ("AccessDeniedException", 400):
        status = 403
    response = HttpError(
        status=status,
        headers={"x-amzn-errortype": code},
        body=json.dumps({"message": words}).encode(),
    )
    error = dialects.load("bedrock_converse").error(response)
    assert error.exit == 4
    assert hint in (error.hint or "")


def test_a_frame_that_is_damaged_after_the_end_spoils_nothing() -> None:
    delta = {"contentBlockIndex": 0, "delta": {"text": "A cat."}}
    stop = event("messageStop", {"stopReason": "end_turn"})
    metadata = event("metadata", {"usage": {"inputTokens": 1, "outputTokens": 2}})
    bad = metadata[:-1] + bytes([metadata[-1] ^ 1])
    raw = [event("messageStart", {"role": "assistant"}), event("contentBlockDelta", delta), stop]
    answer, error = play("bedrock_converse", [*raw, bad], stream=True)
    assert (answer.text, answer.finish, error) == ("A cat.", "stop", None)
    assert any("damaged" in warning for warning in answer.warnings)
    _, early = play("bedrock_converse", [*raw[:2], bad], stream=True)
    assert early is not None
    assert early.exit == 8

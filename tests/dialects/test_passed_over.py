"""What a wire carries beside the answer, and how its end may look: neither spoils the answer."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.aws_frames import event
from tests.dialects.replay import play
from tests.dialects.scenarios import ASK, build, one, target, user
from visioncli import dialects, providers
from visioncli.config import Settings
from visioncli.core.dialect import HttpError
from visioncli.core.errors import ImageProblem, QuotaExceeded, UsageError
from visioncli.core.reading import reader
from visioncli.core.target import ModelRef
from visioncli.core.types import BytesBlob, Detail, ImagePart, Message, Request, TextPart


def sse(*said: Any) -> bytes:
    frames = (said_one if isinstance(said_one, str) else json.dumps(said_one) for said_one in said)
    return "".join(f"data: {frame}\n\n" for frame in frames).encode()


def lines(*said: Any) -> bytes:
    return "".join(json.dumps(line) + "\n" for line in said).encode()


COHERE = {"type": "content-delta", "delta": {"message": {"content": {"text": "A cat."}}}}
RESPONSES = {"type": "response.output_text.delta", "delta": "A cat."}
DONE = {"type": "response.completed", "response": {"status": "completed"}}
EMPTY = {"type": "response.reasoning_summary_text.delta", "delta": ""}
CLAUDE = {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "A cat."}}
STOP = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}}
GEMINI = {"candidates": [{"content": {"parts": [{"text": "A cat."}]}, "finishReason": "STOP"}]}
SECOND = {"candidates": [{"index": 1, "content": {"parts": [{"text": "A dog."}]}}]}
OLLAMA = {"message": {"content": "A cat."}, "done": True, "done_reason": "stop"}


@pytest.mark.parametrize(
    ("dialect", "data"),
    [
        ("cohere", sse(COHERE, "[DONE]", COHERE)),
        ("openai_responses", sse(RESPONSES, "[DONE]", RESPONSES)),
        ("openai_responses", sse(EMPTY, RESPONSES, DONE)),
        ("anthropic", sse({"type": "message_delta", "usage": {"output_tokens": 1}}, CLAUDE, STOP)),
        ("gemini", sse(SECOND, GEMINI)),
        ("ollama", lines(OLLAMA, {"message": {"content": "A dog."}})),
    ],
)
def test_the_answer_is_what_it_says_and_no_more(dialect: str, data: bytes) -> None:
    answer, error = play(dialect, [data], stream=True)
    assert (answer.text, answer.reasoning) == ("A cat.", "")
    assert error is None


def test_gateways_of_the_responses_wire_name_an_error_without_its_type() -> None:
    data = sse({"error": {"message": "no capacity", "code": "server_error"}})
    _, error = play("openai_responses", [data], stream=True)
    assert error is not None
    assert error.exit == 8
    assert "no capacity" in error.message


def test_a_response_of_parts_that_nobody_knows_has_the_text_of_the_others() -> None:
    parts = [{"type": "audio", "text": "no"}, {"type": "output_text", "text": "A cat."}]
    summary = [{"type": "summary_text", "text": text} for text in ("", "Ears.")]
    output = [
        {"type": "reasoning", "summary": summary},
        {"type": "message", "content": parts},
    ]
    whole = json.dumps({"status": "completed", "output": output}).encode()
    answer, error = play("openai_responses", [whole], stream=False)
    assert (answer.text, answer.reasoning, error) == ("A cat.", "Ears.", None)


def test_an_answer_of_bedrock_need_not_say_why_it_ended() -> None:
    message = {"message": {"content": [{"text": "A cat."}]}}
    answer, error = play(
        "bedrock_converse", [json.dumps({"output": message}).encode()], stream=False
    )
    assert (answer.text, error) == ("A cat.", None)


def test_an_event_of_bedrock_that_nobody_knows_is_passed_over() -> None:
    said = event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": "A cat."}})
    end = event("messageStop", {"stopReason": "end_turn"}) + event("metadata", {})
    answer, error = play(
        "bedrock_converse", [event("tomorrow", {"x": 1}) + said + end], stream=True
    )
    assert (answer.text, error) == ("A cat.", None)


@pytest.mark.parametrize("source", ["cat.png", "file-abc", ""])
def test_gemini_fetches_nothing_without_a_scheme(source: str) -> None:
    with pytest.raises(ImageProblem, match="no address that Gemini can fetch") as caught:
        build("gemini", Request(messages=(user(ImagePart("image/png", source), ASK),)))
    assert caught.value.exit == 5


@pytest.mark.parametrize("words", ["Insufficient credits.", "You exceeded your current quota"])
@pytest.mark.parametrize("status", [402, 429])
def test_credit_that_is_used_up_is_not_waited_for(status: int, words: str) -> None:
    body = json.dumps({"error": {"message": words}}).encode()
    answer = HttpError(status=status, headers={}, body=body)
    error = dialects.load("openai_chat").error(answer)
    assert isinstance(error, QuotaExceeded)
    assert not error.retry


def test_the_ids_of_files_stand_where_each_wire_has_its_place_for_them() -> None:
    """More of them: tests/images/test_uploaded.py."""
    claude = Request(messages=(user(ImagePart("image/png", "file_01"), ASK),))
    sent = dialects.load("anthropic").build(claude, target("anthropic"))
    part = sent.body.readable(full=True)["messages"][0]["content"][0]
    assert part == {"type": "image", "source": {"type": "file", "file_id": "file_01"}}
    assert sent.headers["anthropic-beta"] == "files-api-2025-04-14"
    plain = dialects.load("anthropic").build(Request(messages=(user(ASK),)), target("anthropic"))
    assert "anthropic-beta" not in plain.headers


BROKEN = {
    "gemini": sse({"candidates": [{"finishReason": "MALFORMED_FUNCTION_CALL"}]}),
    "bedrock_converse": event("messageStop", {"stopReason": "malformed_model_output"}),
    "openai_chat": sse({"choices": [{"index": 0, "delta": {}, "finish_reason": "error"}]}),
}


@pytest.mark.parametrize("dialect", BROKEN)
def test_a_model_that_broke_down_is_not_asked_again(dialect: str) -> None:
    _, error = play(dialect, [BROKEN[dialect]], stream=True)
    assert error is not None
    assert (error.exit, error.retry) == (8, False)


def test_a_refusal_has_the_name_of_one() -> None:
    data = sse({"choices": [{"index": 0, "delta": {"refusal": "No."}}]}, "[DONE]")
    assert play("openai_chat", [data], stream=True)[0].finish_raw == "refusal"
    data = sse({"type": "response.refusal.delta", "delta": "No."}, DONE)
    answer, error = play("openai_responses", [data], stream=True)
    assert (answer.text, answer.finish_raw) == ("No.", "refusal")
    assert error is not None
    assert error.exit == 9


def test_what_a_user_paid_another_is_not_what_this_answer_cost() -> None:
    """OpenRouter's `is_byok`: the key of the vendor behind it was the user's own."""
    for own, cost in ((True, None), (False, 0.25), (None, 0.25)):
        usage = {"prompt_tokens": 1, "cost": 0.25, "is_byok": own}
        choice = {"message": {"content": "A cat."}, "finish_reason": "stop"}
        whole = json.dumps({"choices": [choice], "usage": usage}).encode()
        assert play("openai_chat", [whole], stream=False)[0].usage.cost == cost


def test_an_error_event_of_anthropics_wire_may_come_without_an_object() -> None:
    _, error = play("anthropic", [sse({"type": "error", "message": "no capacity"})], stream=True)
    assert error is not None
    assert error.exit == 8
    assert "no capacity" in error.message


@pytest.mark.parametrize(
    ("counts", "usage"),
    [
        ({"input_tokens": 3, "cache_read_input_tokens": 4}, (7, None, 4)),
        ({"output_tokens": 5}, (None, 5, None)),
        ({"cache_read_input_tokens": 4}, (None, None, None)),
        ({}, (None, None, None)),
    ],
)
def test_tokens_that_anthropic_does_not_tell_are_not_known(counts: Any, usage: Any) -> None:
    whole = {"content": [{"type": "text", "text": "A cat."}], "usage": counts}
    answer, _ = play("anthropic", [json.dumps(whole).encode()], stream=False)
    assert (answer.usage.input, answer.usage.output, answer.usage.cached) == usage


@pytest.mark.parametrize("dialect", ["anthropic", "openai_chat", "cohere", "gemini"])
def test_an_address_without_encryption_is_one_too(dialect: str) -> None:
    part = ImagePart("image/png", "http://example.org/a.png")
    body = build(dialect, Request(messages=(user(part, ASK),))).body.readable(full=True)
    assert "http://example.org/a.png" in json.dumps(body)


@pytest.mark.parametrize("dialect", ["anthropic", "bedrock_converse", "ollama"])
def test_a_detail_that_is_left_to_the_provider_is_nothing_to_warn_of(dialect: str) -> None:
    part = ImagePart("image/png", BytesBlob(b"x"), "auto")
    assert build(dialect, Request(messages=(user(part, ASK),))).warnings == ()


def test_gemini_tells_the_type_of_an_address_by_its_ending() -> None:
    part = ImagePart(None, "https://example.org/a.b/CAT.JPG?x=1")
    body = build("gemini", Request(messages=(user(part, ASK),))).body.readable(full=True)
    (file, _) = body["contents"][0]["parts"]
    assert file["fileData"] == {"mimeType": "image/jpeg", "fileUri": part.source}


@pytest.mark.parametrize("dialect", ["anthropic", "openai_chat", "openai_responses", "gemini"])
def test_a_quirk_that_is_none_is_told_with_the_file_that_says_it(dialect: str) -> None:
    at = target(dialect)
    row = replace(at.provider, quirks={"no_quirk": 1}, source="the row's file")
    with pytest.raises(UsageError, match=r"'quirks\.no_quirk'.*the row's file"):
        dialects.load(dialect).build(one(), replace(at, provider=row))


@pytest.mark.parametrize("dialect", ["anthropic", "openai_responses", "gemini", "cohere"])
def test_several_system_prompts_are_kept_apart(dialect: str) -> None:
    system = [Message("system", (TextPart(text),)) for text in ("Be brief.", "In German.")]
    body = build(dialect, Request(messages=(*system, user(ASK)))).body.readable(full=True)
    said = json.dumps(body)
    assert r"Be brief.\n\nIn German." in said or ("Be brief." in said and '"In German."' in said)


MARKS = {
    "anthropic": sse(CLAUDE, STOP, {"type": "message_stop"}),
    "cohere": sse(COHERE, {"type": "message-end", "delta": {"finish_reason": "COMPLETE"}}),
    "ollama": lines(OLLAMA),
    "openai_chat": sse({"choices": [{"index": 0, "delta": {"content": "A cat."}}]}, "[DONE]"),
    "openai_responses": sse(RESPONSES, DONE),
    "bedrock_converse": event("messageStop", {"stopReason": "end_turn"}) + event("metadata", {}),
}


@pytest.mark.parametrize("dialect", MARKS)
def test_the_mark_of_the_end_is_seen_before_the_connection_closes(dialect: str) -> None:
    reading = reader(dialects.load(dialect), stream=True)
    assert not reading.ended
    list(reading.feed(MARKS[dialect]))
    assert reading.ended
    assert list(reading.feed(MARKS[dialect])) == []


DETAILS: tuple[tuple[Detail | None, int], ...] = (("high", 1), ("auto", 1), (None, 0))


def test_a_file_that_is_there_already_is_looked_at_as_it_is() -> None:
    at = providers.resolve(ModelRef("mistral", "m"), Settings(), env={})
    for detail, count in DETAILS:
        request = Request(messages=(user(ImagePart(None, "3b6a", detail), ASK),))
        built = dialects.load("openai_chat").build(request, at)
        part = built.body.readable(full=True)["messages"][0]["content"][0]
        assert part == {"type": "file", "file_id": "3b6a"}
        assert len(built.warnings) == count
        assert all("mistral knows no detail of a file" in text for text in built.warnings)

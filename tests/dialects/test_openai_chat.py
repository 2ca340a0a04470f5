"""OpenAI chat and its relatives: what a provider's row changes, and answers that differ."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.dialects.replay import play
from tests.dialects.scenarios import ASK, PNG, SCENARIOS, one, target, user
from visioncli import dialects, providers
from visioncli.config import Settings
from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import ImageProblem, UsageError
from visioncli.core.target import ModelRef
from visioncli.core.types import FinishReason, ImagePart, Message, Options, Request, TextPart

GPT = ModelRef("openai", "gpt-4.1")


def build(request: Request, ref: ModelRef = GPT) -> HttpRequest:
    at = providers.resolve(ref, Settings(), env={})
    return dialects.load("openai_chat").build(request, at)


def body(request: Request, ref: ModelRef = GPT) -> dict[str, Any]:
    return dict(json.loads(b"".join(build(request, ref).body)))


def plain(message: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"choices": [{"message": message, "finish_reason": "stop"}], **more}).encode()


@pytest.mark.parametrize(
    ("ref", "field"),
    [
        (GPT, "max_tokens"),
        (ModelRef("openai", "gpt-5.4-mini"), "max_completion_tokens"),
        (ModelRef("openai", "o4-mini"), "max_completion_tokens"),
        (ModelRef("groq", "meta-llama/llama-4-scout-17b-16e-instruct"), "max_completion_tokens"),
        (ModelRef("mistral", "mistral-small-latest"), "max_tokens"),
    ],
    ids=str,
)
def test_the_limit_has_the_name_the_model_takes(ref: ModelRef, field: str) -> None:
    sent = body(one(Options(max_tokens=9)), ref)
    assert sent[field] == 9
    assert len({"max_tokens", "max_completion_tokens"} & sent.keys()) == 1


def test_mistral_is_sent_no_field_it_refuses() -> None:
    ref = ModelRef("mistral", "mistral-small-latest")
    sent = body(one(Options(seed=7)), ref)
    assert sent["random_seed"] == 7
    assert not {"seed", "stream_options"} & sent.keys()


@pytest.mark.parametrize("provider", ["mistral", "groq"])
def test_a_detail_the_provider_does_not_know_is_left_out_with_a_warning(provider: str) -> None:
    request = Request(messages=(user(replace(PNG, detail="original"), ASK),))
    built = build(request, ModelRef(provider, "m"))
    image = built.body.readable(full=True)["messages"][0]["content"][0]["image_url"]
    assert "detail" not in image
    (warning,) = built.warnings
    assert provider in warning
    assert "'original'" in warning


def test_the_model_name_is_sent_as_it_is() -> None:
    ref = ModelRef("groq", "meta-llama/llama-4-scout-17b-16e-instruct")
    assert body(one(), ref)["model"] == ref.model


def test_what_the_user_adds_wins_and_merges() -> None:
    sent = body(
        one(
            Options(
                max_tokens=5,
                extra={"max_tokens": 6, "stream_options": {"chunk": 1}, "user": "me", "n": None},
            )
        )
    )
    assert sent["max_tokens"] == 6
    assert sent["stream_options"] == {"include_usage": True, "chunk": 1}
    assert sent["user"] == "me"
    assert sent["n"] is None


@pytest.mark.parametrize("dialect", dialects.NAMES)
def test_streaming_is_not_switched_behind_the_readers_back(dialect: str) -> None:
    with pytest.raises(UsageError) as caught:
        dialects.load(dialect).build(one(Options(extra={"stream": False})), target(dialect))
    assert caught.value.exit == 2
    assert "--no-stream" in str(caught.value.hint)


def test_a_file_id_is_no_address() -> None:
    part = ImagePart(None, "file-abc123")
    with pytest.raises(ImageProblem, match="file-abc123"):
        build(Request(messages=(user(part, ASK),)))


def test_several_system_texts_become_one() -> None:
    system = Message("system", (TextPart("a"), TextPart("b")))
    sent = body(Request(messages=(system, *SCENARIOS["picture"].messages)))
    assert sent["messages"][0] == {"role": "system", "content": "a\n\nb"}


@pytest.mark.parametrize(
    "content",
    ["A cat.", [{"type": "text", "text": "A "}, {"type": "text", "text": "cat."}]],
    ids=["string", "parts"],
)
def test_content_is_a_string_or_a_list_of_parts(content: Any) -> None:
    answer, error = play("openai_chat", [plain({"content": content})], stream=False)
    assert answer.text == "A cat."
    assert error is None


@pytest.mark.parametrize("content", [5, {"text": "x"}, [["x"]], [{"text": 3}], True])
def test_content_of_another_type_is_an_answer_that_cannot_be_understood(content: Any) -> None:
    _, error = play("openai_chat", [plain({"content": content})], stream=False)
    assert error is not None
    assert error.exit == 8
    assert "content" in error.message or "text" in error.message


@pytest.mark.parametrize("usage", [None, 7, [], {"prompt_tokens": "many"}, {"prompt_tokens": -1}])
def test_an_odd_usage_report_does_not_spoil_the_answer(usage: Any) -> None:
    answer, error = play("openai_chat", [plain({"content": "x"}, usage=usage)], stream=False)
    assert error is None
    assert answer.text == "x"
    assert answer.usage.input is None


def test_of_several_choices_the_first_is_the_answer() -> None:
    lines = [
        {"choices": [{"index": n, "delta": {"content": text}, "finish_reason": end}]}
        for n, text, end in [(1, "No", None), (0, "Yes", None), (1, "!", "stop"), (0, ".", "stop")]
    ]
    data = "".join(f"data: {json.dumps(line)}\n\n" for line in lines).encode()
    answer, error = play("openai_chat", [data], stream=True)
    assert answer.text == "Yes."
    assert error is None


def test_a_refusal_without_a_reason_to_finish_stays_one() -> None:
    chunk = {"choices": [{"index": 0, "delta": {"refusal": "No."}}]}
    data = f"data: {json.dumps(chunk)}\n\ndata: [DONE]\n\n".encode()
    answer, error = play("openai_chat", [data], stream=True)
    assert answer.finish is FinishReason.REFUSAL
    assert answer.text == "No."
    assert error is not None
    assert error.exit == 9

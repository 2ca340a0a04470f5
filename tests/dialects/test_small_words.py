"""Single words of the wires on which an answer or a request depends, each by itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.dialects.replay import events, play
from tests.dialects.scenarios import ASK, build, one, user
from visioncli import dialects, providers
from visioncli.config import Settings
from visioncli.core.target import ModelRef
from visioncli.core.types import ImagePart, Request, Started


def sse(*said: Any) -> list[bytes]:
    return [f"data: {json.dumps(event)}\n\n".encode() for event in said]


def sent(ref: ModelRef, source: str) -> Any:
    at = providers.resolve(ref, Settings(), env={})
    request = Request(messages=(user(ImagePart(None, source), ASK),))
    return dialects.load(at.provider.dialect).build(request, at).body.readable(full=True)


def test_the_id_of_a_file_in_its_wires_words() -> None:
    moonshot = sent(ModelRef("moonshot", "kimi-k2.6"), "cpq1")["messages"][0]["content"][0]
    assert moonshot == {"type": "image_url", "image_url": {"url": "ms://cpq1"}}
    gemini = sent(ModelRef("gemini", "gemini-flash-latest"), "files/abc")["contents"][0]["parts"]
    uri = "https://generativelanguage.googleapis.com/v1beta/files/abc"
    assert gemini[0] == {"fileData": {"fileUri": uri}}


@pytest.mark.parametrize(
    ("model", "place"),
    [
        ("converse/m", "/model/m/"),
        ("a/b", "/model/a%2Fb/"),
        ("..", "/model/%2E%2E/"),
        (".", "/model/%2E/"),
        ("X.X", "/model/X.X/"),
    ],
)
def test_a_model_of_bedrock_is_one_piece_of_the_path(model: str, place: str) -> None:
    assert place in build("bedrock_converse", one(), model).url


@pytest.mark.parametrize("name", ["created", "in_progress", "queued"])
def test_a_response_tells_its_name_when_it_begins(name: str) -> None:
    begun = {"type": f"response.{name}", "response": {"id": "r1", "model": "m"}}
    thought = {"type": "response.reasoning_text.delta", "delta": "Ears."}
    text = {"type": "response.output_text.delta", "delta": "A cat."}
    end = {"type": "response.completed", "response": {}}
    found = list(events("openai_responses", sse(begun, thought, text, end), stream=True))
    assert found[0] == Started("r1", "m")
    answer, error = play("openai_responses", sse(begun, thought, text, end), stream=True)
    assert (answer.text, answer.reasoning, error) == ("A cat.", "Ears.", None)


def test_a_thought_of_a_whole_response() -> None:
    thought = {"type": "reasoning", "content": [{"type": "reasoning_text", "text": "Ears."}]}
    text = {"type": "message", "content": [{"type": "output_text", "text": "A cat."}]}
    body = json.dumps({"output": [thought, text]}).encode()
    answer, error = play("openai_responses", [body], stream=False)
    assert (answer.text, answer.reasoning, error) == ("A cat.", "Ears.", None)


OPENAI = [
    {"id": "c1", "choices": [{"index": 0, "delta": {"content": text}}]} for text in ("A ", "cat.")
]
GEMINI = [
    {"responseId": "g1", "candidates": [{"content": {"parts": [{"text": text}]}}]}
    for text in ("A ", "cat.")
]
OLLAMA = [{"model": "m", "message": {"content": text}} for text in ("A ", "cat.")]


@pytest.mark.parametrize(
    ("dialect", "data"),
    [
        ("openai_chat", [*sse(*OPENAI), b"data: [DONE]\n\n"]),
        ("gemini", sse(*GEMINI, {"candidates": [{"finishReason": "STOP"}]})),
        ("ollama", [json.dumps(x).encode() + b"\n" for x in (*OLLAMA, {"done": True})]),
    ],
)
def test_an_answer_begins_once(dialect: str, data: list[bytes]) -> None:
    found = list(events(dialect, data, stream=True))
    assert [isinstance(event, Started) for event in found].count(True) == 1
    assert isinstance(found[0], Started)


@pytest.mark.parametrize("reason", ["load", "unload"])
def test_a_model_that_only_came_or_went_is_not_asked_again(reason: str) -> None:
    line = json.dumps({"done": True, "done_reason": reason}).encode() + b"\n"
    _, error = play("ollama", [line], stream=True)
    assert error is not None
    assert (error.exit, error.retry) == (8, False)

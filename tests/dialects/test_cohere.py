"""Cohere: where pictures may stand, what is called otherwise, and how an answer ends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.dialects.replay import play
from tests.dialects.scenarios import ADDRESS, ASK, PNG, build, one, user
from visioncli import dialects
from visioncli.core.dialect import HttpError
from visioncli.core.errors import ImageProblem, UsageError
from visioncli.core.types import ImagePart, Message, Options, Request, TextPart


def sent(request: Request) -> Any:
    return build("cohere", request).body.readable(full=True)


def test_an_address_is_passed_through() -> None:
    part = sent(Request(messages=(user(ADDRESS, ASK),)))["messages"][0]["content"][0]
    assert part == {"type": "image_url", "image_url": {"url": ADDRESS.source}}


@pytest.mark.parametrize("source", ["gs://b/x.png", "file-abc", ""])
def test_another_address_is_refused_not_dropped(source: str) -> None:
    with pytest.raises(ImageProblem, match="no address that cohere can fetch") as caught:
        sent(Request(messages=(user(ImagePart(None, source), ASK),)))
    assert caught.value.exit == 5


@pytest.mark.parametrize("role", ["system", "assistant"])
def test_a_picture_belongs_to_a_question(role: Any) -> None:
    with pytest.raises(UsageError, match="pictures in questions alone"):
        sent(Request(messages=(Message(role, (TextPart("x"), PNG)), user(PNG, ASK))))


def test_top_p_and_stop_have_names_of_their_own() -> None:
    body = sent(one(Options(top_p=0.5, stop=("END",), seed=0)))
    assert (body["p"], body["stop_sequences"], body["seed"]) == (0.5, ["END"], 0)
    assert not {"top_p", "stop"} & body.keys()


@pytest.mark.parametrize("stream", [True, False])
def test_stream_is_always_said(stream: bool) -> None:
    assert sent(one(stream=stream))["stream"] is stream


def stream(*events: dict[str, Any]) -> list[bytes]:
    return [f"data: {json.dumps(event)}\n\n".encode() for event in events]


def piece(name: str = "content-delta", **content: Any) -> dict[str, Any]:
    return {"type": name, "index": 0, "delta": {"message": {"content": content}}}


def end(**delta: Any) -> dict[str, Any]:
    return {"type": "message-end", "delta": {"finish_reason": "COMPLETE", **delta}}


def test_a_block_that_begins_with_text_keeps_it() -> None:
    begun = piece("content-start", type="text", text="A ")
    answer, error = play("cohere", stream(begun, piece(text="cat."), end()), stream=True)
    assert (answer.text, error) == ("A cat.", None)


def test_other_events_are_passed_over() -> None:
    plan = {"type": "tool-plan-delta", "delta": {"message": {"tool_plan": "I will look."}}}
    debug = {"type": "debug", "prompt": "<|START|>"}
    cited = {"type": "citation-start", "index": 0, "delta": {"message": {"citations": {}}}}
    answer, error = play(
        "cohere", stream(debug, plan, piece(text="A cat."), cited, end()), stream=True
    )
    assert (answer.text, error) == ("A cat.", None)


def test_tokens_may_be_written_with_a_point() -> None:
    counted = end(usage={"tokens": {"input_tokens": 420.0, "output_tokens": 2.0}})
    answer, _ = play("cohere", stream(piece(text="A cat."), counted), stream=True)
    assert (answer.usage.input, answer.usage.output) == (420, 2)


@pytest.mark.parametrize("delta", [{"finish_reason": "ERROR"}, {"error": "it broke"}])
def test_an_end_that_tells_of_a_failure_is_one(delta: dict[str, str]) -> None:
    answer, error = play("cohere", stream(piece(text="A c"), end(**delta)), stream=True)
    assert answer.text == "A c"
    assert error is not None
    assert error.exit == 8
    assert delta.get("error", "ended with ERROR") in error.message


def test_the_id_of_an_error_is_kept_for_its_report() -> None:
    body = b'{"id": "3b8e", "message": "internal server error"}'
    error = dialects.load("cohere").error(HttpError(status=500, headers={}, body=body))
    assert error.request_id == "3b8e"

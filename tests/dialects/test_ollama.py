"""Ollama: pictures beside the text, where options go, and how an answer ends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.dialects.replay import play
from tests.dialects.scenarios import ADDRESS, ASK, PNG, build, one, user
from visioncli.core.errors import ImageProblem
from visioncli.core.types import Options, Request, TextPart


@pytest.mark.parametrize(
    ("extra", "options", "top"),
    [
        ({"top_k": 40, "num_ctx": 8192}, {"num_predict": 5, "top_k": 40, "num_ctx": 8192}, {}),
        ({"num_predict": 7}, {"num_predict": 7}, {}),
        ({"options": {"top_k": 1}, "top_k": 2}, {"num_predict": 5, "top_k": 1}, {}),
        (
            {"think": False, "keep_alive": "5m"},
            {"num_predict": 5},
            {"think": False, "keep_alive": "5m"},
        ),
        ({"options": None, "top_k": 2}, None, {}),
    ],
    ids=str,
)
def test_an_extra_field_goes_where_ollama_expects_it(
    extra: Mapping[str, Any], options: Any, top: dict[str, Any]
) -> None:
    sent = build("ollama", one(Options(max_tokens=5, extra=extra))).body.readable(full=False)
    assert sent["options"] == options
    rest = {name: value for name, value in sent.items() if name not in ("options", *OURS)}
    assert rest == top


OURS = ("model", "messages", "stream")


@pytest.mark.parametrize("stream", [True, False])
def test_stream_is_always_said(stream: bool) -> None:
    assert build("ollama", one(stream=stream)).body.readable(full=False)["stream"] is stream


def test_an_address_is_refused_not_dropped() -> None:
    with pytest.raises(ImageProblem, match=r"https://example\.org/cat\.png") as caught:
        build("ollama", Request(messages=(user(PNG, ADDRESS, ASK),)))
    assert caught.value.exit == 5


def test_texts_become_lines() -> None:
    request = Request(messages=(user(TextPart("a"), PNG, TextPart("b")),))
    (message,) = build("ollama", request).body.readable(full=False)["messages"]
    assert message["content"] == "a\nb"


@pytest.mark.parametrize("reason", ["", "load", "unload"])
def test_a_reason_that_tells_of_no_answer_is_a_failure(reason: str) -> None:
    line = {"model": "m", "message": {"content": ""}, "done": True, "done_reason": reason}
    for stream in (True, False):
        _, error = play("ollama", [json.dumps(line).encode()], stream=stream)
        assert error is not None
        assert error.exit == 8


def test_a_last_line_without_its_line_end_counts() -> None:
    line = {"message": {"content": "A cat."}, "done": True, "done_reason": "stop"}
    answer, error = play("ollama", [json.dumps(line).encode()], stream=True)
    assert answer.text == "A cat."
    assert error is None

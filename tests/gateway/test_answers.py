"""Answers that are more than text, or less; and pictures that are fetched or made fit here."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import openai
import pytest

from tests import vendors
from tests.mock import Mock, Reply
from tests.program import CAT
from visioncli.gateway.settings import Gateway

from .entries import one
from .running import Served, question, serving

RESPONSES, MESSAGES = "/v1/responses", "/v1/messages"
SAID: dict[str, Any] = {"model": "m", "input": "hi"}
ASKED = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "hi"}]}


def reply(mock: Mock, reason: str, **message: Any) -> None:
    """What the provider answers next, plain."""
    answer = json.loads(vendors.plain("openai"))
    answer["choices"][0]["finish_reason"] = reason
    answer["choices"][0]["message"] |= message
    mock.replies.append(Reply(json.dumps(answer).encode()))


def thinking(mock: Mock) -> None:
    """The same, streamed, with what was thought before."""
    deltas = [{"reasoning_content": "Hm"}, {"reasoning_content": "m."}, {"content": "A cup."}]
    chunks = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    end = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    frames = [f"data: {json.dumps(chunk)}\n\n".encode() for chunk in (*chunks, end)]
    mock.replies.append(Reply([*frames, b"data: [DONE]\n\n"], "text/event-stream"))


def events(text: str) -> list[dict[str, Any]]:
    lines = (line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: "))
    return [json.loads(line) for line in lines if line != "[DONE]"]


@pytest.fixture
def served(mock: Mock):
    with serving(one(mock)) as running:
        yield running


def test_the_token_limit(mock: Mock, served: Served) -> None:
    for _ in range(3):
        reply(mock, "length")
    assert served.post(question()).json()["choices"][0]["finish_reason"] == "length"
    response = served.post(SAID, RESPONSES).json()
    assert (response["status"], response["incomplete_details"]) == (
        *("incomplete", {"reason": "max_output_tokens"}),
    )
    assert served.post(ASKED, MESSAGES).json()["stop_reason"] == "max_tokens"


def test_a_refusal_is_an_answer(mock: Mock, served: Served) -> None:
    for _ in range(3):
        reply(mock, "stop", content=None, refusal="I will not.")
    message = served.post(question()).json()["choices"][0]["message"]
    assert message["refusal"] == "I will not."
    (item,) = served.post(SAID, RESPONSES).json()["output"]
    assert item["content"] == [{"type": "refusal", "refusal": "I will not."}]
    answer = served.post(ASKED, MESSAGES).json()
    assert (answer["stop_reason"], answer["content"][0]["text"]) == ("refusal", "I will not.")


def test_what_was_thought_is_told_apart(mock: Mock, served: Served) -> None:
    for _ in range(3):
        reply(mock, "stop", reasoning_content="Hmm.")
    assert served.post(question()).json()["choices"][0]["message"]["reasoning_content"] == "Hmm."
    first, second = served.post(SAID, RESPONSES).json()["output"]
    assert first["summary"] == [{"type": "summary_text", "text": "Hmm."}]
    assert second["content"][0]["text"] == vendors.TEXT
    kinds = [block["type"] for block in served.post(ASKED, MESSAGES).json()["content"]]
    assert kinds == ["thinking", "text"]


def test_what_was_thought_is_streamed_apart(mock: Mock, served: Served) -> None:
    for _ in range(3):
        thinking(mock)
    deltas = [
        chunk["choices"][0]["delta"]
        for chunk in events(served.post(question(stream=True)).text)
        if chunk["choices"]
    ]
    assert "".join(d.get("reasoning_content", "") for d in deltas) == "Hmm."
    assert "".join(d.get("content", "") for d in deltas) == "A cup."

    final = events(served.post({**SAID, "stream": True}, RESPONSES).text)[-1]["response"]
    assert [item["type"] for item in final["output"]] == ["reasoning", "message"]
    assert final["output"][0]["summary"][0]["text"] == "Hmm."

    told = events(served.post({**ASKED, "stream": True}, MESSAGES).text)
    starts = [(e["index"], e["content_block"]["type"]) for e in told if "content_block" in e]
    assert starts == [(0, "thinking"), (1, "text")]
    assert [e["index"] for e in told if e["type"] == "content_block_stop"] == [0, 1]
    assert told[-1] == {"type": "message_stop"}


def test_a_schema_goes_along_whichever_api_says_it(mock: Mock, served: Served) -> None:
    form = {
        "type": "object",
        "properties": {"n": {"type": "integer"}},
        "required": ["n"],
        "additionalProperties": False,
    }
    named = {"name": "n", "schema": form, "strict": True}
    chat = question(response_format={"type": "json_schema", "json_schema": named})
    response = {**SAID, "text": {"format": {"type": "json_schema", **named}}}
    message = {**ASKED, "output_config": {"format": {"type": "json_schema", "schema": form}}}
    for body, path in ((chat, "/v1/chat/completions"), (response, RESPONSES), (message, MESSAGES)):
        assert served.post(body, path).status_code == 200
        sent = mock.posts[-1].json["response_format"]["json_schema"]["schema"]
        assert sent == form
    wrong = question(
        response_format={"type": "json_schema", "json_schema": {"schema": {"type": 5}}}
    )
    assert served.post(wrong).status_code == 400


def test_fields_that_only_anthropic_has(mock: Mock) -> None:
    body = {**ASKED, "metadata": {"user_id": "u"}, "top_k": 5}
    with serving(one(mock, "anthropic")) as served:
        served.post(body, MESSAGES)
    with serving(one(mock)) as served:
        said = served.post(body, MESSAGES)
    theirs, ours = (sent.json for sent in mock.posts)
    assert (theirs["metadata"], theirs["top_k"]) == ({"user_id": "u"}, 5)
    assert not {"metadata", "top_k"} & ours.keys()
    assert "metadata, top_k are left out: openai_chat has" in said.headers["x-vision-warning"]


@pytest.mark.parametrize("name", ["previous_response_id", "conversation", "background"])
def test_nothing_is_kept_between_requests(served: Served, name: str) -> None:
    said = served.post({**SAID, name: "resp_1"}, RESPONSES)
    assert (said.status_code, name in said.json()["error"]["message"]) == (400, True)


def test_a_picture_is_fetched_where_that_is_allowed(mock: Mock) -> None:
    mock.files["/cat.jpg"] = Path(CAT).read_bytes()
    with serving(one(mock, inline=True, allow_private=True)) as served:
        said = served.post(question(image={"url": f"{mock.url}/cat.jpg"}))
        gone = served.post(question(image={"url": f"{mock.url}/dog.jpg"}))
    letters = base64.b64encode(Path(CAT).read_bytes())
    assert (said.status_code, letters in mock.posts[0].body) == (200, True)
    assert gone.status_code in (400, 404)
    assert len(mock.posts) == 1


def test_an_address_is_passed_through_and_a_wire_that_takes_none_gets_the_bytes(
    mock: Mock,
) -> None:
    mock.files["/cat.jpg"] = Path(CAT).read_bytes()
    image = {"url": f"{mock.url}/cat.jpg", "detail": "low"}
    with serving(one(mock)) as served:
        served.post(question(image=image))
    with serving(one(mock, "ollama", allow_private=True)) as served:
        assert served.post(question(image=image)).status_code == 200
    first, second = mock.posts
    assert first.json["messages"][0]["content"][1]["image_url"] == image
    assert base64.b64encode(Path(CAT).read_bytes()) in second.body


def test_pictures_are_made_fit_by_configuration(mock: Mock) -> None:
    picture = base64.b64encode(Path(CAT).read_bytes()).decode()
    image = f"data:image/jpeg;base64,{picture}"
    with serving(one(mock)) as served:
        served.post(question(image=image))
    with serving(one(mock, prep=True, max_side=100)) as served:
        assert served.post(question(image=image)).status_code == 200
    plain, fit = mock.posts
    assert picture.encode() in plain.body
    assert len(fit.body) < len(plain.body) / 2


def test_the_offline_model_answers_without_a_key() -> None:
    picture = base64.b64encode(Path(CAT).read_bytes()).decode()
    with serving(Gateway()) as served:
        client = openai.OpenAI(api_key="any", base_url=served.url)
        with client:
            answer = client.chat.completions.create(
                **question("local/eyes", f"data:image/jpeg;base64,{picture}")
            )
            listed = [model.id for model in client.models.list()]
    assert "cat" in answer.choices[0].message.content
    assert listed == ["local/eyes"]

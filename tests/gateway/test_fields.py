"""What callers say in OpenAI's words before models that are asked in others."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mock import Mock, Reply
from visioncli.gateway.settings import Entry, Gateway

from .entries import KEY, one
from .running import question, serving

OPENAIS_OWN = {
    "user": "u",
    "store": True,
    "metadata": {"a": "b"},
    "service_tier": "auto",
    "parallel_tool_calls": False,
    "logit_bias": {"1": 2},
    "reasoning_effort": "low",
    "verbosity": "low",
    "modalities": ["text"],
    "tool_choice": "auto",
    "safety_identifier": "s",
    "response_format": {"type": "json_object"},
    "web_search_options": {},
    "prediction": {"type": "content", "content": "x"},
}
PENALTIES = {"frequency_penalty": 0.5, "presence_penalty": 0.25}


def sent(mock: Mock, wire: str, **fields: Any) -> tuple[dict[str, Any], str]:
    """(the body that the provider got, the warnings)."""
    with serving(one(mock, wire)) as served:
        said = served.post(question(**fields))
    assert said.status_code == 200, said.text
    return mock.posts[-1].json, said.headers.get("x-vision-warning", "")


def test_openai_gets_them_as_they_are(mock: Mock) -> None:
    body, warning = sent(mock, "openai", **OPENAIS_OWN, **PENALTIES)
    assert {**OPENAIS_OWN, **PENALTIES}.items() <= body.items()
    assert warning == ""


def test_anthropic_gets_none_of_them_and_the_caller_is_told(mock: Mock) -> None:
    body, warning = sent(mock, "anthropic", **OPENAIS_OWN, **PENALTIES, top_k=4)
    assert body.keys() == {"model", "max_tokens", "messages", "stream", "top_k"}
    names, _, why = warning.partition(" are left out: ")
    assert set(names.split(", ")) == OPENAIS_OWN.keys() | PENALTIES.keys()
    assert why == "anthropic has no such fields"


@pytest.mark.parametrize(
    ("wire", "place", "expected"),
    [
        ("gemini", "generationConfig", {"responseMimeType": "application/json"}),
        ("ollama", "format", "json"),
    ],
)
def test_any_json_is_asked_for_in_the_wires_own_words(
    mock: Mock, wire: str, place: str, expected: Any
) -> None:
    body, warning = sent(mock, wire, response_format={"type": "json_object"})
    assert body[place] == expected
    assert "response_format" not in body
    assert warning == ""


def test_penalties_go_where_they_are_known(mock: Mock) -> None:
    gemini, _ = sent(mock, "gemini", **PENALTIES)
    assert gemini["generationConfig"] == {"frequencyPenalty": 0.5, "presencePenalty": 0.25}
    ollama, _ = sent(mock, "ollama", **PENALTIES)
    assert ollama["options"] == PENALTIES


def test_responses_gets_them_in_its_own_words(mock: Mock) -> None:
    """OpenAI's own models without a chat route."""
    text = '{"type": "output_text", "text": "A cup."}'
    answer = (
        '{"id": "resp_1", "object": "response", "status": "completed", "model": "gpt-5-pro",'
        ' "output": [{"type": "message", "role": "assistant", "content": [' + text + "]}]}"
    )
    own = f'[providers.own]\ndialect = "openai_responses"\nbase_url = "{mock.url}/v1"\n'
    entry = Entry(name="m", model="own/gpt-5-pro", api_key=KEY, vision=True)
    mock.replies.append(Reply(answer.encode()))
    with serving(Gateway(models=(entry,), retries=0), own=own) as served:
        said = served.post(question(**OPENAIS_OWN, **PENALTIES, seed=1))
    body = mock.posts[0].json
    assert said.json()["choices"][0]["message"]["content"] == "A cup."
    assert body["reasoning"] == {"effort": "low"}
    assert body["text"] == {"verbosity": "low", "format": {"type": "json_object"}}
    assert (body["user"], body["metadata"]) == ("u", {"a": "b"})
    unknown = {"reasoning_effort", "verbosity", "response_format", "logit_bias", "prediction"}
    assert not (unknown | PENALTIES.keys()) & body.keys()
    names = said.headers["x-vision-warning"].partition(" are left out: ")[0]
    assert unknown & set(names.split(", ")) == {"logit_bias", "prediction"}

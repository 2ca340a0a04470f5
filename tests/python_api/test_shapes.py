"""What completion gives reads as OpenAI's own objects do; their SDK's models are the judge."""

from __future__ import annotations

import json

import pytest
from openai.types.chat import ChatCompletion as TheirCompletion
from openai.types.chat import ChatCompletionChunk as TheirChunk

from tests.mock import Mock
from tests.vendors import MODELS, TEXT, WIRES
from visioncli import completion

HELLO = [{"role": "user", "content": "hello"}]
USAGE = {"include_usage": True}


@pytest.mark.parametrize("wire", WIRES)
def test_their_model_takes_our_answer_and_says_the_same(wire: str, addressed: Mock) -> None:
    ours = completion(MODELS[wire], HELLO)
    for dumped in (ours.model_dump(), json.loads(ours.model_dump_json(exclude_none=True))):
        theirs = TheirCompletion.model_validate(dumped, strict=True)
        assert theirs.choices[0].message.content == ours.choices[0].message.content == TEXT
        assert theirs.choices[0].finish_reason == ours.choices[0].finish_reason
        assert theirs.usage is not None
        assert ours.usage is not None
        assert theirs.usage.prompt_tokens == ours.usage.prompt_tokens == 85
        assert (theirs.id, theirs.model, theirs.created) == (ours.id, ours.model, ours.created)
        assert theirs.object == ours.object


@pytest.mark.parametrize("wire", WIRES)
def test_their_model_takes_our_chunks(wire: str, addressed: Mock) -> None:
    ours = list(completion(MODELS[wire], HELLO, stream=True, stream_options=USAGE))
    theirs = [TheirChunk.model_validate(chunk.model_dump(), strict=True) for chunk in ours]
    text = "".join(c.choices[0].delta.content or "" for c in theirs if c.choices)
    assert text == TEXT
    assert theirs[-1].usage is not None
    assert theirs[-1].usage.total_tokens == 94


def test_attributes_and_items_are_the_same(addressed: Mock) -> None:
    response = completion("openai/gpt-4o", HELLO)
    assert response["choices"][0]["message"]["content"] is response.choices[0].message.content
    assert response.get("nothing", 3) == 3
    assert "choices" in response
    assert dict(response.choices[0].message) == {
        "role": "assistant",
        "content": TEXT,
        "refusal": None,
        "reasoning_content": None,
    }
    with pytest.raises(KeyError):
        response["nothing"]
    with pytest.raises(AttributeError):
        response.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_every_answer_has_an_id_and_a_model(addressed: Mock) -> None:
    first, second = completion("ollama/llava", HELLO), completion("ollama/llava", HELLO)
    assert first.id.startswith("chatcmpl-")
    assert first.id != second.id
    assert first.model == "llava"

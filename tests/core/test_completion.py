"""Answers and events as OpenAI's completion and its chunks."""

from __future__ import annotations

import json

import pytest

from visioncli.core.answer import fold
from visioncli.core.chunks import ChatCompletionChunk, Chunks
from visioncli.core.completion import ChatCompletion, Head, whole
from visioncli.core.types import (
    Event,
    Finished,
    FinishReason,
    ReasoningDelta,
    Started,
    TextDelta,
    Usage,
    Warned,
)

HEAD = Head(id="chatcmpl-ours", model="m", created=7)


def both(*events: Event, usage: bool = False) -> tuple[ChatCompletion, list[ChatCompletionChunk]]:
    chunks = Chunks(HEAD, include_usage=usage)
    given = [chunk for event in events for chunk in chunks.add(event)]
    return whole(fold(events), HEAD), [*given, *chunks.close()]


def test_what_the_provider_says_of_itself_comes_first() -> None:
    answer, chunks = both(
        Started("id-1", None), TextDelta("a"), Started(None, "m-2"), Finished(FinishReason.STOP)
    )
    assert chunks[0].id == "id-1"
    assert chunks[0].model == "m"
    assert (chunks[-1].id, chunks[-1].model, chunks[-1].created) == ("id-1", "m-2", 7)
    assert answer.created == 7


def test_reasoning_stands_beside_the_text() -> None:
    answer, chunks = both(ReasoningDelta("hm"), TextDelta("a"), Finished(FinishReason.STOP))
    assert answer.choices[0].message.reasoning_content == "hm"
    assert answer.choices[0].message.content == "a"
    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert [d.reasoning_content for d in deltas] == [None, "hm", None, None]
    assert [d.content for d in deltas] == ["", None, "a", None]


def test_usage_reported_in_pieces_is_told_once_and_not_reported_is_none() -> None:
    events = (TextDelta("a"), Usage(input=3), Finished(FinishReason.STOP), Usage(output=2))
    answer, chunks = both(*events, Usage(reasoning=1), usage=True)
    assert answer.usage is not None
    assert answer.usage.total_tokens == 5
    assert answer.usage == chunks[-1].usage
    assert answer.usage.completion_tokens_details is not None
    assert answer.usage.completion_tokens_details.reasoning_tokens == 1
    assert answer.usage.prompt_tokens_details is None
    assert all(chunk.usage is None for chunk in chunks[:-1])
    nothing, silent = both(TextDelta("a"), Finished(FinishReason.STOP))
    assert nothing.usage is None
    assert len(silent) == 3
    partly, _ = both(Usage(output=2), Finished(FinishReason.STOP))
    assert partly.usage is not None
    assert (partly.usage.prompt_tokens, partly.usage.total_tokens) == (None, None)


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (FinishReason.STOP, "stop"),
        (FinishReason.LENGTH, "length"),
        (FinishReason.FILTER, "content_filter"),
        (FinishReason.REFUSAL, "content_filter"),
        (FinishReason.INCOMPLETE, "length"),
    ],
)
def test_every_reason_to_finish_is_one_of_openais(reason: FinishReason, said: str) -> None:
    answer, chunks = both(TextDelta("a"), Finished(reason), Finished(FinishReason.STOP))
    assert answer.choices[0].finish_reason == said
    assert [c.choices[0].finish_reason for c in chunks] == [None, None, said]
    assert answer.choices[0].message.refusal == ("a" if reason is FinishReason.REFUSAL else None)


def test_an_answer_without_text_has_none() -> None:
    answer, chunks = both(Finished(FinishReason.REFUSAL, "SAFETY"))
    assert answer.choices[0].message.content is None
    assert answer.choices[0].message.refusal == "SAFETY"
    assert chunks[0].choices[0].delta.role == "assistant"


def test_warnings_are_not_part_of_the_json() -> None:
    answer, _ = both(Warned("careful"), Finished(FinishReason.STOP))
    assert answer.warnings == ("careful",)
    assert "warnings" not in answer.model_dump()
    assert "warnings" not in answer
    short = answer.model_dump(exclude_none=True)
    assert short["choices"] == [
        {"index": 0, "message": {"role": "assistant"}, "finish_reason": "stop"}
    ]


def test_a_completion_is_read_as_a_mapping_too() -> None:
    answer, _ = both(TextDelta("a"), Finished(FinishReason.STOP))
    assert answer["choices"][0]["message"]["content"] == "a"
    assert len(answer) == len(list(answer)) == len(dict(answer))
    assert "model" in answer
    assert json.loads(answer.model_dump_json()) == answer.model_dump()
    assert "usage" not in json.loads(answer.model_dump_json(exclude_none=True))
    assert answer.get("no such field", "none") == "none"
    with pytest.raises(KeyError, match="no such field"):
        answer["no such field"]

"""What the reader makes of a stream that ends oddly, whatever its dialect."""

from __future__ import annotations

import json
from typing import Any

import pytest

from visioncli import dialects
from visioncli.core.answer import fold
from visioncli.core.errors import BadAnswer, Incomplete
from visioncli.core.reading import reader
from visioncli.core.types import Answer, Event


def read(*frames: Any) -> Answer:
    """frames: chunks of the OpenAI wire; a str stands for itself."""
    answer = reader(dialects.load("openai_chat"), stream=True)
    events: list[Event] = []
    for frame in frames:
        data = frame if isinstance(frame, str) else json.dumps(frame)
        events += answer.feed(f"data: {data}\n\n".encode())
    events += answer.close()
    return fold(events)


def delta(text: str | None, reason: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": reason}]}


@pytest.mark.parametrize("end", ["[DONE]", delta(None, "stop")])
def test_half_a_character_at_the_end_is_shown_as_lost(end: Any) -> None:
    assert read(delta("ab\ud83d"), end).text == "ab\ufffd"


def test_half_a_character_before_a_cut_is_shown_too() -> None:
    answer = reader(dialects.load("openai_chat"), stream=True)
    events = list(answer.feed(f"data: {json.dumps(delta('ab' + chr(0xD83D)))}\n\n".encode()))
    rest = answer.close()
    events.append(next(rest))
    with pytest.raises(Incomplete):
        next(rest)
    assert fold(events).text == "ab\ufffd"


@pytest.mark.parametrize("late", [{"error": {"message": "too late", "code": 500}}, "{nonsense"])
def test_what_fails_after_the_end_spoils_nothing(late: Any) -> None:
    answer = read(delta("A cat."), delta(None, "stop"), late)
    assert (answer.text, answer.finish) == ("A cat.", "stop")
    assert any("after the end of the answer" in warning for warning in answer.warnings)


@pytest.mark.parametrize("text", ["", " ", "\n\n \t"])
def test_an_answer_of_white_space_is_none(text: str) -> None:
    with pytest.raises(BadAnswer, match="empty answer"):
        read(delta(text), delta(None, "stop"), "[DONE]")

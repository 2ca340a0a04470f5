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


def test_a_character_that_two_pieces_of_a_thought_share_is_one() -> None:
    halves = [{"reasoning_content": half} for half in ("\ud83d", "\ude00")]
    thought = [{"choices": [{"index": 0, "delta": half}]} for half in halves]
    answer = read(*thought, delta("A cat.", "stop"))
    assert (answer.reasoning, answer.text) == ("\U0001f600", "A cat.")


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


def test_a_second_end_changes_nothing() -> None:
    answer = read(delta("A cat."), delta(None, "stop"), delta("more", "length"), "[DONE]")
    assert (answer.text, answer.finish) == ("A cat.", "stop")


@pytest.mark.parametrize("text", ["", " ", "\n\n \t"])
def test_an_answer_of_white_space_is_none(text: str) -> None:
    with pytest.raises(BadAnswer, match="empty answer"):
        read(delta(text), delta(None, "stop"), "[DONE]")


def test_half_a_frame_behind_the_end_is_no_cut() -> None:
    answer = reader(dialects.load("openai_chat"), stream=True)
    whole = json.dumps(delta("A cat.", "stop"))
    events = [*answer.feed(f'data: {whole}\n\ndata: {{"choi'.encode()), *answer.close()]
    assert fold(events).text == "A cat."


MEGABYTE = b":" + b" " * ((1 << 20) - 2) + b"\n"  # a comment, where it is a stream


@pytest.mark.parametrize(
    ("stream", "says"),
    [(True, "sent 64 MB and nothing that is an answer"), (False, "answer is larger than 64 MB")],
)
def test_an_answer_without_end_is_given_up(stream: bool, says: str) -> None:
    answer = reader(dialects.load("openai_chat"), stream=stream)
    for _ in range(64):
        assert list(answer.feed(MEGABYTE)) == []
    with pytest.raises(BadAnswer, match=says):
        list(answer.feed(MEGABYTE))

"""From events to an answer, and what is wrong with one that came whole."""

from __future__ import annotations

import pytest

from visioncli.core.answer import fold, problem
from visioncli.core.types import (
    Finished,
    FinishReason,
    ReasoningDelta,
    Started,
    TextDelta,
    Usage,
    Warned,
)


def test_events_fold_to_an_answer() -> None:
    answer = fold(
        [
            Started("id-1", "m"),
            ReasoningDelta("Ears"),
            TextDelta("A "),
            Usage(input=9),
            Warned("odd"),
            ReasoningDelta("."),
            TextDelta("cat."),
            Finished(FinishReason.STOP, "stop"),
            Finished(FinishReason.LENGTH, "late"),
            Usage(output=3, cached=0),
        ]
    )
    assert (answer.text, answer.reasoning) == ("A cat.", "Ears.")
    assert (answer.id, answer.model) == ("id-1", "m")
    assert (answer.finish, answer.finish_raw) == (FinishReason.STOP, "stop")
    assert answer.usage == Usage(input=9, output=3, cached=0)
    assert answer.warnings == ("odd",)
    assert f"{answer}" == "A cat."


def test_nothing_is_an_answer_that_nothing_finished() -> None:
    answer = fold([])
    assert (answer.text, answer.finish, answer.usage) == ("", None, Usage())
    assert problem(answer) is not None


@pytest.mark.parametrize(
    ("finished", "exit_", "says"),
    [
        (Finished(FinishReason.STOP, "stop"), None, ""),
        (Finished(FinishReason.STOP), None, ""),
        (Finished(FinishReason.LENGTH, "max_tokens"), 10, "token limit"),
        (Finished(FinishReason.FILTER, "SAFETY"), 9, "SAFETY"),
        (Finished(FinishReason.REFUSAL, "refusal"), 9, "refused"),
        (Finished(FinishReason.INCOMPLETE, "pause_turn"), 10, "pause_turn"),
        (None, 10, "not complete"),
    ],
)
def test_what_a_finish_amounts_to(finished: Finished | None, exit_: int | None, says: str) -> None:
    error = problem(fold([TextDelta("x"), *([finished] if finished else [])]))
    if exit_ is None:
        assert error is None
    else:
        assert error is not None
        assert error.exit == exit_
        assert says in error.message
        assert not error.retry

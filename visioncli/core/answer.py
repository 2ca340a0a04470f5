"""From events to an answer, and from an answer to what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable

from .errors import Incomplete, Refused, VisionError
from .fields import preview
from .types import (
    Answer,
    Event,
    Finished,
    FinishReason,
    ReasoningDelta,
    Started,
    TextDelta,
    Usage,
    Warned,
)


class Fold:
    """Takes events one by one; `answer` is what they amount to so far."""

    def __init__(self) -> None:
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._warnings: list[str] = []
        self._started = Started(None, None)
        self._finished: Finished | None = None
        self._usage = Usage()

    def add(self, event: Event) -> None:
        match event:
            case TextDelta(piece):
                self._text.append(piece)
            case ReasoningDelta(piece):
                self._reasoning.append(piece)
            case Warned(piece):
                self._warnings.append(piece)
            case Usage():
                self._usage = merged(self._usage, event)
            case Started():
                self._started = event
            case _:  # Finished
                self._finished = self._finished or event

    @property
    def answer(self) -> Answer:
        finished = self._finished
        return Answer(
            text="".join(self._text),
            reasoning="".join(self._reasoning),
            finish=finished.reason if finished else None,
            finish_raw=finished.raw if finished else None,
            usage=self._usage,
            model=self._started.model,
            id=self._started.id,
            warnings=tuple(self._warnings),
        )


def fold(events: Iterable[Event]) -> Answer:
    folded = Fold()
    for event in events:
        folded.add(event)
    return folded.answer


def merged(old: Usage, new: Usage) -> Usage:
    """The newest report counts; what it leaves out stays as it was."""
    return Usage(
        input=old.input if new.input is None else new.input,
        output=old.output if new.output is None else new.output,
        cached=old.cached if new.cached is None else new.cached,
        reasoning=old.reasoning if new.reasoning is None else new.reasoning,
        cost=old.cost if new.cost is None else new.cost,
    )


def problem(answer: Answer) -> VisionError | None:
    """What an answer that arrived whole still lacks: None if it is complete."""
    raw = answer.finish_raw
    said = f" ({preview(raw)})" if raw and raw != answer.finish else ""
    match answer.finish:
        case FinishReason.LENGTH:
            return Incomplete(
                "the answer stopped at the token limit",
                hint="--max-tokens N, or a shorter question",
                code="length",
            )
        case FinishReason.FILTER:
            return Refused(f"a filter of the provider stopped the answer{said}", code="filter")
        case FinishReason.REFUSAL:
            return Refused(f"the model refused to answer{said}", code="refusal")
        case FinishReason.INCOMPLETE | None:
            return Incomplete(f"the answer is not complete{said}", code="incomplete")
        case _:  # STOP
            return None

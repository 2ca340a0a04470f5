"""Makes the calls of one question and shows what comes back."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from visioncli import api
from visioncli.config import Settings
from visioncli.core.answer import Fold, problem
from visioncli.core.errors import VisionError
from visioncli.core.target import ModelRef
from visioncli.core.types import Answer, TextDelta, Usage
from visioncli.images.sources import Piped

from . import render, report
from .answers import answer_json
from .options import AskOptions
from .terminal import Notes, Out


@dataclass(frozen=True, slots=True)
class Answering:
    """One question, to be put to one model or to several."""

    asked: api.Asked
    settings: Settings
    stdin: Piped | None
    options: AskOptions
    out: Out
    notes: Notes

    def several(self, refs: Sequence[ModelRef]) -> int:
        """Every model is asked, whatever became of the others."""
        status = 0
        for place, ref in enumerate(refs):
            if not self.options.json:
                self.out.write(("\n" if place else "") + render.heading(str(ref)))
            try:
                ended = self.one(ref)
            except VisionError as error:
                ended = self._failed(error)
            status = status or ended
        return status

    def one(self, ref: ModelRef) -> int:
        """Raises a VisionError that came before any text; tells of one that came after it."""
        began = time.monotonic()
        call = api.prepare(self.asked, ref, self.settings, stdin=self.stdin)
        for warning in call.warnings:
            self.notes.warn(warning)
        if self.options.debug:
            self._debug(call)
        answer, error = self._answer(call)
        ms = round((time.monotonic() - began) * 1000)
        if error is None:
            error = problem(answer)
        if self.options.json:
            warnings = (*call.warnings, *answer.warnings)
            done = answer_json(call, answer, ms=ms, warnings=warnings, error=error)
            report.print_json(self.out, done)
        elif error is not None and not answer.text:
            raise error
        if self.options.usage or self.settings.ask.usage:
            self.notes.note(_usage_line(answer.usage, ms))
        if error is None:
            return 0
        report.say(error, debug=self.options.debug)
        return error.exit

    def _answer(self, call: api.Call) -> tuple[Answer, VisionError | None]:
        """The answer so far and what ended it early; the text is on stdout by then."""
        folded, failed = Fold(), None
        sink = None if self.options.json else render.open_answer(self.out, self.options)
        try:
            for event in call.events(self._retrying):
                folded.add(event)
                if isinstance(event, TextDelta) and sink is not None:
                    sink.add(event.text)
        except VisionError as error:
            failed = error
        finally:
            if sink is not None:
                sink.close()
        for warning in folded.answer.warnings:  # not before: the answer may have stood unfinished
            self.notes.warn(warning)
        return folded.answer, failed

    def _failed(self, error: VisionError) -> int:
        report.say(error, debug=self.options.debug)
        if self.options.json:
            report.print_json(self.out, {"error": report.error_json(error)})
        return error.exit

    def _retrying(self, error: VisionError, delay: float) -> None:
        self.notes.note(f"{error.message}; again in {delay:.1f} s")

    def _debug(self, call: api.Call) -> None:
        """What is sent where; the key is a variable's name here."""
        if isinstance(call, api.HttpCall):
            request = call.shown()
            self.notes.note(f"{request.method} {request.url}, {request.body.length} bytes")
            for name, value in request.headers.items():
                self.notes.note(f"{name}: {value}")


def _usage_line(usage: Usage, ms: int) -> str:
    """What was not reported is left out, never shown as 0."""
    counts = {
        "in": usage.input,
        "cached": usage.cached,
        "out": usage.output,
        "reasoning": usage.reasoning,
    }
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count is not None)
    return f"tokens: {told or 'not reported'}; {ms / 1000:.1f} s"

"""Makes the calls of one question and shows what comes back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from visioncli import api, choice, schema
from visioncli.config import Settings
from visioncli.core.answer import Fold, problem
from visioncli.core.errors import VisionError
from visioncli.core.record import record
from visioncli.core.target import ModelRef
from visioncli.core.types import Answer, TextDelta
from visioncli.images.sources import Piped

from . import render, report
from .answers import answer_json
from .ask_options import AskOptions
from .terminal import Notes, Out

if TYPE_CHECKING:
    from .show import Viewer  # with Pillow, which a plain question does without


@record
class Answering:
    """One question, to be put to one model or to several."""

    asked: api.Asked
    settings: Settings
    stdin: Piped | None
    options: AskOptions
    out: Out
    notes: Notes
    viewer: Viewer | None = None

    def several(self, models: Sequence[str], one: Callable[[ModelRef], int]) -> int:
        """Every model is asked, whatever became of the others."""
        status = 0
        for place, model in enumerate(models):
            if not self.options.json:
                self._heading(model, first=place == 0)
            try:
                (chosen,) = choice.choose([model], self.settings)
                ended = one(chosen.ref)
            except VisionError as error:
                ended = self._failed(error)
            status = status or ended
        return status

    def _heading(self, model: str, *, first: bool) -> None:
        if not first:
            self.out.write("\n")
        if self.options.dry_run:
            return
        sink = render.open_answer(self.out, self.options)
        sink.add(render.heading(model))
        sink.close()

    def shown(self, ref: ModelRef) -> int:
        """What would be sent: a dry run."""
        call = api.prepare(self.asked, ref, self.settings, stdin=self.stdin, dry=True)
        self._tell(call)
        from . import dry_run, expense  # prices are a table of their own: read by those who ask

        estimate = expense.estimate(call, self.settings)
        if self.options.json:
            shown = dry_run.as_object(call, estimate.as_json(), full=self.options.full)
            report.print_json(self.out, shown)
            return 0
        if self.options.curl:
            self._write(dry_run.as_curl(call))
        else:
            self._write(dry_run.as_text(call, full=self.options.full))
        self.notes.note(expense.estimate_line(estimate))
        return 0

    def _tell(self, call: api.Call) -> None:
        """What was done to the pictures, and what is worth a warning."""
        for picture in call.pictures:
            if picture.done:
                self.notes.note(picture.done)
        for warning in call.warnings:
            self.notes.warn(warning)
        if self.viewer is not None:
            self.viewer.show(call.pictures)

    def _write(self, pieces: Iterable[str]) -> None:
        for piece in pieces:
            self.out.write(piece)

    def answered(self, ref: ModelRef) -> int:
        """Raises a VisionError that came before any text; tells of one that came after it."""
        began = time.monotonic()
        call = api.prepare(self.asked, ref, self.settings, stdin=self.stdin)
        self._tell(call)
        if self.options.debug:
            self._debug(call)
        answer, error = self._answer(call)
        ms = round((time.monotonic() - began) * 1000)
        if error is None:
            error = problem(answer) or self._misfit(answer)
        if self.options.json:
            self._print(call, answer, ms=ms, error=error)
        elif error is not None and not answer.text:
            raise error
        if self.options.usage or self.settings.ask.usage:
            from . import expense  # as above

            usd = expense.cost(call, answer.usage, self.settings)
            self.notes.note(expense.usage_line(answer.usage, usd, ms))
        if error is None:
            return 0
        report.say(error, debug=self.options.debug)
        return error.exit

    def _print(
        self,
        call: api.HttpCall | api.EyesCall,
        answer: Answer,
        *,
        ms: int,
        error: VisionError | None,
    ) -> None:
        from . import expense  # as above

        warnings = (*call.warnings, *answer.warnings)
        usd = expense.cost(call, answer.usage, self.settings)
        done = answer_json(call, answer, cost_usd=usd, ms=ms, warnings=warnings, error=error)
        report.print_json(self.out, done)

    def _misfit(self, answer: Answer) -> VisionError | None:
        schema_ = self.asked.request.options.schema
        return None if schema_ is None else schema.misfit(answer.text, schema_)

    def _answer(self, call: api.Call) -> tuple[Answer, VisionError | None]:
        """The answer so far and what ended it early; the text is on stdout by then."""
        folded, failed = Fold(), None
        plain = isinstance(call, api.EyesCall) or self.options.schema is not None
        sink = (
            None
            if self.options.json
            else render.open_answer(self.out, self.options, verbatim=plain)
        )
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

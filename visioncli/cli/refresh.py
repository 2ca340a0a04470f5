"""`vision models --refresh`: what became of each source, a line each, and of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from visioncli import config
from visioncli.catalogue.refreshing import refresh
from visioncli.catalogue.refreshing.refresh import CHANGED, FAILED, SKIPPED, Outcome

from . import report
from .terminal import Notes, Out, stderr, stdout


def run(sources: Sequence[str], *, quiet: bool, json: bool, debug: bool) -> int:
    """The exit status: 0, or the highest of the sources that failed."""
    shown = _Shown(stderr(quiet=quiet), stdout() if json else None, debug=debug)
    done = refresh.run(sources, config.load(), begun=shown.begun, told=shown.told)
    models = f"{done.models:,} models"
    failed = sum(outcome.status == FAILED for outcome in done.outcomes)
    if done.written is not None:
        shown.notes.note(f"catalogue: {models}, {done.new:,} new, in {done.written}")
    else:
        shown.notes.note(f"catalogue: as it was, {models}")
    if failed:
        shown.notes.note(f"{failed} of {len(done.outcomes)} failed: what they said before holds")
    return done.worst


class _Shown:
    def __init__(self, notes: Notes, out: Out | None, *, debug: bool) -> None:
        self.notes, self._out, self._debug = notes, out, debug

    def begun(self, source: str) -> None:
        if self.notes.is_terminal:
            self.notes.note(f"reading {source} …")

    def told(self, outcome: Outcome) -> None:
        for warning in outcome.warnings:
            self.notes.warn(f"{outcome.source}: {warning}")
        if outcome.error is not None:
            outcome.error.message = f"{outcome.source}: {outcome.error.message}"
            report.say(outcome.error, debug=self._debug)
        else:
            self.notes.note(f"{outcome.source}: {_words(outcome)}")
        if self._out is not None:
            report.print_json(self._out, _object(outcome))


def _words(outcome: Outcome) -> str:
    if outcome.status == SKIPPED:
        return f"skipped: {outcome.why}"
    if outcome.status != CHANGED:
        return f"unchanged, {outcome.as_of}"
    gone = "" if outcome.gone is None else f", {outcome.gone:,} not listed any more"
    dropped = f", {outcome.dropped:,} of no use" if outcome.dropped else ""
    models = "1 model" if outcome.models == 1 else f"{outcome.models:,} models"
    return f"changed: {models}, {outcome.new:,} new{gone}{dropped}, {outcome.as_of}"


def _object(outcome: Outcome) -> dict[str, Any]:
    error = outcome.error
    return {
        "source": outcome.source,
        "status": outcome.status,
        "models": outcome.models,
        "new": outcome.new,
        "gone": outcome.gone,
        "dropped": outcome.dropped,
        "as_of": outcome.as_of,
        "why": outcome.why,
        "warnings": list(outcome.warnings),
        "error": None if error is None else report.error_json(error),
    }

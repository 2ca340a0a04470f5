"""What people are told of single items: the first of each kind, and how many there were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from visioncli.batch.item import Item, Outcome
from visioncli.images import names

from .terminal import Notes

KINDS = 50  # of which the first is told; the records have them all


class Told:
    """A million pictures may fail in the same way: one line says so, and the summary counts."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._kinds: Counter[tuple[str, str]] = Counter()
        self._input = self._output = 0

    def outcome(self, done: Outcome) -> None:
        if done.error is not None and self._is_first("failed", done.error.code):
            self._notes.note(f"failed: {done.error.message}")
        if done.answer is not None:
            self._input += done.answer.usage.input or 0
            self._output += done.answer.usage.output or 0

    def warnings(self, said: Sequence[str], item: Item | None = None) -> None:
        """The names of its pictures are not what makes a warning another one."""
        for warning in said:
            kind = warning
            for image in item.images if item else ():
                kind = kind.replace(names.shown(image), "…")
            if self._is_first("warning", kind):
                self._notes.warn(warning)

    def tokens(self) -> str:
        return f"{self._input:,} tokens in, {self._output:,} out; "

    def _is_first(self, what: str, kind: str) -> bool:
        if (what, kind) not in self._kinds and len(self._kinds) >= KINDS:
            return False
        self._kinds[what, kind] += 1
        return self._kinds[what, kind] == 1

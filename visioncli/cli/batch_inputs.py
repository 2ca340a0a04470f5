"""The items of a batch, out of what was named, listed, or both."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from visioncli.batch import lists
from visioncli.batch.item import Item
from visioncli.batch.lines import Line

from . import inputs as taken
from .ask_options import AskOptions
from .inputs import Inputs
from .terminal import Notes

PIECE = 1 << 20


class Items:
    """Pieces of the list, counted as they are taken.

    total: of all items, None while it is not known. warn: told of folders that are passed over.
    """

    def __init__(self, options: AskOptions, inputs: Inputs, warn: Callable[[str], None]) -> None:
        self.total: int | None = None
        self._seen = 0
        self._pieces = _pieces(options, inputs, warn)

    def __iter__(self) -> Iterator[Sequence[Item]]:
        for piece in self._pieces:
            self._seen += len(piece)
            yield piece
        self.total = self._seen

    def foresee(self, options: AskOptions, inputs: Inputs) -> None:
        """Counts the lines of a file in a thread, so that somebody can be told of the whole."""
        if inputs.listed is not None and inputs.listed.file is not None and not inputs.many:
            name, end = inputs.listed.file, b"\0" if options.nul else b"\n"
            size = options.per_request or 1

            def count() -> None:
                found = len(inputs.images) + _lines_of(name, end)
                self.total = self.total or -(-found // size)

            threading.Thread(target=count, daemon=True, name="count").start()


def together(options: AskOptions, inputs: Inputs, notes: Notes) -> Inputs:
    """All pictures as if they had been named: --together over folders, globs and lists."""
    images = lists.together(_lines(options, inputs, notes.warn))
    return replace(inputs, images=images, listed=None, many=False)


def _pieces(
    options: AskOptions, inputs: Inputs, warn: Callable[[str], None]
) -> Iterator[Sequence[Item]]:
    lines = _lines(options, inputs, warn)
    in_one = not (options.each or options.per_request or inputs.listed or inputs.many)
    if options.together or in_one:
        lines = iter([[Line(lists.together(lines))]])
    return lists.items(lines, each=options.each, per_request=options.per_request or 0)


def _lines(options: AskOptions, inputs: Inputs, warn: Callable[[str], None]) -> lists.Pieces:
    """What was named first, then the list. Raises ImageProblem (5) for an empty folder."""
    named = lists.named(inputs.images, taken.is_many, deep=options.recursive, warn=warn)
    if inputs.listed is None:
        return named
    return chain(named, _read(inputs.listed, nul=options.nul))


def _read(listed: taken.List, *, nul: bool) -> lists.Pieces:
    """Opened when it is its turn, in the thread that reads it."""
    yield from lists.listed(listed.opened(), listed.name, nul=nul)


def _lines_of(name: str, end: bytes) -> int:
    """How many lines are not empty, but for pieces' ends; 0 where nobody can tell."""
    count = 0
    try:
        with open(name, "rb", buffering=0) as file:  # noqa: PTH123 - the name may hold anything
            last = end
            while piece := file.read(PIECE):
                count += sum(1 for line in piece.split(end) if line.strip()) - (
                    last != end and piece[:1] not in (end, b"\r")
                )
                last = piece[-1:]
    except OSError:
        return 0
    return count

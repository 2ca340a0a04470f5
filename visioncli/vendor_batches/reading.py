"""The results of one batch, line by line: whose each is, and whether there is one for everybody."""

from __future__ import annotations

from collections.abc import Callable

from visioncli.batch.item import Outcome
from visioncli.core.errors import BadAnswer
from visioncli.core.fields import preview

from .folding import Folding
from .kept import Places
from .state import Shard
from .wire import Wire

TOLD = 5  # examples that a message names
SHOWN = 80  # characters of each
DIGITS = 12  # of a place; no batch has as many items


class Reading:
    """prefix: of our custom ids here. write: takes each outcome, once. warn: for people."""

    def __init__(
        self,
        wire: Wire,
        folding: Folding,
        shard: Shard,
        prefix: str,
        places: Places,
        *,
        write: Callable[[Outcome], None],
        warn: Callable[[str], None],
    ) -> None:
        self._wire, self._folding, self._shard = wire, folding, shard
        self._prefix, self._places, self._write, self._warn = prefix, places, write, warn
        self._done = bytearray(len(places))  # a byte for each item
        self._unknown: set[str] = set()
        self._wrong: set[str] = set()

    def line(self, line: bytes) -> None:
        """The first line about an item counts."""
        try:
            result = self._wire.result(line)
        except BadAnswer as error:
            _note(self._wrong, error.message)
            return
        place = self._place(result.custom_id)
        if place is None:
            _note(self._unknown, result.custom_id)
        elif not self._done[place]:
            self._write(self._folding.outcome(self._places[place], result))
            self._done[place] = 1

    def _place(self, custom_id: str) -> int | None:
        """None: it is no request of this batch."""
        number = custom_id.removeprefix(self._prefix)
        if number == custom_id or not (number.isascii() and number.isdecimal()):
            return None
        place = int(number) if len(number) <= DIGITS else len(self._done)
        return place if place < len(self._done) and str(place) == number else None

    def end(self) -> int:
        """Tells what was odd. Items that nothing was said about have failed, with their batch or
        alone; but where the results themselves are damaged they may be found the next time: how
        many.
        """
        shard, named = self._shard, f"batch {self._shard.number + 1} ({self._shard.batch})"
        if self._wrong:
            self._warn(f"{named}: lines of the results are no results: {_some(self._wrong)}")
        if self._unknown:
            self._warn(f"{named}: results of requests that are not ours: {_some(self._unknown)}")
        missing = self._done.count(0)
        if not missing:
            return 0
        if shard.state == "ended":
            self._warn(f"{named}: the results leave out {self._names(missing)}")
            if self._wrong or not shard.outputs:
                return missing
        why = "missing" if shard.state == "ended" else shard.state
        for place, done in enumerate(self._done):
            if not done:
                self._write(self._folding.unmade(self._places[place], why, shard.problem))
        return 0

    def _names(self, missing: int) -> str:
        """How many, and some of them."""
        first = [place for place, done in enumerate(self._done) if not done][:TOLD]
        names = [preview(str(self._places[place].item.image), SHOWN) for place in first]
        items = "1 item" if missing == 1 else f"{missing:,} items"
        return f"{items}: {', '.join(names)}" + (" …" if missing > len(names) else "")


def _note(noted: set[str], what: str) -> None:
    """Some examples are enough; one more than are told says that there are more."""
    if len(noted) <= TOLD:
        noted.add(preview(what, SHOWN))


def _some(noted: set[str]) -> str:
    names = sorted(noted)
    return ", ".join(names[:TOLD]) + (" …" if len(names) > TOLD else "")

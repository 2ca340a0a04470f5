"""Fetches what has been answered: a vendor's lines in, records out, none of them twice."""

from __future__ import annotations

from collections.abc import Callable

from visioncli import retry
from visioncli.batch.item import Outcome
from visioncli.batch.output import Output
from visioncli.core.errors import VisionError
from visioncli.core.record import record

from . import kept
from .calls import LONGEST, Calls
from .folding import Folding
from .kept import Kept, Places
from .reading import Reading
from .standing import looked
from .state import Run, Runs, Shard
from .wire import Wire

Tell = Callable[[str], None]


@record(frozen=False)
class Tally:
    """answered, failed: records that stand now. cost: US dollars of those written now. unpriced:
    answers among them whose cost is not known. working: batches that are not over. lost: items that
    have no record though their batch is over: to be fetched again.
    """

    answered: int = 0
    failed: int = 0
    written: int = 0
    cost: float = 0.0
    unpriced: int = 0
    working: int = 0
    lost: int = 0


class Fetching:
    """Of one run. warn: takes a warning for people."""

    def __init__(
        self, run: Run, runs: Runs, wire: Wire, calls: Calls, folding: Folding, warn: Tell
    ) -> None:
        self.run, self._runs, self._wire, self._calls = run, runs, wire, calls
        self._folding, self._warn = folding, warn

    def look(self) -> Run:
        """How far the vendor is with every batch."""
        self.run = looked(self.run, self._runs, self._wire, self._calls)
        return self.run

    def fetch(self, output: Output) -> Tally:
        """Writes a record for every item whose batch is over. Raises a VisionError where results
        cannot be had; what was written stands.
        """
        tally = Tally()
        for one in kept.lines(self._runs, f"{self.run.id}.failed.jsonl"):
            self._write(output, self._folding.unasked(one), tally)
        for shard in self.run.shards:
            if shard.is_over:
                self._shard(shard, output, tally)
            elif shard.is_working:
                tally.working += 1
        for one in kept.lines(self._runs, f"{self.run.id}.same.jsonl"):
            self._copy(output, one, tally)
        return tally

    # ------------------------------------------------------------------ one batch

    def _shard(self, shard: Shard, output: Output, tally: Tally) -> None:
        places = Places(self._runs, f"{self.run.id}.{shard.number}.jsonl")
        reading = Reading(
            self._wire,
            self._folding,
            shard,
            self.run.custom_id(shard.number, 0)[:-1],
            places,
            write=lambda done: self._write(output, done, tally),
            warn=self._warn,
        )
        try:
            for source in shard.outputs:
                self._source(source, reading)
            tally.lost += reading.end()
        finally:
            places.close()

    def _source(self, source: str, reading: Reading) -> None:
        """From its beginning again where it breaks off: what was read is not written twice."""
        attempt = 0
        while True:
            attempt += 1
            try:
                for line in self._wire.results(self._calls, source):
                    reading.line(line)
            except VisionError as error:
                delay = retry.next_delay(
                    error, attempt, 0.0, retries=self._calls.retries, total=LONGEST
                )
                if delay is None:
                    raise
                self._calls.pause(error, delay)
            else:
                return

    def _write(self, output: Output, done: Outcome, tally: Tally) -> None:
        """What stands already is not written again, but an answer where there was a failure is."""
        known, has = output.newest(done.key), output.has(done.item, done.key)
        if known is not None and has and (known.answered or done.error is not None):
            _count(tally, answered=known.answered)
            return
        output.write(done)
        tally.written += 1
        _count(tally, answered=done.error is None)
        if done.answer is not None:
            tally.cost += done.cost_usd or 0.0
            tally.unpriced += done.cost_usd is None

    def _copy(self, output: Output, one: Kept, tally: Tally) -> None:
        """For an item that asks what another does, once that is answered."""
        known = output.newest(one.key)
        if known is None:
            return
        if not output.has(one.item, one.key):
            output.copy(one.item, known)
            tally.written += 1
        _count(tally, answered=known.answered)


def _count(tally: Tally, *, answered: bool) -> None:
    if answered:
        tally.answered += 1
    else:
        tally.failed += 1

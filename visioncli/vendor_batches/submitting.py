"""Hands a list in: built and sent batch by batch, so that neither memory nor disk holds it whole.

Each step is written down before it is made and again when it is done. A process that dies at any
moment leaves a run that the same command goes on with: what was created stays as it is, what may
have been created is looked for at the vendor, and the rest is made anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from visioncli.aim import Aim
from visioncli.batch.item import Item
from visioncli.batch.job import Job as Question
from visioncli.core.errors import ImageProblem, UsageError, VisionError
from visioncli.core.record import record

from . import kept, kinds
from .building import Asked, Builder, Built
from .calls import Calls
from .kept import Kept, Written
from .sending import Sending
from .spool import Spool
from .state import Run, Runs, Shard

Tell = Callable[[str], None]
MOST_WARNINGS = 20  # different ones that are told
NO_LIMIT = 1 << 62


@record
class Handed:
    """known: it had been handed in before, and nothing was done now. problem: why the first of the
    items that cannot be asked cannot.
    """

    run: Run
    known: bool = False
    problem: VisionError | None = None


class Submission:
    """question: what all items are asked. tell: takes a note for people; warn: a warning."""

    def __init__(
        self, runs: Runs, aim: Aim, question: Question, calls: Calls, *, tell: Tell, warn: Tell
    ) -> None:
        self._runs, self._aim, self._question = runs, aim, question
        self._wire = kinds.of(aim.target)
        self._sending = Sending(runs, self._wire, calls, tell)
        self._builder = Builder(aim, question, self._wire)
        self._tell, self._warn = tell, warn
        self._warned: set[str] = set()
        self._problem: VisionError | None = None

    def hand_in(self, items: Iterable[Item], *, output: str | None, again: bool) -> Handed:
        """again: also a list that was handed in before. Raises a VisionError; what was done by then
        is kept, and the same call goes on with it.
        """
        run_id = self._runs.new_id()
        name = f"{run_id}.list.jsonl"
        try:
            count, fingerprint = kept.spooled(self._runs, name, items, self._common())
            before = None if again else self._before(fingerprint)
        except BaseException:
            self._runs.drop(name)
            raise
        if before is not None:
            self._runs.drop(name)
            if before.whole:
                return Handed(before, known=True)
            self._tell(f"going on with the batch {before.id}, which was left half submitted")
            return self._all_of(before)
        request = self._question.asked.request
        run = Run(
            id=run_id,
            created=time.time(),
            model=str(self._aim.ref),
            address=self._aim.target.base_url,
            fingerprint=fingerprint,
            items=count,
            extra=tuple(request.options.extra),
            output=output,
        )
        self._runs.save(run)
        return self._all_of(run)

    def _common(self) -> bytes:
        question = self._question
        said = (question.question, self._aim.target.base_url, str(sorted(question.formats.items())))
        return b"\0".join((question.common(), *(s.encode("utf-8", "replace") for s in said)))

    def _before(self, fingerprint: str) -> Run | None:
        """The newest run of the same list that was not given up and did not fail."""
        same = [run for run in self._runs.all() if run.fingerprint == fingerprint]
        same = [r for r in same if not r.given_up and r.state not in ("cancelled", "failed")]
        return same[-1] if same else None

    # ------------------------------------------------------------------ one run

    def _all_of(self, run: Run) -> Handed:
        with self._runs.locked(run.id):
            run = self._runs.load(run.id)
            if run.given_up:
                raise UsageError(f"the batch {run.id} was cancelled meanwhile", hint="once more")
            try:
                run = self._sending.ready(run)
                run = self._rest(run)
            except BaseException:
                self._tell(
                    f"the batch {run.id} is left half submitted: the same command goes on with it,"
                    f" `vision batch cancel {run.id}` gives it up"
                )
                raise
            if not run.shards:  # nothing of it could be asked: there is nothing to fetch
                self._forget(run)
                raise self._problem or ImageProblem("the list is empty: there is nothing to ask")
            run = replace(run, whole=True)
            self._runs.save(run)
            self._runs.drop(f"{run.id}.list.jsonl")
        return Handed(run, problem=self._problem)

    def _forget(self, run: Run) -> None:
        for end in ("json", "list.jsonl", "failed.jsonl", "same.jsonl", "lock", "0.jsonl"):
            self._runs.drop(f"{run.id}.{end}")

    def _rest(self, run: Run) -> Run:
        """Every batch that is still to be made."""
        start = run.shards[-1].end if run.shards else 0
        asked, items = Asked(), kept.lines(self._runs, f"{run.id}.list.jsonl", start)
        failed = Written(self._runs, f"{run.id}.failed.jsonl", run.failed)
        same = Written(self._runs, f"{run.id}.same.jsonl", run.doubled)
        try:
            for shard in run.shards:
                for one in kept.lines(self._runs, _list_of(run, shard.number)):
                    asked.is_new(one.key)
            made = self._made(items, asked, failed, same)
            ahead = next(made, None)
            while ahead is not None:
                run, ahead = self._one(run, ahead, made, failed, same)
            failed.flush()
            same.flush()
            return replace(run, failed=failed.lines, doubled=same.lines)
        finally:
            asked.close()
            failed.close()
            same.close()

    def _made(
        self, items: Iterator[Kept], asked: Asked, failed: Written, same: Written
    ) -> Iterator[Built]:
        """The requests, one after the other; items that are none go where they belong."""
        for one in items:
            built = self._builder.built(one.item)
            if isinstance(built, Kept):
                self._problem = self._problem or built.error
                failed.add(built)
            elif not asked.is_new(built.kept.key):
                same.add(built.kept)
            else:
                for warning in built.warnings:
                    if warning not in self._warned and len(self._warned) < MOST_WARNINGS:
                        self._warned.add(warning)
                        self._warn(warning)
                yield built

    def _one(
        self, run: Run, ahead: Built, made: Iterator[Built], failed: Written, same: Written
    ) -> tuple[Run, Built | None]:
        """(the run with one batch more, the request that did not fit into it)."""
        number = len(run.shards)
        start = run.shards[-1].end if run.shards else 0
        limits, wire, spool = self._aim.target.provider.batch, self._wire, Spool()
        most = limits.max_bytes or NO_LIMIT
        headers: dict[str, str] = {}
        self._runs.drop(_list_of(run, number))
        try:
            with Written(self._runs, _list_of(run, number), 0) as items:
                spool.add([wire.head])
                following: Built | None = ahead
                while following is not None:
                    line = self._builder.line(following, run.custom_id(number, items.lines))
                    alone = len(wire.head) + line.length + len(wire.tail)
                    more = line.length + (len(wire.between) if items.lines else 0)
                    if alone > most:
                        failed.add(replace(following.kept, error=_too_large(following, most)))
                    elif (
                        spool.size + more + len(wire.tail) > most
                        or items.lines == limits.max_requests
                    ):
                        break
                    else:
                        spool.add([wire.between] if items.lines else [])
                        spool.add(line)
                        items.add(following.kept)
                        headers |= following.headers
                    following = next(made, None)
                spool.add([wire.tail])
                end = run.items if following is None else following.kept.item.number
                requests = items.lines
            failed.flush()
            same.flush()
            if not requests:
                return run, following
            before = run
            run = replace(run, failed=failed.lines, doubled=same.lines)
            shard = Shard(
                number=number,
                start=start,
                end=end,
                requests=requests,
                size=spool.size,
                failed_before=before.failed,
                doubled_before=before.doubled,
                step="uploading",
                since=time.time(),
            )
            return self._sending.sent(run, shard, spool, headers), following
        finally:
            spool.close()


def _list_of(run: Run, number: int) -> str:
    return f"{run.id}.{number}.jsonl"


def _too_large(built: Built, most: int) -> ImageProblem:
    return ImageProblem(
        f"{built.kept.item.image!r} makes a request larger than a whole batch may be,"
        f" {most / 1e6:,.0f} MB",
        hint="--max-side",
    )

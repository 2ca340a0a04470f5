"""Hands one batch in: uploaded, created, and written down before and after each step."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from visioncli.core.errors import CertificateProblem, RateLimited, VisionError
from visioncli.images.preparing.prepare import megabytes
from visioncli.transport.outcome import was_sent

from .calls import Calls
from .spool import EMPTY, SHORT, SLOWEST, Spool
from .standing import wanted
from .state import Run, Runs, Shard, seen
from .wire import Job, Wanted, Wire


class Sending:
    """tell: takes a note for people."""

    def __init__(self, runs: Runs, wire: Wire, calls: Calls, tell: Callable[[str], None]) -> None:
        self._runs, self._wire, self._calls, self._tell = runs, wire, calls, tell

    def ready(self, run: Run) -> Run:
        """The run with its last batch created, or without it where it has to be made anew."""
        if not run.shards or run.shards[-1].step == "created":
            return run
        shard = run.shards[-1]
        if shard.step == "creating":
            job = self._wire.find(self._calls, self._wanted(run, shard))
            if job is not None:
                return self._noted(run, shard, job)
        if shard.file is not None:
            return self._created(run, shard, None)
        run = replace(
            run,
            shards=run.shards[:-1],
            failed=shard.failed_before,
            doubled=shard.doubled_before,
        )
        self._runs.save(run)
        return run

    def sent(self, run: Run, shard: Shard, spool: Spool, headers: Mapping[str, str]) -> Run:
        """The run with one batch more. headers: what its requests would have brought along."""
        name = f"{run.id}-{shard.number}"
        self._tell(
            f"batch {shard.number + 1}: {_requests(shard)},"
            f" {megabytes(shard.size)} to {self._calls.target.provider.name}"
        )
        run = self._stepped(run, shard)
        if self._wire.uploads:
            file = self._wire.upload(self._calls, spool, name)
            shard = replace(shard, step="uploaded", file=file)
            run = self._stepped(run, shard)
        return self._created(run, shard, spool, headers)

    def _created(
        self,
        run: Run,
        shard: Shard,
        spool: Spool | None,
        headers: Mapping[str, str] = EMPTY,
    ) -> Run:
        """An attempt that may have been heard is not made again before it was looked for."""
        if shard.step != "creating":
            shard = replace(shard, step="creating", since=time.time())
        run = self._stepped(run, shard)
        wanted = self._wanted(run, shard, headers)
        is_first, may_be_there = True, False

        def once(_clock: object) -> Job:
            nonlocal is_first, may_be_there
            if not is_first and (found := self._wire.find(self._calls, wanted)) is not None:
                return found
            is_first = False
            try:
                return self._wire.create(self._calls, wanted, spool)
            except VisionError as error:
                may_be_there = may_be_there or not _was_refused(error)
                raise

        try:
            job = self._calls.repeated(once, 5 * (SHORT + shard.size / SLOWEST))
        except VisionError:
            if not may_be_there:
                self._stepped(run, replace(shard, step="uploaded" if shard.file else "uploading"))
            raise
        return self._noted(run, shard, job)

    def _noted(self, run: Run, shard: Shard, job: Job) -> Run:
        return self._stepped(run, seen(replace(shard, step="created", batch=job.id), job))

    def _wanted(self, run: Run, shard: Shard, headers: Mapping[str, str] = EMPTY) -> Wanted:
        return wanted(run, shard, self._runs, self._calls.target, headers)

    def _stepped(self, run: Run, shard: Shard) -> Run:
        run = run.with_shard(shard)
        self._runs.save(run)
        return run


def _requests(shard: Shard) -> str:
    return "1 request" if shard.requests == 1 else f"{shard.requests:,} requests"


def _was_refused(error: VisionError) -> bool:
    """Whether it is certain that nothing was created."""
    if isinstance(error, RateLimited | CertificateProblem) or not was_sent(error):
        return True
    return error.status is not None and 400 <= error.status < 500 and error.status not in (408, 409)

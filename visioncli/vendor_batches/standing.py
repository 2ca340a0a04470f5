"""A run at its vendor: how far its batches are, and how they are cancelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from visioncli.core.target import Target

from .spool import EMPTY
from .state import Run, Runs, Shard, seen
from .wire import Wanted, Wire

if TYPE_CHECKING:  # the HTTP client is for who sends
    from .calls import Calls


def given_up(run: Run, runs: Runs, wire: Wire, calls: Calls) -> Run:
    """A batch that may have been created without our knowing is looked for, and cancelled, too.

    What the vendor has answered by then can still be fetched, and is paid for.
    """
    with runs.locked(run.id):
        run = looked(runs.load(run.id), runs, wire, calls)
        if run.whole and all(shard.is_over for shard in run.shards):
            return run
        run = replace(run, given_up=True)
        runs.save(run)  # whatever happens now, it is not gone on with
        for shard in run.shards:
            if shard.is_over:
                continue
            batch = shard.batch
            if batch is None and shard.step == "creating":
                found = wire.find(calls, wanted(run, shard, runs, calls.target))
                batch = found.id if found else None
            if batch is None:
                run = replace(run, shards=run.shards[: shard.number])
            else:
                job = wire.cancel(calls, batch)
                run = run.with_shard(seen(replace(shard, step="created", batch=batch), job))
            runs.save(run)
        runs.drop(f"{run.id}.list.jsonl")
    return run


def looked(run: Run, runs: Runs, wire: Wire, calls: Calls) -> Run:
    """The run with every batch that was not over as its vendor sees it now."""
    for shard in run.shards:
        if shard.batch is not None and shard.is_working:
            run = run.with_shard(seen(shard, wire.look(calls, shard.batch)))
            runs.save(run)
    return run


def wanted(
    run: Run, shard: Shard, runs: Runs, target: Target, headers: Mapping[str, str] = EMPTY
) -> Wanted:
    """What a batch of a run is to be, or is to be known by."""
    every = (s.batch for other in runs.all() for s in other.shards)
    return Wanted(
        name=f"visioncli-{run.id}-{shard.number}",
        target=target,
        requests=shard.requests,
        since=shard.since,
        file=shard.file,
        known=frozenset(batch for batch in every if batch),
        headers=headers,
    )

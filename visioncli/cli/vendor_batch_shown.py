"""A run as a line for people, and as a JSON object for scripts."""

from __future__ import annotations

import time
from typing import Any

from visioncli.vendor_batches.state import Run

from . import report
from .terminal import Out, clean_line


def as_json(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "model": run.model,
        "created": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(run.created)),
        "state": run.state.replace(" ", "_"),
        "items": run.items,
        "unasked": run.failed,
        "output": run.output,
        "batches": [
            {
                "id": shard.batch,
                "state": shard.state if shard.batch else shard.step,
                "word": shard.word or None,
                "requests": shard.requests,
                "done": shard.done,
                "failed": shard.failed,
                "problem": shard.problem,
            }
            for shard in run.shards
        ],
    }


def show(run: Run, out: Out, *, json: bool) -> None:
    if json:
        report.print_json(out, as_json(run))
        return
    out.write(clean_line(line(run)) + "\n")
    for shard in run.shards:
        if shard.problem:
            out.write(clean_line(f"  batch {shard.number + 1}: {shard.problem}") + "\n")


def line(run: Run) -> str:
    done = [shard.done for shard in run.shards if shard.done is not None]
    failed = sum(shard.failed or 0 for shard in run.shards)
    requests = sum(shard.requests for shard in run.shards)
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.created))
    told = f"{sum(done):,} of {requests:,} done" if done else count(requests, "request")
    told += f", {failed:,} failed" if failed else ""
    batches = f" in {len(run.shards)} batches" if len(run.shards) > 1 else ""
    return f"{run.id}  {run.model}  {when}  {run.state}: {told}{batches}"


def count(number: int, what: str) -> str:
    return f"1 {what}" if number == 1 else f"{number:,} {what}s"

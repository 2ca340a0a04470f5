"""`vision batch …`: what was handed in, how far it is, and what came back."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

from visioncli import aim, api, config, costs, dialects, providers
from visioncli.batch.journal import Journal
from visioncli.batch.output import Output
from visioncli.batch.printed import Printed
from visioncli.config import Settings
from visioncli.core.errors import Incomplete, OutputProblem, VisionError
from visioncli.core.target import ModelRef
from visioncli.core.types import Answer
from visioncli.vendor_batches import kinds, standing
from visioncli.vendor_batches.state import Run, Runs

from . import report, vendor_batch_asked, vendor_batch_shown
from .terminal import Notes, Out, stderr, stdout
from .vendor_batch_options import ExportOptions, FetchOptions, RunOptions, SubmitOptions

FIRST, LONGEST = 5.0, 60.0  # seconds between two looks of --wait: they double from one to the other
LOST, SOME_FAILED = 8, 11  # exits


def submit(options: SubmitOptions) -> int:
    out, notes = stdout(), stderr(quiet=options.quiet)
    out.write("")  # a closed one says so now, before anything is paid for
    settings = _settings()
    ref = vendor_batch_asked.model(options, settings, notes)
    kinds.of(providers.resolve(ref, settings, address=options.base_url))  # sooner than its key
    question, items = vendor_batch_asked.words(options, settings, notes)
    job = vendor_batch_asked.job(options, settings, ref, question)
    taken = _aim(job.asked, ref, settings)
    for warning in taken.warnings:
        notes.warn(warning)
    from visioncli.vendor_batches.submitting import Submission  # the HTTP client, for who sends

    runs = Runs()
    submission = Submission(
        runs, taken, job, _calls(taken, notes), tell=notes.note, warn=notes.warn
    )
    output = os.path.abspath(options.output) if options.output else None  # noqa: PTH100 - any name
    handed = submission.hand_in(items, output=output, again=options.again)
    run = handed.run
    if handed.known:
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.created))
        notes.note(f"this list was submitted on {when}; --again does it once more, and costs again")
    elif run.failed:
        why = f": {handed.problem.message}" if handed.problem else ""
        few = vendor_batch_shown.count(run.failed, "item")
        notes.warn(f"{few} cannot be asked, and will be fetched as failed{why}")
    if options.json:
        report.print_json(out, vendor_batch_shown.as_json(run))
    else:
        out.write(f"{run.id}\n")
    notes.note(f"vision batch fetch {run.id}" + ("" if run.output else " -O FILE"))
    return 0


def status(options: RunOptions) -> int:
    """Nobody is asked about what is over. Of several runs each is shown as far as it is known; the
    status is that of the first that could not be asked about.
    """
    out, notes, runs = stdout(), stderr(quiet=options.quiet), Runs()
    settings, ended = _settings(), 0
    chosen = [runs.load(options.id_)] if options.id_ else list(runs.all())
    for stored in chosen:
        run = stored
        try:
            run = _looked(stored, runs, settings, notes)
        except VisionError as error:
            if options.id_:
                raise
            report.say(error, debug=options.debug)
            ended = ended or error.exit
        vendor_batch_shown.show(run, out, json=options.json)
    if not chosen:
        notes.note("no batch was submitted from here")
    return ended


def listing(options: RunOptions) -> int:
    out, notes = stdout(), stderr(quiet=options.quiet)
    runs = list(Runs().all())
    for run in runs:
        vendor_batch_shown.show(run, out, json=options.json)
    if not runs:
        notes.note("no batch was submitted from here")
    return 0


def cancel(options: RunOptions) -> int:
    out, notes, runs = stdout(), stderr(quiet=options.quiet), Runs()
    run = runs.load(options.id_ or "")

    taken = _of(run, _settings())
    calls = _calls(taken, notes)
    run = standing.given_up(run, runs, kinds.of(taken.target), calls)
    vendor_batch_shown.show(run, out, json=options.json)
    if run.shards:
        notes.note(f"what is answered is paid for: vision batch fetch {run.id}")
    return 0


def fetch(options: FetchOptions, sleep: Callable[[float], None] = time.sleep) -> int:
    out, notes, runs = stdout(), stderr(quiet=options.quiet), Runs()
    settings, run = _settings(), runs.load(options.id_)
    path = options.output or run.output
    if path is None:
        out.write("")
    from visioncli.vendor_batches.fetching import Fetching  # the HTTP client, as above
    from visioncli.vendor_batches.folding import Folding

    taken = _of(run, settings)
    dialect = dialects.load(taken.target.provider.dialect)
    secret = taken.key.secret if taken.key else None
    folding = Folding(taken.ref, dialect, secret, _cost(run, taken))
    with runs.locked(run.id):
        fetching = Fetching(
            runs.load(run.id),
            runs,
            kinds.of(taken.target),
            _calls(taken, notes),
            folding,
            notes.warn,
        )
        output = _output(path, out, notes)
        try:
            run = fetching.look()
            pause = FIRST
            while options.wait and any(shard.is_working for shard in run.shards):
                notes.note(vendor_batch_shown.line(run))
                sleep(pause)
                pause = min(LONGEST, pause * 2)
                run = fetching.look()
            tally = fetching.fetch(output)
        finally:
            output.close()
    cost = "" if tally.unpriced or not tally.cost else f", {costs.shown(tally.cost)}"
    notes.note(
        f"{run.id}: {tally.answered:,} answered, {tally.failed:,} failed{cost};"
        f" {tally.written:,} written" + (f" to {path}" if path else "")
    )
    if tally.working:
        raise Incomplete(
            f"{tally.working} of {len(run.shards)} batches of {run.id} are not over",
            hint=f"vision batch fetch --wait {run.id}, or again later",
            code="unfinished",
        )
    if not (run.whole or run.given_up):
        raise Incomplete(
            f"{run.id} is half submitted",
            hint="the same `vision batch submit` goes on with it",
            code="unfinished",
        )
    if tally.lost:
        return LOST
    return SOME_FAILED if tally.failed else 0


def export(options: ExportOptions) -> int:
    """Without any network, and without a key."""
    out, notes = stdout(), stderr(quiet=options.quiet)
    settings = _settings()
    ref = vendor_batch_asked.model(options, settings, notes)
    question, items = vendor_batch_asked.words(options, settings, notes)
    job = vendor_batch_asked.job(options, settings, ref, question)
    from visioncli.vendor_batches import exporting

    taken = exporting.aim(job.asked, ref, settings)
    done = exporting.Exported()
    pieces = exporting.lines(taken, job, items, done, notes.warn)
    if options.output is None:
        for piece in pieces:
            out.write(piece.decode("ascii"))
    else:
        exporting.written(options.output, pieces)
    left_out = f", {vendor_batch_shown.count(done.failed, 'item')} left out" if done.failed else ""
    where = f" in {options.output}" if options.output else ""
    notes.note(f"{vendor_batch_shown.count(done.requests, 'request')}{where}{left_out}")
    if done.problem is not None and not done.requests:
        raise done.problem
    return SOME_FAILED if done.failed else 0


# ---------------------------------------------------------------------- a run and its provider


def _settings() -> Settings:
    settings = config.load()
    providers.check(settings)
    return settings


def _aim(asked: api.Asked, ref: ModelRef, settings: Settings) -> aim.Aim:
    return aim.take(ref, settings, pictures=True, base_url=asked.base_url, force=asked.force)


def _of(run: Run, settings: Settings) -> aim.Aim:
    """The same address as then, and the key of today."""
    ref = providers.parse(run.model)
    return aim.take(ref, settings, pictures=False, base_url=run.address)


def _calls(taken: aim.Aim, notes: Notes) -> Any:
    from visioncli.vendor_batches.calls import Calls  # the HTTP client, as above

    return Calls(
        taken, on_retry=lambda error, delay: notes.note(f"{error.message}; again in {delay:.1f} s")
    )


def _cost(run: Run, taken: aim.Aim) -> Callable[[Answer], float | None]:
    """At the batch's part of the price, where both are known."""
    part = taken.target.provider.batch.price
    wire = taken.target.provider.dialect

    def cost(answer: Answer) -> float | None:
        if part is None:
            return None
        try:
            usd = costs.cost(
                taken.ref, answer.usage, wire=wire, extra=run.extra, known_as=taken.known_as
            )
        except (VisionError, OSError, ValueError, LookupError):
            return None  # whatever is wrong with the catalogue, the answer is there
        return None if usd is None else usd * part

    return cost


def _looked(run: Run, runs: Runs, settings: Settings, notes: Notes) -> Run:
    if not any(shard.is_working for shard in run.shards):
        return run
    taken = _of(run, settings)
    try:
        with runs.locked(run.id):
            run = runs.load(run.id)
            return standing.looked(run, runs, kinds.of(taken.target), _calls(taken, notes))
    except OutputProblem as error:
        if error.code != "locked":
            raise
        return run  # whoever works on it looks, too


def _output(path: str | None, out: Out, notes: Notes) -> Output:
    if path is None:
        return Printed(lambda line: out.write(line.decode("ascii")))
    return Journal(path, overwrite=False, tell=notes.warn)

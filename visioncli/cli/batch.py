"""`ask` with many pictures: JSON Lines on stdout or in -O FILE, how far it is on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.util import find_spec

from visioncli import aim, api, choice, costs
from visioncli.aim import Aim
from visioncli.batch.failures import Failures
from visioncli.batch.item import Outcome
from visioncli.batch.job import Job
from visioncli.batch.journal import Journal
from visioncli.batch.ordered import WINDOW, Ordered
from visioncli.batch.output import Output
from visioncli.batch.pace import Pace
from visioncli.batch.printed import Printed
from visioncli.batch.run import Run
from visioncli.batch.sharded import Sharded, is_folder
from visioncli.batch.spending import Spending
from visioncli.catalogue import prices
from visioncli.config import Settings
from visioncli.core.errors import UnknownModel, UsageError, VisionError
from visioncli.core.stop import Stop
from visioncli.core.target import ModelRef
from visioncli.core.types import Answer
from visioncli.local import within_reach

from . import ask, batch_estimate, report, values
from .ask_options import AskOptions
from .batch_inputs import Items
from .batch_loop import Loop, Threads
from .batch_rules import STDOUT
from .inputs import Inputs
from .options import Engine
from .progress import Progress
from .terminal import Out
from .told import Told

JOBS = 8  # requests at once
FILES = 2  # descriptors that a worker may have open: its connection, its picture
OTHERS = 40  # descriptors of everybody


def run(options: AskOptions, settings: Settings, inputs: Inputs, asked: api.Asked, out: Out) -> int:
    """The exit status: 0, 11 where items have failed, 130 or 143 where somebody ended it. Raises
    the VisionError that ended it, ReaderGone.
    """
    progress = Progress(sys.stderr, quiet=options.quiet)
    (chosen,) = choice.choose(options.model, settings)
    ask.tell(chosen, progress)
    job = _job(options, settings, replace(asked, stop=Stop()), chosen.ref, inputs.question)
    target = _target(job, settings, dry=options.dry_run)
    told = Told(progress)
    told.warnings(target.warnings if target else ())
    items = Items(options, inputs, progress.warn)
    if options.dry_run:
        return batch_estimate.run(options, settings, job, target, iter(items), out, progress)
    if options.engine is Engine.RAY and find_spec("ray") is None:
        raise UsageError("--engine ray needs Ray", hint="pip install 'visioncli[ray]'")
    jobs = _jobs(options, settings, target, progress)
    known_as = choice.known_as(job.ref, settings)
    wire, extra = target.target.provider.dialect if target else "", asked.request.options.extra
    Spending.check(options.max_cost, job.ref, wire=wire, extra=extra, known_as=known_as)
    output = _output(options, jobs, out, progress, told.outcome)
    shared = _run(options, settings, job, target, output, jobs, known_as, told)
    if not options.quiet:
        items.foresee(options, inputs)
    loop = Loop(shared, items, progress, told)
    return loop.run(options, settings, jobs)


def _job(
    options: AskOptions, settings: Settings, asked: api.Asked, ref: ModelRef, question: str
) -> Job:
    own = settings.ask
    return Job(
        ref=ref,
        asked=asked,
        question=question,
        system=own.system if options.system is None else options.system,
        formats=values.formats(options.media_format, None),
        detail=options.detail.value if options.detail else own.detail,
    )


def _target(job: Job, settings: Settings, *, dry: bool) -> Aim | None:
    """None for local/eyes. Raises UnknownModel (3), KeyProblem (4), UsageError (2)."""
    if job.ref.provider != choice.EYES.provider:
        asked = job.asked
        return aim.take(
            job.ref,
            settings,
            pictures=True,
            base_url=asked.base_url,
            key=asked.key,
            force=asked.force,
            dry=dry,
        )
    if job.ref != choice.EYES:
        raise UnknownModel(
            f"there is no model {job.ref}", hint=f"the one offline model is {choice.EYES}"
        )
    if job.asked.request.options.schema is not None:
        within_reach(job.asked.request)
    return None


def _jobs(options: AskOptions, settings: Settings, target: Aim | None, progress: Progress) -> int:
    """Workers: as many as were asked for, and as the limit of open files lets work."""
    default = JOBS if target else os.cpu_count() or 1
    wanted = options.jobs or settings.ask.jobs or default
    most = max(1, (_open_files(wanted * FILES + OTHERS) - OTHERS) // FILES)
    if most < wanted:
        progress.note(f"-j {wanted} is lowered to {most}: so many files may be open (ulimit -n)")
    return min(wanted, most)


def _open_files(wanted: int) -> int:
    """How many may be open at once, after asking for more where there are fewer than `wanted`."""
    if sys.platform == "win32":
        return wanted
    import resource  # not on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return wanted
    more = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
    except (OSError, ValueError):
        return soft
    return more


def _output(
    options: AskOptions,
    jobs: int,
    out: Out,
    progress: Progress,
    told: Callable[[Outcome], None],
) -> Output:
    """Opened, locked and probed: nothing is asked whose answer cannot be kept."""

    def write(record: bytes) -> None:
        progress.clear()
        out.write(report.escaped(record.decode("ascii")))

    output: Output
    if options.output is None or options.output == STDOUT:
        output = Printed(write)
    elif options.engine is Engine.RAY and is_folder(options.output):
        output = Sharded(options.output, overwrite=options.overwrite, tell=progress.warn)
    else:
        output = Journal(options.output, overwrite=options.overwrite, tell=progress.warn)
    try:
        output = Failures(output, options.errors, told)
    except BaseException:
        output.close()
        raise
    return Ordered(output, jobs * WINDOW) if options.ordered else output


def _run(
    options: AskOptions,
    settings: Settings,
    job: Job,
    target: Aim | None,
    output: Output,
    jobs: int,
    known_as: ModelRef,
    told: Told,
) -> Run:
    """With what is known of costs: whatever is wrong there, the answers are paid for."""
    wire = target.target.provider.dialect if target else ""

    extra, find = job.asked.request.options.extra, cache(prices.find)

    def cost(answer: Answer) -> float | None:
        try:
            return costs.cost(
                job.ref, answer.usage, wire=wire, extra=extra, known_as=known_as, find=find
            )
        except (VisionError, OSError, ValueError, LookupError):
            return None

    def most(call: api.HttpCall) -> float | None:
        if options.max_cost is None:
            return None
        return costs.estimate(call.ref, call.asked.request, call.pictures, known_as).usd_at_most

    return Run(
        job=job,
        aim=target,
        credentials=None,
        output=output,
        pace=Pace(jobs, rpm=options.rpm or settings.ask.rpm, tpm=options.tpm or settings.ask.tpm),
        spending=Spending(options.max_cost),
        threads=Threads(max(4, min(32, os.cpu_count() or 1)) if target else jobs),
        cost=cost,
        most=most,
        warn=told.warnings,
        retry_failed=options.retry_failed,
        rehash=options.rehash,
    )

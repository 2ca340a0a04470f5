"""run: many questions over a Ray cluster, in one call."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from os import PathLike, fsencode, fspath
from typing import Any

from visioncli import aim, api, choice, config
from visioncli import schema as schemas
from visioncli.auth import keys
from visioncli.batch import lists
from visioncli.batch.feed import Feed
from visioncli.batch.item import Item
from visioncli.batch.job import Job
from visioncli.batch.journal import Journal
from visioncli.batch.lines import Line, line_of, read_object
from visioncli.batch.output import Output
from visioncli.batch.pace import Pace
from visioncli.batch.run import Run
from visioncli.batch.sharded import SHARDS, Sharded, is_folder
from visioncli.batch.spending import Spending
from visioncli.core import openai
from visioncli.core.errors import UsageError
from visioncli.core.record import record
from visioncli.core.types import Detail, Options, Request
from visioncli.python import calls

from . import files
from .cluster import Cluster

JOBS = 64  # questions at once
PIECE = 64  # items that are handed on together
Row = str | PathLike[str] | Mapping[str, Any]


@record
class Done:
    """What became of the items. failed: with those that had failed before. cost_usd: what is known
    to have been charged now; cost_unknown: questions whose cost nobody knows.
    """

    answered: int
    skipped: int
    failed: int
    cost_usd: float
    cost_unknown: int


def run(
    images: str | PathLike[str] | Iterable[Row],
    question: str,
    *,
    output: str | PathLike[str],
    model: str | None = None,
    system: str | None = None,
    schema: Mapping[str, Any] | str | None = None,
    detail: Detail | None = None,
    address: str | None = None,
    jobs: int = JOBS,
    rpm: float | None = None,
    tpm: float | None = None,
    max_cost: float | None = None,
    retry_failed: bool = False,
    rehash: bool = False,
    overwrite: bool = False,
    fail_fast: bool = False,
    shards: int = SHARDS,
    api_base: str | None = None,
    api_key: str | None = None,
    timeout: float | None = None,
    tell: Callable[[str], None] = lambda _: None,
    **options: Any,
) -> Done:
    """Asks one question about each picture of a list, from every node of a Ray cluster.

    images: the name or address of a list, as `vision ask --from` reads it, in any file system that
    fsspec knows; or an iterable of names and of mappings with "image" or "images" and perhaps "id"
    and "question", which may be endless, as `Dataset.iter_rows()` of Ray Data may. output: a folder
    (an existing one, or a name that ends with /) for `shards` files of JSON Lines, or one file;
    what is there is taken up again. jobs, rpm, tpm, max_cost (US dollars): of all nodes together.
    address: of the cluster, as `ray.init` takes it. tell: takes notes for people. The others are
    those of `visioncli.ask`.

    Raises the VisionError that ended the run: its records stand, and the same call goes on.
    """
    own, said = calls.split(options)
    asked_for = openai.options(said)
    settings = config.load()
    ref = choice.choose([calls.said("model", model)] if model is not None else [], settings)[0].ref
    asked = api.Asked(
        request=Request(messages=(), options=_with(asked_for, schema), stream=False),
        base_url=calls.said("api_base", api_base) if api_base else None,
        key=keys.given(calls.said("api_key", api_key), "api_key") if api_key else None,
        timeout=api.TIMEOUT if timeout is None else calls.seconds(timeout),
        **own,
    )
    if not question.strip():
        raise UsageError("the question is empty", hint="what's in this?")
    if jobs < 1:
        raise UsageError(f"jobs must be a number of questions, not {jobs!r}")
    job = Job(ref=ref, asked=asked, question=question, system=system, detail=detail)
    target = None
    if ref.provider != choice.EYES.provider:
        target = aim.take(
            ref,
            settings,
            pictures=True,
            base_url=asked.base_url,
            key=asked.key,
            force=asked.force,
        )
    if target is not None:
        extra, wire = asked.request.options.extra, target.target.provider.dialect
        Spending.check(max_cost, ref, wire=wire, extra=extra, known_as=target.known_as)
    shared = Run(
        job=job,
        aim=target,
        credentials=None,
        output=_output(fspath(output), overwrite=overwrite, tell=tell, shards=shards),
        pace=Pace(jobs, rpm=rpm, tpm=tpm),
        spending=Spending(max_cost),
        threads=ThreadPoolExecutor(1),
        cost=lambda _: None,
        most=lambda _: None,
        retry_failed=retry_failed,
        rehash=rehash,
    )

    async def work() -> None:
        feed = Feed(_items(images))
        cluster = Cluster(
            shared,
            feed,
            settings,
            jobs=jobs,
            address=address,
            fail_fast=fail_fast,
            tell=tell,
        )
        await cluster.work()

    try:
        _alone(work)
    finally:
        shared.output.close()
        shared.threads.shutdown(wait=False)
    tally, spending = shared.tally, shared.spending
    return Done(tally.answered, tally.skipped, tally.failed, spending.spent, spending.unknown)


def _with(options: Options, form: Mapping[str, Any] | str | None) -> Options:
    if form is None:
        return options
    read = schemas.read(form) if isinstance(form, str) else form
    return replace(options, schema=schemas.checked(read))


def _output(output: str, *, overwrite: bool, tell: Callable[[str], None], shards: int) -> Output:
    if is_folder(output):
        return Sharded(output, overwrite=overwrite, tell=tell, shards=shards)
    return Journal(output, overwrite=overwrite, tell=tell)


def _items(images: str | PathLike[str] | Iterable[Row]) -> Iterator[Sequence[Item]]:
    if isinstance(images, str | PathLike):
        name = fspath(images)
        address = name if files.is_far(name) else f"file://{name}"
        return lists.items(lists.listed(files.listed(address), name))
    rows = images.iter_rows() if hasattr(images, "iter_rows") else images
    return lists.items(_lines(iter(rows)))


def _lines(rows: Iterator[Row]) -> lists.Pieces:
    while piece := [_line(row) for row in islice(rows, PIECE)]:
        yield piece


def _line(row: Row) -> Line:
    """Raises UsageError for what is neither a name nor a mapping."""
    if isinstance(row, Mapping):
        return read_object(row)
    if isinstance(row, str | PathLike):
        return line_of(fsencode(row))
    raise UsageError(f"an item is a name or a mapping, not {row!r:.100}")


def _alone(work: Callable[[], Any]) -> None:
    """In an event loop of its own, also where one runs already, as in a notebook."""
    failed: list[BaseException] = []

    def inside() -> None:
        try:
            asyncio.run(work())
        except BaseException as error:  # noqa: BLE001 - it is raised below
            failed.append(error)

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(work())
        return
    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]

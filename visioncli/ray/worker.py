"""A worker on a node: the engine of a batch, dealt its items by letters."""

from __future__ import annotations

import asyncio
import os
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from queue import SimpleQueue

from visioncli import __version__
from visioncli.aim import Aim
from visioncli.auth import keys
from visioncli.batch.charges import Charges
from visioncli.batch.credentials import Credentials
from visioncli.batch.engine import Engine
from visioncli.batch.feed import Feed
from visioncli.batch.item import Item
from visioncli.batch.job import Job
from visioncli.batch.run import Run
from visioncli.batch.spending import SHARE
from visioncli.config import Settings
from visioncli.core.errors import UsageError, VisionError
from visioncli.core.stop import Stop
from visioncli.transport import channel

from .far import FarAttempts, FarOutput, FarPace, FarSpending
from .messages import Deal, End, Kept, Letters, Over, Reply, Warn
from .plan import FarJob, Plan
from .post import Post

IDLE = 5.0  # seconds after which it says that it is there


class Worker:
    """The actor. Its methods run in one event loop; nothing that they do waits for a picture."""

    def __init__(self) -> None:
        self._post: Post
        self._output: FarOutput
        self._engine: Engine | None = None
        self._items: SimpleQueue[Sequence[Item] | None] = SimpleQueue()
        self._task: asyncio.Task[None]

    async def begin(self, plan: Plan) -> VisionError | None:
        """What makes it impossible, or None."""
        if plan.version != __version__:
            return UsageError(
                f"a node has visioncli {__version__}, and {plan.version} deals the items out",
                hint="install the same version on every node",
                code="version",
            )
        try:
            aim = _completed(plan.aim, plan.settings)
        except VisionError as error:
            return error
        self._post = Post()
        self._output = FarOutput(self._post, knows=plan.knows)
        self._task = asyncio.create_task(self._work(plan, aim))
        await asyncio.sleep(0)
        return None

    async def put(self, letters: Letters) -> None:
        for letter in letters:
            match letter:
                case Deal():
                    self._output.may_begin(letter.at_once)
                    if letter.items:
                        self._items.put(letter.items)
                case Kept():
                    self._output.kept(letter.item)
                case Reply():
                    self._post.reply(letter)
                case End():
                    self._items.put(None)
                    if self._engine is not None:
                        self._engine.stop()

    async def get(self) -> Letters:
        return await self._post.take(IDLE)

    async def _work(self, plan: Plan, aim: Aim | None) -> None:
        over = Over()
        try:
            run = self._run(plan, aim)
            channels = channel.opened(aim.target.base_url) if aim else None
            try:
                self._engine = Engine(run, Feed(self._dealt()), channels, jobs=plan.jobs)
                await self._engine.work()
            finally:
                if channels is not None:
                    await channels.close()
        except VisionError as error:
            over = Over(error)
        except BaseException:  # noqa: BLE001 - it is told where somebody sees it
            over = Over(trace=traceback.format_exc())
        finally:
            self._post.send(over)

    def _run(self, plan: Plan, aim: Aim | None) -> Run:
        provider = aim.target.provider if aim else None
        asked = replace(plan.job.asked, stop=Stop())
        said = {field.name: getattr(plan.job, field.name) for field in fields(Job)}
        job = FarJob(**said | {"asked": asked}, provider=provider)
        known_as = aim.known_as if aim else job.ref
        charges = Charges(
            job, provider.dialect if provider else "", known_as, capped=plan.cap is not None
        )
        cores = os.cpu_count() or 1
        return Run(
            job=job,
            aim=aim,
            credentials=Credentials(aim, plan.settings) if aim else None,
            output=self._output,
            pace=FarPace(self._post, self._output.close),
            spending=FarSpending(plan.cap, self._post),
            threads=ThreadPoolExecutor(max(4, min(32, cores))),
            cost=charges.cost,
            most=charges.most,
            warn=lambda said, item: self._post.send(Warn(item.number, tuple(said))),
            claim=self._output.claim,
            rehash=plan.rehash,
            attempts=FarAttempts(plan.free, SHARE),
        )

    def _dealt(self) -> Iterator[Sequence[Item]]:
        while (items := self._items.get()) is not None:
            yield items


def _completed(aim: Aim | None, settings: Settings) -> Aim | None:
    """With a key of the node's own where none could go along. Raises KeyProblem (4)."""
    if aim is None or aim.key is not None:
        return aim
    key = keys.find(aim.target.provider, settings)
    target = aim.target
    if key and key.values:
        target = replace(target, values={**key.values, **target.values})
    return replace(aim, target=target, key=key)

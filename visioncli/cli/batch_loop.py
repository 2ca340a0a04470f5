"""The event loop of a batch, and what ends it: the list, an error, a signal."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from types import FrameType
from typing import TYPE_CHECKING

from visioncli.batch.credentials import Credentials
from visioncli.batch.engine import Engine
from visioncli.batch.feed import Feed
from visioncli.batch.run import Run
from visioncli.config import Settings
from visioncli.core.errors import OutputProblem, VisionError
from visioncli.transport import channel

from .ask_options import AskOptions
from .batch_inputs import Items
from .options import Engine as EngineName
from .progress import Progress, State, summary
from .told import Told

if TYPE_CHECKING:
    from visioncli.ray.cluster import Cluster

FAILED = 11
SIGNALS = {signal.SIGINT: 130, signal.SIGTERM: 143}


class Threads(ThreadPoolExecutor):
    """Nobody waits for them at the end: what is read then is of no use."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        del wait, cancel_futures
        super().shutdown(wait=False, cancel_futures=True)


class Loop:
    """One run of a batch."""

    def __init__(self, run: Run, items: Items, progress: Progress, told: Told) -> None:
        self._run, self._items, self._progress, self._told = run, items, progress, told
        self._number: int | None = None  # of the signal that has come
        self._loop: asyncio.AbstractEventLoop | None = None
        self._engine: Engine | Cluster | None = None

    def run(self, options: AskOptions, settings: Settings, jobs: int) -> int:
        """The exit status. The output is closed, and the summary told, when this ends in any way
        but a second signal.
        """
        ended: VisionError | None = None
        with self._signals():
            try:
                asyncio.run(self._work(options, settings, jobs))
            except VisionError as error:
                ended = error
            finally:
                self._progress.clear()
                self._run.output.close()
        self._summary(tokens=options.usage)
        if self._number is not None and not isinstance(ended, OutputProblem):
            return SIGNALS[signal.Signals(self._number)]
        if ended is not None:
            raise ended
        return FAILED if self._run.tally.failed else 0

    async def _work(self, options: AskOptions, settings: Settings, jobs: int) -> None:
        run = self._run
        self._loop = asyncio.get_running_loop()
        if isinstance(run.threads, ThreadPoolExecutor):
            self._loop.set_default_executor(run.threads)
        channels, feed, fail_fast = None, Feed(iter(self._items)), options.fail_fast
        if options.engine is EngineName.RAY:
            from visioncli.ray.cluster import Cluster  # an extra, and slow to load

            self._engine = Cluster(
                run,
                feed,
                settings,
                jobs=jobs,
                address=options.address,
                fail_fast=fail_fast,
                tell=self._progress.warn,
            )
        else:
            if run.aim is not None:
                run.credentials = Credentials(run.aim, settings)
                channels = channel.opened(run.aim.target.base_url)
            self._engine = Engine(run, feed, channels, jobs=jobs, fail_fast=fail_fast)
        showing = asyncio.create_task(self._progress.show(self._state))
        try:
            if self._number is None:
                await self._engine.work()
        finally:
            showing.cancel()
            with suppress(asyncio.CancelledError):
                await showing
            if channels is not None:
                await channels.close()

    def _summary(self, *, tokens: bool) -> None:
        state = self._state()
        if state.done:
            used = self._told.tokens() if tokens else ""
            self._progress.note(summary(state, self._progress.seconds, used))

    def _state(self) -> State:
        run = self._run
        return State(
            answered=run.tally.answered,
            skipped=run.tally.skipped,
            failed=run.tally.failed,
            total=self._items.total,
            usd=run.spending.spent,
            unknown=run.spending.unknown,
            paused=run.pace.paused,
            provider=run.job.ref.provider,
        )

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """The first one stops the run, a second one the process."""
        before = {number: signal.getsignal(number) for number in SIGNALS}

        def told(number: int, _frame: FrameType | None) -> None:
            if self._number is not None:
                self._progress.clear()
                os._exit(SIGNALS[signal.Signals(number)])
            self._number = number
            if self._loop is not None and self._engine is not None:
                with suppress(RuntimeError):  # it has ended, and the output is being closed
                    self._loop.call_soon_threadsafe(self._engine.stop)

        for number in SIGNALS:
            signal.signal(number, told)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

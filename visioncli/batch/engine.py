"""Workers over a list: started, fed and ended, whatever ends them."""

from __future__ import annotations

import asyncio

from visioncli.transport.channel import Channels

from .feed import Feed
from .pace import Closed
from .run import Run
from .worker import handle

GRACE = 1.5  # seconds that what is on its way has to end, once somebody wants the run to end


class Engine:
    """One run. fail_fast: the first item that fails ends it.

    All belongs to the event loop in which `work` runs.
    """

    def __init__(
        self, run: Run, feed: Feed, channels: Channels | None, *, jobs: int, fail_fast: bool = False
    ) -> None:
        self._run, self._feed, self._channels = run, feed, channels
        self._jobs, self._fail_fast = jobs, fail_fast
        self._workers: list[asyncio.Task[None]] = []
        self._failure: BaseException | None = None
        self._stopped = False

    def stop(self) -> None:
        """No new question; what is on its way has GRACE. Again: it is dropped at once."""
        if self._stopped:
            self._drop()
            return
        self._stopped = True
        self._end()
        asyncio.get_running_loop().call_later(GRACE, self._drop)

    async def work(self) -> None:
        """Until the list is done, or something ends it: that is raised, once all records stand."""
        self._workers = [asyncio.create_task(self._worker()) for _ in range(self._jobs)]
        try:
            await asyncio.wait(self._workers)
        finally:
            self._end()
            self._drop()
            await asyncio.gather(*self._workers, return_exceptions=True)
        if self._failure is not None:
            raise self._failure

    async def _worker(self) -> None:
        channel = self._channels.channel() if self._channels else None
        try:
            while (item := await self._feed.next()) is not None:
                await handle(self._run, item, channel)
                if self._fail_fast and self._run.tally.failed > self._run.tally.stood:
                    self._end()
        except Closed:  # nothing is asked any more
            return
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - `work` raises it
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        """The first counts. Where records cannot be kept, no answer is waited for."""
        self._failure = self._failure or error
        self._end()
        if getattr(error, "exit", None) in (13, 141) or not isinstance(error, Exception):
            self._drop()

    def _end(self) -> None:
        """Nothing new is begun: neither items nor questions."""
        self._feed.close()
        self._run.pace.close()

    def _drop(self) -> None:
        """What is on its way is given up, in threads, too."""
        if (stop := self._run.job.asked.stop) is not None:
            stop.set()
        for worker in self._workers:
            worker.cancel()

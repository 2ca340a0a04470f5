"""The engine of a run on many nodes: starts a worker on each, deals the items out, ends them all.

Workers are plain actors, and not stages of a data pipeline: such a one starts a block of its input
again when the process that had it dies, and asks all of it again, answered or not. Here an item is
lent, singly, and what a dead worker had is given to others once, less what is in the journal.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress

from visioncli.batch.engine import GRACE
from visioncli.batch.feed import Feed
from visioncli.batch.item import Item
from visioncli.batch.run import Run
from visioncli.batch.spending import FREE
from visioncli.config import Settings
from visioncli.core.errors import NetworkProblem

from . import nodes, plan
from .desk import Desk
from .link import Link
from .messages import Deal, End, Over, Ready

WATCH = 1.0  # seconds between two looks at which nodes there are
SILENCE = 30.0  # seconds after which a worker that says nothing is given up
ALONE = 2  # deaths of a worker that an item may see before it is dealt alone
TRIES = 3  # workers of a node that die before they have kept anything
LONELY = 60.0  # seconds that nobody is there to work
READ_AHEAD = 64  # items that wait to be dealt


class Cluster:
    """One run. jobs: questions at once, over all nodes.

    address: of the cluster, as Ray takes it. tell: takes notes for people. As `Engine`, all belongs
    to the event loop in which `work` runs.
    """

    def __init__(
        self,
        run: Run,
        feed: Feed,
        settings: Settings,
        *,
        jobs: int,
        address: str | None = None,
        fail_fast: bool = False,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._run, self._feed, self._settings = run, feed, settings
        self._jobs, self._address, self._fail_fast, self._tell = jobs, address, fail_fast, tell
        self._desk = Desk(run)
        self._links: dict[str, Link] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed_starts: Counter[str] = Counter()
        self._plan: plan.Plan | None = None
        self._ready: deque[Item] = deque()
        self._again: deque[Item] = deque()
        self._suspects: deque[Item] = deque()
        self._deaths: Counter[int] = Counter()
        self._cell: Link | None = None  # the worker that is dealt suspects, one at a time
        self._drained, self._changed = asyncio.Event(), asyncio.Event()
        self._listed = self._ending = False
        self._over = asyncio.Event()
        self._failure: BaseException | None = None

    def stop(self) -> None:
        """No new question; what is on its way has GRACE to be answered."""
        self._end()
        self._over.set()

    async def work(self) -> None:
        """Until the list is done, or something ends it: that is raised, once all records stand."""
        if self._ending:
            return
        with nodes.joined(self._address):
            there = nodes.alive()
            self._plan = plan.of(
                self._run,
                self._settings,
                jobs=self._jobs,
                knows=True,
                free=FREE / max(1, len(there)),
            )
            others = [asyncio.create_task(t) for t in (self._watch(), self._read())]
            try:
                await self._over.wait()
                await self._farewell()
            finally:
                self._end()
                for task in (*others, *self._tasks):
                    task.cancel()
                await asyncio.gather(*others, *self._tasks, return_exceptions=True)
        if self._failure is not None:
            raise self._failure

    # ------------------------------------------------------------------ nodes

    async def _watch(self) -> None:
        """A worker for every node that is there, also for one that comes later."""
        lonely = 0.0
        try:
            while not self._ending:
                there = await asyncio.to_thread(nodes.alive)
                for node in there.values():
                    if node.id not in self._links and self._failed_starts[node.id] < TRIES:
                        self._start(node)
                lonely = 0.0 if self._links else lonely + WATCH
                if lonely > LONELY:
                    what = f"for {LONELY:.0f} s no node of the cluster could work"
                    self._fail(NetworkProblem(what, hint="ray status", code="no_nodes"))
                self._changed.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout(WATCH):
                        await self._changed.wait()
        except Exception as error:  # noqa: BLE001 - `work` raises it
            self._fail(error)

    def _start(self, node: nodes.Node) -> None:
        link = Link(nodes.Remote(node))
        self._links[node.id] = link
        task = asyncio.create_task(self._serve(link))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, link: Link) -> None:
        """All of a worker's life."""
        sending: asyncio.Task[None] | None = None
        node = link.remote.node
        try:
            if self._plan is None:
                return
            if problem := await link.remote.begin(self._plan):
                self._fail(problem)
                return
            link.is_ready = True
            self._pump()
            for other in self._working():
                other.send(Deal((), self._share()))
            sending = asyncio.create_task(self._send(link))
            await self._hear(link)
        except nodes.Gone as gone:
            self._lost(link, str(gone))
        except asyncio.CancelledError:
            raise
        except BaseException as error:  # noqa: BLE001 - `work` raises it
            self._fail(error)
        finally:
            link.is_ready = False
            if sending is not None:
                sending.cancel()
            link.remote.kill()
            if self._links.get(node.id) is link:
                del self._links[node.id]
            self._changed.set()
            self._pump()

    async def _send(self, link: Link) -> None:
        with suppress(nodes.Gone):  # who hears it finds out, too
            while True:
                await link.some.wait()
                link.some.clear()
                letters, link.letters = link.letters, []
                await link.remote.put(letters)

    async def _hear(self, link: Link) -> None:
        while True:
            try:
                async with asyncio.timeout(SILENCE):
                    letters = await link.remote.get()
            except TimeoutError:
                raise nodes.Gone(f"it said nothing for {SILENCE:.0f} s") from None
            for letter in letters:
                if isinstance(letter, Over):
                    self._ended(letter)
                    return
                self._desk.heard(link.lease, letter)
                link.kept += isinstance(letter, Ready)
            tally = self._run.tally
            if self._fail_fast and tally.failed > tally.stood:
                self.stop()
            self._pump()

    def _ended(self, letter: Over) -> None:
        if letter.trace:
            raise RuntimeError(letter.trace)
        if letter.error is not None:
            raise letter.error

    def _lost(self, link: Link, why: str) -> None:
        items = self._desk.returned(link.lease)
        if link.kept:
            self._failed_starts.pop(link.remote.node.id, None)
        else:
            self._failed_starts[link.remote.node.id] += 1
        if self._ending:
            return
        name = link.remote.node.name
        self._tell(f"the worker on {name} is gone, and others take its {len(items)} items: {why}")
        for item in items:
            self._deaths[item.number] += 1
            if self._cell is link:
                self._desk.died_of(item)
            elif self._deaths[item.number] >= ALONE:
                self._suspects.append(item)
            else:
                self._again.append(item)
        if self._cell is link:
            self._cell = None

    # ------------------------------------------------------------------ items

    async def _read(self) -> None:
        """The list, as far as there is somebody to deal it to."""
        try:
            while (item := await self._feed.next()) is not None:
                await self._run.output.room(item)
                if self._desk.stands(item):
                    continue
                self._ready.append(item)
                self._pump()
                while len(self._ready) >= READ_AHEAD:
                    self._drained.clear()
                    await self._drained.wait()
            self._listed = True
            self._pump()
        except Exception as error:  # noqa: BLE001 - `work` raises it
            self._fail(error)

    def _working(self) -> list[Link]:
        return [link for link in self._links.values() if link.is_ready]

    def _share(self) -> int:
        """How many items a worker may have begun."""
        return -(-self._jobs // max(1, len(self._working())))

    def _pump(self) -> None:
        """Deals what can be dealt."""
        if self._ending:
            return
        share = self._share()
        most = share + share // 4 + 1
        self._question()
        dealt: dict[Link, list[Item]] = {}
        open_ = [link for link in self._working() if link is not self._cell]
        while open_ and (self._again or self._ready):
            link = min(open_, key=lambda link: len(link.lease.items))
            if len(link.lease.items) >= most:
                break
            item = (self._again or self._ready).popleft()
            link.lease.items[item.number] = item
            dealt.setdefault(link, []).append(item)
        for link, items in dealt.items():
            link.send(Deal(tuple(items), share))
        if len(self._ready) < READ_AHEAD:
            self._drained.set()
        left = self._again or self._ready or self._suspects
        if self._listed and not left and not any(k.lease.items for k in self._links.values()):
            self._over.set()

    def _question(self) -> None:
        """Deals a suspect to a worker that has nothing else: it is seen whether it dies of it."""
        if not self._suspects:
            if self._cell is not None and not self._cell.lease.items:
                self._cell = None
            return
        if self._cell is None:
            free = self._working()
            self._cell = min(free, key=lambda link: len(link.lease.items)) if free else None
        if self._cell is not None and not self._cell.lease.items:
            item = self._suspects.popleft()
            self._cell.lease.items[item.number] = item
            self._cell.send(Deal((item,), 1))

    # ------------------------------------------------------------------ the end

    def _fail(self, error: BaseException) -> None:
        self._failure = self._failure or error
        self._end()
        self._over.set()

    def _end(self) -> None:
        """Nothing new is begun: neither items nor questions."""
        self._ending = True
        self._feed.close()
        self._run.pace.close()

    async def _farewell(self) -> None:
        """What is on its way may still come, unless its record could not be kept."""
        if not self._ending or getattr(self._failure, "exit", None) in (13, 141):
            return
        for link in self._working():
            link.send(End())
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=GRACE + 1.0)

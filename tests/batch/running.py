"""A run without the command line: items in, records out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from visioncli import aim, api
from visioncli.batch.credentials import Credentials
from visioncli.batch.engine import Engine
from visioncli.batch.feed import Feed
from visioncli.batch.item import Item, Outcome
from visioncli.batch.job import Job
from visioncli.batch.output import Known, Output
from visioncli.batch.pace import Pace
from visioncli.batch.run import Run
from visioncli.batch.spending import Spending
from visioncli.config import Settings
from visioncli.core.stop import Stop
from visioncli.core.target import ModelRef
from visioncli.core.types import Answer, Request
from visioncli.images.blobs import Identity
from visioncli.transport import channel

REF = ModelRef("openai", "gpt-4o")


@dataclass
class Memory:
    """An output that keeps all it is told. hashed: files whose hash is remembered."""

    outcomes: list[Outcome] = field(default_factory=list)
    copies: list[tuple[Item, Known]] = field(default_factory=list)
    skipped: list[Item] = field(default_factory=list)
    known: dict[str, Known] = field(default_factory=dict)
    given: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    hashed: dict[Identity, str] = field(default_factory=dict)
    on_write: Callable[[Outcome], None] = lambda _: None

    def newest(self, key: str) -> Known | None:
        return self.known.get(key)

    def has(self, item: Item, key: str) -> bool:
        if (item.images, key) in self.given:
            self.given.remove((item.images, key))
            return True
        return False

    def sha256(self, identity: Identity) -> str | None:
        return self.hashed.get(identity)

    def remember(self, identity: Identity, sha256: str) -> None:
        self.hashed[identity] = sha256

    def write(self, outcome: Outcome) -> None:
        self.on_write(outcome)
        self.outcomes.append(outcome)
        error = outcome.error
        self.known[outcome.key] = Known(
            error.exit if error else 0, error.retryable if error else False, b"{}"
        )

    def copy(self, item: Item, known: Known) -> None:
        self.copies.append((item, known))

    def skip(self, item: Item) -> None:
        self.skipped.append(item)

    async def room(self, item: Item) -> None:
        return

    def close(self) -> None:
        return

    def again(self) -> Memory:
        """What the next run finds."""
        given = [(o.item.images, o.key) for o in self.outcomes]
        return Memory(known=dict(self.known), given=given, hashed=dict(self.hashed))

    @property
    def records(self) -> int:
        return len(self.outcomes) + len(self.copies)

    @property
    def exits(self) -> list[int]:
        """Of the outcomes, in the order of the list; 0 for an answer."""
        found = sorted(self.outcomes, key=lambda outcome: outcome.item.number)
        return [outcome.error.exit if outcome.error else 0 for outcome in found]


def items(images: Sequence[str]) -> list[Item]:
    return [Item(number, (image,)) for number, image in enumerate(images)]


@dataclass
class Setting:
    """What a run needs beside its list and its output."""

    base_url: str
    env: Mapping[str, str] = field(default_factory=lambda: {"OPENAI_API_KEY": "sk-test-0123456789"})
    ref: ModelRef = REF
    jobs: int = 8
    retries: int = 2
    timeout: float = 20.0
    fail_fast: bool = False
    retry_failed: bool = False
    rehash: bool = False
    cap: float | None = None
    rpm: float | None = None
    tpm: float | None = None
    cost: Callable[[Answer], float | None] = lambda _: None
    most: Callable[[api.HttpCall], float | None] = lambda _: None
    opened: Callable[[str], channel.Channels] = channel.opened
    threads: int = 4

    def job(self) -> Job:
        asked = api.Asked(
            request=Request(messages=(), stream=False),
            base_url=self.base_url,
            retries=self.retries,
            timeout=self.timeout,
            stop=Stop(),
        )
        return Job(ref=self.ref, asked=asked, question="What is this?")


@dataclass
class Running:
    """The engine and what it works with, inside its loop."""

    engine: Engine
    run: Run


async def work(
    setting: Setting,
    pieces: Iterator[Sequence[Item]],
    output: Output,
    *,
    during: Callable[[Running], Any] | None = None,
) -> Run:
    """during: called once everything stands, before the first question."""
    job = setting.job()
    target = aim.take(
        job.ref,
        Settings(),
        pictures=True,
        base_url=setting.base_url,
        env=setting.env,
    )
    threads = ThreadPoolExecutor(setting.threads)
    run = Run(
        job=job,
        aim=target,
        credentials=Credentials(target, Settings()),
        output=output,
        pace=Pace(setting.jobs, rpm=setting.rpm, tpm=setting.tpm),
        spending=Spending(setting.cap),
        threads=threads,
        cost=setting.cost,
        most=setting.most,
        retry_failed=setting.retry_failed,
        rehash=setting.rehash,
    )
    channels = setting.opened(target.target.base_url)
    engine = Engine(run, Feed(pieces), channels, jobs=setting.jobs, fail_fast=setting.fail_fast)
    if during is not None:
        during(Running(engine, run))
    try:
        await engine.work()
    finally:
        await channels.close()
        threads.shutdown(wait=False)
    return run


def ran(setting: Setting, listed: Sequence[Item], output: Output) -> Run:
    return asyncio.run(work(setting, iter([listed]), output))

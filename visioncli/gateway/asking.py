"""From a question to the events of its answer: which entry is asked, and who stands in for it.

As long as the caller has been sent nothing, an entry that fails is replaced by the next one of the
same name, and when all have failed they are asked anew after a wait. A server that says how long to
wait is not waited for here: the caller is told.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, TypeVar

from visioncli import api, retry
from visioncli.aim import Aim
from visioncli.choice import EYES
from visioncli.config import Settings
from visioncli.core.errors import (
    KeyProblem,
    NetworkProblem,
    ProviderFailed,
    RateLimited,
    UnknownModel,
    VisionError,
)
from visioncli.core.failure import CANNOT_SEE
from visioncli.core.stop import Stop
from visioncli.core.types import Event, ReasoningDelta, TextDelta, Warned
from visioncli.images import names, reading
from visioncli.images.picture import Picture
from visioncli.transport import astream
from visioncli.transport.clock import Clock, Deadlines
from visioncli.transport.outcome import was_sent

from .book import Book, Group
from .member import Member
from .metrics import Metrics
from .question import Question
from .settings import Gateway

T = TypeVar("T")
STAND_IN = (KeyProblem, NetworkProblem, ProviderFailed, RateLimited, UnknownModel)
DECODERS = 2  # pictures whose pixels are decoded at once


@dataclass(slots=True)
class Asking:
    """Lives in one event loop."""

    gateway: Gateway
    settings: Settings
    book: Book
    metrics: Metrics
    _decoding: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(DECODERS))

    async def answer(
        self, question: Question, group: Group, began: float
    ) -> AsyncGenerator[Event, None]:
        """began: monotonic. Raises a VisionError, also after some events have come."""
        tried: set[Member] = set()
        attempt = sent = 0
        rounds = 1
        while True:
            if (member := group.next(tried)) is None:
                tried.clear()
                rounds += 1
                continue
            attempt += 1
            held: list[Event] | None = []  # None once the caller has been sent something
            try:
                with member.busy():
                    async with aclosing(self._attempt(member, question, began)) as events:
                        async for event in events:
                            if held is None:
                                yield event
                                continue
                            held.append(event)
                            if isinstance(event, TextDelta | ReasoningDelta) and event.text:
                                for one in (*_billed(sent + 1), *held):
                                    yield one
                                held = None
                member.answered()
                for one in (*_billed(sent + 1), *held) if held is not None else ():
                    yield one
            except VisionError as error:
                is_theirs = isinstance(error, STAND_IN) and error.code != CANNOT_SEE
                if is_theirs or error.status is not None:
                    self.metrics.failed(group.name, member.ref.provider, error)
                if is_theirs:
                    member.failed(error, self.gateway.cooldown)
                sent += was_sent(error) and error.status is None
                tried.add(member)
                if held is None or not isinstance(error, STAND_IN):
                    raise
                if group.next(tried) is None:
                    await self._wait(error, rounds, began)
            else:
                return

    async def _wait(self, error: VisionError, rounds: int, began: float) -> None:
        """Before all are asked anew; raises the error where they are not."""
        elapsed = time.monotonic() - began
        delay = retry.next_delay(
            error, rounds, elapsed, retries=self.gateway.retries, total=self.gateway.timeout
        )
        if delay is None or error.wait or isinstance(error, RateLimited):
            raise error
        await asyncio.sleep(delay)

    async def _attempt(
        self, member: Member, question: Question, began: float
    ) -> AsyncGenerator[Event, None]:
        stop = Stop()
        try:
            if member.ref == EYES:
                for event in await asyncio.to_thread(self._looked, question, member, stop):
                    yield event
                return
            aim = await member.aim()
            dialect = aim.target.provider.dialect
            request, left_out = question.for_dialect(dialect, member.entry.params)
            asked = self._asked(member, request, began, stop)
            doubts = self._guard(member, asked)
            call = await self._built(aim, asked, began)
            for warning in (*left_out, *doubts, *call.warnings):
                yield Warned(warning)
            credentials = member.credentials(aim)
            signed = await credentials.authorised(call.request)
            key = credentials.key
            clock = Clock(Deadlines(total=self.gateway.timeout, since=began), member.ref.provider)
            with member.channel(signed.url) as channel:
                events = astream.events(
                    signed,
                    call.dialect,
                    channel=channel,
                    stream=request.stream,
                    provider=member.ref.provider,
                    secret=key.secret if key else None,
                    clock=clock,
                )
                async with aclosing(events):
                    async for event in events:
                        yield event
        finally:
            stop.set()  # ends a download that nobody waits for any more

    def _asked(self, member: Member, request: Any, began: float, stop: Stop) -> api.Asked:
        own = self.gateway
        left = max(0.001, began + own.timeout - time.monotonic())
        return api.Asked(
            request=request,
            files=False,
            inline=own.inline,
            allow_private=own.allow_private,
            prep=own.prep,
            max_side=own.max_side if own.prep else None,
            base_url=member.entry.api_base,
            timeout=left,
            retries=0,
            stop=stop,
        )

    def _guard(self, member: Member, asked: api.Asked) -> tuple[str, ...]:
        """Raises UnknownModel (3) where a picture would go to a model that is known not to see."""
        if not reading.images(asked.request):
            return ()
        vision, why = member.sees()
        if vision is False:
            raise UnknownModel(
                f"{member.entry.name} cannot see pictures: {why}",
                hint="another model, or supports_vision: true where that is wrong",
                code=CANNOT_SEE,
            )
        return () if vision else (f"whether {member.ref} sees pictures is not known ({why})",)

    async def _built(self, aim: Aim, asked: api.Asked, began: float) -> api.HttpCall:
        """What waits for others, or decodes pixels, is done in a thread."""
        provider = aim.target.provider
        images = [i.source for i in reading.images(asked.request) if isinstance(i.source, str)]
        if any(_is_fetched(i, provider.urls, asked.inline or provider.typed_urls) for i in images):
            pictures = await asyncio.to_thread(api.read, asked, provider)
        else:
            pictures = api.read(asked, provider)
        return await self._prepared(aim, asked, pictures, began)

    async def _prepared(
        self, aim: Aim, asked: api.Asked, pictures: tuple[Picture, ...], began: float
    ) -> api.HttpCall:
        if not asked.prep or not pictures:
            return api.built(aim, asked, pictures, began=began)
        todo = await asyncio.to_thread(api.plans, aim, asked, pictures)
        heavy = any(plan is not None and plan.is_heavy for plan in todo)
        make: Callable[[], api.HttpCall] = lambda: api.built(  # noqa: E731 - for either way
            aim, asked, pictures, began=began, todo=todo
        )
        if not heavy:
            return make()
        async with self._decoding:
            return await asyncio.to_thread(make)

    def _looked(self, question: Question, member: Member, stop: Stop) -> list[Event]:
        """What local/eyes says."""
        asked = self._asked(member, question.request, time.monotonic(), stop)
        call = api.prepare(asked, EYES, self.settings)
        return [*map(Warned, call.warnings), *call.events()]


def _is_fetched(image: str, passed: tuple[str, ...], inline: bool) -> bool:
    """Whether an address is downloaded here."""
    scheme = names.scheme(image)
    return scheme in ("http", "https") and (
        inline or scheme not in passed or names.split(image).path.lower().endswith(".pdf")
    )


def _billed(attempts: int) -> tuple[Event, ...]:
    if attempts < 2:
        return ()
    return (Warned(f"the request was sent {attempts} times, and may be billed as often"),)

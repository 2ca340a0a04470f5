"""From a question to the events of its answer: which entry is asked, and who stands in for it.

As long as the caller has been sent nothing, an entry that fails is replaced by the next one of the
same name, and when all have failed they are asked anew after a wait. A server that says how long to
wait is not waited for here: the caller is told.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import field

from visioncli import api, retry
from visioncli.auth import keys
from visioncli.choice import EYES
from visioncli.config import Settings
from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import (
    KeyProblem,
    NetworkProblem,
    ProviderFailed,
    RateLimited,
    UnknownModel,
    VisionError,
)
from visioncli.core.failure import CANNOT_SEE
from visioncli.core.record import record
from visioncli.core.stop import Stop
from visioncli.core.types import Event, ReasoningDelta, TextDelta, Usage, Warned
from visioncli.transport import astream
from visioncli.transport.clock import Clock, Deadlines
from visioncli.transport.outcome import was_sent

from .book import Book, Group
from .building import Building, seen
from .member import Member
from .metrics import Metrics
from .question import Question
from .receipt import Answering
from .settings import Gateway

STAND_IN = (KeyProblem, NetworkProblem, ProviderFailed, RateLimited, UnknownModel)


@record(frozen=False)
class Asking:
    """Lives in one event loop."""

    gateway: Gateway
    settings: Settings
    book: Book
    metrics: Metrics
    building: Building = field(init=False)

    def __post_init__(self) -> None:
        self.building = Building(self.gateway)

    async def answer(
        self, question: Question, group: Group, began: float, answering: Answering
    ) -> AsyncGenerator[Event, None]:
        """began: monotonic. answering: told who is asked, each time it is another.

        Raises a VisionError, also after some events have come.
        """
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
                    asked = self._attempt(member, question, began, answering)
                    async with aclosing(asked) as events:
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
        self, member: Member, question: Question, began: float, answering: Answering
    ) -> AsyncGenerator[Event, None]:
        stop = Stop()
        answering.member = member
        try:
            if member.ref == EYES:
                for event in await asyncio.to_thread(self._looked, question, member, stop):
                    yield event
                return
            aim = await member.aim()
            dialect = aim.target.provider.dialect
            request, left_out = question.for_dialect(dialect, member.entry.params)
            answering.wire, answering.extra = dialect, request.options.extra
            asked = self.building.asked(member, request, began, stop)
            doubts = seen(member, asked)
            call = await self.building.call(aim, asked, began)
            made_fit = (picture.done for picture in call.pictures if picture.steps)
            for warning in (*left_out, *doubts, *call.warnings, *made_fit):
                yield Warned(warning)
            is_renewed = False
            while True:
                credentials = member.credentials(aim)
                signed = await credentials.authorised(call.request)
                key = credentials.key
                try:
                    async with aclosing(self._exchange(member, call, signed, key, began)) as events:
                        async for event in events:
                            yield event
                except KeyProblem as error:  # before any event: it is a status
                    if is_renewed or not await member.renewed(error, key):
                        raise
                    is_renewed = True
                    aim = await member.aim()
                else:
                    return
        finally:
            stop.set()  # ends a download that nobody waits for any more

    async def _exchange(
        self,
        member: Member,
        call: api.HttpCall,
        signed: HttpRequest,
        key: keys.Key | None,
        began: float,
    ) -> AsyncGenerator[Event, None]:
        provider = member.ref.provider
        clock = Clock(Deadlines(total=self.gateway.timeout, since=began), provider)
        with member.channel(signed.url) as channel:
            events = astream.events(
                signed,
                call.dialect,
                channel=channel,
                stream=call.asked.request.stream,
                provider=provider,
                secret=key.secret if key else None,
                clock=clock,
            )
            async with aclosing(events):
                async for event in events:
                    yield event

    def _looked(self, question: Question, member: Member, stop: Stop) -> list[Event]:
        """What local/eyes says. No token is spent on it."""
        asked = self.building.asked(member, question.request, time.monotonic(), stop)
        call = api.prepare(asked, EYES, self.settings)
        return [*map(Warned, call.warnings), *call.events(), Usage(input=0, output=0)]


def _billed(attempts: int) -> tuple[Event, ...]:
    if attempts < 2:
        return ()
    return (Warned(f"the request was sent {attempts} times, and may be billed as often"),)

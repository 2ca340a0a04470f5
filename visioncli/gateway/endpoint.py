"""One route that asks a model: reads the request, sends the answer, and stops when nobody waits."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import aclosing
from dataclasses import field
from typing import Any

from visioncli.core.answer import Fold
from visioncli.core.completion import Head
from visioncli.core.errors import Refused, UsageError, VisionError
from visioncli.core.record import record
from visioncli.core.types import Event, FinishReason, TextDelta, Usage

from . import failures, receipt
from .asking import Asking
from .body import Receive, Room, Scope, arrive, parsed
from .ended import Gone, NotTaken
from .guard import Guard
from .leaving import leaving
from .metrics import Metrics
from .question import Question
from .receipt import Answering, Bill
from .wire import Wire, dump

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
JSON = (b"content-type", b"application/json")
STREAM = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
GONE = 499  # the status, in metrics alone, of what nobody waited for


@record(frozen=False)
class Load:
    """How many requests are on their way, of all routes together."""

    most: int
    now: int = 0


@record(frozen=False)
class Turn:
    """One request."""

    id: str = field(default_factory=lambda: f"req_{os.urandom(12).hex()}")
    began: float = field(default_factory=time.monotonic)
    model: str = ""
    status: int = 0
    answering: Answering = field(default_factory=Answering)

    @property
    def header(self) -> tuple[bytes, bytes]:
        return b"x-request-id", self.id.encode()


@record(kw_only=True, frozen=False)
class Endpoint:
    """An ASGI application. told: a line for whoever runs the gateway, for what failed."""

    wire: Wire
    asking: Asking
    guard: Guard
    room: Room
    load: Load
    metrics: Metrics
    told: Callable[[str], None]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        turn = Turn()
        self.load.now += 1
        self.metrics.under_way.inc()
        try:
            await self._answer(turn, scope, receive, send)
        except Gone:
            turn.status = GONE
        except VisionError as error:
            await self._refuse(turn, error, send)
        except RecursionError:
            if turn.status:
                raise
            await self._refuse(turn, UsageError("the body is nested too deeply"), send)
        except asyncio.CancelledError:
            turn.status = turn.status or 503
            raise
        finally:
            self.load.now -= 1
            self.metrics.under_way.dec()
            seconds = time.monotonic() - turn.began
            self.metrics.ended(self.wire.name, turn.model, turn.status or 500, seconds)

    async def _answer(self, turn: Turn, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        self.guard.check(scope["headers"], client[0] if client else None)
        if self.load.now > self.load.most:
            raise NotTaken(503, "as many requests as are taken are on their way", wait=1)
        question, size = await self._asked(scope, receive)
        group = self.asking.book.group(question.model)
        turn.model = group.name
        if not size:
            raise UsageError("the body is empty")
        async with leaving(receive):
            events = self.asking.answer(question, group, turn.began, turn.answering)
            async with aclosing(events):
                if question.request.stream:
                    await self._stream(turn, question, events, send)
                else:
                    await self._whole(turn, question, events, send)

    async def _asked(self, scope: Scope, receive: Receive) -> tuple[Question, int]:
        arrived = await arrive(scope, receive, self.asking.gateway.max_body)
        try:
            body = await parsed(arrived, self.room)
            question = self.wire.read(body)
            if not body.is_whole:  # a text that only looks like a picture
                body = await parsed(arrived, self.room, plain=True)
                question = self.wire.read(body)
        finally:
            arrived.close()
        return question, body.size

    async def _whole(
        self,
        turn: Turn,
        question: Question,
        events: AsyncGenerator[Event, None],
        send: Send,
    ) -> None:
        folded = Fold()
        try:
            async for event in events:
                folded.add(event)
        except Refused:
            if folded.answer.finish is not FinishReason.REFUSAL:
                raise
        answer = folded.answer
        bill = self._bill(turn, answer.usage, answer.warnings)
        data = dump(self.wire.whole(answer, self._head(turn, question), question, bill))
        headers = [JSON, (b"content-length", str(len(data)).encode()), turn.header]
        headers += receipt.headers(turn.answering, answer.warnings, bill.usd)
        await self._start(turn, 200, headers, send)
        await send({"type": "http.response.body", "body": data})

    async def _stream(
        self,
        turn: Turn,
        question: Question,
        events: AsyncGenerator[Event, None],
        send: Send,
    ) -> None:
        """The status is sent with the first bytes: until then another entry may stand in."""
        streaming = self.wire.streaming(self._head(turn, question), question)
        folded = Fold()  # of all but its text
        failed: VisionError | None = None
        try:
            async for event in events:
                if not isinstance(event, TextDelta):
                    folded.add(event)
                elif not turn.status:
                    seconds = time.monotonic() - turn.began
                    self.metrics.first_text(self.wire.name, turn.model, seconds)
                if data := b"".join(streaming.add(event)):
                    await self._piece(turn, data, folded, send)
        except VisionError as error:
            refused = folded.answer.finish is FinishReason.REFUSAL and isinstance(error, Refused)
            if not turn.status and not refused:
                raise
            failed = error
            if not refused:
                self._tell(turn, error)
        bill = self._bill(turn, folded.answer.usage, folded.answer.warnings)
        ending = streaming.close(bill) if failed is None else streaming.failed(failed, bill)
        await self._piece(turn, b"".join(ending), folded, send)
        await send({"type": "http.response.body", "body": b""})

    async def _piece(self, turn: Turn, data: bytes, folded: Fold, send: Send) -> None:
        if not turn.status:
            told = receipt.headers(turn.answering, folded.answer.warnings)
            await self._start(turn, 200, [*STREAM, turn.header, *told], send)
        await send({"type": "http.response.body", "body": data, "more_body": True})

    async def _refuse(self, turn: Turn, error: VisionError, send: Send) -> None:
        self._tell(turn, error)
        data = dump(self.wire.refused(error))
        length = (b"content-length", str(len(data)).encode())
        headers = [JSON, length, *failures.headers(error, turn.id)]
        await self._start(turn, failures.status(error), headers, send)
        await send({"type": "http.response.body", "body": data})

    async def _start(
        self, turn: Turn, status: int, headers: list[tuple[bytes, bytes]], send: Send
    ) -> None:
        turn.status = status
        await send({"type": "http.response.start", "status": status, "headers": headers})

    def _tell(self, turn: Turn, error: VisionError) -> None:
        """What a caller did wrong is the caller's alone to know."""
        status = failures.status(error)
        if status >= 500 or (error.status is not None and error.provider):
            self.told(f"{turn.id} {self.wire.name} {turn.model or '-'}: {status}: {error.message}")

    def _bill(self, turn: Turn, usage: Usage, warnings: tuple[str, ...]) -> Bill:
        usd = turn.answering.cost(usage)
        self.metrics.used(turn.model, usage, usd)
        return Bill(usd, warnings)

    def _head(self, turn: Turn, question: Question) -> Head:
        return Head(
            id=f"chatcmpl-{turn.id.removeprefix('req_')}",
            model=question.model,
            created=int(time.time()),
        )

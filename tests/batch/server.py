"""A loopback server that takes many questions over kept connections, and counts them.

It lives in a thread of its own with an event loop of its own, so that it is quick enough to be
asked by a hundred workers, and goes on counting while the program that asks it is killed.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from tests import vendors

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
PICTURE = re.compile(rb";base64,([^\"]*)")
REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 429: "Too Many Requests"}


class Said(NamedTuple):
    """One question. number: from 0, in the order in which they came."""

    number: int
    head: bytes
    body: bytes


class Reply(NamedTuple):
    status: int = 200
    body: bytes = vendors.plain("openai")
    headers: tuple[str, ...] = ()
    delay: float = 0.0


@dataclass
class Server:
    """reply: what each question gets. delay: seconds before every answer. pictures: how often each
    was asked about, by its base64. most: how many questions were on their way at once.
    """

    port: int = 0
    delay: float = 0.0
    reply: Callable[[Said], Reply] = lambda _: Reply()
    calls: int = 0
    answered: int = 0
    connections: int = 0
    under_way: int = 0
    most: int = 0
    pictures: Counter[bytes] = field(default_factory=Counter)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def env(self, key: str = "sk-test-0123456789") -> dict[str, str]:
        return {"OPENAI_BASE_URL": self.url, "OPENAI_API_KEY": key}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    head = await reader.readuntil(b"\r\n\r\n")
                    found = LENGTH.search(head)
                    body = await reader.readexactly(int(found[1]) if found else 0)
                    await self._answer(Said(self.calls, head, body), writer)
        finally:
            writer.transport.abort()

    async def _answer(self, said: Said, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        self.pictures.update(PICTURE.findall(said.body))
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            reply = self.reply(said)
            if wait := self.delay + reply.delay:
                await asyncio.sleep(wait)
        finally:
            self.under_way -= 1
        lines = [
            f"HTTP/1.1 {reply.status} {REASONS.get(reply.status, 'Other')}",
            "content-type: application/json",
            f"content-length: {len(reply.body)}",
            *reply.headers,
        ]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + reply.body)
        await writer.drain()
        self.answered += 1


@contextmanager
def serving() -> Iterator[Server]:
    """On a free port of 127.0.0.1."""
    server = Server()
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    over = asyncio.Event()

    async def run() -> None:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=64 << 20)
        server.port = listening.sockets[0].getsockname()[1]
        ready.set()
        await over.wait()
        listening.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await asyncio.sleep(0)  # transports are closed a turn later

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()

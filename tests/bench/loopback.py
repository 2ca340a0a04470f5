"""A server that answers at once, or after a while: python -m tests.bench.loopback SECONDS.

It says its port, and reads of a request no more than where it ends, so that little of what is
measured beside it is its own.
"""

from __future__ import annotations

import asyncio
import re
import sys
from typing import cast

from tests import vendors

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
BODY = vendors.plain("openai")
HEAD = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(BODY)}\r\n\r\n"
ANSWER = HEAD.encode() + BODY


class Connection(asyncio.Protocol):
    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._head, self._left = b"", 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if not self._left:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return
            found = LENGTH.search(self._head)
            self._left = int(found[1]) if found else 0
            data, self._head = self._head[end + 4 :], b""
        self._left -= len(data)
        if self._left <= 0:
            self._left = 0
            asyncio.get_running_loop().call_later(self._delay, self._answer)

    def _answer(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(ANSWER)


async def main(delay: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(delay), "127.0.0.1", 0, backlog=1024)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    try:
        import uvloop  # whoever has it gets a quicker server
    except ModuleNotFoundError:
        asyncio.run(main(float(sys.argv[1])))
    else:
        uvloop.run(main(float(sys.argv[1])))

"""The sockets that a gateway listens on."""

from __future__ import annotations

import asyncio
import socket

from visioncli.gateway import server


def test_small_pieces_of_an_answer_do_not_wait_for_each_other() -> None:
    """Without TCP_NODELAY the body of an answer waits for word of its head: 40 ms."""
    (listening,) = server._listening("127.0.0.1", 0)
    accepted: list[int] = []

    async def serve() -> None:
        done = asyncio.Event()

        async def seen(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            sock = writer.get_extra_info("socket")
            accepted.append(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()
            done.set()

        async with await asyncio.start_server(seen, sock=listening):
            _, writer = await asyncio.open_connection(*listening.getsockname())
            await done.wait()
            writer.close()
            await writer.wait_closed()

    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        runner.run(serve())
    assert accepted != [0]
    assert len(accepted) == 1

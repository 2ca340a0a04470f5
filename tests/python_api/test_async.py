"""acompletion: the same answers, without keeping the event loop waiting."""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

import visioncli
from tests.mock import Mock, Reply
from tests.program import CAT, KEY
from tests.python_api.test_completion import data_url, one, picture
from tests.vendors import MODELS, TEXT, WIRES, streamed
from visioncli import AsyncStream, acompletion, completion

MODEL = "openai/gpt-4o"
HELLO = [{"role": "user", "content": "hello"}]
SOON = 10.0  # seconds: far less than the 60 s after which a silent server is given up


@pytest.mark.parametrize("wire", WIRES)
def test_the_answer_is_that_of_completion(wire: str, addressed: Mock) -> None:
    messages = one({"type": "text", "text": "what is it?"}, picture(data_url(CAT)))
    waited = asyncio.run(acompletion(MODELS[wire], messages))
    assert waited.choices == completion(MODELS[wire], messages).choices
    assert waited.choices[0].message.content == TEXT


@pytest.mark.parametrize("wire", WIRES)
def test_the_chunks_are_those_of_completion(wire: str, addressed: Mock) -> None:
    async def chunks() -> list[visioncli.ChatCompletionChunk]:
        stream = await acompletion(MODELS[wire], HELLO, stream=True)
        return [chunk async for chunk in stream]

    ours = [chunk.choices for chunk in asyncio.run(chunks())]
    assert ours == [chunk.choices for chunk in completion(MODELS[wire], HELLO, stream=True)]


def test_calls_go_on_side_by_side(addressed: Mock) -> None:
    """None is answered before all have arrived; there are more of them than executors' threads."""
    many, gate = 40, threading.Event()
    addressed.replies += [Reply(streamed("openai"), "text/event-stream", hang=gate)] * many

    async def all_of_them() -> list[str]:
        streams = await asyncio.gather(
            *(acompletion(MODEL, HELLO, stream=True) for _ in range(many))
        )
        assert len(addressed.posts) == many
        gate.set()
        return ["".join([c.choices[0].delta.content or "" async for c in s]) for s in streams]

    assert asyncio.run(all_of_them()) == [TEXT] * many


@pytest.mark.parametrize("stream", [False, True])
def test_errors_are_raised_where_the_call_is_awaited(stream: bool, addressed: Mock) -> None:
    body = json.dumps({"error": {"message": "no", "code": "invalid_api_key"}}).encode()
    addressed.replies.append(Reply(body, status=401))
    with pytest.raises(visioncli.KeyProblem):
        asyncio.run(acompletion(MODEL, HELLO, stream=stream))
    with pytest.raises(visioncli.UsageError, match=r"messages\[0\].role"):
        asyncio.run(acompletion(MODEL, [{"role": "nobody"}], stream=stream))


def test_a_stream_that_is_cut_raises_after_its_text(addressed: Mock) -> None:
    addressed.replies.append(Reply(streamed("openai", whole=False), "text/event-stream"))

    async def read() -> str:
        text = ""
        with pytest.raises(visioncli.Incomplete):  # noqa: PT012 - what came before it counts
            async for chunk in await acompletion(MODEL, HELLO, stream=True):
                text += chunk.choices[0].delta.content or ""
        return text

    assert asyncio.run(read()) == TEXT


# --- giving up


@dataclass
class Silent:
    """Takes one request, says `first`, and then waits until the other side has closed."""

    first: bytes
    base: str = ""
    asked: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)


@contextmanager
def silent(first: bytes) -> Iterator[Silent]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        peer = Silent(first, f"http://127.0.0.1:{server.getsockname()[1]}/v1")

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(SOON)
                while b"\r\n\r\n" not in connection.recv(1 << 16):
                    pass
                if peer.first:
                    connection.sendall(peer.first)
                peer.asked.set()
                try:
                    while connection.recv(1 << 16):
                        pass
                except ConnectionResetError:
                    pass
                except TimeoutError:
                    return
                peer.closed.set()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield peer
        finally:
            thread.join()


STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n" + b"".join(
    streamed("openai", whole=False)
)


@pytest.mark.parametrize("first", [b"", STREAM[:-20]])
@pytest.mark.parametrize("stream", [False, True])
def test_cancelling_closes_the_connection_at_once(first: bytes, stream: bool) -> None:
    async def give_up(base: str, asked: threading.Event) -> None:
        call = acompletion(MODEL, HELLO, stream=stream, api_base=base, api_key=KEY)
        task = asyncio.ensure_future(call)
        await asyncio.to_thread(asked.wait, SOON)
        if stream and first:
            async for _ in await task:
                break
            return
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with silent(first) as peer:
        asyncio.run(give_up(peer.base, peer.asked))
        gc.collect()
        assert peer.closed.wait(SOON)


def test_a_deadline_of_asyncio_ends_a_stream() -> None:
    async def read(base: str) -> list[str]:
        stream = await acompletion(MODEL, HELLO, stream=True, api_base=base, api_key=KEY)
        pieces = []
        with pytest.raises(TimeoutError):  # noqa: PT012 - what came before it counts
            async with asyncio.timeout(0.2):
                async for chunk in stream:
                    pieces.append(chunk.choices[0].delta.content or "")  # noqa: PERF401 - it is cut short
        assert [chunk async for chunk in stream] == []
        return pieces

    with silent(STREAM) as peer:
        assert "".join(asyncio.run(read(peer.base))) == TEXT
        assert peer.closed.wait(SOON)


def test_a_picture_that_is_being_fetched_is_given_up_too(addressed: Mock) -> None:
    async def give_up(base: str, asked: threading.Event) -> None:
        messages = one(picture(f"{base}/cat.jpg"))
        task = asyncio.ensure_future(acompletion("ollama/llava", messages, allow_private=True))
        await asyncio.to_thread(asked.wait, SOON)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with silent(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n") as peer:
        asyncio.run(give_up(peer.base, peer.asked))
        assert peer.closed.wait(SOON)
    assert not addressed.received


def test_leaving_a_stream_closes_the_connection() -> None:
    async def read(base: str) -> AsyncStream:
        async with await acompletion(
            MODEL, HELLO, stream=True, api_base=base, api_key=KEY
        ) as stream:
            async for _ in stream:
                break
        return stream

    with silent(STREAM) as peer:
        stream = asyncio.run(read(peer.base))
        assert peer.closed.wait(SOON)
        assert stream.warnings == ()


def test_leaving_a_stream_without_asyncio_closes_it_too() -> None:
    with silent(STREAM) as peer:
        with completion(MODEL, HELLO, stream=True, api_base=peer.base, api_key=KEY) as stream:
            next(stream)
        assert list(stream) == []
        assert peer.closed.wait(SOON)


def test_a_wait_before_another_attempt_is_given_up_too(addressed: Mock) -> None:
    """The server asks to wait for 50 s."""
    busy = Reply(b"{}", status=503, headers={"retry-after": "50"})
    addressed.replies += [busy, busy]

    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(acompletion(MODEL, HELLO), 0.3)

    asyncio.run(give_up())
    (worker,) = [t for t in threading.enumerate() if t.name == "visioncli"] or [None]
    if worker is not None:
        worker.join(SOON)
        assert not worker.is_alive()
    assert len(addressed.posts) == 1

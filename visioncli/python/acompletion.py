"""acompletion: completion for asyncio, whose loop goes on meanwhile."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator
from functools import partial
from types import TracebackType
from typing import Any, Literal, Self, cast, overload

from visioncli.core.chunks import ChatCompletionChunk
from visioncli.core.completion import ChatCompletion
from visioncli.core.stop import Stop

from . import threads
from .completion import Messages, made
from .streams import Stream


class AsyncStream:
    """A Stream for asyncio: an iterator that is closed with `aclose` or by `async with`."""

    def __init__(self, make: Callable[[Stop], Stream]) -> None:
        self._kept: list[Stream] = []
        self._first: list[ChatCompletionChunk] = []
        # The thread must not know `self`, which would then never be given up.
        self._items = threads.Items(partial(_worked, make, self._kept))

    async def begin(self) -> Self:
        """Waits for the first chunk; what goes wrong before it is raised here."""
        self._first.append(await anext(self._items))
        return self

    @property
    def warnings(self) -> tuple[str, ...]:
        return self._kept[0].warnings if self._kept else ()

    def __aiter__(self) -> AsyncIterator[ChatCompletionChunk]:
        return self

    async def __anext__(self) -> ChatCompletionChunk:
        return self._first.pop() if self._first else await anext(self._items)

    async def aclose(self) -> None:
        self._first.clear()
        self._items.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __del__(self) -> None:
        self._items.close()


def _worked(
    make: Callable[[Stop], Stream], kept: list[Stream], stop: Stop
) -> Generator[ChatCompletionChunk, None, None]:
    with make(stop) as stream:
        kept.append(stream)
        yield from stream


@overload
async def acompletion(
    model: str,
    messages: Messages,
    stream: Literal[False] = False,
    api_base: str | None = None,
    api_key: str | None = None,
    timeout: float | None = None,  # noqa: ASYNC109 - the name that everybody's clients have
    **options: Any,
) -> ChatCompletion: ...
@overload
async def acompletion(
    model: str,
    messages: Messages,
    stream: Literal[True],
    api_base: str | None = None,
    api_key: str | None = None,
    timeout: float | None = None,  # noqa: ASYNC109
    **options: Any,
) -> AsyncStream: ...
@overload
async def acompletion(
    model: str,
    messages: Messages,
    stream: bool,
    api_base: str | None = None,
    api_key: str | None = None,
    timeout: float | None = None,  # noqa: ASYNC109
    **options: Any,
) -> ChatCompletion | AsyncStream: ...
async def acompletion(
    model: str,
    messages: Messages,
    stream: bool = False,
    api_base: str | None = None,
    api_key: str | None = None,
    timeout: float | None = None,  # noqa: ASYNC109
    **options: Any,
) -> ChatCompletion | AsyncStream:
    """`completion` for asyncio; with stream=True it gives an asynchronous iterator.

    Every call has a thread of its own, in which the exchange is made; the event loop is never kept
    waiting. Cancelling the task, or leaving the iterator, closes the connection.
    """
    given = {"api_base": api_base, "api_key": api_key, "timeout": timeout}
    kept = tuple(messages) if isinstance(messages, list) else messages  # it may grow meanwhile
    make = partial(made, model, kept, stream, {**given, **options})
    if stream is True:
        return await AsyncStream(cast("Callable[[Stop], Stream]", make)).begin()
    return cast("ChatCompletion", await threads.run(make))

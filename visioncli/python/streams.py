"""Answers that come in chunks."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from types import TracebackType
from typing import Self

from visioncli.core.chunks import ChatCompletionChunk, Chunks
from visioncli.core.errors import Refused
from visioncli.core.types import Event, FinishReason


class Stream:
    """An iterator over ChatCompletionChunk. Closing it, or leaving it, closes the connection.

    The first chunk is there when it has been made; what went wrong before was raised by then.
    """

    def __init__(
        self,
        events: Generator[Event, None, None],
        chunks: Chunks,
        warnings: tuple[str, ...] = (),
    ) -> None:
        self._chunks, self._warnings = chunks, warnings
        self._left = self._read(events)
        self._first: list[ChatCompletionChunk] = [next(self._left)]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is worth telling so far, and is no error."""
        return (*self._warnings, *self._chunks.warnings)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> ChatCompletionChunk:
        return self._first.pop() if self._first else next(self._left)

    def close(self) -> None:
        self._first.clear()
        self._left.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _read(
        self, events: Generator[Event, None, None]
    ) -> Generator[ChatCompletionChunk, None, None]:
        with closing(events):
            try:
                for event in events:
                    yield from self._chunks.add(event)
            except Refused:
                if self._chunks.finish is not FinishReason.REFUSAL:  # else its words have been told
                    raise
        yield from self._chunks.close()

"""Bytes in, events out: one answer, streamed or in one piece, read by its dialect's parser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from .characters import Characters, whole
from .dialect import Dialect, Parser
from .errors import (
    BadAnswer,
    ImageProblem,
    Incomplete,
    NetworkProblem,
    ProviderFailed,
    Refused,
    VisionError,
)
from .fields import load_object
from .framing import Frame
from .record import record
from .types import Event, Finished, FinishReason, ReasoningDelta, TextDelta, Warned
from .unframed import Unframed

WHOLE_CAP = 64 << 20  # bytes of an answer that was not streamed


@record(frozen=False)
class Seen:
    """What has gone by so far; the readers' common memory."""

    text: bool = False
    reasoning: bool = False
    finished: Finished | None = None

    def note(self, event: Event) -> None:
        if isinstance(event, TextDelta):
            self.text = self.text or bool(event.text.strip())
        elif isinstance(event, ReasoningDelta):
            self.reasoning = self.reasoning or bool(event.text.strip())
        elif isinstance(event, Finished) and self.finished is None:
            self.finished = event


class Reader(Protocol):
    """Bytes in, events out. Raises a VisionError; after text, `Incomplete` means it was cut."""

    @property
    def ended(self) -> bool:
        """Nothing that belongs to the answer can come any more."""
        ...

    def feed(self, chunk: bytes) -> Iterator[Event]: ...
    def close(self) -> Iterator[Event]: ...


class StreamReader:
    """Reads a streamed answer. Nothing that comes after the finish changes the text."""

    def __init__(self, dialect: Dialect) -> None:
        self._framing = dialect.framing()
        self._parser = dialect.parser()
        self._unframed = Unframed()
        self._text, self._reasoning = Characters(), Characters()
        self._spoiled = False  # behind the answer's end: told once, however much of it comes
        self.seen = Seen()

    @property
    def ended(self) -> bool:
        return self._parser.ended

    def feed(self, chunk: bytes) -> Iterator[Event]:
        if self.ended or self._spoiled:
            return
        self._unframed.add(chunk)
        try:
            for frame in self._framing.feed(chunk):
                yield from self._events(frame)
                if self.ended:  # what stands behind is not looked at, be it damaged
                    return
        except BadAnswer as error:  # a frame that is damaged
            if self.seen.finished is None:
                raise
            self._spoiled = True
            yield _late(error)

    def close(self) -> Iterator[Event]:
        """To be called when the stream ended well; raises where the answer did not."""
        for frame in () if self.ended or self._spoiled else self._framing.close():
            yield from self._last(frame)
        if (body := self._unframed.foreign) is not None:  # it was not streamed after all
            yield from _one_piece(self._parser, body, self.seen)
            return
        if self._framing.damaged:
            yield Warned("the answer held bytes that are not UTF-8; they are shown as U+FFFD")
        if self.seen.finished is None:
            yield from self._halves()
            if not self._parser.ended:
                raise cut(text=self.seen.text)
            yield Finished(FinishReason.STOP)
        yield from _verify(self.seen)

    def _halves(self) -> Iterator[Event]:
        """Half a character that still waits for its other half, which will not come."""
        for kind, rest in (
            (ReasoningDelta, self._reasoning.close()),
            (TextDelta, self._text.close()),
        ):
            if rest:
                event = kind(rest)
                self.seen.note(event)
                yield event

    def _last(self, frame: Frame) -> Iterator[Event]:
        """A frame that only the stream's end ended: whole, or half of one that was cut."""
        try:
            yield from self._events(frame)
        except BadAnswer:
            if not frame.data.startswith(("{", "[")):  # "[DONE]"; all else that is sent is JSON
                raise
            raise cut(text=self.seen.text) from None

    def _events(self, frame: Frame) -> Iterator[Event]:
        self._unframed.frame()
        seen = self.seen
        try:
            for event in self._parser.frame(frame):
                if isinstance(event, TextDelta | ReasoningDelta):
                    if seen.finished is None and (mended := self._mended(event)):
                        seen.note(mended)
                        yield mended
                    continue
                if isinstance(event, Finished):
                    if seen.finished is not None:
                        continue
                    yield from self._halves()  # one that still waits comes before the finish
                    seen.finished = event
                yield event
        except VisionError as error:
            if seen.finished is None:
                raise (_failed(error) if seen.text else error) from None
            yield _late(error)

    def _mended(self, event: TextDelta | ReasoningDelta) -> Event | None:
        """The event with whole characters; None where it is half of one, which waits."""
        kind = type(event)
        shown = (self._text if kind is TextDelta else self._reasoning).add(event.text)
        if not shown or shown == event.text:
            return event if shown else None
        return kind(shown)


class WholeReader:
    """Reads an answer that was not streamed: one JSON object."""

    def __init__(self, dialect: Dialect) -> None:
        self._parser = dialect.parser()
        self._body = bytearray()
        self.seen = Seen()
        self.ended = False

    def feed(self, chunk: bytes) -> Iterator[Event]:
        self._body += chunk
        if len(self._body) > WHOLE_CAP:
            raise BadAnswer(f"the provider's answer is larger than {WHOLE_CAP >> 20} MB")
        return iter(())

    def close(self) -> Iterator[Event]:
        yield from _one_piece(self._parser, bytes(self._body), self.seen)


def _one_piece(parser: Parser, body: bytes, seen: Seen) -> Iterator[Event]:
    try:
        for event in parser.whole(load_object(body)):
            if isinstance(event, TextDelta | ReasoningDelta):
                event = type(event)(whole(event.text))  # noqa: PLW2901 - the same, mended
            seen.note(event)
            yield event
    except VisionError as error:
        raise _failed(error) from None
    if seen.finished is None:
        yield Finished(FinishReason.STOP)
    yield from _verify(seen)


def _late(error: VisionError) -> Warned:
    return Warned(f"after the end of the answer: {error.message}")


def reader(dialect: Dialect, *, stream: bool) -> StreamReader | WholeReader:
    return StreamReader(dialect) if stream else WholeReader(dialect)


def cut(*, text: bool) -> VisionError:
    """The error for an answer whose connection ended before it did."""
    if text:
        return Incomplete("the answer was cut off before its end", code="cut")
    return NetworkProblem("the connection ended before the answer began", code="cut")


def _failed(error: VisionError) -> VisionError:
    """An error told after text, or in place of an answer: the provider's failure, not retried."""
    if isinstance(error, BadAnswer | Refused | ImageProblem):
        return error
    return ProviderFailed(
        error.message,
        hint=error.hint,
        code=error.code,
        request_id=error.request_id,
        retry=False,
    )


def _verify(seen: Seen) -> Iterator[Event]:
    """An answer without text is none, unless a limit, a filter or a refusal says why."""
    reason = seen.finished.reason if seen.finished else FinishReason.STOP
    if not seen.text and reason is FinishReason.STOP:
        what = "only its reasoning and no answer text" if seen.reasoning else "an empty answer"
        raise BadAnswer(f"the model gave {what}", code="empty")
    return iter(())

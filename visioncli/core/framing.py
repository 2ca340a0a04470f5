"""Cuts a byte stream into frames. Every class has feed() and close(), and does no I/O.

A frame is cut on bytes and decoded whole, so that UTF-8 split anywhere between two reads comes out
as it went in. Invalid UTF-8 becomes U+FFFD and is counted in `damaged`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from .errors import BadAnswer
from .record import record

LINE_END = re.compile(rb"\r\n|\n|\r(?=[^\n])")  # a lone CR ends a line once the next byte is known
LINE_CAP = 16 << 20  # bytes without a line end; no provider sends a frame of that size


@record
class Frame:
    """One event of a stream. event: its name, where the wire names events.

    error: the wire itself marks it as an error, which then bears that name.
    """

    data: str
    event: str = ""
    error: bool = False


class Framing(Protocol):
    @property
    def damaged(self) -> bool: ...

    def feed(self, chunk: bytes) -> Iterator[Frame]: ...
    def close(self) -> Iterator[Frame]: ...


class Lines:
    """Splits on LF, CR and CRLF, however the bytes were cut."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._first = True
        self.damaged = False

    def feed(self, chunk: bytes) -> Iterator[str]:
        rest = self._rest
        if not rest and chunk.endswith(b"\n") and b"\r" not in chunk:  # whole lines, nearly always
            for line in chunk[:-1].split(b"\n"):
                yield self._text(line)
            return
        # Only the new bytes can hold a line end, but for a CR that waited for its LF.
        seen = max(0, len(rest) - 1)
        rest += chunk
        lines, start = [], 0
        for end in LINE_END.finditer(rest, seen):
            lines.append(bytes(rest[start : end.start()]))
            start = end.end()
        del rest[:start]
        for line in lines:
            yield self._text(line)
        if len(rest) > LINE_CAP:
            raise BadAnswer(f"the stream holds a line of more than {LINE_CAP >> 20} MB")

    def close(self) -> Iterator[str]:
        if self._rest:
            yield self._text(bytes(self._rest.removesuffix(b"\r")))
            self._rest.clear()

    def _text(self, line: bytes) -> str:
        if self._first:  # a byte order mark may open the stream
            self._first = False
            line = line.removeprefix(b"\xef\xbb\xbf")
        try:
            return line.decode()
        except UnicodeDecodeError:
            self.damaged = True
            return line.decode("utf-8", "replace")


class ServerSentEvents:
    """https://html.spec.whatwg.org/multipage/server-sent-events.html, less ids and retry times.

    An event that the stream's end cut off before its blank line is kept: some servers leave that
    line out, and a damaged event is no JSON, which its reader says.
    """

    def __init__(self) -> None:
        self._lines = Lines()
        self._data: list[str] = []
        self._event = ""

    @property
    def damaged(self) -> bool:
        return self._lines.damaged

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        for line in self._lines.feed(chunk):
            if (frame := self._line(line)) is not None:
                yield frame

    def close(self) -> Iterator[Frame]:
        for line in (*self._lines.close(), ""):
            if (frame := self._line(line)) is not None:
                yield frame

    def _line(self, line: str) -> Frame | None:
        """The event that this line ends."""
        if not line:
            data, event = self._data, self._event
            self._data, self._event = [], ""
            return Frame("\n".join(data), event) if data else None
        name, _, value = line.partition(":")
        if name == "data":
            self._data.append(value.removeprefix(" "))
        elif name == "event":
            self._event = value.removeprefix(" ")
        return None


class JsonLines:
    def __init__(self) -> None:
        self._lines = Lines()

    @property
    def damaged(self) -> bool:
        return self._lines.damaged

    def feed(self, chunk: bytes) -> Iterator[Frame]:
        return (Frame(line) for line in self._lines.feed(chunk) if line.strip())

    def close(self) -> Iterator[Frame]:
        return (Frame(line) for line in self._lines.close() if line.strip())

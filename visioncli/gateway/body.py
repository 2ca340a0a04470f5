"""The body of a request: read as it comes, parsed without its pictures being held in memory.

What is large goes into an unnamed file while it arrives. Pictures in base64 are most of such a
body: they are cut out of the JSON, decoded piece by piece into files of their own, and found again
by a mark that stands in their place. How many bytes are parsed at once is bounded; who comes later
waits for room.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import tempfile
from base64 import b64decode
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping
from contextlib import asynccontextmanager
from typing import IO, Any

from visioncli.core.errors import ImageProblem, UsageError
from visioncli.core.fields import preview
from visioncli.core.types import Blob
from visioncli.images.spool import Spool

from .ended import Gone, NotTaken

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
SMALL = 1 << 18  # bytes of a body that is held in memory
LONG = 1 << 16  # letters of base64 that are a picture of their own
ROOM = 96 << 20  # bytes of large bodies that are parsed at once
STEP = 3 << 20  # letters of base64 that are decoded at once; a multiple of 4
IDLE = 60.0  # seconds between two pieces of a body
# A string that holds a data: address, or the member of that name, as Anthropic's sources have.
PICTURE = re.compile(
    rb'("(?:data:[\w.+/-]{0,99}(?:;[\w=.+-]{0,60}){0,4};base64,|data"\s{0,9}:\s{0,9}"))'
    rb'([A-Za-z0-9+/]{%d,}+={0,2})"' % LONG
)


class Room:
    """So many bytes at once; more than all of it has to wait for all of it."""

    def __init__(self, size: int = ROOM) -> None:
        self._size = self._free = size
        self._waiting: deque[tuple[asyncio.Future[None], int]] = deque()

    @asynccontextmanager
    async def take(self, amount: int) -> AsyncIterator[None]:
        amount = min(amount, self._size)
        if self._waiting or amount > self._free:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append((future, amount))
            try:
                await future
            except asyncio.CancelledError:
                if future.done() and not future.cancelled():
                    self._give_back(amount)
                raise
        else:
            self._free -= amount
        try:
            yield
        finally:
            self._give_back(amount)

    def _give_back(self, amount: int) -> None:
        self._free += amount
        while self._waiting and (self._waiting[0][0].done() or self._waiting[0][1] <= self._free):
            future, wanted = self._waiting.popleft()
            if not future.done():
                self._free -= wanted
                future.set_result(None)


class Body:
    """One JSON object, and the pictures that were cut out of it.

    picture: the bytes that a string of it stands for, or None. is_whole: no string stands for any
    that were not asked for.
    """

    def __init__(self, tree: Mapping[str, Any], blobs: dict[str, Blob], size: int) -> None:
        self.tree, self.size = tree, size
        self._blobs, self._unused = blobs, set(blobs)

    def picture(self, text: str) -> Blob | None:
        mark = text.rpartition(",")[2]
        self._unused.discard(mark)
        return self._blobs.get(mark)

    @property
    def is_whole(self) -> bool:
        return not self._unused


class Arrived:
    """The bytes of a body, in memory or in a file."""

    def __init__(self) -> None:
        self._memory = bytearray()
        self._file: IO[bytes] | None = None
        self.size = 0

    def add(self, piece: bytes) -> None:
        self.size += len(piece)
        if self._file is None and self.size <= SMALL:
            self._memory += piece
            return
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
                self._file.write(self._memory)
                self._memory.clear()
            self._file.write(piece)
        except OSError as error:
            raise NotTaken(507, f"there is no room for the request: {error.strerror}") from None

    def read(self) -> bytes:
        if self._file is None:
            return bytes(self._memory)
        self._file.seek(0)
        return self._file.read()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def is_small(self) -> bool:
        return self._file is None


async def arrive(scope: Scope, receive: Receive, most: int) -> Arrived:
    """The body of a request, of at most `most` bytes. Raises NotTaken, and Gone."""
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"")
    if headers.get(b"content-encoding", b"identity").strip().lower() not in (b"", b"identity"):
        raise NotTaken(415, "the body is compressed, which is not taken")
    if length.isdigit() and int(length[:20]) > most:
        raise _too_large(most)
    arrived = Arrived()
    try:
        while True:
            try:
                async with asyncio.timeout(IDLE):
                    message = await receive()
            except TimeoutError:
                raise NotTaken(408, f"nothing of the body came for {IDLE:g} s") from None
            if message["type"] == "http.disconnect":
                raise Gone  # noqa: TRY301 - the file is closed below, whatever ends this
            arrived.add(message.get("body", b""))
            if arrived.size > most:
                raise _too_large(most)  # noqa: TRY301 - as above
            if not message.get("more_body", False):
                return arrived
    except BaseException:
        arrived.close()
        raise


def _too_large(most: int) -> NotTaken:
    return NotTaken(413, f"the request has more than {most:,} bytes")


async def parsed(arrived: Arrived, room: Room, *, plain: bool = False) -> Body:
    """plain: nothing is cut out of it. Raises UsageError (2), ImageProblem (5)."""
    if arrived.is_small:
        return Body(load(arrived.read()), {}, arrived.size)
    weight = arrived.size if not plain else 6 * arrived.size
    async with room.take(weight):
        return await asyncio.to_thread(_cut, arrived, plain=plain)


def _cut(arrived: Arrived, *, plain: bool) -> Body:
    raw = arrived.read()
    pieces: list[bytes] = []
    blobs: dict[str, Blob] = {}
    token, end = os.urandom(16).hex(), 0
    view = memoryview(raw)
    for found in () if plain else PICTURE.finditer(raw):
        if (found.end(2) - found.start(2)) % 4:
            continue
        mark = f"{token}{len(blobs):06}"  # no caller can know it
        pieces += [raw[end : found.end(1)], mark.encode(), b'"']
        end = found.end()
        blobs[mark] = _decoded(view[found.start(2) : found.end(2)])
    pieces.append(raw[end:])
    return Body(load(b"".join(pieces)), blobs, arrived.size)


def _decoded(letters: memoryview) -> Blob:
    spool = Spool("a picture")
    try:
        for start in range(0, len(letters), STEP):
            spool.add(b64decode(letters[start : start + STEP]))
    except ValueError:
        raise ImageProblem("a picture is not valid base64", code="image_unreadable") from None
    return spool.blob()


def load(raw: bytes) -> Mapping[str, Any]:
    """The JSON object in `raw`. Raises UsageError (2)."""
    if not raw.strip():
        raise UsageError("the body is empty, and should be a JSON object")
    try:
        value = json.loads(raw, parse_constant=_no_json)
    except RecursionError:
        raise UsageError("the body is nested too deeply") from None
    except ValueError as error:  # UnicodeDecodeError and JSONDecodeError are ValueErrors
        raise UsageError(f"the body is no JSON: {preview(str(error), 120)}") from None
    if not isinstance(value, dict):
        raise UsageError(f"the body is no JSON object but {preview(repr(value), 40)}")
    return value


def _no_json(word: str) -> None:
    raise ValueError(f"{word} is no JSON")

"""One line of a list: cut out of a stream, and understood."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any, NamedTuple

from visioncli.core.errors import ImageProblem, UsageError, VisionError
from visioncli.core.fields import preview
from visioncli.images import names, sources

from .item import can_be_kept

LONGEST = 16 << 20  # bytes; a picture may stand in a line as data:, as large as any is sent
KEPT = 200  # bytes of one that is longer, for its record


class Line(NamedTuple):
    """images: in the order of the request. question, id: its own. problem: why it cannot be asked
    about; then images says what stands there instead.
    """

    images: tuple[str, ...]
    question: str | None = None
    id: Any = None
    problem: VisionError | None = None

    @property
    def is_plain(self) -> bool:
        return self.question is None and self.id is None and self.problem is None


class TooLong(NamedTuple):
    """beginning: its first bytes. length: of all of it."""

    beginning: bytes
    length: int


class Lines:
    """Cuts a stream into lines, whatever pieces it comes in. end: one byte, which is left out.

    A CR before a LF is left out, too. At most LONGEST bytes are held.
    """

    def __init__(self, end: bytes) -> None:
        self._end = end
        self._held = bytearray()
        self._length = 0

    def feed(self, piece: bytes) -> list[bytes | TooLong]:
        """Also the empty ones."""
        first, *others = piece.split(self._end)
        self._hold(first)
        if not others:
            return []
        found = [self._line(), *map(self._plain, others[:-1])]
        self._hold(others[-1])
        return found

    def close(self) -> list[bytes | TooLong]:
        """The last line, where it has no end."""
        return [self._line()] if self._length else []

    def _hold(self, piece: bytes) -> None:
        self._length += len(piece)
        if self._length <= LONGEST:
            self._held += piece
        else:
            self._held = self._held[:KEPT] or bytearray(piece[:KEPT])

    def _line(self) -> bytes | TooLong:
        held, length = bytes(self._held), self._length
        self._held = bytearray()
        self._length = 0
        return TooLong(held[:KEPT], length) if length > LONGEST else self._plain(held)

    def _plain(self, line: bytes) -> bytes:
        return line.removesuffix(b"\r") if self._end == b"\n" else line


def line_of(text: bytes | TooLong) -> Line:
    """Of a line that is not empty: the source of a picture, or an object.

    A name that begins like an object and is that of a file is that file.
    """
    if isinstance(text, TooLong):
        return _none(
            os.fsdecode(text.beginning) + "…",
            f"a line of {text.length:,} bytes is neither a name nor an object",
        )
    image = os.fsdecode(text)
    if text.lstrip()[:1] == b"{" and not is_there(image):
        return _object(image, text)
    if names.pages(image) is None:
        return Line((image,))
    try:
        return Line(sources.each(image))
    except UsageError as error:
        return _none(image, error.message)


def _object(shown: str, text: bytes) -> Line:
    """{"image"|"images","id","question"}; what else is in it does not matter, so that the records
    of one run are a list for another.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", None) or "it is not UTF-8"
        return _none(shown, f"a line begins like an object and is no JSON: {reason}")
    return read_object(found, shown)


def read_object(found: Mapping[str, Any], shown: str | None = None) -> Line:
    """shown: what stands for it where it cannot be asked about."""
    try:
        return _read(found)
    except UsageError as error:
        return _none(repr(found)[:KEPT] if shown is None else shown, error.message)


def _read(found: Mapping[str, Any]) -> Line:
    said = [found[name] for name in ("image", "images") if found.get(name) is not None]
    if len(said) != 1:
        raise UsageError('a line has neither or both of "image" and "images"')
    images = [said[0]] if isinstance(said[0], str) else said[0]
    if not isinstance(images, list) or not images or not all(_is_name(i) for i in images):
        raise UsageError(f"the image of a line is no name: {preview(json.dumps(said[0]))}")
    question = found.get("question")
    if question is not None and not (isinstance(question, str) and question.strip()):
        raise UsageError(f"the question of a line is no text: {preview(json.dumps(question))}")
    if not can_be_kept(found.get("id")):
        raise UsageError(
            "the id of a line holds what no record can: NaN, Infinity or too many levels"
        )
    each = tuple(name for image in images for name in sources.each(image))
    return Line(each, question, found.get("id"))


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _none(shown: str, what: str) -> Line:
    """A record says so, and the others go on."""
    return Line((shown,), problem=ImageProblem(f"{what}: {preview(shown)}", code="list_line"))


def is_there(name: str) -> bool:
    """A name that exists is that file, whatever characters it has."""
    try:
        return os.path.lexists(name)
    except ValueError:  # a NUL byte, or half of a surrogate pair
        return False

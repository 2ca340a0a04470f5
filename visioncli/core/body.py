"""JSON request bodies whose pictures are read and base64-encoded while they are sent.

The tree is an ordinary JSON value in which a `Base64` may stand wherever a string may. Serialising
it once leaves gaps for those leaves, so the length is known before the first byte is sent and the
body can be read again for a retry.
"""

from __future__ import annotations

import json
import os
from base64 import b64encode
from collections.abc import Iterator, Mapping
from typing import Any

from .errors import UsageError
from .record import record
from .types import Blob, Unfetched

# Fields that are said otherwise: whoever overwrote them would lose the pictures, or the reader of
# the answer would not know how it comes.
HELD = {
    "stream": "--stream or --no-stream",
    "model": "-m PROVIDER/MODEL",
    "messages": "the images and the question, -s for the system prompt",
    "contents": "the images and the question, -s for the system prompt",
    "input": "the images and the question, -s for the system prompt",
}


MARK = os.urandom(16).hex()  # no text of a user's can hold it: it never leaves the process


@record
class Base64:
    """A JSON string: `prefix` (ASCII, no quotes) followed by the base64 of `blob`."""

    blob: Blob
    prefix: str = ""

    @property
    def length(self) -> int:
        return len(self.prefix) + 4 * ((self.blob.size + 2) // 3)

    def chunks(self) -> Iterator[bytes]:
        yield self.prefix.encode("ascii")
        left = b""
        for chunk in self.blob.open():
            whole = left + chunk if left else chunk
            cut = len(whole) - len(whole) % 3
            left = whole[cut:]
            yield b64encode(whole[:cut] if left else whole)
        if left:
            yield b64encode(left)

    def elided(self) -> str:
        blob = self.blob
        what = blob.shown if isinstance(blob, Unfetched) else f"{blob.size} bytes"
        return f"{self.prefix}<base64 of {what}>"


class JsonBody:
    """An iterable of bytes with a known `length`, readable any number of times."""

    def __init__(self, tree: Any) -> None:
        self.tree = tree
        leaves: list[Base64] = []

        def gap(value: object) -> str | dict[Any, Any]:
            if isinstance(value, Mapping):
                return dict(value)
            if not isinstance(value, Base64):
                raise TypeError(f"not JSON: {type(value).__name__}")
            leaves.append(value)
            return MARK

        # ASCII only: an escape is longer than UTF-8, but no middle box can spoil it.
        try:
            text = json.dumps(tree, default=gap, separators=(",", ":"), allow_nan=False)
        except ValueError:
            raise UsageError("a number of the request is NaN or infinite: JSON has none") from None
        first, *rest = text.encode("ascii").split(MARK.encode("ascii"))
        self._pieces: list[bytes | Base64] = [first]
        for leaf, piece in zip(leaves, rest, strict=True):
            self._pieces += [leaf, piece]
        self.length = sum(p.length if isinstance(p, Base64) else len(p) for p in self._pieces)

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, bytes):
                yield piece
            else:
                yield from piece.chunks()

    def readable(self, *, full: bool) -> Any:
        """The tree as plain JSON for people: base64 written out (full) or elided."""
        return _plain(self.tree, full=full)


def _plain(value: Any, *, full: bool) -> Any:
    match value:
        case Base64():
            return b"".join(value.chunks()).decode("ascii") if full else value.elided()
        case Mapping():
            return {key: _plain(item, full=full) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item, full=full) for item in value]
    return value


def given(**members: Any) -> dict[str, Any]:
    """A JSON object of the members that are not None."""
    return {name: value for name, value in members.items() if value is not None}


def overlay(tree: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    """`extra`, which a user gave, laid over `tree`: it wins; objects in both are merged."""
    for name in HELD.keys() & extra.keys():
        raise UsageError(f"{name!r} is no option of a request", hint=HELD[name])
    return _over(tree, extra)


def _over(tree: Mapping[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(tree)
    for name, value in extra.items():
        old = merged.get(name)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        merged[name] = _over(old, value) if both else value  # type: ignore[arg-type]  # both are
    return merged

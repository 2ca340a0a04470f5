"""Lists of pictures, read as they come: lines of a stream, and what folders and globs hold.

A list may be longer than memory, never end, or come a line an hour: what one read has given is
handed on at once, as a piece. Nothing here opens a picture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice

from visioncli.core.errors import UsageError
from visioncli.images import folders, sniff

from .item import Item
from .lines import Line, Lines, TooLong, is_there, line_of

CHUNK = 1 << 16  # bytes that are read at a time, at most
AHEAD = 64  # names out of a folder that are handed on together
PRIMED = 16  # folders and globs that are listed once only, since their first name was asked for
TOGETHER = 10_000  # pictures in one request, which no provider comes near
LIKE_PICTURES = (b"%PDF-", b"<", b"GIF8")  # of those that may have no NUL in their first bytes
BOM, UTF_16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")

Read = Callable[[int], bytes]  # waits for something, gives what is there; b"" at the end
Pieces = Iterator[Sequence[Line]]
Warn = Callable[[str], None]


# ---------------------------------------------------------------------------------- streams


def listed(read: Read, name: str, *, nul: bool = False) -> Pieces:
    """A line each, empty ones passed over. nul: they end with NUL. name: what messages call it.

    Raises UsageError (2) for what begins as no list.
    """
    lines, head = Lines(b"\0" if nul else b"\n"), b""
    while len(head) < len(BOM) and (chunk := read(CHUNK)):
        head += chunk
        if not BOM.startswith(head[: len(BOM)]):
            break
    _check(head, name, nul=nul)
    chunk = head.removeprefix(BOM)
    while chunk:
        if found := [line_of(text) for text in lines.feed(chunk) if not _is_empty(text)]:
            yield found
        chunk = read(CHUNK)
    if found := [line_of(text) for text in lines.close() if not _is_empty(text)]:
        yield found


def _is_empty(text: bytes | TooLong) -> bool:
    return not isinstance(text, TooLong) and not text.strip()


def _check(head: bytes, name: str, *, nul: bool) -> None:
    """What is often taken for a list, and would be a million pictures that are missing."""
    if head.startswith(UTF_16):
        raise UsageError(f"{name} is in UTF-16, and a list is in UTF-8", hint="iconv -f UTF-16")
    if (b"\0" in head or head.startswith(LIKE_PICTURES)) and sniff.picture_type(head):
        raise UsageError(f"{name} is a picture, and no list", hint="vision ask IMAGE QUESTION")
    if not nul and b"\0" in head:
        raise UsageError(f"{name} has NUL bytes in its lines", hint="-0 where they end its names")
    if head.lstrip()[:2] in (b"[{", b'["', b"[\n", b"[\r"):
        raise UsageError(
            f"{name} is one JSON array, and a list has an object a line", hint="jq -c '.[]'"
        )


# ---------------------------------------------------------------------------------- names


def named(
    images: Sequence[str], is_many: Callable[[str], bool], *, deep: bool, warn: Warn
) -> Pieces:
    """A line each, and for a folder or a glob one for each picture in it, in the order given.

    is_many: whether a name is that of a folder or a glob. deep: folders in folders, too. Raises
    ImageProblem (5) where one of them holds nothing, before the first is given.
    """

    def inside(image: str) -> Iterator[str]:
        if folders.MAGIC.search(image) and not is_there(image):
            return folders.matching(image, warn=warn)
        return folders.inside(image, deep=deep, warn=warn)

    primed: dict[int, Iterator[str]] = {}
    for place, image in enumerate(images):
        if is_many(image):
            pictures = inside(image)
            first = next(pictures)
            if len(primed) < PRIMED:
                primed[place] = chain([first], pictures)

    def pieces() -> Pieces:
        for place, image in enumerate(images):
            if not is_many(image):
                yield [Line((image,))]
                continue
            pictures = primed.pop(place, None) or inside(image)
            while piece := [Line((picture,)) for picture in islice(pictures, AHEAD)]:
                yield piece

    return pieces()


# ---------------------------------------------------------------------------------- requests


def items(
    pieces: Iterable[Sequence[Line]], *, each: bool = False, per_request: int = 0
) -> Iterator[Sequence[Item]]:
    """An item a line. each: one a picture, where a line means several. per_request: so many
    pictures in one; a line that has its own question or id stays one by itself.

    Raises UsageError (2) at the end of a list that was empty.
    """
    number = 0
    for piece in _grouped(pieces, per_request) if per_request else pieces:
        made = []
        for line in piece:
            for images in [(image,) for image in line.images] if each else [line.images]:
                made.append(Item(number, images, line.question, line.id, line.problem))
                number += 1
        yield made
    if not number:
        raise UsageError("the list is empty", hint="a picture a line: a file's name or an address")


def _grouped(pieces: Iterable[Sequence[Line]], size: int) -> Pieces:
    held: list[str] = []
    for piece in pieces:
        made: list[Line] = []
        for line in piece:
            if line.is_plain:
                held += line.images
                while len(held) >= size:
                    made.append(Line(tuple(held[:size])))
                    del held[:size]
                continue
            if held:
                made.append(Line(tuple(held)))
                held = []
            made.append(line)
        if made:
            yield made
    if held:
        yield [Line(tuple(held))]


def together(pieces: Iterable[Sequence[Line]]) -> tuple[str, ...]:
    """All pictures of a list, for one request. Raises what is wrong with a line."""
    images: list[str] = []
    for line in chain.from_iterable(pieces):
        if line.problem is not None:
            raise line.problem
        if line.question is not None or line.id is not None:
            raise UsageError(
                "the list gives questions or ids of their own, and --together makes one request",
                hint="leave --together out",
            )
        images += line.images
        if len(images) > TOGETHER:
            raise UsageError(
                f"more than {TOGETHER:,} pictures in one request", hint="--per-request N"
            )
    return tuple(images)

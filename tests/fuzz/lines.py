"""Lists and journals: lines that somebody wrote, or that a killed process left."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path

from tests.batch.outcomes import Notes, answered, check, failed, item, journal, key_of
from visioncli.batch import lists
from visioncli.batch.item import Item, Outcome, line
from visioncli.batch.lines import Line
from visioncli.core.errors import ImageProblem, OutputProblem, UsageError, VisionError
from visioncli.core.target import ModelRef

from .bounds import check_error, within
from .changes import pieces

SECONDS = 10.0
LISTS = (
    b"a.png\nb.jpg\r\n\n  c d.png\ncaf\xe9.png\nhttps://x.test/a.png?b=c\ndoc.pdf#2-4\n",
    b'{"image":"a.png","id":7,"question":"q"}\n{"images":["a.png","b.png"],"id":{"a":[1]}}\n',
    b"a\nb.png\0 c.png\0\0d\r\0",
    b'\xef\xbb\xbf{"image": "doc.pdf#1,3"}\ndata:image/png;base64,AAAA\nopenai:file-abc\n',
)


# --------------------------------------------------------------------------------- lists


def listed(chunks: Sequence[bytes], *, nul: bool) -> list[Line] | UsageError:
    """The lines, or why it is no list."""
    left = list(chunks)

    def read(size: int) -> bytes:
        while left and not left[0]:
            del left[0]
        if not left:
            return b""
        piece, left[0] = left[0][:size], left[0][size:]
        return piece

    try:
        with within(SECONDS):
            return list(chain.from_iterable(lists.listed(read, "the list", nul=nul)))
    except UsageError as error:
        return error


def check_list(data: bytes, ends: Sequence[int], *, nul: bool) -> None:
    """However it is cut the same comes out, and of every line there can be a record.

    What begins as no list is told by what comes first, so that the first piece stays whole.
    """
    found = listed([data], nul=nul)
    first, rest = data[:100], data[100:]
    again = listed([first, *pieces(rest, ends)], nul=nul)
    if isinstance(found, UsageError) or isinstance(again, UsageError):
        for error in (found, again):
            if isinstance(error, UsageError):
                check_error(error)
        return
    assert _told(found) == _told(again)
    if not nul and not any(name.startswith(("{", "[")) or "#" in name for name in _names(data)):
        assert [one.images[0] for one in found] == _names(data)
    for number, one in enumerate(found):
        assert one.images
        assert all(isinstance(image, str) for image in one.images)
        if one.problem is not None:
            assert isinstance(one.problem, ImageProblem)
            check_error(one.problem)
        of = Item(number, one.images, one.question, one.id, one.problem)
        error = one.problem or ImageProblem("no such file", code="image_missing")
        made = Outcome(item=of, ref=ModelRef("openai", "gpt-4o"), key="0" * 64, error=error)
        assert json.loads(line(made.record()))["image"] == of.image


def _names(data: bytes) -> list[str]:
    """What stands in the lines, read another way."""
    lines = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    kept = [
        one[:-1] if one.endswith(b"\r") and n < len(lines) - 1 else one.removesuffix(b"\r")
        for n, one in enumerate(lines)
    ]
    return [os.fsdecode(one) for one in kept if one.strip()]


def _told(lines: Sequence[Line]) -> list[tuple[object, ...]]:
    return [(*one[:3], one.problem and one.problem.message) for one in lines]


# ------------------------------------------------------------------------------ journals


def written(path: Path, how: Sequence[int]) -> bytes:
    """A journal of so many records, as the program writes it."""
    path.unlink(missing_ok=True)
    running = journal(path, Notes())
    names: Sequence[str | Sequence[str]] = ("a.jpg", "b\n\udcff.png", ("a", "b"), "caf\u00e9")
    ids = (None, 1, {"a": [1]}, "\u202e")
    for number in how:
        of = item(number, names[number % 4], ids[number // 4 % 4])
        exit_ = (0, 0, 5, 8)[number // 2 % 4]
        key = key_of(number % 7)
        running.write(failed(of, exit_, key) if exit_ else answered(of, key))
    running.close()
    return path.read_bytes()


def check_journal(path: Path, data: bytes) -> None:
    """Refused, and as it was; or taken up with all its records, and gone on with."""
    path.write_bytes(data)
    notes = Notes()
    with within(SECONDS):
        try:
            running = journal(path, notes)
        except OutputProblem as error:
            check_error(error)
            assert path.read_bytes() == data
            return
        try:
            whole = data[: data.rfind(b"\n") + 1]
            now = path.read_bytes()
            assert now.startswith(whole)
            if now != data:
                assert now in (whole, data + b"\n")
                assert notes or not data[len(whole) :].strip(b" ")
            check(running, path)
            running.write(answered(item(99), key_of(99)))
        finally:
            running.close()
        last = path.read_bytes()
        assert last.startswith(now)
        again = journal(path, Notes())
        try:
            check(again, path)
            known = again.newest(key_of(99))
            assert known is not None
            assert known.exit == 0
        finally:
            again.close()


def refused(read: Callable[[], object]) -> VisionError | None:
    try:
        read()
    except VisionError as error:
        return error
    return None

"""Outcomes as a run makes them, and what a file says of them: read without the program's code."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from visioncli.batch.index import Index
from visioncli.batch.item import Item, Outcome
from visioncli.batch.journal import Journal
from visioncli.batch.opening import temporary
from visioncli.batch.output import Known
from visioncli.core.errors import ImageProblem, OutputProblem, ProviderFailed, Refused, VisionError
from visioncli.core.target import ModelRef
from visioncli.core.types import Answer, FinishReason, Usage

REF = ModelRef("openai", "gpt-4o")
ERRORS: dict[int, VisionError] = {
    5: ImageProblem("no such file: a.jpg", code="image_missing"),
    8: ProviderFailed("openai failed: 503", code="provider"),
    9: Refused("the model refused"),
}


def key_of(number: int) -> str:
    return hashlib.sha256(b"%d" % number).hexdigest()


def item(number: int, image: str | Sequence[str] | None = None, id_: Any = None) -> Item:
    images = (f"{number}.jpg",) if image is None else image
    return Item(number, (images,) if isinstance(images, str) else tuple(images), id=id_)


def answer(text: str = "A cat.") -> Answer:
    return Answer(
        text=text,
        reasoning="",
        finish=FinishReason.STOP,
        finish_raw="stop",
        usage=Usage(input=800, output=12),
        model="gpt-4o",
        id="x",
        warnings=(),
    )


def answered(of: Item, key: str | None = None, text: str = "A cat.") -> Outcome:
    key = key or key_of(of.number)
    said = answer(text)
    return Outcome(item=of, ref=REF, key=key, sha256=(key,), answer=said, cost_usd=0.002, ms=812)


def failed(of: Item, exit_: int = 8, key: str | None = None) -> Outcome:
    return Outcome(item=of, ref=REF, key=key or key_of(of.number), error=ERRORS[exit_])


class Notes(list[str]):
    """Takes what people are told."""

    def __call__(self, text: str) -> None:
        self.append(text)


def journal(path: Path | str, notes: Notes | None = None, *, overwrite: bool = False) -> Journal:
    """notes: where none are given, none are expected."""
    tell = _unexpected if notes is None else notes
    return Journal(os.fspath(path), overwrite=overwrite, tell=tell)


def _unexpected(text: str) -> None:
    raise AssertionError(text)


def filled(path: Path, *numbers: int) -> bytes:
    running = journal(path)
    for number in numbers:
        running.write(answered(item(number)))
    running.close()
    return path.read_bytes()


def refusal(path: Path | str, *, overwrite: bool = False) -> OutputProblem:
    with pytest.raises(OutputProblem) as caught:
        journal(path, overwrite=overwrite)
    assert caught.value.exit == 13
    assert "\n" not in caught.value.message
    return caught.value


def crash(running: Journal) -> None:
    """What a process leaves that is killed: what was written, and of the index what is committed,
    as it lies there by then.
    """
    (_, _, name), *_ = running._index._db.execute("PRAGMA database_list")
    left = {Path(name + end): Path(name + end).read_bytes() for end in ("", "-wal")} if name else {}
    running._index.abandon()
    for path, data in left.items():
        path.write_bytes(data)
    with contextlib.suppress(OutputProblem):
        running._syncing.close(running._failed_sync)
    os.close(running._fd)


def records(path: Path | str) -> list[Any]:
    data = Path(path).read_bytes()
    assert not data or data.endswith(b"\n")
    return [json.loads(line) for line in data.splitlines()]


def newest(path: Path | str) -> dict[str, tuple[int, bool, bytes]]:
    """By key: exit, whether it is retryable, the line."""
    found = {}
    for line in Path(path).read_bytes().splitlines(keepends=True):
        record = json.loads(line)
        error = record.get("error") or {"exit": 0, "retryable": False}
        found[record["key"]] = error["exit"], error["retryable"], line
    return found


def inputs(path: Path | str) -> Counter[str]:
    """How many records each input has."""
    return Counter(json.dumps([r["key"], r["image"], r["id"]]) for r in records(path))


def content(index: Index) -> list[Any]:
    """All that an index holds of records."""
    tables = [
        index._db.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
        for table in ("records", "inputs")
    ]
    return [*tables, index.end, index.crc, index._lines, index._sums, index.given.lines]


def check(running: Journal, path: Path) -> None:
    """Asked before anything is given away: it knows what the file says, no more and no less."""
    for key, (exit_, retryable, line) in newest(path).items():
        assert running.newest(key) == Known(exit_, retryable, line)
    scratch = temporary(running._fd, path.stat().st_size, "f")
    assert content(running._index) == content(scratch)
    assert running._index.is_sound()
    scratch.close()


def give_away(running: Journal, path: Path) -> None:
    """Each record to one input, once."""
    for text, count in inputs(path).items():
        key, image, id_ = json.loads(text)
        of = item(0, image, id_)
        assert [running.has(of, key) for _ in range(count + 2)] == [True] * count + [False] * 2


def file_index(cache: Path) -> Path:
    (found,) = cache.rglob("index.sqlite")
    return found


def script(text: str) -> list[str]:
    """A program that has all of this at hand."""
    return [sys.executable, "-c", f"from tests.batch.outcomes import *\n{text}"]


ROOT = Path(__file__).parents[2]  # where such a program has to run

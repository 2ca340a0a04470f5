"""What a batch has kept, and rows of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests import vendors
from tests.matrix.place import Place
from tests.matrix.rows import Row

from .runs import MANY, batch


def answers(place: Place, many: int) -> None:
    """Every picture has one answer in the file, and only one was paid for."""
    records = place.records()
    assert len({record["image"] for record in records}) == len(records) == many
    assert all(record["answer"] == vendors.TEXT for record in records)


def before(many: int = MANY) -> Callable[[Place], None]:
    """A first run, complete."""

    def act(place: Place) -> None:
        assert batch(place).status == 0
        answers(place, many)

    return act


def row(id_: str, exit_: int, case: str, act: Any, *lines: str, **more: Any) -> Row:
    more = {"out": "", "requests": MANY, **more}
    return Row(id=id_, case=case, exit=exit_, act=act, says=lines, **more)

"""Batches as rows run them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.batch.pictures import folder
from tests.matrix.place import Done, Place

MANY = 12


def summary(answered: int | str, skipped: int = 0, failed: int = 0) -> str:
    return rf"answered {answered}, skipped {skipped}, failed {failed}; .+"


def batch(place: Place, *words: str, **how: Any) -> Done:
    return place.ask(*words, "-O", "out", "./pics", "q", **how)


def of_many(
    prepare: Callable[[Place], None] | None = None, *words: str, many: int = MANY
) -> Callable[[Place], Done]:
    """A batch of `many` pictures, after `prepare`."""

    def act(place: Place) -> Done:
        folder(place.folder / "pics", many)
        if prepare:
            prepare(place)
        return batch(place, *words)

    return act

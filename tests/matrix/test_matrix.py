"""Whatever fails around the program: one clear error, the right status, no request too many.

The table for reading: `python -m tests.faults`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.peer import Faults
from tests.faults.server import serving

from .rows import Row
from .subjects import SUBJECTS
from .table import listed, run, skipped


@pytest.fixture(scope="module")
def server() -> Iterator[Faults]:
    with serving() as running:
        yield running


@pytest.mark.parametrize("row", listed(), ids=lambda row: row.id)
def test_row(row: Row, server: Faults, tmp_path: Path) -> None:
    if why := skipped(row):
        pytest.skip(why)
    run(row, server, tmp_path)


def test_every_subject_has_a_row() -> None:
    assert {row.number for row in listed()} == set(SUBJECTS)

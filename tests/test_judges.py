"""The table of judges is whole, and names no test that is not there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests import judges
from tests.providers.places import NAMES
from visioncli import dialects

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", judges.ROWS)
def test_every_cell_has_a_judge_or_a_reason(name: str) -> None:
    cells = judges.row(name)
    assert len(cells) == len(judges.COLUMNS)
    for cell in cells:
        assert bool(cell.judge and cell.test) is not bool(cell.reason)


def test_every_provider_and_every_wire_is_in_it() -> None:
    assert set(NAMES) <= set(judges.ROWS)
    assert {judges.dialect_of(name) for name in judges.ROWS} == set(dialects.NAMES)


def test_every_test_it_names_is_one() -> None:
    words = [sys.executable, "-m", "pytest", "-q", "-n", "0", "--collect-only", *judges.needed()]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(judges.needed()) == {line for line in done.stdout.splitlines() if "::" in line}


def test_what_did_not_pass_is_not_called_judged() -> None:
    passed = set(judges.needed())
    (failed,) = {cell.test for cell in judges.row("cohere") if cell.judge == "cohere SDK"}
    whole, less = ("\n".join(judges.table(ids)) for ids in (passed, passed - {failed}))
    assert "NOT JUDGED" not in whole
    (line,) = [line for line in less.splitlines() if "NOT JUDGED" in line]
    assert line.startswith("| cohere |")

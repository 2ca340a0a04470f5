"""Golden files: what is sent for a scenario, and what raw bytes from a provider come to.

`pytest --update-wire` writes the expectations anew; the diff is the review.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.dialects.replay import WIRE, error_shown, play, response, shown
from tests.dialects.scenarios import SCENARIOS, build
from visioncli import dialects
from visioncli.core.errors import VisionError

ANSWERS = sorted(
    path
    for path in (WIRE / "answers").rglob("*.*")
    if path.suffix in (".sse", ".ndjson", ".eventstream", ".json")
    and not path.name.endswith(".answer.json")
)
ERRORS = sorted((WIRE / "errors").rglob("*.http"))


def name_of(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def compare(file: Path, now: dict[str, Any], *, update: bool) -> None:
    if update:
        file.write_text(json.dumps(now, indent=2, ensure_ascii=False) + "\n", "utf-8")
    assert now == json.loads(file.read_text("utf-8")), f"pytest --update-wire rewrites {file.name}"


def sent(dialect: str, scenario: str) -> dict[str, Any]:
    try:
        request = build(dialect, SCENARIOS[scenario])
    except VisionError as error:
        return {"error": error_shown(error)}
    assert b"".join(request.body).decode("ascii")
    return {
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers),
        "body": request.body.readable(full=True),
        "warnings": list(request.warnings),
    }


@pytest.mark.parametrize("dialect", dialects.NAMES)
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_request_is_as_agreed(dialect: str, scenario: str, update_wire: bool) -> None:
    file = WIRE / "requests" / f"{scenario}.{dialect}.json"
    compare(file, sent(dialect, scenario), update=update_wire)


@pytest.mark.parametrize("raw", ANSWERS, ids=name_of)
def test_an_answer_comes_out_as_agreed(raw: Path, update_wire: bool) -> None:
    answer, error = play(raw.parent.name, [raw.read_bytes()], stream=raw.suffix != ".json")
    now: dict[str, Any] = {"answer": shown(answer)}
    if error:
        now["error"] = error_shown(error)
    compare(raw.with_name(f"{raw.name}.answer.json"), now, update=update_wire)


@pytest.mark.parametrize("raw", ERRORS, ids=name_of)
def test_an_error_comes_out_as_agreed(raw: Path, update_wire: bool) -> None:
    error = dialects.load(raw.parent.name).error(response(raw.read_bytes()))
    compare(raw.with_suffix(".error.json"), error_shown(error), update=update_wire)


@pytest.mark.parametrize("dialect", dialects.NAMES)
def test_every_dialect_has_its_golden_files(dialect: str) -> None:
    kinds = {path.suffix for path in ANSWERS if path.parent.name == dialect}
    assert ".json" in kinds
    assert len(kinds) == 2
    statuses = {
        response(path.read_bytes()).status for path in ERRORS if path.parent.name == dialect
    }
    assert {401, 404, 413, 429, 500} - statuses <= ({401} if dialect == "gemini" else set())


def test_no_golden_file_is_left_over() -> None:
    known = {f"{scenario}.{dialect}.json" for scenario in SCENARIOS for dialect in dialects.NAMES}
    assert {path.name for path in (WIRE / "requests").iterdir()} == known
    expected = {f"{name_of(raw)}.answer.json" for raw in ANSWERS}
    assert {name_of(path) for path in (WIRE / "answers").rglob("*.answer.json")} == expected

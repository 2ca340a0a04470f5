"""Keys that do not last as long as a gateway runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mock import Mock, Received, Reply
from visioncli.gateway.settings import Entry, Gateway

from .running import Served, question, serving

REFUSED = json.dumps({"error": {"message": "expired", "code": "invalid_api_key"}}).encode()


class Strict(Mock):
    """Takes the newest key alone."""

    newest = "key-number-1"

    def reply(self, request: Received) -> Reply:
        if request.headers.get("authorization") != f"Bearer {self.newest}":
            return Reply(REFUSED, status=401)
        return super().reply(request)


@pytest.fixture
def strict(mock: Mock) -> Mock:
    mock.__class__ = Strict
    return mock


@pytest.fixture
def printed(tmp_path: Path) -> Path:
    """What the command for the key prints; every run of it adds a line to `runs`."""
    file = tmp_path / "key"
    file.write_text("key-number-1")
    return file


@pytest.fixture
def served(strict: Mock, printed: Path) -> Iterator[Served]:
    runs = printed.with_name("runs")
    runs.touch()
    code = f"print(open({str(printed)!r}).read()); open({str(runs)!r}, 'a').write('x')"
    own = f"[keys]\nopenai = {{ cmd = {json.dumps([sys.executable, '-c', code])} }}\n"
    entry = Entry(name="m", model="openai/gpt-4o", api_base=f"{strict.url}/v1")
    with serving(Gateway(models=(entry,), retries=0), own=own) as running:
        yield running


@pytest.mark.parametrize("stream", [False, True])
def test_a_key_that_has_ended_is_looked_for_anew(
    served: Served, strict: Mock, printed: Path, stream: bool
) -> None:
    assert served.post(question(stream=stream)).status_code == 200
    strict.newest = "key-number-2"
    printed.write_text("key-number-2")
    said = served.post(question(stream=stream))
    assert (said.status_code, "square" in said.text) == (200, True)
    assert served.post(question(stream=stream)).status_code == 200
    tried = [sent.headers["authorization"][-1] for sent in strict.posts]
    assert tried == ["1", "1", "2", "2"]
    assert printed.with_name("runs").read_text() == "xx"


def test_the_same_key_again_is_not_tried_twice(served: Served, strict: Mock, printed: Path) -> None:
    strict.newest = "key-number-9"
    assert [served.post(question()).status_code for _ in range(5)] == [401] * 5
    assert len(strict.posts) == 5
    assert len(printed.with_name("runs").read_text()) <= 3  # not once a request


def test_a_key_that_cannot_be_found_any_more_is_told(
    served: Served, strict: Mock, printed: Path
) -> None:
    assert served.post(question()).status_code == 200
    strict.newest = "key-number-2"
    printed.unlink()
    said = served.post(question())
    assert said.status_code in (401, 502)
    assert "key" in said.json()["error"]["message"]
    assert "key-number" not in said.text

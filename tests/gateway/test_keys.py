"""Keys that do not last as long as a gateway runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mock import Mock, Received, Reply
from visioncli.batch import credentials
from visioncli.gateway.settings import Entry, Gateway
from visioncli.transport import astream

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


def test_an_entry_keeps_its_own_variables_when_a_key_is_looked_for_anew(
    mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credentials, "AGE", -1.0)  # as if five minutes had passed each time
    monkeypatch.setenv("GOOGLE_ACCESS_TOKEN", "token-of-all-0123456789")
    own = {"GOOGLE_ACCESS_TOKEN": "token-of-one-0123456789", "VERTEXAI_PROJECT": "p-1"}
    entry = Entry(name="m", model="vertex_ai/gemini-2.5-flash", api_base=mock.url, env=own)
    with serving(Gateway(models=(entry,), retries=0)) as served:
        for _ in range(2):
            served.post(question())
    keys = {sent.headers["authorization"] for sent in mock.posts}
    assert keys == {"Bearer token-of-one-0123456789"}


def test_the_variables_of_an_entry_go_into_its_headers(
    mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-all")
    own = {"OPENAI_ORG_ID": "org-of-one", "OPENAI_API_KEY": "sk-of-one-0123456789"}
    entry = Entry(name="m", model="openai/gpt-4o", api_base=f"{mock.url}/v1", env=own)
    with serving(Gateway(models=(entry,), retries=0)) as served:
        assert served.post(question()).status_code == 200
    assert mock.posts[0].headers["openai-organization"] == "org-of-one"


def test_a_bug_is_told_without_the_key(
    served: Served, strict: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    del strict

    def unforeseen(*_args: object, **_more: object) -> object:
        raise RuntimeError("nobody foresaw Bearer key-number-1")

    monkeypatch.setattr(astream, "events", unforeseen)
    assert served.post(question()).status_code == 500
    (told,) = [line for line in served.told if "bug of ours" in line]
    assert "nobody foresaw" in told
    assert "key-number-1" not in told


def test_what_is_wrong_with_the_key_store_is_told_to_the_operator_once(
    mock: Mock, tmp_path: Path
) -> None:
    store = tmp_path / "keys.json"
    store.write_text(json.dumps({"version": 1, "keys": {"openai": {"key": "sk-kept-0123456789"}}}))
    store.chmod(0o644)
    entry = Entry(name="m", model="openai/gpt-4o", api_base=f"{mock.url}/v1")
    with serving(Gateway(models=(entry,), retries=0), {"VISION_KEYS": str(store)}) as served:
        answers = [served.post(question()) for _ in range(2)]
    assert [sent.headers["authorization"] for sent in mock.posts] == [
        "Bearer sk-kept-0123456789"
    ] * 2
    for answer in answers:
        assert answer.status_code == 200
        assert "chmod" not in answer.text + str(dict(answer.headers))
    assert len([line for line in served.told if f"chmod 600 {store}" in line]) == 1

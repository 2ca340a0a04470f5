"""Whether a model could be asked now, by what is set and what lies where tools leave it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from visioncli.config import Settings
from visioncli.models.readiness import Key, Readiness

SET, FREE, MISSING = (Key.SET, True), (Key.NOT_NEEDED, True), (Key.MISSING, False)
NO_ADDRESS = (Key.NOT_NEEDED, False)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("model", "env", "state"),
    [
        ("local/eyes", {}, FREE),
        ("openai/gpt-4o", {}, MISSING),
        ("openai/gpt-4o", {"OPENAI_API_KEY": ""}, MISSING),
        ("openai/gpt-4o", {"OPENAI_API_KEY": "x"}, SET),
        ("openai/gpt-4o", {"OPENAI_BASE_URL": "http://127.0.0.1/v1"}, MISSING),
        ("openai/gpt-4o", {"ANTHROPIC_API_KEY": "x"}, MISSING),
        ("azure/gpt-4o", {"AZURE_OPENAI_AD_TOKEN": "x"}, SET),
        ("watsonx/a/b", {"WATSONX_APIKEY": "x"}, SET),
        ("ollama/llava", {}, NO_ADDRESS),
        ("ollama/llava", {"OLLAMA_HOST": "127.0.0.1"}, FREE),
        ("ollama/llava", {"OLLAMA_HOST": "ftp://x"}, NO_ADDRESS),
        ("ollama/llava", {"OLLAMA_API_KEY": "x"}, SET),
        ("vllm/a/b", {}, NO_ADDRESS),
        ("vllm/a/b", {"VLLM_BASE_URL": "http://127.0.0.1:8000/v1"}, FREE),
        ("bedrock/x", {}, MISSING),
        ("bedrock/x", {"AWS_REGION": "us-east-1"}, MISSING),
        ("bedrock/x", {"AWS_PROFILE": "work"}, SET),
        ("bedrock/x", {"AWS_ACCESS_KEY_ID": "x"}, SET),
        ("bedrock/x", {"AWS_BEARER_TOKEN_BEDROCK": "x"}, SET),
        ("vertex_ai/gemini-2.5-pro", {"GOOGLE_ACCESS_TOKEN": "x"}, SET),
        ("vertex_ai/gemini-2.5-pro", {"VERTEX_API_KEY": "x"}, SET),
        ("vertex_ai/claude-opus-4-6", {"VERTEX_API_KEY": "x"}, MISSING),  # it opens Gemini alone
        ("strange/x", {"STRANGE_API_KEY": "x"}, (None, False)),
    ],
)
def test_by_the_environment(
    model: str, env: Mapping[str, str], state: tuple[Key | None, bool]
) -> None:
    assert Readiness(Settings(), env).of(model) == state


@pytest.mark.parametrize(
    ("model", "place"),
    [
        ("bedrock/x", ".aws/credentials"),
        ("vertex_ai/claude-x", ".config/gcloud/application_default_credentials.json"),
    ],
)
def test_by_a_file_where_the_vendors_tool_leaves_it(model: str, place: str, home: Path) -> None:
    file = home / place
    file.parent.mkdir(parents=True)
    file.mkdir()
    assert Readiness(Settings(), {}).of(model) == MISSING
    file.rmdir()
    file.touch()
    assert Readiness(Settings(), {}).of(model) == SET


@pytest.mark.parametrize(
    ("table", "state"),
    [
        ({"auth": "none", "base_url": "http://127.0.0.1/v1"}, FREE),
        ({"auth": "none"}, NO_ADDRESS),
        ({"base_url": "https://example.com/v1"}, MISSING),
        ({"base_url": "https://example.com/v1", "key_env": ["SECRET_KEY"]}, SET),
    ],
)
def test_by_a_table_of_the_users_own(
    table: Mapping[str, object], state: tuple[Key | None, bool]
) -> None:
    settings = Settings(providers={"My-Server": {"dialect": "openai_chat", **table}})
    assert Readiness(settings, {"SECRET_KEY": "x"}).of("my_server/llava") == state

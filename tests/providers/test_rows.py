"""Every provider row, by the same tests: adding a provider is adding one TOML file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from visioncli import dialects, providers
from visioncli.catalogue import lookup
from visioncli.config import Settings, load
from visioncli.core.errors import UnknownModel, UsageError
from visioncli.core.target import ModelRef

NONE = Settings()
NAMES = providers.names(NONE)
MAGIC = {"image/jpeg", "image/png", "image/webp", "image/gif", "image/heic", "image/heif"}


def settings(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "config.toml"
    file.write_text(text)
    return load({"VISION_CONFIG": str(file)})


def test_the_first_providers_are_there() -> None:
    first = "openai anthropic gemini xai groq mistral openrouter ollama lm_studio vllm llamafile"
    assert set(first.split()) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_row_is_whole(name: str) -> None:
    row = providers.provider(name, NONE)
    assert row.name == name
    assert row.dialect in dialects.NAMES
    assert row.base_url is None or row.base_url.startswith(("https://", "http://127.0.0.1"))
    assert row.auth == "bearer" or row.auth.startswith("header:") or row.auth == "none"
    assert row.key_env
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]+", variable) for variable in row.key_env)
    assert set(row.media_types) <= MAGIC
    assert set(row.urls) <= {"https", "http", "gs", "s3"}


@pytest.mark.parametrize("name", NAMES)
def test_a_row_says_where_its_facts_come_from(name: str) -> None:
    text = (providers.FOLDER / f"{name}.toml").read_text()
    assert text.startswith("# https://")


DEFAULTS = {row.name: row.default_model for row in providers.rows(NONE) if row.default_model}


@pytest.mark.parametrize("name", DEFAULTS)
def test_a_default_model_is_known_to_see(name: str) -> None:
    verdict = lookup.verdict(ModelRef(name, DEFAULTS[name]))
    assert verdict.vision is True
    assert verdict.retired is None


@pytest.mark.parametrize("name", NAMES)
def test_only_a_row_without_an_address_needs_one(name: str) -> None:
    row = providers.provider(name, NONE)
    ref = ModelRef(name, "m")
    if row.base_url is None:
        with pytest.raises(UsageError, match="no default address") as caught:
            providers.resolve(ref, NONE, env={})
        assert "--base-url" in (caught.value.hint or "")
    else:
        assert providers.resolve(ref, NONE, env={}).base_url == row.base_url


@pytest.mark.parametrize("name", NAMES)
def test_an_option_beats_a_variable_beats_the_row(name: str) -> None:
    row = providers.provider(name, NONE)
    variable = row.base_url_env[0] if row.base_url_env else f"{name.upper()}_BASE_URL"
    ref, env = ModelRef(name, "m"), {variable: "http://127.0.0.1:1/env/"}
    assert providers.resolve(ref, NONE, env=env).base_url == "http://127.0.0.1:1/env"
    target = providers.resolve(ref, NONE, address="http://127.0.0.1:2/x", env=env)
    assert target.base_url == "http://127.0.0.1:2/x"


def test_other_spellings_of_a_provider() -> None:
    assert providers.parse("Groq/meta-llama/X") == ModelRef("groq", "meta-llama/X")
    assert providers.parse("lm-studio/x") == ModelRef("lm_studio", "x")
    assert providers.provider("hosted_vllm", NONE).dialect == "openai_chat"
    assert providers.provider("ollama_chat", NONE).dialect == "ollama"


@pytest.mark.parametrize("text", ["gpt-4o", "/x", "openai/", "", "  "])
def test_what_is_no_model_id(text: str) -> None:
    with pytest.raises(UsageError, match="is no model id"):
        providers.parse(text)


@pytest.mark.parametrize("name", ["opnai", "../openai", "nope", "."])
def test_an_unknown_provider_is_exit_3_with_near_names(name: str) -> None:
    with pytest.raises(UnknownModel) as caught:
        providers.provider(name, NONE)
    assert caught.value.exit == 3
    assert "openai" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("model", "field"),
    [
        ("gpt-5.4-mini", "max_completion_tokens"),
        ("o3", "max_completion_tokens"),
        ("gpt-4o", None),
        ("omni-moderation", None),
    ],
)
def test_routes_lay_exceptions_over_a_row(model: str, field: str | None) -> None:
    row = providers.provider("openai", NONE, model=model)
    assert row.quirks.get("max_tokens_field") == field


MINE = """\
[providers.mine]
dialect = "openai_chat"
base_url = "http://localhost:8000/v1"
auth = "none"
urls = ["https"]
[providers.mine.quirks]
max_tokens_field = "max_completion_tokens"
[providers.mine.limits]
images_per_request = 2
[[providers.mine.routes]]
match = "old-*"
base_url = "http://localhost:9000/v1"
limits = { image_bytes = 5 }
"""


def test_a_private_provider_is_read_as_a_row(tmp_path: Path) -> None:
    mine = settings(tmp_path, MINE)
    target = providers.resolve(ModelRef("mine", "llava"), mine, env={})
    assert target.base_url == "http://localhost:8000/v1"
    assert target.provider.quirks == {"max_tokens_field": "max_completion_tokens"}
    assert target.provider.limits.images_per_request == 2
    assert "mine" in providers.names(mine)


def test_a_route_is_laid_over_it_key_by_key(tmp_path: Path) -> None:
    old = providers.resolve(ModelRef("mine", "old-1"), settings(tmp_path, MINE), env={})
    assert old.base_url == "http://localhost:9000/v1"
    assert old.provider.limits.image_bytes == 5
    assert old.provider.limits.images_per_request == 2


def test_a_private_table_comes_before_the_packages_row(tmp_path: Path) -> None:
    own = settings(tmp_path, '[providers.openai]\ndialect="ollama"\nbase_url="http://h.test"')
    assert providers.provider("openai", own).dialect == "ollama"


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ('dialekt = "x"', "'dialekt'"),
        ('dialect = "smoke_signals"', "'smoke_signals'"),
        ('dialect = "openai_chat"\nquirks = { max_token_field = "x" }', "max_token_field"),
        ('dialect = "openai_chat"\nlimits = { images = 3 }', "'limits.images'"),
        ('dialect = "openai_chat"\nurls = "https"', "'urls' must be a list"),
        ('dialect = "openai_chat"\nname = "x"', "not a provider's to set"),
        ('dialect = "openai_chat"\n[[providers.mine.routes]]\nbase_url = "x"', "no 'match'"),
        ('base_url = "http://x.test"', "'dialect' is missing"),
    ],
)
def test_a_mistake_in_a_private_provider_names_the_line(
    tmp_path: Path, table: str, words: str
) -> None:
    own = settings(tmp_path, f"[providers.mine]\n{table}")
    with pytest.raises(UsageError) as caught:
        providers.provider("mine", own)
    assert words in caught.value.message
    assert re.search(r"config\.toml, line [1-9]", caught.value.message)

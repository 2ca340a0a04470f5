"""Every provider row, by the same tests: adding a provider is adding one TOML file."""

from __future__ import annotations

import re

import pytest

from visioncli import dialects, providers
from visioncli.catalogue import index, lookup, spelling
from visioncli.core.errors import UnknownModel, UsageError
from visioncli.core.target import ModelRef
from visioncli.core.types import PDF
from visioncli.providers import packaged

from .places import NAMES, NONE, filled

MAGIC = {"image/jpeg", "image/png", "image/webp", "image/gif", "image/heic", "image/heif"}

# LiteLLM's names, so that model ids carry over from it.
EVERY = """
azure azure_ai bedrock cohere cohere_chat vertex_ai watsonx
openai anthropic gemini xai groq mistral codestral openrouter ollama ollama_chat together_ai
fireworks_ai deepinfra perplexity huggingface databricks snowflake github nvidia_nim cloudflare
sambanova cerebras deepseek moonshot zai bigmodel dashscope qwencloud volcengine minimax tencent
modelscope novita nebius hyperbolic baseten nscale lambda_ai ovhcloud scaleway gmi friendliai
featherless_ai chutes parasail crusoe wandb meta_llama meta reka amazon_nova inception v0
gradient_ai clarifai vercel_ai_gateway helicone poe aihubmix aiml cometapi veniceai oci
hosted_vllm vllm lm_studio llamafile xinference litellm_proxy docker_model_runner lemonade
"""


@pytest.mark.parametrize("name", EVERY.split())
def test_it_is_there(name: str) -> None:
    assert providers.owner(name) in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_row_is_whole(name: str) -> None:
    row = providers.provider(name, NONE)
    assert row.name == name
    assert row.dialect in dialects.NAMES
    assert row.base_url is None or row.base_url.startswith(("https://", "http://127.0.0.1"))
    assert re.fullmatch(r"bearer|none|google|ibm|sigv4|header:[a-z-]+", row.auth)
    assert row.key_env or row.bearer_env
    assert all(re.fullmatch(r"[A-Z][A-Z0-9_]+", variable) for variable in row.key_env)
    assert row.files is None or row.files in dialects.NAMES
    assert not (row.key_required and row.base_url is None and row.default_model)
    assert set(row.media_types) - {PDF} <= MAGIC
    assert set(row.urls) <= {"https", "http", "gs", "s3"}


@pytest.mark.parametrize("name", NAMES)
def test_a_row_says_where_its_facts_come_from(name: str) -> None:
    text = (packaged.FOLDER / f"{name}.toml").read_text()
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
        assert caught.value.exit == 2
        assert "--base-url" in (caught.value.hint or "")
    elif needed := [v for v, place in filled(name).items() if f"{{{place[:-2]}}}" in row.base_url]:
        with pytest.raises(UsageError, match="is not set") as caught:
            providers.resolve(ref, NONE, env={})
        assert any(variable in caught.value.message for variable in needed)
    else:
        assert providers.resolve(ref, NONE, env={}).base_url.startswith(row.base_url.split("{")[0])


def test_no_two_providers_share_a_host() -> None:
    """A row that was copied and not finished would send a key to another vendor."""
    owners: dict[str, list[str]] = {}
    for row in providers.rows(NONE):
        if row.base_url:
            owners.setdefault(row.base_url.split("/")[2], []).append(row.name)
    assert {host: names for host, names in owners.items() if len(names) > 1} == {}


def test_a_key_goes_to_one_provider_alone() -> None:
    owners: dict[str, list[str]] = {}
    for row in providers.rows(NONE):
        for variable in {*row.key_env, *row.bearer_env}:
            owners.setdefault(variable, []).append(row.name)
    shared = {variable: names for variable, names in owners.items() if len(names) > 1}
    assert shared.pop("ZHIPU_API_KEY") == ["bigmodel", "zai"]  # one company, two platforms
    assert shared.pop("AZURE_AD_TOKEN", None) in (None, ["azure", "azure_ai"])
    assert shared == {}


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
    assert providers.provider("together", NONE).name == "together_ai"
    assert providers.owner("Together-AI") == providers.owner("togetherai") == "together_ai"
    assert providers.owner("nobody") is providers.owner("../openai") is None


ALIASES = [(alias, row.name) for row in providers.rows(NONE) for alias in row.aliases]


@pytest.mark.parametrize(("alias", "name"), ALIASES)
def test_the_catalogue_knows_an_alias_as_the_same_provider(alias: str, name: str) -> None:
    assert alias not in NAMES
    assert providers.owner(alias) == name
    assert spelling.canonical(alias)[0] == name or not index.knows(name)


def test_an_alias_belongs_to_one_provider() -> None:
    assert len({alias for alias, _ in ALIASES}) == len(ALIASES)


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


@pytest.mark.parametrize(
    ("model", "wire"),
    [
        ("fireworks_ai/qwen3p7-plus", "accounts/fireworks/models/qwen3p7-plus"),
        ("fireworks_ai/accounts/me/models/mine", "accounts/me/models/mine"),
        ("huggingface/together/Qwen/Qwen2.5-VL-7B", "Qwen/Qwen2.5-VL-7B:together"),
        ("huggingface/Qwen/Qwen2.5-VL-7B:nebius", "Qwen/Qwen2.5-VL-7B:nebius"),
        ("clarifai/a/b/models/c", "https://clarifai.com/a/b/models/c"),
        ("clarifai/https://clarifai.com/a/b/models/c", "https://clarifai.com/a/b/models/c"),
        ("cloudflare/@cf/meta/llama-4-scout", "@cf/meta/llama-4-scout"),
    ],
)
def test_a_model_as_its_provider_names_it(model: str, wire: str) -> None:
    ref = providers.parse(model)
    assert providers.resolve(ref, NONE, env=filled(ref.provider)).model == wire


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("dbc-1.cloud.databricks.com", "https://dbc-1.cloud.databricks.com/serving-endpoints"),
        (
            "https://adb-1.azuredatabricks.net/",
            "https://adb-1.azuredatabricks.net/serving-endpoints",
        ),
    ],
)
def test_a_host_in_a_variable_may_have_its_scheme(host: str, address: str) -> None:
    env = {"DATABRICKS_HOST": host}
    assert providers.resolve(ModelRef("databricks", "m"), NONE, env=env).base_url == address


def test_claude_at_snowflake_speaks_its_own_wire() -> None:
    ref = ModelRef("snowflake", "claude-sonnet-4-6")
    target = providers.resolve(ref, NONE, env={"SNOWFLAKE_ACCOUNT": "me-eu"})
    assert target.provider.dialect == "anthropic"
    assert target.provider.urls == ()
    assert target.provider.auth == "bearer"
    assert target.base_url == "https://me-eu.snowflakecomputing.com/api/v2/cortex/v1"
    assert target.provider.quirks["path"] == "/messages"

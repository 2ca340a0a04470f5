"""Providers' own lists: what is taken from each vendor's form of one.

The vendors' own programs ask the same server, and must find the same models in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests import aws_signature
from tests.provider_lists import KEY, rows
from tests.registry import Answer, Registry, as_json
from visioncli.catalogue.making.snapshots import Stated
from visioncli.catalogue.refreshing import lists

pytestmark = [
    pytest.mark.usefixtures("no_proxy"),
    pytest.mark.vendor_sdk,
]

SUPPORTED, NOT = {"supported": True}, {"supported": False}


def claude(name: str, *, sees: bool) -> dict[str, Any]:
    capabilities = dict.fromkeys(
        ("batch", "citations", "code_execution", "pdf_input", "structured_outputs"), NOT
    )
    return {
        "type": "model",
        "id": name,
        "display_name": name.title(),
        "created_at": "2026-02-17T00:00:00Z",
        "lifecycle": "deprecated",
        "retires_at": "2027-03-01T00:00:00Z",
        "max_input_tokens": 200_000,
        "max_tokens": 64_000,
        "capabilities": {**capabilities, "image_input": SUPPORTED if sees else NOT},
    }


def test_anthropic_states_what_a_model_takes_page_by_page(server: Registry) -> None:
    from anthropic import Anthropic

    pages = {
        "": {"data": [claude("claude-a", sees=True)], "has_more": True, "last_id": "claude-a"},
        "claude-a": {"data": [claude("claude-b", sees=False)], "has_more": False, "last_id": "b"},
    }
    server.answers["/v1/models"] = lambda asked: as_json(pages[asked.query.get("after_id", "")])
    found = rows("anthropic", {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": KEY})
    assert [asked.query.get("limit") for asked in server.asked] == ["1000", "1000"]
    assert {asked.headers["x-api-key"] for asked in server.asked} == {KEY}
    assert {asked.headers["anthropic-version"] for asked in server.asked} == {"2023-06-01"}
    assert found["anthropic/claude-a"] == Stated(
        vision=True, context=200_000, retires="2027-03-01", status="deprecated"
    )
    assert found["anthropic/claude-b"].vision is False
    with Anthropic(base_url=server.url, api_key=KEY) as client:
        theirs = client.models.list(limit=1000)
        assert {f"anthropic/{model.id}" for model in theirs} == found.keys()


def test_openai_lists_and_says_nothing_of_pictures(server: Registry) -> None:
    from openai import OpenAI

    listed = [
        {"id": "gpt-5.4", "object": "model", "created": 1, "owned_by": "openai"},
        {
            "id": "gpt-4o",
            "object": "model",
            "created": 2,
            "owned_by": "system",
            "shutdown_date": "2027-01-31",
        },
    ]
    server.gives("/v1/models", {"object": "list", "data": listed})
    env = {"OPENAI_BASE_URL": f"{server.url}/v1", "OPENAI_API_KEY": KEY, "OPENAI_ORG_ID": "org-1"}
    found = rows("openai", env)
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert server.asked[0].headers["openai-organization"] == "org-1"
    assert found == {"openai/gpt-5.4": Stated(), "openai/gpt-4o": Stated(retires="2027-01-31")}
    with OpenAI(base_url=f"{server.url}/v1", api_key=KEY) as client:
        theirs = client.models.list()
        assert {f"openai/{model.id}" for model in theirs} == found.keys()


def test_gemini_lists_sizes_and_purposes_page_by_page(server: Registry) -> None:
    from google import genai

    def model(name: str, *methods: str) -> dict[str, Any]:
        return {
            "name": f"models/{name}",
            "inputTokenLimit": 1_048_576,
            "outputTokenLimit": 65_536,
            "supportedGenerationMethods": methods,
        }

    pages = {
        "": {"models": [model("gemini-3-pro", "generateContent")], "nextPageToken": "p2"},
        "p2": {"models": [model("gemini-embedding-001", "embedContent")]},
    }
    server.answers["/v1beta/models"] = lambda asked: as_json(
        pages[asked.query.get("pageToken", "")]
    )
    found = rows("gemini", {"GOOGLE_GEMINI_BASE_URL": server.url, "GEMINI_API_KEY": KEY})
    assert {asked.headers["x-goog-api-key"] for asked in server.asked} == {KEY}
    assert all(KEY not in str(asked.query) for asked in server.asked)
    assert found["gemini/gemini-3-pro"] == Stated(context=1_048_576, max_output=65_536)
    assert found["gemini/gemini-embedding-001"].mode == "embedding"
    client = genai.Client(
        api_key=KEY, http_options={"base_url": server.url, "api_version": "v1beta"}
    )
    theirs = {(model.name or "").removeprefix("models/") for model in client.models.list()}
    client.close()
    assert {f"gemini/{name}" for name in theirs} == found.keys()


def test_ollama_is_asked_what_each_model_can_do(server: Registry) -> None:
    from ollama import Client

    server.gives("/api/tags", {"models": [{"model": "gemma3:4b"}, {"model": "llama3.2:1b"}]})

    def show(asked: Any) -> Answer:
        if asked.json["model"] == "gemma3:4b":
            info = {"general.architecture": "gemma3", "gemma3.context_length": 131_072}
            return as_json({"capabilities": ["completion", "vision"], "model_info": info})
        return as_json({"capabilities": ["completion", "tools"], "model_info": {}})

    server.answers["/api/show"] = show
    found = rows("ollama", {"OLLAMA_HOST": server.url})
    assert found["ollama/gemma3:4b"] == Stated(vision=True, context=131_072)
    assert found["ollama/llama3.2:1b"] == Stated(vision=False)
    theirs = Client(host=server.url)
    assert {f"ollama/{model.model}" for model in theirs.list().models} == found.keys()
    assert "vision" in (theirs.show("gemma3:4b").capabilities or [])


def test_an_old_ollama_says_nothing_of_what_a_model_can_do(server: Registry) -> None:
    server.gives("/api/tags", {"models": [{"model": "llava:7b"}, {"model": "gone:1b"}]})
    server.answers["/api/show"] = lambda asked: (
        Answer(b'{"error": "model not found"}', 404)
        if asked.json["model"] == "gone:1b"
        else as_json({"model_info": {}})
    )
    found = rows("ollama", {"OLLAMA_HOST": server.url})
    assert found == {"ollama/llava:7b": Stated(), "ollama/gone:1b": Stated()}


@pytest.mark.parametrize("info", [["llama"], "llama", 7, {"llama.context_length": "long"}])
def test_an_ollama_that_tells_of_a_model_in_another_form(server: Registry, info: Any) -> None:
    server.gives("/api/tags", {"models": [{"model": "llava:7b"}]})
    server.answers["/api/show"] = lambda _: as_json(
        {"capabilities": ["completion", "vision"], "model_info": info}
    )
    found = rows("ollama", {"OLLAMA_HOST": server.url})
    assert found == {"ollama/llava:7b": Stated(vision=True)}


def test_cohere_names_features_and_endpoints(server: Registry) -> None:
    import cohere

    listed = [
        {
            "name": "command-a-vision-07-2025",
            "endpoints": ["chat"],
            "features": ["vision"],
            "context_length": 128_000,
            "is_deprecated": False,
        },
        {"name": "command-r", "endpoints": ["chat"], "is_deprecated": True},
        {"name": "embed-v4.0", "endpoints": ["embed"], "features": ["vision"]},
    ]
    server.gives("/v1/models", {"models": listed})
    found = rows("cohere", {"CO_API_URL": server.url, "CO_API_KEY": KEY})
    assert found["cohere/command-a-vision-07-2025"] == Stated(vision=True, context=128_000)
    assert found["cohere/command-r"] == Stated(status="deprecated")
    assert found["cohere/embed-v4.0"].mode == "embedding"
    theirs = cohere.Client(api_key=KEY, base_url=server.url).models.list(page_size=1000)
    assert {f"cohere/{model.name}" for model in theirs.models} == found.keys()


def test_mistral_states_vision_for_a_model_and_its_aliases(server: Registry) -> None:
    from mistralai.client import Mistral

    listed = [
        {
            "id": "mistral-small-2603",
            "object": "model",
            "capabilities": {"completion_chat": True, "vision": True},
            "max_context_length": 131_072,
            "aliases": ["mistral-small-latest"],
            "deprecation": "2027-05-31T12:00:00Z",
            "type": "base",
        },
        {"id": "codestral-2508", "capabilities": {"vision": False}, "type": "base"},
    ]
    server.gives("/v1/models", {"object": "list", "data": listed})
    found = rows("mistral", {"MISTRAL_BASE_URL": f"{server.url}/v1", "MISTRAL_API_KEY": KEY})
    small = Stated(vision=True, context=131_072, retires="2027-05-31")
    assert found == {
        "mistral/mistral-small-2603": small,
        "mistral/mistral-small-latest": small,
        "mistral/codestral-2508": Stated(vision=False),
    }
    with Mistral(api_key=KEY, server_url=server.url) as client:
        theirs = client.models.list().data or []
    assert {model.id for model in theirs} == {"mistral-small-2603", "codestral-2508"}  # type: ignore[union-attr]


BEDROCK = {
    "modelSummaries": [
        {
            "modelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0",
            "modelId": "amazon.nova-lite-v1:0",
            "inputModalities": ["TEXT", "IMAGE"],
            "outputModalities": ["TEXT"],
            "modelLifecycle": {"status": "LEGACY", "endOfLifeTime": "2027-06-30T00:00:00Z"},
        },
        {
            "modelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0",
            "modelId": "amazon.titan-embed-text-v2:0",
            "inputModalities": ["TEXT"],
            "outputModalities": ["EMBEDDING"],
        },
    ]
}
REGION = {"AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true"}


def test_bedrock_states_modalities_and_takes_a_bearer_token(server: Registry) -> None:
    server.gives("/foundation-models", BEDROCK)
    env = {**REGION, "AWS_ENDPOINT_URL_BEDROCK": server.url, "AWS_BEARER_TOKEN_BEDROCK": KEY}
    found = rows("bedrock", env)
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert found["bedrock/amazon.nova-lite-v1:0"] == Stated(
        vision=True, input=("text", "image"), retires="2027-06-30", status="deprecated"
    )
    assert found["bedrock/amazon.titan-embed-text-v2:0"] == Stated(
        vision=False, mode="embedding", input=("text",), output=("embedding",)
    )


def test_bedrock_s_request_is_signed_as_its_own_program_signs(
    server: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from botocore.session import Session

    server.gives("/foundation-models", BEDROCK)
    env = {
        **REGION,
        "AWS_ACCESS_KEY_ID": aws_signature.ACCESS,
        "AWS_SECRET_ACCESS_KEY": aws_signature.SECRET,
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    found = rows("bedrock", {**env, "AWS_ENDPOINT_URL_BEDROCK": server.url})
    client = Session().create_client("bedrock", "us-east-1", endpoint_url=server.url)
    theirs = client.list_foundation_models()["modelSummaries"]
    assert {f"bedrock/{model['modelId']}" for model in theirs} == found.keys()
    for asked in server.asked:
        aws_signature.check("GET", asked.path, asked.headers, asked.body, region="us-east-1")
    assert aws_signature.SECRET not in str(server.asked)


def entry_of(kind: str, entry: dict[str, Any]) -> Stated:
    shape = lists.SHAPES[kind]
    ((_, stated),) = lists.rows(shape, "x", [{shape.name: "m", **entry}])
    return stated


@pytest.mark.parametrize(
    ("kind", "entry", "stated"),
    [
        (
            "openrouter",
            {
                "architecture": {
                    "input_modalities": ["text", "image"],
                    "output_modalities": ["text"],
                },
                "context_length": 400_000,
                "pricing": {"prompt": "0.00000125", "completion": "0.00001", "image": "0"},
                "top_provider": {"max_completion_tokens": 128_000},
                "expiration_date": None,
            },
            Stated(
                vision=True,
                input=("text", "image"),
                context=400_000,
                max_output=128_000,
                usd_in=1.25,
                usd_out=10.0,
            ),
        ),
        (
            "openrouter",  # the router itself, whose price is -1
            {"pricing": {"prompt": "-1", "completion": "-1"}},
            Stated(),
        ),
        (
            "together",
            {"type": "chat", "context_length": 2048, "pricing": {"input": 0.3, "output": 0.3}},
            Stated(context=2048, usd_in=0.3, usd_out=0.3),
        ),
        ("together", {"type": "rerank"}, Stated(mode="rerank")),
        (
            "xai",
            {
                "input_modalities": ["text", "image"],
                "output_modalities": ["text"],
                "prompt_text_token_price": 30_000,
                "completion_text_token_price": 150_000,
            },
            Stated(vision=True, input=("text", "image"), usd_in=3.0, usd_out=15.0),
        ),
        (
            "openai",  # GitHub's
            {
                "supported_input_modalities": ["text"],
                "supported_output_modalities": ["text"],
                "limits": {"max_input_tokens": 1_048_576, "max_output_tokens": 32_768},
            },
            Stated(vision=False, input=("text",), context=1_048_576, max_output=32_768),
        ),
        ("openai", {"supports_image_input": True}, Stated(vision=True)),
        ("openai", {"max_model_len": 32_768}, Stated(context=32_768)),
        ("openai", {"pricing": {"input": 3}}, Stated()),  # in a unit that nobody knows
        (
            "openai",  # nothing is taken from what is of a wrong type
            {
                "capabilities": {"vision": "yes"},
                "input_modalities": "image",
                "context_length": True,
                "max_model_len": "1e999",
                "shutdown_date": 20270131,
                "type": ["embedding", 7],
            },
            Stated(mode="embedding"),
        ),
        ("openai", {"shutdown_date": "soon", "input_modalities": [{}]}, Stated()),
        ("openai", {"type": "vlm", "capabilities": ["tool_use"]}, Stated()),  # LM Studio's
        ("openai", {"capabilities": ["chat", "vision"]}, Stated(vision=True)),
        ("ollama", {"capabilities": ["completion", "tools"]}, Stated(vision=False)),
        ("ollama", {"capabilities": ["embedding"]}, Stated(vision=False)),
    ],
)
def test_an_entry_says_no_more_than_it_says(
    kind: str, entry: dict[str, Any], stated: Stated
) -> None:
    assert entry_of(kind, entry) == stated


def test_a_name_says_nothing(server: Registry) -> None:
    server.gives("/v1/models", {"data": [{"id": "llava-vision-vl-multimodal"}]})
    found = rows("vllm", {"VLLM_BASE_URL": f"{server.url}/v1"})
    assert found == {"vllm/llava-vision-vl-multimodal": Stated()}


def test_a_list_without_a_wrapping_is_one(server: Registry) -> None:
    server.gives("/catalog/models", [{"id": "openai/gpt-4.1"}])
    env = {"GITHUB_BASE_URL": f"{server.url}/catalog", "GITHUB_TOKEN": KEY}
    assert rows("github", env) == {"github/openai/gpt-4.1": Stated()}

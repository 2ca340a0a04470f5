"""Azure and Vertex: where each model's questions go, with which headers and which body."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.dialects.replay import WIRE
from tests.providers.clouds import AZURE, CASES, PROJECT, SERVERLESS, Case, azure, vertex
from visioncli import providers
from visioncli.config import Settings
from visioncli.core.errors import ImageProblem, UsageError
from visioncli.core.target import ModelRef
from visioncli.core.types import ImagePart, Message, Request, TextPart
from visioncli.dialects import load

GOLDEN = WIRE / "clouds"
NONE = Settings()


@pytest.mark.parametrize("name", CASES)
def test_a_request_is_as_agreed(name: str, update_wire: bool) -> None:
    request = CASES[name].build()
    now = {
        "method": request.method,
        "url": request.url,
        "headers": dict(request.headers),
        "body": request.body.readable(full=True),
        "warnings": list(request.warnings),
    }
    file = GOLDEN / f"{name}.json"
    if update_wire:
        file.write_text(json.dumps(now, indent=2, ensure_ascii=False) + "\n", "utf-8")
    assert now == json.loads(file.read_text("utf-8")), f"pytest --update-wire rewrites {file.name}"


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)


@pytest.mark.parametrize("name", CASES)
def test_one_header_carries_the_key(name: str) -> None:
    shown = CASES[name].build().headers
    assert len([value for value in shown.values() if "$" in value]) == 1


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("us-central1", "us-central1-aiplatform.googleapis.com"),
        ("global", "aiplatform.googleapis.com"),
        ("eu", "aiplatform.eu.rep.googleapis.com"),
        ("us", "aiplatform.us.rep.googleapis.com"),
        ("", "aiplatform.googleapis.com"),
    ],
)
def test_a_location_has_its_host(location: str, host: str) -> None:
    url = vertex("gemini-2.5-flash", VERTEXAI_LOCATION=location, GOOGLE_CLOUD_LOCATION="").build()
    assert url.url.startswith(f"https://{host}/v1/projects/example-1/")
    assert f"/locations/{location or 'global'}/" in url.url


def test_litellms_variables_come_first() -> None:
    env = {"VERTEXAI_PROJECT": "mine", "VERTEXAI_LOCATION": "asia-east1"}
    url = vertex("gemini-2.5-flash", **env).build().url
    assert "/projects/mine/locations/asia-east1/" in url


def test_open_models_have_a_region_where_nobody_says_one() -> None:
    url = vertex("meta/llama-4-scout", GOOGLE_CLOUD_LOCATION="").build().url
    assert url.startswith("https://us-central1-aiplatform.googleapis.com/")


@pytest.mark.parametrize("model", ["gemini-2.5-flash", "claude-sonnet-4-5", "meta/llama-4-scout"])
def test_a_project_that_nothing_names_is_asked_for(model: str) -> None:
    with pytest.raises(UsageError, match="needs its project: VERTEXAI_PROJECT or") as caught:
        vertex(model, GOOGLE_CLOUD_PROJECT="").build()
    assert caught.value.hint == "export VERTEXAI_PROJECT=…"


@pytest.mark.parametrize("named", ["GOOGLE_CLOUD_PROJECT", "VERTEXAI_PROJECT"])
def test_a_project_comes_before_an_express_key(named: str) -> None:
    env = {"VERTEX_API_KEY": "x", named: "p"}
    row = providers.provider("vertex_ai", NONE, model="gemini-2.5-flash", env=env)
    assert row.auth == "google"


def test_an_express_key_is_for_gemini_alone() -> None:
    row = providers.provider("vertex_ai", NONE, model="claude-x", env={"VERTEX_API_KEY": "x"})
    assert row.dialect == "anthropic"
    assert row.auth == "google"


def test_neither_cloud_is_a_default() -> None:
    env = dict.fromkeys(("AZURE_API_KEY", "VERTEX_API_KEY", "GOOGLE_ACCESS_TOKEN"), "x")
    assert {row.name for row in providers.usable(NONE, env)} == set()


@pytest.mark.parametrize("variable", ["AZURE_OPENAI_ENDPOINT", "AZURE_API_BASE"])
@pytest.mark.parametrize("version", ["OPENAI_API_VERSION", "AZURE_API_VERSION"])
def test_azure_takes_its_own_variables_and_litellms(variable: str, version: str) -> None:
    case = Case("azure/d", {variable: f"{AZURE}/", version: "2024-06-01"})
    expected = f"{AZURE}/openai/deployments/d/chat/completions?api-version=2024-06-01"
    assert case.build().url == expected


def test_a_deployment_is_encoded() -> None:
    url = azure("a b/ü?x#y").build().url
    assert "/deployments/a%20b%2F%C3%BC%3Fx%23y/chat/" in url


@pytest.mark.parametrize("name", ["azure", "azure_ai"])
def test_a_cloud_without_an_address_is_never_guessed(name: str) -> None:
    with pytest.raises(UsageError, match="no default address"):
        providers.resolve(ModelRef(name, "x"), NONE, env={})


def test_an_option_chooses_the_api_like_a_variable() -> None:
    url = azure("d").build(f"{AZURE}/openai/v1").url
    assert url == f"{AZURE}/openai/v1/chat/completions"
    assert CASES["azure_ai"].build(SERVERLESS).url == CASES["azure_ai_serverless"].build().url


def test_a_users_own_row_may_do_the_same(tmp_path: Path) -> None:
    from visioncli.config import load as load_config

    file = tmp_path / "config.toml"
    file.write_text(
        '[providers.work]\ndialect = "openai_chat"\nauth = "header:api-key"\n'
        'base_url = "https://{name}.openai.azure.com/openai/v1"\n'
        '[providers.work.variables]\nname = ["WORK_NAME"]\n'
    )
    settings = load_config({"VISION_CONFIG": str(file)})
    target = providers.resolve(ModelRef("work", "d"), settings, env={"WORK_NAME": "acme"})
    request = load("openai_chat").build(CASES["azure"].request, target)
    assert request.url == "https://acme.openai.azure.com/openai/v1/chat/completions"


# --- addresses of pictures


def asked(address: str, media_type: str | None = None) -> Request:
    return Request(messages=(Message("user", (ImagePart(media_type, address), TextPart("?"))),))


@pytest.mark.parametrize(
    ("address", "said", "sent"),
    [
        ("gs://bucket/cat.png", "image/png", "image/png"),
        ("https://example.org/cat.JPG?size=2#x", None, "image/jpeg"),
        ("https://example.org/cat.webp", None, "image/webp"),
        ("https://example.org/cat.webp", "image/png", "image/png"),
    ],
)
def test_vertex_fetches_with_a_type(address: str, said: str | None, sent: str) -> None:
    target = CASES["vertex_gemini"].target()
    assert {"gs", "https"} <= set(target.provider.urls)
    body = load("gemini").build(asked(address, said), target).body.readable(full=True)
    file = body["contents"][0]["parts"][0]["fileData"]
    assert file == {"mimeType": sent, "fileUri": address}


@pytest.mark.parametrize(
    "address", ["https://example.org/cat", "https://example.org/?f=cat.png", "gs://b/cat.tiff"]
)
def test_an_address_without_a_type_is_refused(address: str) -> None:
    with pytest.raises(ImageProblem, match="must be told the type") as caught:
        load("gemini").build(asked(address), CASES["vertex_gemini"].target())
    assert "--format" in (caught.value.hint or "")


@pytest.mark.parametrize("model", ["claude-sonnet-4-5", "meta/llama-4-scout", "mistral-small-2503"])
def test_other_models_of_vertex_get_no_addresses(model: str) -> None:
    row = providers.provider("vertex_ai", NONE, model=model, env=PROJECT)
    assert row.urls == ()
    assert row.limits.images_per_request != 3000

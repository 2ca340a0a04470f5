"""The vendors' own clients for Azure and Vertex as judges: the same address, the same body."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import anthropic
import openai
import pytest
from anthropic._constants import ANTHROPIC_API_VERSION
from anthropic.lib.foundry import AnthropicFoundry
from azure.ai.inference import ChatCompletionsClient
from azure.core.credentials import AzureKeyCredential
from google import genai
from google.genai import types as google
from google.oauth2.credentials import Credentials
from mistralai.gcp.client import MistralGCP

from tests.mock import Mock, serving
from tests.providers.clouds import CASES, vertex
from visioncli.core.dialect import HttpRequest

# The SDKs' own warnings are theirs to mend.
pytestmark = pytest.mark.vendor_sdk
KEY = "0123456789abcdef"
HOSTS = ["us-central1", "global", "us", "eu"]
OPENAPI = "/v1/projects/example-1/locations/europe-west4/endpoints/openapi"
JUDGED = {
    "openai.AzureOpenAI": ["azure", "azure_version", "azure_gpt_5", "azure_token"],
    "openai.OpenAI": ["azure_v1", "azure_v1_gpt_5", "azure_ai_v1", "vertex_llama"],
    "azure.ai.inference": ["azure_ai", "azure_ai_models", "azure_ai_serverless"],
    "anthropic.AnthropicFoundry": ["azure_ai_claude", "azure_ai_claude_base"],
    "anthropic.AnthropicVertex": ["vertex_claude", "vertex_claude_plain"],
    "mistralai.gcp": ["vertex_mistral", "vertex_mistral_plain", "vertex_mistral_options"],
    "google.genai": [n for n in CASES if n.startswith(("vertex_gemini", "vertex_express"))],
}


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as server:
        yield server


def same(mock: Mock, ours: HttpRequest, **other: str) -> None:
    """What the SDK sent to the mock is what we would send to it; other: what it says otherwise."""
    (theirs,) = mock.posts
    assert unquote(f"{mock.url}{theirs.path}") == unquote(ours.url)
    assert theirs.json == ours.body.readable(full=True) | other


def read(answer: Any) -> None:
    """A stream to its end, so that the connection is left in order."""
    if hasattr(answer, "__next__"):
        assert list(answer)


def test_every_case_has_a_judge() -> None:
    assert sorted(name for names in JUDGED.values() for name in names) == sorted(CASES)


@pytest.mark.parametrize("name", JUDGED["openai.AzureOpenAI"])
def test_azure_openai(mock: Mock, name: str) -> None:
    case = CASES[name]
    ours = case.build(mock.url)
    version = case.env.get("OPENAI_API_VERSION", "2024-10-21")
    who = {"azure_ad_token": KEY} if name == "azure_token" else {"api_key": KEY}
    with openai.AzureOpenAI(
        azure_endpoint=mock.url, api_version=version, max_retries=0, **who
    ) as client:
        read(client.chat.completions.create(**ours.body.readable(full=True)))
    same(mock, ours)
    header, other = ("api-key", "authorization")[:: -1 if name == "azure_token" else 1]
    assert KEY in mock.posts[0].headers[header]
    assert "$AZURE" in ours.headers[header]
    assert other not in ours.headers


@pytest.mark.parametrize("name", JUDGED["openai.OpenAI"])
def test_openais_client_where_the_wire_is_its_own(mock: Mock, name: str) -> None:
    """As Microsoft's and Google's documentation set it up."""
    at_vertex = name == "vertex_llama"
    base = f"{mock.url}{OPENAPI if at_vertex else '/openai/v1'}"
    ours = CASES[name].build(mock.url if at_vertex else base)
    with openai.OpenAI(api_key=KEY, base_url=f"{base}/", max_retries=0) as client:
        read(client.chat.completions.create(**ours.body.readable(full=True)))
    same(mock, ours)


@pytest.mark.parametrize("name", JUDGED["azure.ai.inference"])
def test_the_model_inference_api_of_azure(mock: Mock, name: str) -> None:
    base = mock.url if name == "azure_ai_serverless" else f"{mock.url}/models"
    ours = CASES[name].build()
    body = ours.body.readable(full=True)
    with ChatCompletionsClient(base, AzureKeyCredential(KEY), retry_total=0) as client:
        answer = client.complete(**body)
        assert list(answer) if body["stream"] else answer
    (theirs,) = mock.posts
    assert theirs.json == body
    assert ours.url.endswith(f".azure.com{theirs.path}")
    assert theirs.headers["api-key"] == KEY


@pytest.mark.parametrize("name", JUDGED["mistralai.gcp"])
def test_mistral_at_vertex(mock: Mock, name: str) -> None:
    case = CASES[name]
    ours = case.build(mock.url)
    body = ours.body.readable(full=True)
    with MistralGCP(
        project_id="example-1", region="europe-west4", access_token=KEY, server_url=mock.url
    ) as client:
        asked = {name: value for name, value in body.items() if name != "stream"}
        if case.request.stream:
            with client.chat.stream(**asked) as answer:
                assert list(answer)
        else:
            client.chat.complete(**asked)
    same(mock, ours)
    assert mock.posts[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("name", JUDGED["anthropic.AnthropicFoundry"])
def test_claude_at_azure(mock: Mock, name: str) -> None:
    base = f"{mock.url}/anthropic"
    ours = CASES[name].build(base if name.endswith("base") else mock.url)
    with AnthropicFoundry(api_key=KEY, base_url=base, max_retries=0) as client:
        read(client.messages.create(**ours.body.readable(full=True)))
    same(mock, ours)
    assert mock.posts[0].headers["x-api-key"] == KEY
    assert ours.headers["x-api-key"].startswith("$")


@pytest.mark.parametrize("name", JUDGED["anthropic.AnthropicVertex"])
def test_claude_at_vertex(mock: Mock, name: str) -> None:
    case = CASES[name]
    ours = case.build(mock.url)
    body = ours.body.readable(full=True)
    with anthropic.AnthropicVertex(
        region="europe-west4",
        project_id="example-1",
        access_token=KEY,
        base_url=f"{mock.url}/v1",
        max_retries=0,
    ) as client:
        asked = {name: value for name, value in body.items() if name != "anthropic_version"}
        read(client.messages.create(model=case.ref.model, **asked))
    # This SDK speaks the version of the API that has no sampling options: as with Anthropic itself.
    same(mock, ours, anthropic_version=ANTHROPIC_API_VERSION)
    assert mock.posts[0].headers["authorization"] == f"Bearer {KEY}"


def parts(body: Any) -> list[google.Content]:
    return [google.Content.model_validate(content) for content in body["contents"]]


def config(body: Any) -> google.GenerateContentConfig:
    wanted = dict(body.get("generationConfig", {}))
    return google.GenerateContentConfig.model_validate(wanted)


@pytest.mark.parametrize("name", JUDGED["google.genai"])
def test_gemini_at_vertex(mock: Mock, name: str) -> None:
    case = CASES[name]
    ours = case.build(mock.url)
    body = ours.body.readable(full=True)
    options = google.HttpOptions(base_url=mock.url, api_version="v1")
    who: dict[str, Any] = {"api_key": KEY}
    if "express" not in name:
        who = {"project": "example-1", "location": "europe-west4", "credentials": signed_in()}
    with genai.Client(vertexai=True, http_options=options, **who) as client:
        asked: dict[str, Any] = {"model": case.ref.model, "contents": parts(body)}
        asked["config"] = config(body)
        if case.request.stream:
            list(client.models.generate_content_stream(**asked))
        else:
            client.models.generate_content(**asked)
    (theirs,) = mock.posts
    assert f"{mock.url}{theirs.path}" == ours.url
    assert standard(theirs.json) == body
    header = "x-goog-api-key" if "express" in name else "authorization"
    assert header in theirs.headers
    assert header in ours.headers


def signed_in() -> Credentials:
    """Credentials that need no server."""
    return Credentials(token=KEY)


def standard(body: Any) -> Any:
    """google-genai writes base64 in the alphabet of addresses, some names with a _, and what is
    empty."""
    match body:
        case {"data": str(data), **rest}:
            plain = base64.b64encode(base64.urlsafe_b64decode(data)).decode()
            return {"data": plain, **standard(rest)}
        case dict():
            return {camel(name): standard(v) for name, v in body.items() if v not in ({}, None)}
        case list():
            return [standard(item) for item in body]
    return body


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@pytest.mark.parametrize("location", HOSTS)
def test_the_host_of_a_location(location: str) -> None:
    ours = vertex("gemini-2.5-flash", VERTEXAI_LOCATION=location).target().base_url
    with genai.Client(
        vertexai=True, project="p", location=location, credentials=signed_in()
    ) as client:
        assert client._api_client._http_options.base_url == f"{ours}/"
    with anthropic.AnthropicVertex(region=location, project_id="p", access_token="t") as theirs:
        assert str(theirs.base_url) == f"{ours}/v1/"

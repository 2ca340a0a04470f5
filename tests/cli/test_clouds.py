"""`vision ask` at Azure and at Vertex, over loopback: addresses, keys, refusals, and no leak."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.auth.google_files import PROJECT, TOKEN, answer, private_key, service_account, token
from tests.mock import Mock, Reply, serving
from tests.program import CAT, KEY, Done, environment, vision

ASK = ("ask", "--force", CAT, "q")
VERTEX = {
    "gemini-2.5-flash": "publishers/google/models/gemini-2.5-flash:streamGenerateContent?alt=sse",
    "claude-sonnet-4-5": "publishers/anthropic/models/claude-sonnet-4-5:streamRawPredict",
    "meta/llama-4-scout": "endpoints/openapi/chat/completions",
    "mistral-small-2503": "publishers/mistralai/models/mistral-small-2503:streamRawPredict",
}


@pytest.fixture
def other() -> Iterator[Mock]:
    """A second server, for what must not reach it."""
    with serving() as server:
        yield server


def azure(mock: Mock, *words: str, **env: str) -> Done:
    known = {"AZURE_OPENAI_ENDPOINT": mock.url, "AZURE_OPENAI_API_KEY": KEY}
    return vision(*ASK, "-m", "azure/my-gpt", *words, env=known | env)


@pytest.fixture
def google(mock: Mock, tmp_path: Path) -> dict[str, str]:
    """A service account whose token service is the mock, which Vertex is too."""
    file = service_account(tmp_path, mock.url)
    return {
        "GOOGLE_APPLICATION_CREDENTIALS": str(file),
        "GOOGLE_VERTEX_BASE_URL": mock.url,
        "CLOUDSDK_CONFIG": str(tmp_path / "gcloud"),
        "NO_GCE_CHECK": "true",
    }


# --- Azure


@pytest.mark.parametrize("words", [(), ("--no-stream",), ("--json",)])
def test_azure_answers(mock: Mock, words: tuple[str, ...]) -> None:
    done = azure(mock, *words)
    assert done.status == 0, done.err
    assert "red" in done.out
    (asked,) = mock.posts
    assert asked.path == "/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21"
    assert asked.headers["api-key"] == KEY
    assert "authorization" not in asked.headers
    assert KEY not in done.out + done.err


def test_a_token_of_entra_goes_as_a_bearer_token(mock: Mock) -> None:
    done = azure(mock, AZURE_OPENAI_API_KEY="", AZURE_OPENAI_AD_TOKEN="entra-canary")
    assert done.status == 0, done.err
    assert mock.posts[0].headers["authorization"] == "Bearer entra-canary"
    assert "api-key" not in mock.posts[0].headers


def test_the_v1_api_is_chosen_by_its_address(mock: Mock) -> None:
    done = azure(mock, "--base-url", f"{mock.url}/openai/v1/")
    assert done.status == 0, done.err
    assert mock.posts[0].path == "/openai/v1/chat/completions"
    assert mock.posts[0].json["model"] == "my-gpt"


FILTERED = {
    "message": "The response was filtered due to the prompt triggering Azure OpenAI's content"
    " management policy.",
    "type": None,
    "param": "prompt",
    "code": "content_filter",
    "status": 400,
    "innererror": {"code": "ResponsibleAIPolicyViolation"},
}


def test_a_filtered_prompt_is_a_refusal(mock: Mock) -> None:
    mock.replies = [answer(400, error=FILTERED)]
    done = azure(mock)
    assert (done.status, done.out) == (9, "")
    assert "a filter of azure refuses" in done.err


@pytest.mark.parametrize(
    ("status", "code", "ends"),
    [(401, "401", 4), (404, "DeploymentNotFound", 3), (500, "InternalServerError", 8)],
)
def test_azures_errors(mock: Mock, status: int, code: str, ends: int) -> None:
    mock.replies = [answer(status, error={"code": code, "message": f"no: {KEY}"})]
    done = azure(mock, "--retries", "0")
    assert (done.status, done.out) == (ends, "")
    assert KEY not in done.err


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_takes_no_key_elsewhere(mock: Mock, other: Mock, status: int) -> None:
    mock.replies = [Reply(b"", status=status, headers={"location": f"{other.url}/openai"})]
    done = azure(mock)
    assert done.status == 8
    assert "not followed" in done.err
    assert KEY not in done.out + done.err
    assert len(mock.posts) == 1
    assert other.received == []


def test_without_an_endpoint_nothing_is_sent(mock: Mock) -> None:
    done = azure(mock, AZURE_OPENAI_ENDPOINT="")
    assert done.status == 2
    assert "AZURE_OPENAI_ENDPOINT" in done.err
    assert mock.received == []


def test_azure_ai_sends_claude_to_its_own_wire(mock: Mock) -> None:
    env = {"AZURE_AI_API_BASE": mock.url, "AZURE_AI_API_KEY": KEY}
    done = vision(*ASK, "-m", "azure_ai/claude-sonnet-4-5", env=env)
    assert done.status == 0, done.err
    (asked,) = mock.posts
    assert asked.path == "/anthropic/v1/messages"
    assert asked.headers["x-api-key"] == KEY
    assert [name for name, value in asked.headers.items() if KEY in value] == ["x-api-key"]


# --- Vertex


@pytest.mark.parametrize("model", VERTEX)
def test_vertex_answers(mock: Mock, google: dict[str, str], model: str) -> None:
    mock.replies = [token()]
    env = {**google, "GOOGLE_CLOUD_LOCATION": "us-east5"}
    done = vision(*ASK, "-m", f"vertex_ai/{model}", "--debug", env=env)
    assert done.status == 0, done.err
    assert "red" in done.out
    first, asked = mock.posts
    assert first.path == "/token"
    assert asked.path == f"/v1/projects/{PROJECT}/locations/us-east5/{VERTEX[model]}"
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert all(
        secret not in done.out + done.err for secret in (TOKEN, private_key().splitlines()[3])
    )


def test_one_token_serves_several_models(mock: Mock, google: dict[str, str]) -> None:
    mock.replies = [token()]
    models = [word for model in VERTEX for word in ("-m", f"vertex_ai/{model}")]
    done = vision(*ASK, *models, env=google)
    assert done.status == 0, done.err
    assert [asked.path == "/token" for asked in mock.posts] == [True, *[False] * len(VERTEX)]


def test_a_variable_names_another_project(mock: Mock, google: dict[str, str]) -> None:
    mock.replies = [token()]
    done = vision(
        *ASK, "-m", "vertex_ai/gemini-2.5-flash", env={**google, "VERTEXAI_PROJECT": "mine"}
    )
    assert done.status == 0, done.err
    assert mock.posts[1].path.startswith("/v1/projects/mine/locations/global/")


def test_a_token_that_google_echoes_is_masked(mock: Mock, google: dict[str, str]) -> None:
    said = {"code": 401, "message": f"bad token {TOKEN}", "status": "UNAUTHENTICATED"}
    mock.replies = [token(), answer(401, error=said)]
    done = vision(*ASK, "-m", "vertex_ai/gemini-2.5-flash", "--json", env=google)
    assert done.status == 4
    assert TOKEN not in done.out + done.err


def test_a_clock_that_is_wrong_is_named(mock: Mock, google: dict[str, str]) -> None:
    words = "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable"
    mock.replies = [answer(400, error="invalid_grant", error_description=words)]
    done = vision(*ASK, "-m", "vertex_ai/gemini-2.5-flash", env=google)
    assert (done.status, done.out) == (4, "")
    assert "check the clock" in done.err


def test_no_credentials_are_one_clean_error(mock: Mock, google: dict[str, str]) -> None:
    env = {**google, "GOOGLE_APPLICATION_CREDENTIALS": ""}
    done = vision(*ASK, "-m", "vertex_ai/gemini-2.5-flash", env=env)
    assert (done.status, done.out) == (4, "")
    assert done.err.count("\n") == 2
    assert "gcloud auth application-default login" in done.err
    assert mock.received == []


def test_an_express_key_needs_no_project(mock: Mock) -> None:
    env = {"GOOGLE_VERTEX_BASE_URL": mock.url, "VERTEX_API_KEY": KEY}
    done = vision(*ASK, "-m", "vertex_ai/gemini-2.5-flash", env=env)
    assert done.status == 0, done.err
    (asked,) = mock.posts
    assert asked.path.startswith("/v1/publishers/google/models/gemini-2.5-flash:stream")
    assert asked.headers["x-goog-api-key"] == KEY
    assert "authorization" not in asked.headers


@pytest.mark.parametrize("image", ["gs://bucket/cat.png", "https://example.org/cat.png"])
def test_vertex_is_given_an_address(mock: Mock, google: dict[str, str], image: str) -> None:
    mock.replies = [token()]
    done = vision("ask", "-m", "vertex_ai/gemini-2.5-flash", image, "q", env=google)
    assert done.status == 0, done.err
    part = mock.posts[1].json["contents"][0]["parts"][0]
    assert part == {"fileData": {"mimeType": "image/png", "fileUri": image}}


@pytest.mark.parametrize(
    ("image", "said"),
    [("gs://bucket/cat", "--format"), ("https://127.0.0.1:1/cat", "is a private address")],
)
def test_an_address_without_a_type_is_not_passed_on(
    mock: Mock, google: dict[str, str], image: str, said: str
) -> None:
    """What can be fetched is fetched here, under the rules of all downloads."""
    env = {**google, "GOOGLE_ACCESS_TOKEN": KEY, "GOOGLE_CLOUD_PROJECT": "p"}
    words = ("ask", "-m", "vertex_ai/gemini-2.5-flash", image, "q")
    done = vision(*words, env=env)
    assert done.status in (2, 5)
    assert said in done.err
    assert mock.received == []
    done = vision(*words, "--format", "png", env=env)
    assert done.status == 0, done.err
    assert mock.posts[0].json["contents"][0]["parts"][0]["fileData"]["mimeType"] == "image/png"


# --- dry runs


@pytest.mark.parametrize("model", VERTEX)
def test_a_dry_run_asks_google_nothing(mock: Mock, google: dict[str, str], model: str) -> None:
    env = {**google, "GOOGLE_CLOUD_PROJECT": "p"}
    done = vision(*ASK, "-m", f"vertex_ai/{model}", "--dry-run", "--json", env=env)
    assert done.status == 0, done.err
    assert done.json["headers"]["authorization"] == "Bearer $GOOGLE_ACCESS_TOKEN"
    assert mock.received == []


@pytest.mark.parametrize(
    ("model", "variable"),
    [("vertex_ai/claude-sonnet-4-5", "GOOGLE_ACCESS_TOKEN"), ("azure/x", "AZURE_OPENAI_API_KEY")],
)
def test_the_curl_command_works_when_pasted(mock: Mock, model: str, variable: str) -> None:
    env = {
        "GOOGLE_CLOUD_PROJECT": "p",
        "GOOGLE_VERTEX_BASE_URL": mock.url,
        "AZURE_OPENAI_ENDPOINT": mock.url,
        variable: KEY,
    }
    shown = vision(*ASK, "-m", model, "--dry-run", "--curl", env=env)
    assert shown.status == 0, shown.err
    assert KEY not in shown.out
    pasted = subprocess.run(
        ["bash", "-c", shown.out], env=environment(env), capture_output=True, check=True
    )
    assert b"red" in pasted.stdout
    assert vision(*ASK, "-m", model, env=env).status == 0
    by_curl, by_us = mock.posts
    assert (by_curl.path, by_curl.json) == (by_us.path, by_us.json)
    for header in ("authorization", "api-key", "content-type"):
        assert by_curl.headers.get(header) == by_us.headers.get(header)


def test_a_dry_run_loads_neither_google_nor_a_client() -> None:
    code = (
        "import sys\nfrom visioncli import api\nfrom visioncli.config import Settings\n"
        "from visioncli.core.target import ModelRef\nfrom visioncli.core.types import Request\n"
        "env = {'GOOGLE_CLOUD_PROJECT': 'p'}\n"
        "call = api.prepare(api.Asked(request=Request(messages=())),"
        " ModelRef('vertex_ai', 'gemini-2.5-flash'), Settings(), dry=True, env=env)\n"
        "assert '/projects/p/' in call.shown(env).url\n"
        "print(*{'google.auth', 'httpx', 'requests'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"

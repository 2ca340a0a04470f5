"""LiteLLM's page on vision models, its part about the proxy, step by step."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import openai
import pytest

from tests import vendors
from tests.mock import Mock
from tests.program import HORSE, environment

from .running import Program, program, question

CONFIG = """\
model_list:
  - model_name: gpt-4-vision-preview
    litellm_params: {{model: openai/gpt-4-vision-preview, api_key: os.environ/OPENAI_API_KEY}}
  - model_name: llava-hf
    litellm_params:
      {{model: openai/llava-hf/llava-v1.6-vicuna-7b-hf, api_base: {mock}, api_key: fake-key}}
    model_info: {{supports_vision: True}}
  - model_name: claude
    litellm_params:
      {{model: anthropic/claude-3-7-sonnet-latest, api_key: os.environ/ANTHROPIC_API_KEY}}
general_settings: {{master_key: sk-1234}}
"""
URL = (
    "https://awsmp-logos.s3.amazonaws.com/seller-xw5kijmvmzasy/c233c9ade2ccb5491072ae232c814942.png"
)
GROUPS = [
    {
        "model_group": "gpt-4-vision-preview",
        "providers": ["openai"],
        "max_input_tokens": 128000,
        "max_output_tokens": 4096,
        "mode": "chat",
        "supports_vision": True,
        "supports_function_calling": False,
    },
    {
        "model_group": "llava-hf",
        "providers": ["openai"],
        "max_input_tokens": None,
        "max_output_tokens": None,
        "mode": None,
        "supports_vision": True,
        "supports_function_calling": False,
    },
]


@pytest.fixture
def proxy(mock: Mock, tmp_path: Path) -> Iterator[Program]:
    file = tmp_path / "config.yaml"
    file.write_text(CONFIG.format(mock=mock.url), "utf-8")
    with program("--config", str(file), env=mock.env("sk-openai-0123456789")) as running:
        yield running


def client(proxy: Program) -> openai.OpenAI:
    return openai.OpenAI(
        api_key="sk-1234",
        base_url=proxy.url,
        max_retries=0,
        http_client=httpx.Client(trust_env=False),
    )


@pytest.mark.parametrize(
    ("asked", "model", "key", "path"),
    [
        (
            "gpt-4-vision-preview",
            "gpt-4-vision-preview",
            "sk-openai-0123456789",
            "/v1/chat/completions",
        ),
        ("llava-hf", "llava-hf/llava-v1.6-vicuna-7b-hf", "fake-key", "/chat/completions"),
    ],
)
def test_the_openai_client_asks(
    proxy: Program, mock: Mock, asked: str, model: str, key: str, path: str
) -> None:
    with client(proxy) as openai_client:
        response = openai_client.chat.completions.create(**question(asked, {"url": URL}))
    assert response.choices[0].message.content == vendors.TEXT
    assert (response.usage.prompt_tokens, response.choices[0].finish_reason) == (85, "stop")
    (sent,) = mock.posts
    assert (sent.path, sent.headers["authorization"]) == (path, f"Bearer {key}")
    assert sent.json["model"] == model
    assert {"type": "image_url", "image_url": {"url": URL}} in sent.json["messages"][0]["content"]
    assert "sk-1234" not in str(sent)


def test_the_openai_client_reads_a_stream(proxy: Program, mock: Mock) -> None:
    with client(proxy) as openai_client:
        chunks = list(
            openai_client.chat.completions.create(
                **question("llava-hf", {"url": URL}),
                stream=True,
                stream_options={"include_usage": True},
            )
        )
    text = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert text == vendors.TEXT
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-1].usage.total_tokens == 94
    assert [c.choices[0].finish_reason for c in chunks if c.choices][-1] == "stop"


def test_curl_is_told_what_the_models_can_do(proxy: Program) -> None:
    done = subprocess.run(
        [
            *("curl", "-s", "--noproxy", "*", f"{proxy.url}/model_group/info"),
            *("-H", "accept: application/json", "-H", "x-api-key: sk-1234"),
        ],
        capture_output=True,
        check=True,
        env=environment(),
    )
    told = json.loads(done.stdout)
    assert told["data"][:2] == GROUPS
    assert list(told) == ["data"]
    assert [list(group) for group in told["data"][:2]] == [list(group) for group in GROUPS]


def test_curl_asks_with_a_large_picture(proxy: Program, mock: Mock, tmp_path: Path) -> None:
    """curl waits for leave before it sends a body of more than 1 MB."""
    data = base64.b64encode(Path(HORSE).read_bytes() + bytes(3_000_000)).decode()
    file = tmp_path / "question.json"
    file.write_text(json.dumps(question("llava-hf", {"url": f"data:image/png;base64,{data}"})))
    done = subprocess.run(
        [
            *("curl", "-sv", "--noproxy", "*", f"{proxy.url}/v1/chat/completions"),
            *("-H", "Authorization: Bearer sk-1234", "-H", "Content-Type: application/json"),
            *("-H", "Expect: 100-continue", "--data-binary", f"@{file}"),
        ],
        capture_output=True,
        check=True,
        env=environment(),
    )
    assert b"HTTP/1.1 100 Continue" in done.stderr
    assert json.loads(done.stdout)["choices"][0]["message"]["content"] == vendors.TEXT
    (sent,) = mock.posts
    assert data.encode() in sent.body


def test_format_works_as_in_python(proxy: Program, mock: Mock) -> None:
    """The media type that a message gives is the one that is sent, whatever the bytes say."""
    data = base64.b64encode(Path(HORSE).read_bytes()).decode()
    image = {"url": f"data:application/octet-stream;base64,{data}", "format": "image/jpeg"}
    with client(proxy) as openai_client:
        openai_client.chat.completions.create(**question("claude", image))
    (sent,) = mock.posts
    source = sent.json["messages"][0]["content"][1]["source"]
    assert source == {"type": "base64", "media_type": "image/jpeg", "data": data}


def test_its_models_are_listed(proxy: Program) -> None:
    with client(proxy) as openai_client:
        listed = openai_client.models.list().data
        one = openai_client.models.retrieve("llava-hf")
    assert [model.id for model in listed] == ["gpt-4-vision-preview", "llava-hf", "claude"]
    assert one.owned_by == "openai"

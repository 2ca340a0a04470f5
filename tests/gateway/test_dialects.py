"""Every dialect behind the gateway, before mock servers that nobody here wrote."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import openai
import pytest

from tests.foreign.conftest import _aimock, _llmock, aimock, llmock
from tests.foreign.servers import Server
from tests.foreign.test_aimock import TEXT
from tests.foreign.ways import AIMOCK, ENV, LLMOCK, RESPONSES, Way
from tests.program import HORSE
from visioncli.gateway.settings import Entry, Gateway

from .running import Served, question, serving
from .test_answers import MESSAGES, events

__all__ = ["_aimock", "_llmock", "aimock", "llmock"]  # fixtures

DATA = base64.b64encode(Path(HORSE).read_bytes()).decode()
ADDRESS = f"data:image/png;base64,{DATA}"
BLOCK = {"type": "base64", "media_type": "image/png", "data": DATA}
ANSWER = "A horse 🐎 in a field; 馬です。"
FOREIGN = {f"{way.dialect}-{way.provider}": way for way in LLMOCK}


@contextmanager
def before(server: Server, way: Way, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    for name, value in ENV.items():  # what a library finds for itself, as botocore does
        monkeypatch.setenv(name, value)
    base = server.url + way.base
    entry = Entry(name="m", model=way.model, api_base=base, vision=True)
    own = RESPONSES.read_text("utf-8")
    with serving(Gateway(models=(entry,), retries=0), ENV, own) as served:
        yield served


def chat(served: Served, *, stream: bool) -> str:
    """By OpenAI's own client, a picture along."""
    http = httpx.Client(trust_env=False)
    with openai.OpenAI(
        api_key="any", base_url=served.url, max_retries=0, http_client=http
    ) as client:
        said: Any = client.chat.completions.create(
            **question(image={"url": ADDRESS}), max_tokens=99, stream=stream
        )
        if not stream:
            assert said.model == "m"
            return str(said.choices[0].message.content)
        chunks = list(said)
    assert chunks[-1].choices[0].finish_reason == "stop"
    assert {chunk.model for chunk in chunks} == {"m"}
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks)


def others(served: Served, *, stream: bool) -> tuple[str, str]:
    """By Anthropic's API, and by OpenAI's responses."""
    text = {"type": "text", "text": "What is it?"}
    messages = {
        "model": "m",
        "max_tokens": 99,
        "stream": stream,
        "messages": [{"role": "user", "content": [{"type": "image", "source": BLOCK}, text]}],
    }
    parts = [
        {"type": "input_image", "image_url": ADDRESS},
        {"type": "input_text", "text": "What is it?"},
    ]
    responses = {"model": "m", "input": [{"role": "user", "content": parts}], "stream": stream}
    one, two = served.post(messages, MESSAGES), served.post(responses, "/v1/responses")
    assert (one.status_code, two.status_code) == (200, 200), one.text + two.text
    if not stream:
        output = two.json()["output"][-1]["content"][0]["text"]
        return one.json()["content"][-1]["text"], output
    told = [e["delta"] for e in events(one.text) if e["type"] == "content_block_delta"]
    final = events(two.text)[-1]["response"]
    return "".join(delta["text"] for delta in told), final["output"][-1]["content"][0]["text"]


@pytest.mark.needs_tool("aimock")
@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("way", AIMOCK, ids=str)
def test_aimock_is_asked_in_every_dialect(
    aimock: Server, monkeypatch: pytest.MonkeyPatch, way: Way, stream: bool
) -> None:
    with before(aimock, way, monkeypatch) as served:
        assert chat(served, stream=stream) == TEXT
        assert others(served, stream=stream) == (TEXT, TEXT)


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
@pytest.mark.parametrize("way", FOREIGN.values(), ids=str)
def test_llmock_is_asked_in_its_dialects_and_finds_no_fault(
    llmock: Server, monkeypatch: pytest.MonkeyPatch, way: Way, stream: bool
) -> None:
    reply = {"type": "reply", "text": ANSWER, "times": None}
    llmock.call("/_llmock/scenario", {"behaviors": [reply]})
    with before(llmock, way, monkeypatch) as served:
        assert chat(served, stream=stream) == ANSWER
        assert others(served, stream=stream) == (ANSWER, ANSWER)
    seen = llmock.call("/_llmock/requests", method="GET")["requests"]
    assert [request["status"] for request in seen] == [200] * 3

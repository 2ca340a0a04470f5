"""`vision ask` against llama.cpp's own server: three wires that nobody here wrote.

Its model has random weights: what it says is gibberish, the same for the same picture.
"""

from __future__ import annotations

import base64
import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.program import CAT, CUP, vision

ENV = {
    "ANTHROPIC_API_KEY": "sk-any-0123456789abcdef",
    "VISION_CONFIG": str(Path(__file__).with_name("config.toml")),
}
WIRES = {"vllm/tiny": "/v1", "anthropic/tiny": "", "responses/tiny": "/v1"}
SHORT = ("--max-tokens", "12", "--temperature", "0")
LENGTH = 10  # the exit status: a random model hardly ever ends by itself
# Its Responses are "completed" also where the limit of tokens ended them.
ENDS = {"vllm/tiny": LENGTH, "anthropic/tiny": LENGTH, "responses/tiny": 0}


def ask(address: str, wire: str, *words: str, **more: Any) -> Any:
    base = ("-m", wire, "--base-url", address + WIRES[wire])
    return vision("ask", *base, *SHORT, *words, env=ENV, **more)


def plain_chat(address: str, picture: str) -> str:
    """What the server says to a request that is not ours."""
    data = base64.b64encode(Path(picture).read_bytes()).decode()
    image = {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{data}"}}
    content = [image, {"type": "text", "text": "what is it?"}]
    body = {"messages": [{"role": "user", "content": content}], "max_tokens": 12, "temperature": 0}
    request = urllib.request.Request(
        f"{address}/v1/chat/completions",
        json.dumps(body).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return str(json.load(answer)["choices"][0]["message"]["content"])


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("streaming", ["--stream", "--no-stream"])
def test_a_real_picture_is_seen(llama: str, wire: str, streaming: str) -> None:
    cat = ask(llama, wire, streaming, "--json", CAT, "what is it?")
    assert cat.status == ENDS[wire]
    assert cat.json["answer"]
    assert cat.json["finish"] == ("length" if ENDS[wire] else "stop")
    assert cat.json.get("error", {}).get("exit", 0) == ENDS[wire]
    assert cat.json["usage"]["output"] == 12
    cup = ask(llama, wire, streaming, "--json", CUP, "what is it?")
    assert cup.json["answer"] != cat.json["answer"]


@pytest.mark.parametrize("wire", ["vllm/tiny", "responses/tiny"])
def test_the_answer_is_the_one_another_client_gets(llama: str, wire: str) -> None:
    done = ask(llama, wire, "--json", CAT, "what is it?")
    assert done.json["answer"] == plain_chat(llama, CAT)


@pytest.mark.parametrize("wire", WIRES)
def test_streamed_and_plain_are_the_same_text(llama: str, wire: str) -> None:
    streamed = ask(llama, wire, "--stream", "--json", CAT, "what is it?")
    plain = ask(llama, wire, "--no-stream", "--json", CAT, "what is it?")
    assert streamed.json["answer"] == plain.json["answer"]


@pytest.mark.parametrize("wire", WIRES)
def test_two_pictures_cost_more_tokens_than_one(llama: str, wire: str) -> None:
    one = ask(llama, wire, "--json", CAT, "what is it?").json["usage"]["input"]
    two = ask(llama, wire, "--json", CAT, CUP, "what is it?").json["usage"]["input"]
    assert two > one


@pytest.mark.parametrize("wire", WIRES)
def test_gibberish_reaches_stdout_without_control_characters(llama: str, wire: str) -> None:
    done = ask(llama, wire, CAT, "what is it?")
    assert done.status == ENDS[wire]
    assert done.out.strip()
    assert all(c.isprintable() or c in "\n\t" for c in done.out)


@pytest.mark.parametrize("wire", WIRES)
def test_a_picture_the_server_cannot_read_is_exit_5(llama: str, wire: str, tmp_path: Path) -> None:
    half = tmp_path / "half.jpg"
    half.write_bytes(Path(CAT).read_bytes()[:300])
    done = ask(llama, wire, half, "what is it?")
    assert done.status == 5
    assert "Traceback" not in done.err


@pytest.mark.parametrize("wire", WIRES)
def test_a_model_without_a_vision_tower_is_asked_once(blind: str, wire: str) -> None:
    done = ask(blind, wire, CAT, "what is it?")
    assert done.status == 3
    assert "image input is not supported" in done.err
    assert "again in" not in done.err

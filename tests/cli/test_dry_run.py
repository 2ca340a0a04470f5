"""--dry-run: what would be sent, without a key, without a client, without a network."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mock import Mock
from tests.program import CAT, HORSE, KEY, Done, environment, vision
from tests.vendors import KEYS, MODELS, WIRES

HEADER = {"openai": "authorization", "anthropic": "x-api-key", "gemini": "x-goog-api-key"}


@pytest.mark.parametrize("wire", WIRES)
def test_what_it_prints_needs_no_key_and_holds_the_whole_request(wire: str) -> None:
    done = vision("ask", "--dry-run", "--json", "-m", MODELS[wire], CAT, "q")
    assert (done.status, done.err) == (0, "")
    shown = done.json
    assert list(shown) == ["method", "url", "headers", "body", "images", "estimate"]
    assert shown["method"] == "POST"
    assert shown["url"].startswith("http")
    size = Path(CAT).stat().st_size
    assert f"<base64 of {size} bytes>" in json.dumps(shown["body"])
    assert int(shown["headers"]["content-length"]) > size * 4 / 3
    assert shown["images"][0]["media_type"] == "image/jpeg"


@pytest.mark.parametrize("wire", WIRES)
def test_full_keeps_the_base64(wire: str) -> None:
    shown = vision("ask", "--dry-run", "--full", "--json", "-m", MODELS[wire], CAT, "q").json
    data = base64.b64encode(Path(CAT).read_bytes()).decode()
    assert data in json.dumps(shown["body"])
    body = json.dumps(shown["body"], separators=(",", ":"))
    assert int(shown["headers"]["content-length"]) == len(body)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("form", [(), ("--json",), ("--curl",), ("--full",)])
def test_a_key_is_never_in_it(wire: str, form: tuple[str, ...]) -> None:
    env = dict.fromkeys(KEYS.values(), KEY)
    done = vision("ask", "--dry-run", "--debug", *form, "-m", MODELS[wire], CAT, "q", env=env)
    assert done.status == 0
    assert KEY not in done.out + done.err
    if wire in KEYS:
        assert f"${KEYS[wire]}" in done.out


@pytest.mark.parametrize("wire", WIRES)
def test_the_curl_command_works_when_pasted(mock: Mock, wire: str) -> None:
    env = mock.env(KEY)
    words = ("-m", MODELS[wire], "-s", 'Say "it\'s" $HOME', CAT, "what's `this`?")
    done = vision("ask", "--dry-run", "--curl", *words, env=env)
    assert done.status == 0
    pasted = subprocess.run(
        ["bash", "-c", done.out], env=environment(env), capture_output=True, check=True
    )
    assert b"red" in pasted.stdout
    assert vision("ask", *words, env=env).status == 0
    by_curl, by_us = mock.posts
    assert by_curl.path == by_us.path
    assert by_curl.json == by_us.json
    for header in ("content-type", "anthropic-version", HEADER.get(wire, "host")):
        assert by_curl.headers.get(header) == by_us.headers.get(header)


def test_a_pasted_command_fills_in_the_key_and_nothing_else(mock: Mock, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    headers = """headers = { "x-tag" = "it's $HOME $(id) `id` $K", "x-token" = "hidden-0123" }"""
    file.write_text(
        f'[providers.mine]\ndialect = "openai_chat"\nbase_url = "{mock.url}/v1"\n'
        f'key_env = ["K"]\n{headers}\n'
    )
    env = {"VISION_CONFIG": str(file), "K": KEY}
    done = vision("ask", "--dry-run", "--curl", "-m", "mine/llava", CAT, "q", env=env)
    assert "hidden-0123" not in done.out
    subprocess.run(["bash", "-c", done.out], env=environment(env), capture_output=True, check=True)
    (sent,) = mock.posts
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.headers["x-tag"].startswith("it's $HOME $(id) `id` ")


def test_a_command_that_would_lack_its_picture_is_not_begun(mock: Mock) -> None:
    words = ("-m", "gemini/gemini-flash-latest", f"{mock.url}/a.jpg", "q")
    done = vision("ask", "--dry-run", "--curl", "--allow-private", *words)
    assert (done.status, done.out) == (2, "")


def test_text_shows_the_request_line_headers_and_body() -> None:
    done = vision("ask", "--dry-run", "-m", "openai/gpt-4o", CAT, "wie geht's, 日本?")
    first, *rest = done.out.splitlines()
    assert first == "POST https://api.openai.com/v1/chat/completions"
    assert "authorization: Bearer $OPENAI_API_KEY" in rest
    body = json.loads(done.out.partition("\n\n")[2])
    assert body["messages"][0]["content"][-1]["text"] == "wie geht's, 日本?"


def test_every_model_of_a_comparison_is_shown() -> None:
    done = vision(
        "ask",
        "--dry-run",
        "--json",
        "-m",
        "openai/gpt-4o",
        "-m",
        "gemini/gemini-flash-latest",
        CAT,
        "q",
    )
    assert [shown["url"].split("/")[2] for shown in done.objects] == [
        "api.openai.com",
        "generativelanguage.googleapis.com",
    ]


def test_a_picture_that_would_have_to_be_fetched_is_not_fetched(mock: Mock) -> None:
    url = f"{mock.url}/cat.jpg"
    words = ("--dry-run", "--allow-private", "-m", "gemini/gemini-flash-latest", url, "q")
    done = vision("ask", "--json", *words)
    assert done.status == 0
    assert not mock.received
    assert url in json.dumps(done.json["body"])
    assert done.json["images"][0]["bytes"] is None
    assert vision("ask", "--full", *words).out == ""


def test_the_offline_model_sends_nothing() -> None:
    done = vision("ask", "--dry-run", "--json", "-m", "local/eyes", HORSE, "q")
    assert done.status == 0
    assert done.json["url"] is None
    assert "nothing would be sent" in vision("ask", "--dry-run", "-m", "local/eyes", HORSE, "q").out


def test_a_model_that_cannot_see_and_a_file_that_is_no_picture_are_refused_all_the_same() -> None:
    assert vision("ask", "--dry-run", "-m", "openai/gpt-3.5-turbo", CAT, "q").status == 3
    assert vision("ask", "--dry-run", "-m", "openai/gpt-4o", __file__, "q").status == 5


@pytest.mark.needs_root
def test_it_works_without_any_network() -> None:
    probe = subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("network namespaces need root")
    words: Callable[..., Done] = vision
    assert words("ask", "--dry-run", "-m", "openai/gpt-4o", CAT, "q").status == 0
    program = str(Path(sys.executable).with_name("vision"))
    done = subprocess.run(
        ["unshare", "-n", program, "ask", "--dry-run", "-m", "openai/gpt-4o", CAT, "q"],
        env=environment({"PATH": os.environ["PATH"]}),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0

"""Any words behind `vision`: a known exit status, one clear error, and never a traceback."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.program import CAT

from .bounds import tried
from .inside import check, run

COMMANDS = (
    ("ask",), ("check",), ("models",), ("prep",), ("batch",), ("batch", "submit"),
    ("batch", "status"), ("batch", "fetch"), ("batch", "list"), ("batch", "cancel"),
    ("batch", "export"), ("completions",), ("asks",), (),
)  # fmt: skip
OPTIONS = (
    "-m", "--model", "-s", "-Q", "--question", "-i", "--image", "--format", "--detail", "-o",
    "--option", "--max-tokens", "--temperature", "--schema", "--json", "--stream", "--no-stream",
    "-u", "--dry-run", "--curl", "--full", "--base-url", "--timeout", "--retries", "--inline",
    "--no-prep", "--max-side", "--allow-private", "--together", "--each", "--per-request", "--from",
    "-0", "-r", "-O", "--output", "--errors", "--ordered", "--overwrite", "--retry-failed",
    "--rehash", "-j", "--jobs", "--rpm", "--tpm", "--max-cost", "--fail-fast", "--engine", "--show",
    "--force", "--raw", "--color", "-q", "--debug", "--provider", "--all", "--retired",
    "--available", "--max-price", "--ids", "--live", "--source", "--help", "-h", "--", "--version",
    "--nope", "-", "-mX", "--model=x/y", "-qO", "--json=1", "---", "--dry-run=",
)  # fmt: skip
VALUES = (
    "a.png", "b.jpg", "not.png", "./b.jpg", "folder", "*.jpg", "[a", "[!a].png", "**/*", "?", "a?b.png",  # noqa: E501
    "doc.pdf#2", "doc.pdf#0", "doc.pdf#9-1", "doc.pdf#1-999999999", "what is this?", "q", "", " ",
    "\t\n", "\0"[:0] + "caf\udcff.png", "\x1b[2J.png", "\u202egnp.exe", "list.txt", "list.jsonl",
    "data:", "data:,", "data:image/png;base64,", "data:image/png;base64,AAAA", "data:;base64,%zz",
    "https://x.test/a.png", "http://", "https://[", "http://a:b@x.test:99999/", "ftp://x/y",
    "gs://b/k.png", "s3://", "clip:", "screen:", "clip:x", "openai:file-abc", "nope:file-1",
    "file:///etc/passwd", "openai/gpt-4o", "gpt-4o", "fast", "local/eyes", "ollama/llava",
    "nope/nothing", "/", "a/", "/b", "openai/", "azure/x", "bedrock/x", "mine/m", "anthropic",
    "vllm/x", "0", "-1", "1", "8", "20", "1e309", "nan", "inf", "99999999999999999999", "0.5", "x=1",  # noqa: E501
    "x=[1", "=", "a.b=\udc80", "messages=[]", "stream=7", "max_tokens=NaN", "x=" + "[" * 3000,
    "image/png", "png", "b.jpg=png", "text/html", "low", "never", "always", "{}", "{", "[]",
    '{"$ref": "#/x"}', "name, age int", "a:", "@list.txt", "@", "@nope", "{'a'}", "new.jsonl",
    "/dev/null", "/dev/full", ".", "..", "~", "ray", "http://127.0.0.1:1/v1", "127.0.0.1", "x" * 3000,  # noqa: E501
    "bash", "tcsh",
)  # fmt: skip
MADE = st.text(
    st.sampled_from("abc-=:/#?*[]{},.@~ \n\x1b\x9b\u202e\udcff\u2028\U000e0041é") | st.characters(),
    max_size=12,
).filter(lambda text: "\0" not in text)
word = st.one_of(st.sampled_from(OPTIONS), st.sampled_from(VALUES), st.sampled_from(VALUES), MADE)
CONFIGURATION = """
default_model = "openai/gpt-4o"
[aliases]
fast = "groq/qwen/qwen3.8-27b"
[ask]
retries = 0
timeout = 5
[providers.mine]
dialect = "openai_chat"
base_url = "http://127.0.0.1:1/v1"
auth = "none"
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with all that the words name."""
    folder = tmp_path / "here"
    (folder / "folder").mkdir(parents=True)
    for name in ("a.png", "b.jpg", "folder/c.jpg", os.fsdecode(b"caf\xff.png")):
        shutil.copy(CAT, folder / name)
    (folder / "list.txt").write_text("a.png\nnot.png\n\x1b[2J.png\n")
    (folder / "list.jsonl").write_bytes(b'{"image":"b.jpg","id":[1]}\n{"image":7}\n\xff\n{"images"')
    (tmp_path / "config.toml").write_text(CONFIGURATION)
    return folder


def environment(folder: Path) -> dict[str, str]:
    home = str(folder.parent)
    return {
        "VISION_CONFIG": f"{home}/config.toml",
        "HOME": home,
        "XDG_CACHE_HOME": f"{home}/cache",
        "XDG_DATA_HOME": f"{home}/data",
        "XDG_STATE_HOME": f"{home}/state",
        "DISPLAY": "",
        "WAYLAND_DISPLAY": "",
    }


@given(
    command=st.sampled_from(COMMANDS),
    words=st.lists(word, max_size=7),
    stdin=st.sampled_from([b"", b"a.png\nb.jpg\n", b"\0", b"\x89PNG\r\n\x1a\n", b"{", b"\xff\n"]),
)
@tried(120)
def test_any_words(place: Path, command: tuple[str, ...], words: list[str], stdin: bytes) -> None:
    given_words = [*command, *words]
    check(given_words, run(given_words, folder=place, env=environment(place), stdin=stdin))


@given(
    words=st.lists(word, max_size=4),
    options=st.lists(st.tuples(st.sampled_from(OPTIONS), st.sampled_from(VALUES)), max_size=3),
)
@tried(60)
def test_any_options_of_a_question(
    place: Path, words: list[str], options: list[tuple[str, str]]
) -> None:
    """One that would be answered but for them: so most of it is reached."""
    given_words = ["ask", *words, *(w for pair in options for w in pair), "b.jpg", "what?"]
    check(given_words, run(given_words, folder=place, env=environment(place)))


@given(option=st.sampled_from(OPTIONS), value=st.sampled_from(VALUES), model=st.booleans())
@tried(60)
def test_every_option_with_every_value(place: Path, option: str, value: str, model: bool) -> None:
    named = ["-m", "mine/m"] if model else ["--dry-run"]
    given_words = ["ask", *named, option, value, "b.jpg", "what?"]
    check(given_words, run(given_words, folder=place, env=environment(place)))

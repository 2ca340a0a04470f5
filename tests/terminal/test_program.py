"""No control sequence that somebody else wrote reaches the terminal, whoever it was: the model, its
provider, who named a file, wrote a list or a configuration. The real program, on a real terminal.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import vendors
from tests.fuzz.bounds import tried
from tests.mock import Mock, Reply, serving
from tests.program import CAT, KEY

if sys.platform == "win32":
    pytest.skip("terminals as POSIX has them", allow_module_level=True)

from visioncli.cli.graphics.asking import QUESTIONS

from .received import REDRAWN, STYLE, WIPED, obeyed, offences
from .running import Shown, shown

# Of every kind one: what ends it, and what a terminal would do if it were obeyed.
ATTACKS = (
    "\x1b]0;title\x07", "\x1b]52;c;ZXZpbA==\x1b\\", "\x1b]8;;http://evil.test\x1b\\link\x1b]8;;\x1b\\",
    "\x1b[2J", "\x1b[31m", "\x1b[1;1H", "\x1b[?1049h", "\x1b[6n", "\x1b[c", "\x1b[1A\x1b[K",
    "\x1bP$qm\x1b\\", "\x1b_Gi=1;AAAA\x1b\\", "\x1b^secret\x1b\\", "\x1bXstart\x1b\\", "\x1bc",
    "\x1b(0", "\x1b", "\x1b[", "\x1b]0;open", "\x9b2J", "\x9d0;title\x9c", "\x90q\x9c", "\x9fG\x9c",
    "\x9b31m", "\x85", "\x8d", "\0", "\x07", "\x08\x08", "\x0b", "\x0c", "\x0e", "\x0f", "\x7f", "\r",  # noqa: E501
    "ab\rcd", "\r\r\n", "\u202egnp", "\u202d", "\u2066\u2069", "\u2067", "\u200e", "\u200f", "\u061c",  # noqa: E501
    "\u2028", "\u2029", "\ufff9a\ufffab\ufffb", "\U000e0041\U000e007f", "\u206a", "\x1b\x1b[A",
    "\x1b[38:2::1:2:3m", "\x1b[>4;2m", "\x1b%G", "\x18\x1a",
)  # fmt: skip
ALL = " . ".join(ATTACKS)
RAW = (  # bytes that are no UTF-8, as a file's name or a stream may have them
    b"\x9b2J", b"\x9d0;t\x07", b"\xff\xfe", b"\xc2", b"\xed\xa0\xbd", b"\xe2\x80", b"\xc0\x9b",
    b"\xf8\x88\x80\x80\x80", b"\x1b[2J",
)  # fmt: skip
LIMIT = 200  # bytes of a file's name
MARKS = ("BEGIN", "ENDED")
RENDERED = (STYLE, REDRAWN, WIPED)


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as server:
        yield server


@pytest.fixture
def vision(mock: Mock, tmp_path: Path) -> Callable[..., Shown]:
    """On a terminal, with a model that answers, and a cache of its own."""

    def run(*words: str | bytes, env: dict[str, str] | None = None, **more: Any) -> Shown:
        own = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
        more.setdefault("cwd", tmp_path)
        return shown(*words, env={**mock.env(KEY), **own, **(env or {})}, **more)

    return run


def ask(*more: str) -> tuple[str, ...]:
    return ("ask", "-m", "openai/gpt-4o", "--retries", "0", CAT, "what?", *more)


def good(
    seen: Shown, status: int | None = None, allowed: Collection[re.Pattern[str]] = RENDERED
) -> Shown:
    assert not offences(seen.data, allowed), offences(seen.data, allowed)[:5]
    assert seen.status != 70, seen.text
    assert status is None or seen.status == status, seen.text
    return seen


def marked(text: str) -> str:
    return f"{MARKS[0]} {text} {MARKS[1]}"


def has_marks(seen: Shown) -> None:
    assert all(mark in seen.text for mark in MARKS), seen.text


def test_the_judge_finds_every_attack() -> None:
    for attack in ATTACKS:
        assert offences(f"a{attack}b".encode()), repr(attack)
    for raw in RAW:
        assert offences(b"a" + raw + b"b"), raw
    assert not offences("caf\u00e9 日本 👩‍👩‍👧\r\n\ta".encode())
    assert not offences(b"\x1b[1mbold\x1b[0m", [STYLE])
    assert offences(b"\x1b[1mbold\x1b[2J", [STYLE])


# --------------------------------------------------------------------------- the model's words

FORMS = {
    "text": "{}",
    "heading": "# {}\n\ntext",
    "code": "```\n{}\n```\n",
    "language": "```{}\ncode\n```\n",
    "table": "| a | b |\n|---|---|\n| {} | c |\n",
    "link": "[{0}](http://x.test/{0})\n",
    "list": "- {}\n- b\n",
    "quote": "> {}\n",
    "html": "<b>{}</b> <!-- {} -->\n",
    "inline": "`{}` **{}**\n",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("way", ["rendered", "plain", "never", "dumb", "no stream"])
def test_an_answer(vision: Callable[..., Shown], mock: Mock, form: str, way: str) -> None:
    said = marked(FORMS[form].format(*[" ".join(ATTACKS).replace("\n", " ")] * 2))
    pieces = (
        list(said) if way == "rendered" else [said[at : at + 3] for at in range(0, len(said), 3)]
    )
    mock.pieces, mock.text = pieces, said
    more = {"never": ("--color", "never"), "no stream": ("--no-stream",)}.get(way, ())
    env = {"dumb": {"TERM": "dumb"}, "plain": {"NO_COLOR": "1"}}.get(way, {})
    seen = good(vision(*ask(*more), env=env), 0, () if way == "dumb" else RENDERED)
    has_marks(seen)
    assert r"\x1b" in seen.text or form == "language"


@pytest.mark.parametrize("cut", [1, 2, 3, 7])
def test_a_stream_that_is_cut_within_a_character(
    vision: Callable[..., Shown], mock: Mock, cut: int
) -> None:
    """And one whose bytes are no UTF-8 at all, within its JSON."""
    frames = b"".join(vendors.streamed("openai", [marked("a"), "b"]))
    hurt = frames.replace(b"BEGIN a", b"BEGIN " + b" ".join(RAW[2:-1]) + "\u202e\x9b2J".encode())
    body = [hurt[at : at + cut] for at in range(0, len(hurt), cut)]
    mock.replies.append(Reply(body, "text/event-stream"))
    has_marks(good(vision(*ask()), 0))


nasty = st.text(
    st.sampled_from("".join(ATTACKS) + "#`|-*[]()<>! \n\tab")
    | st.characters(exclude_categories=()),
    max_size=60,
)


@given(said=nasty, step=st.integers(1, 9), width=st.integers(1, 120))
@tried(12)
def test_any_answer(said: str, step: int, width: int) -> None:
    with serving() as mock:
        text = marked(said)
        mock.pieces = [text[at : at + step] for at in range(0, len(text), step)]
        good(shown(*ask(), env=mock.env(KEY), size=(24, width)))


@pytest.mark.parametrize("more", [("--json",), ("--debug", "-u"), ("--no-stream", "-u")])
def test_what_stands_beside_an_answer(
    vision: Callable[..., Shown], mock: Mock, more: tuple[str, ...]
) -> None:
    answer = json.loads(vendors.plain("openai", marked("x")))
    answer |= {"id": ALL, "model": ALL, "system_fingerprint": ALL}
    answer["choices"][0]["finish_reason"] = ALL
    mock.replies.append(Reply(json.dumps(answer).encode()))
    has_marks(good(vision(*ask("--no-stream", *more))))


# --------------------------------------------------------------------------- the provider's words


@pytest.mark.parametrize("wire", vendors.MODELS)
@pytest.mark.parametrize("more", [(), ("--json",), ("--debug",)], ids=str)
def test_an_error(
    vision: Callable[..., Shown], mock: Mock, wire: str, more: tuple[str, ...]
) -> None:
    said = {"message": marked(ALL), "code": ALL, "type": ALL, "status": ALL, "param": ALL}
    headers = {"x-request-id": "\x9b2J \x7f", "request-id": "\x9b2J", "retry-after": "\x9d0;x"}
    for body in (
        json.dumps({"error": said}),
        f"<html>{marked(ALL)}",
        ALL,
        json.dumps({"error": ALL}),
    ):
        mock.replies.append(Reply(body.encode("utf-8", "replace"), status=400, headers=headers))
    words = ("ask", "-m", vendors.MODELS[wire], "--retries", "0", CAT, "q", *more)
    assert "BEGIN" in good(vision(*words)).text
    for _ in range(3):
        good(vision(*words))


def test_an_error_within_a_stream_and_a_retry_that_is_told(
    vision: Callable[..., Shown], mock: Mock
) -> None:
    failed = json.dumps({"error": {"message": ALL, "code": ALL}}).encode()
    mock.replies.append(Reply(failed, status=500, headers={"retry-after-ms": "1"}))
    torn = [*vendors.streamed("openai", whole=False), b"data: " + failed + b"\n\n"]
    mock.replies.append(Reply(torn, "text/event-stream"))
    good(vision("ask", "-m", "openai/gpt-4o", "--debug", "--retries", "1", CAT, "q"))
    mock.replies.append(Reply([b"\x1b[2J" + ALL.encode() + b"\n\n"], "text/event-stream"))
    good(vision(*ask()))


# --------------------------------------------------------------------------- names of files

NAMES = [
    *(
        attack.encode("utf-8", "surrogatepass").replace(b"\0", b"").replace(b"/", b"")
        for attack in ATTACKS
    ),
    *RAW,
]


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """As many with hostile names as the file system takes."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number, name in enumerate(NAMES):
        shutil.copy(CAT, os.path.join(os.fsencode(folder), b"%d" % number + name[:LIMIT] + b".jpg"))  # noqa: PTH118
    return folder


FLAT = b"x" + b"".join(NAMES)[:LIMIT] + b".jpg"


@pytest.mark.parametrize(
    "words",
    [
        ("ask", FLAT, "q"), ("ask", "--json", FLAT, "q"), ("ask", FLAT), ("ask", CAT, FLAT),
        ("ask", "-i", FLAT, "q"), ("ask", "-m", FLAT, CAT, "q"), ("ask", "-m", b"openai/" + FLAT, CAT, "q"),  # noqa: E501
        ("ask", "--from", FLAT, "q"), ("ask", "-Q", b"@" + FLAT, CAT), ("ask", "--schema", FLAT, CAT, "q"),  # noqa: E501
        ("ask", "--format", FLAT, CAT, "q"), ("ask", "-o", FLAT, CAT, "q"), ("ask", "--base-url", FLAT, CAT, "q"),  # noqa: E501
        ("ask", "--base-url", b"http://" + FLAT, CAT, "q"), ("ask", "--detail", FLAT, CAT, "q"),
        ("ask", "--dry-run", "--base-url", b"http://h.test/" + FLAT, CAT, "q"),
        ("ask", "--dry-run", "--curl", "--base-url", b"http://h.test/" + FLAT, CAT, "q"),
        ("ask", "--dry-run", "-s", FLAT, CAT, FLAT + b" ?"),
        ("ask", "--dry-run", "--curl", "-s", FLAT, CAT, FLAT + b" ?"),
        ("ask", "--dry-run", "--json", "-s", FLAT, CAT, FLAT + b" ?"),
        ("ask", "--dry-run", "-m", b"openai/" + FLAT, CAT, "q"),
        ("ask", "--dry-run", "--curl", "-m", b"gemini/" + FLAT, CAT, "q"),
        ("ask", "--dry-run", "--curl", "-m", b"bedrock/" + FLAT, CAT, "q"),
        ("ask", "--dry-run", "--curl", "-o", FLAT + b"=" + FLAT, CAT, "q"),
        ("check", FLAT), ("check", b"openai/" + FLAT), ("check", "--json", FLAT), ("models", FLAT),
        ("models", "--provider", FLAT), ("models", "--refresh", "--source", FLAT), ("prep", FLAT),
        ("prep", "--json", FLAT), (FLAT,), ("ask", b"--" + FLAT), ("completions", FLAT), ("batch", FLAT),  # noqa: E501
        ("batch", "fetch", FLAT), ("batch", "submit", "-m", FLAT, CAT, "q"), ("keys", "remove", FLAT),  # noqa: E501
        ("ask", b"data:" + FLAT, "q"), ("ask", b"https://h.test/" + FLAT, "q"), ("ask", b"gs://" + FLAT, "q"),  # noqa: E501
        ("ask", b"http://" + FLAT, "q"), ("ask", b"x://" + FLAT, "q"), ("ask", "-O", b"no/" + FLAT, "--each", CAT, "q"),  # noqa: E501
    ],
    ids=lambda words: " ".join(w if isinstance(w, str) else "X" for w in words).replace(CAT, "CAT"),
)  # fmt: skip
def test_words_that_are_hostile(
    vision: Callable[..., Shown], words: tuple[str | bytes, ...]
) -> None:
    default = () if b"-m" in words or "-m" in words else (("-m", "openai/gpt-4o"))
    front = words[:1] if words[0] == "ask" else ()
    given_words = (*front, *default, *words[1:]) if front else words
    good(vision(*given_words))


@pytest.mark.parametrize(
    "words",
    [
        ("ask", "pictures", "q"), ("ask", "--together", "pictures", "q", "--show"),
        ("ask", "-O", "out.jsonl", "pictures", "q"), ("ask", "--dry-run", "pictures", "q"),
        ("prep", "pictures"), ("prep", "--json", "pictures"), ("prep", "-O", "prepared", "pictures"),  # noqa: E501
        ("batch", "export", "-m", "openai/gpt-4o", "pictures", "q"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_folder_of_hostile_names(
    vision: Callable[..., Shown], pictures: Path, mock: Mock, words: tuple[str, ...]
) -> None:
    mock.text = marked(ALL)
    extra = ("-m", "openai/gpt-4o") if words[0] == "ask" else ()
    good(vision(*words, *extra), None, RENDERED)


def test_a_list_of_hostile_lines_with_its_progress(
    vision: Callable[..., Shown], mock: Mock, tmp_path: Path
) -> None:
    lines = [*NAMES, *(json.dumps({"image": a, "id": a, "question": a}).encode() for a in ATTACKS)]
    (tmp_path / "list").write_bytes(b"\n".join([CAT.encode(), *lines]))
    mock.replies += [Reply(json.dumps({"error": {"message": ALL}}).encode(), status=400)]
    mock.text, mock.delay = ALL, 0.3
    for out in ((), ("-O", "out.jsonl")):
        seen = good(vision("ask", "-m", "openai/gpt-4o", "--from", "list", *out, "q"))
        assert "failed" in seen.text


@pytest.mark.parametrize("term", ["xterm-256color", "xterm-kitty", "dumb"])
def test_a_preview(vision: Callable[..., Shown], tmp_path: Path, term: str) -> None:
    """A terminal is asked what it can show, and shown it: by the program's own sequences alone."""
    shutil.copy(CAT, os.path.join(os.fsencode(tmp_path), FLAT))  # noqa: PTH118
    drawn = (
        re.compile(re.escape(QUESTIONS)),
        re.compile(r"\x1b_G[A-Za-z0-9=,]*;[A-Za-z0-9+/=]*\x1b\\"),
    )
    words = ("ask", "-m", "openai/gpt-4o", "--show", FLAT, "q")
    seen = good(vision(*words, env={"TERM": term}), 0, (*drawn, *RENDERED))
    assert ("\x1b_G" in seen.text) == (term == "xterm-kitty")


# --------------------------------------------------------------------------- configurations


def toml(text: str) -> str:
    return json.dumps(text.encode("utf-8", "replace").decode()).replace("\x7f", "\\u007f")


CONFIGURATIONS = {
    "alias": f"[aliases]\nfast = {toml(ALL)}\n{toml(ALL)} = 'openai/gpt-4o'\n",
    "default": f"default_model = {toml('openai/' + ALL)}\n",
    "key": f"{toml(ALL)} = 1\n",
    "value": f"[ask]\ndetail = {toml(ALL)}\n",
    "system": f"default_model = 'fast'\n[ask]\nsystem = {toml(ALL)}\n[aliases]\nfast = 'openai/gpt-4o'\n",  # noqa: E501
    "provider": f"[providers.{toml(ALL)}]\ndialect = 'openai_chat'\nbase_url = 'http://127.0.0.1:1'\n",
    "row": f"[providers.mine]\ndialect = {toml(ALL)}\nbase_url = {toml(ALL)}\n",
    "address": f"[providers.mine]\ndialect = 'openai_chat'\nauth = 'none'\nbase_url = {toml('http://h/' + ALL)}\n",  # noqa: E501
    "headers": "[providers.mine]\ndialect = 'openai_chat'\nauth = 'none'\nbase_url = 'http://127.0.0.1:1'\n"
    f"headers = {{ x-a = {toml(ALL)}, {toml(ALL)} = 'b' }}\n",
    "models": f"[models.{toml('mine/' + ALL)}]\nvision = true\n[models.{toml('openai/' + ALL)}]\nbase_model = {toml(ALL)}\n",  # noqa: E501
    "command": f"[keys]\nmistral = {{ cmd = [{toml(ALL)}] }}\n",
    "no TOML": "\x1b[2J = [\n",
}  # fmt: skip


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_a_configuration(vision: Callable[..., Shown], tmp_path: Path, name: str) -> None:
    file = tmp_path / os.fsdecode(b"conf\x1b[2J\xff.toml")
    file.write_text(CONFIGURATIONS[name], "utf-8", "surrogateescape")
    for words in (
        ("ask", CAT, "q"), ("ask", "--dry-run", "-m", "mine/m", CAT, "q"), ("models", "--all"),
        ("ask", "--dry-run", "--curl", "-m", "mine/m", CAT, "q"), ("models", "--json"), ("check", "fast"),  # noqa: E501
        ("models", "--ids"), ("check", "mine/m"), ("ask", "-m", "mistral/pixtral-12b", CAT, "q"),
    ):  # fmt: skip
        good(vision(*words, env={"VISION_CONFIG": str(file)}))


@pytest.mark.parametrize(
    "name", ["VISION_MODEL", "OPENAI_BASE_URL", "OPENAI_API_KEY", "HTTP_PROXY"]
)
def test_a_variable(vision: Callable[..., Shown], name: str) -> None:
    value = ALL.replace("\0", "")
    for text in (value, f"openai/{value}", f"http://127.0.0.1:1/{value}"):
        chosen = () if name == "VISION_MODEL" else ("-m", "openai/gpt-4o")
        good(vision("ask", *chosen, "--retries", "0", CAT, "q", env={name: text}))


def test_the_judge_and_the_program_know_the_same_characters() -> None:
    from visioncli.cli.terminal import clean

    assert not [c for c in map(chr, range(0x110000)) if obeyed(c) and clean(c) == c]

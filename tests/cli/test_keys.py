"""`vision keys …` as its users type it, and every command that then finds the key."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gateway.running import Served, program, question
from tests.mock import Mock
from tests.program import CAT, KEY, PROGRAM, environment, vision
from tests.seer import Seer
from tests.vendor_batches.server import serving as batches

from .keeping import MODEL, Keys, addresses, env, file, kept, keys, sent, shown

__all__ = ["addresses", "env", "file", "keys"]

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX")


# --------------------------------------------------------------------------- set, list, remove


@pytest.mark.parametrize(
    "given",
    [KEY, f"{KEY}\n", f"{KEY}\r\n", f"\ufeff{KEY}\n", f"  {KEY}\t\n\n"],
    ids=["bare", "line", "of Windows", "of Notepad", "pasted"],
)
def test_a_key_comes_from_a_pipe(keys: Keys, file: Path, given: str) -> None:
    done = keys("set", "openai", stdin=given.encode())
    assert (done.status, done.out) == (0, "")
    assert f"is kept in {file}" in done.err
    assert KEY not in done.err
    assert kept(file) == {"openai": {"key": KEY}}
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"", "no key of openai was given"),
        (b"\n\n", "no key of openai was given"),
        (b"sk-canary-0123456789\nsk-canary-second\n", "longer than one line"),
        (b"sk-canary-0123456789\x1b[31m", "characters that no key has"),
        (b"sk-canary-0123456789\0", "characters that no key has"),
        (b"sk-canary 0123456789", "characters that no key has"),
        (b"sk-canary-0123456789\xff", "characters that no key has"),
        ("sk-canary-schlüssel".encode(), "characters that no key has"),
        (b"sk-canary-" + b"0" * 100_000, "longer than one line"),
    ],
)
def test_what_is_no_key_is_refused_unseen(keys: Keys, file: Path, given: bytes, said: str) -> None:
    done = keys("set", "openai", stdin=given)
    assert done.status == 4, done
    assert said in done.err
    assert "canary" not in shown(done)
    assert "\x1b" not in shown(done)
    assert not file.exists()


def test_a_closed_stdin_is_a_mistake(keys: Keys, env: dict[str, str], file: Path) -> None:
    assert keys("set", "openai").status == 4  # /dev/null: nothing in it
    done = subprocess.run(
        ["sh", "-c", f"{PROGRAM} keys set openai <&-"],
        env=environment(env),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert b"stdin, which is closed" in done.stderr
    assert not file.exists()


@pytest.mark.parametrize(
    "words",
    [
        ("keys", "set", "openai", KEY),
        ("keys", "set", KEY, "openai"),
        ("keys", "set", "openai", f"--key={KEY}"),
        ("keys", "set", "openai", "--key", KEY),
        ("keys", "set", f"openai={KEY}"),
        ("keys", "set", KEY),
        ("keys", "set", "AIzaSyCanary0123456789abcdefghij"),
        ("keys", "remove", KEY),
        ("keys", "remove", "openai", KEY),
        ("keys", "list", KEY),
        ("keys", "path", KEY),
        ("keys", KEY),
        ("keys", f"--openai={KEY}"),
        ("key", "set", "openai", KEY),
        ("set", "openai", KEY),
    ],
)
def test_a_key_among_the_words_is_neither_taken_nor_repeated(
    env: dict[str, str], file: Path, words: tuple[str, ...]
) -> None:
    done = vision(*words, env=env, stdin=b"sk-from-stdin-0123456789\n")
    assert done.status in (2, 3), done
    assert "canary" not in shown(done).lower()
    assert "try: vision keys" in done.err or done.status == 3
    assert not file.exists()


def test_a_second_word_says_how_it_is_done(keys: Keys) -> None:
    done = keys("set", "openai", "x")
    assert done.status == 2
    assert "a key is not taken from the command line" in done.err
    assert "try: vision keys set PROVIDER" in done.err


@pytest.mark.parametrize(
    ("provider", "status", "said"),
    [
        ("nope", 3, "nope"),
        ("opnai", 3, "openai"),
        ("local", 2, "needs no key"),
        ("vertex_ai", 2, "last an hour"),
    ],
)
def test_whose_key_cannot_be_kept(keys: Keys, provider: str, status: int, said: str) -> None:
    done = keys("set", provider, stdin=KEY.encode())
    assert done.status == status
    assert said in done.err


def test_a_provider_of_ones_own_is_one(keys: Keys, file: Path, tmp_path: Path) -> None:
    own = tmp_path / "config.toml"
    own.write_text('[providers.My-Server]\ndialect = "openai_chat"\nbase_url = "http://[::1]/v1"\n')
    done = keys("set", "my-server", stdin=KEY.encode(), more={"VISION_CONFIG": str(own)})
    assert done.status == 0, done
    assert list(kept(file)) == ["my_server"]


def test_they_are_listed_by_where_they_are_from(keys: Keys, file: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[keys]\ngroq = { cmd = ["false"] }\n')
    for name in ("openai", "groq"):
        assert keys("set", name, stdin=KEY.encode()).status == 0
    more = {"VISION_CONFIG": str(config), "OPENAI_API_KEY": f"{KEY}-other", "XAI_API_KEY": "short"}
    listed = keys("list", "--json", more=more)
    found = [(o["provider"], o["source"], o["where"], o["used"]) for o in listed.objects]
    assert found == [
        ("groq", "store", str(file), True),
        ("groq", "command", str(config), False),
        ("openai", "environment", "OPENAI_API_KEY", True),
        ("openai", "store", str(file), False),
        ("xai", "environment", "XAI_API_KEY", True),
    ]
    plain = keys("list", more=more)
    assert plain.status == 0
    assert len(plain.out.splitlines()) == 5
    assert "sk-…WXYZ" in plain.out
    for done in (listed, plain):
        assert KEY not in shown(done)
        assert "short" not in shown(done)


def test_none_is_no_mistake(keys: Keys, file: Path) -> None:
    done = keys("list")
    assert (done.status, done.out) == (0, "")
    assert "try: vision keys set PROVIDER" in done.err
    assert keys("list", "--json").out == ""
    assert not file.parent.exists()


def test_removing_twice_is_as_once(keys: Keys, file: Path) -> None:
    keys("set", "openai", stdin=KEY.encode())
    first, second = keys("remove", "openai"), keys("remove", "openai")
    assert (first.status, second.status) == (0, 0)
    assert "its key is forgotten" in first.err
    assert "no key is kept" in second.err
    assert KEY not in file.read_text()
    assert keys("remove", "nope").status == 3


def test_the_path_is_printed_be_it_there_or_not(keys: Keys, file: Path) -> None:
    done = keys("path")
    assert (done.status, done.out, done.err) == (0, f"{file}\n", "")
    assert not file.exists()


def test_what_comes_before_a_kept_key_is_told(keys: Keys) -> None:
    done = keys("set", "openai", stdin=KEY.encode(), more={"OPENAI_API_KEY": "another-0123456789"})
    assert done.status == 0
    assert "OPENAI_API_KEY is set, and comes before" in done.err


def test_a_key_in_the_configuration_is_not_repeated(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    for line in (f'openai = "{KEY}"', f'openai = {{ cmd = "{KEY}" }}', f'openai = ["{KEY}"]'):
        config.write_text(f"[keys]\n{line}\n")
        done = vision("ask", "-m", MODEL, CAT, "q", env={"VISION_CONFIG": str(config)})
        assert done.status == 2
        assert KEY not in shown(done)
        assert "line 2" in done.err
        assert "vision keys set openai" in done.err


# --------------------------------------------------------------------------- a terminal


@POSIX
@pytest.mark.parametrize(
    ("typed", "status"),
    [(f"{KEY}\n".encode(), 0), (b"\n", 4), (b"\x04", 4), (b"sk-can\x03", 130)],
    ids=["a key", "nothing", "end", "interrupted"],
)
def test_a_terminal_asks_and_does_not_show(
    env: dict[str, str], file: Path, tmp_path: Path, typed: bytes, status: int
) -> None:
    from .terminals import running  # not on Windows

    with running(tmp_path, "keys", "set", "openai", env=env) as run:
        run.until(b"openai's key, which is not shown: ")
        run.types(typed)
        run.ends()
    assert (run.status, run.same_modes) == (status, True)
    assert "sk-can" not in run.shown
    assert run.answer == ""
    assert kept(file) == ({"openai": {"key": KEY}} if status == 0 else {})


# --------------------------------------------------------------------------- who finds it


def test_without_one_the_error_says_how_to_set_it(addresses: dict[str, str]) -> None:
    done = vision("ask", "-m", MODEL, CAT, "q", env=addresses)
    assert done.status == 4
    assert "OPENAI_API_KEY is not set" in done.err
    assert "vision keys set openai" in done.err


def test_the_order_is_environment_store_command(
    keys: Keys, env: dict[str, str], addresses: dict[str, str], mock: Mock, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    command = json.dumps([sys.executable, "-c", "print('from-the-command')"])
    config.write_text(f"[keys]\nopenai = {{ cmd = {command} }}\n")
    more = {**env, **addresses, "VISION_CONFIG": str(config)}
    words = ("ask", "-m", MODEL, CAT, "q")
    assert vision(*words, env=more).status == 0
    assert sent(mock) == {"Bearer from-the-command"}
    keys("set", "openai", stdin=KEY.encode())
    assert vision(*words, env=more).status == 0
    assert sent(mock) == {f"Bearer {KEY}"}
    assert vision(*words, env={**more, "OPENAI_API_KEY": "from-the-variable"}).status == 0
    assert sent(mock) == {"Bearer from-the-variable"}
    keys("remove", "openai")
    assert vision(*words, env=more).status == 0
    assert sent(mock) == {"Bearer from-the-command"}


def test_every_command_finds_it(
    keys: Keys, env: dict[str, str], addresses: dict[str, str], mock: Mock, tmp_path: Path
) -> None:
    keys("set", "openai", stdin=KEY.encode())
    more = {**env, **addresses, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    out = tmp_path / "out.jsonl"

    done = vision("ask", CAT, "q", env=more)  # the one provider whose key there is
    assert (done.status, sent(mock)) == (0, {f"Bearer {KEY}"}), done
    assert "openai/" in done.err
    done = vision("ask", "-m", MODEL, "-O", out, "--from", "-", "q", stdin=CAT.encode(), env=more)
    assert (done.status, sent(mock)) == (0, {f"Bearer {KEY}"}), done
    assert KEY not in out.read_text()
    done = vision("models", "--available", "--ids", env=more)
    assert MODEL in done.out.split()
    done = vision("ask", "--dry-run", "--curl", "-m", MODEL, CAT, "q", env=more)
    assert KEY not in shown(done)

    mock.reply = Seer()  # type: ignore[method-assign]  # it answers instead
    done = vision("check", "--live", MODEL, env=more)
    assert (done.status, sent(mock)) == (0, {f"Bearer {KEY}"}), done
    assert KEY not in shown(done)


def test_the_gateway_finds_it(
    keys: Keys, env: dict[str, str], addresses: dict[str, str], mock: Mock
) -> None:
    keys("set", "openai", stdin=KEY.encode())
    with program(env={**env, **addresses}) as gateway:
        served = Served(gateway.url)
        listed = [model["id"] for model in served.get("/v1/models").json()["data"]]
        answer = served.post(question(MODEL))
    assert MODEL in listed
    assert answer.status_code == 200, answer.text
    assert sent(mock) == {f"Bearer {KEY}"}
    assert KEY not in "\n".join(gateway.err)


def test_the_vendors_batches_find_it(keys: Keys, env: dict[str, str], tmp_path: Path) -> None:
    keys("set", "openai", stdin=KEY.encode())
    own = {"XDG_DATA_HOME": str(tmp_path / "d"), "XDG_CACHE_HOME": str(tmp_path / "c")}
    with batches("openai") as vendor:
        at = {n: v for n, v in vendor.env.items() if not n.endswith("_KEY")}
        done = vision("batch", "submit", "-m", MODEL, CAT, "q", env={**env, **own, **at})
        assert done.status == 0, done
        assert {call.headers["authorization"] for call in vendor.calls} == {f"Bearer {KEY}"}
    written = [f for f in (tmp_path / "d").rglob("*") if f.is_file()]
    assert written
    assert not [f for f in written if KEY.encode() in f.read_bytes()]


@POSIX
def test_a_store_that_is_open_to_others_is_told_with_the_remedy(
    keys: Keys, env: dict[str, str], addresses: dict[str, str], file: Path
) -> None:
    keys("set", "openai", stdin=KEY.encode())
    file.chmod(0o644)
    done = vision("ask", "-m", MODEL, CAT, "q", env={**env, **addresses})
    assert done.status == 0
    assert f"chmod 600 {file}" in done.err
    file.chmod(0o666)
    done = vision("ask", "-m", MODEL, CAT, "q", env={**env, **addresses})
    assert done.status == 4
    assert f"try: chmod 600 {file}" in done.err
    assert vision("models", "--available", env=env).status == 0  # a list needs no keys

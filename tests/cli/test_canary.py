"""A key is nowhere but where it has to be: on every way that the program goes, nothing that it
prints or writes holds a piece of it.

A way is a command line with its surroundings. All of them are looked through in the same manner:
stdout, stderr, the process's own command line, and every file below its home, its folder and the
temporary folder, but for the one that the key was put into by hand.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from gzip import compress
from pathlib import Path
from urllib.parse import quote

import pytest

from tests import vendors
from tests.mock import Mock, Reply, serving
from tests.program import CAT, PROGRAM, Done, environment

# No piece of it is in anything else; quoting it for an address changes it.
KEY = "sk-canary-7Qz/9f2LwX0pRk4vTn8bYd3"
USER = "canary-user"
PIECE = 10  # characters of it that nobody may see
TAIL = 4  # of its last, which are shown on purpose
MASKED = f"sk-…{KEY[-TAIL:]}"
ASK = ("ask", "-m", "openai/gpt-4o", "--retries", "0", CAT, "what is it?")
ERROR = {"error": {"message": f"Incorrect API key provided: {KEY}.", "code": f"bad_{KEY}"}}


def pieces(key: str) -> list[str]:
    """What may not be seen: pieces of the key as it is, for an address, in base64, backwards."""
    forms = {key, quote(key, safe=""), key[::-1], key.encode().hex()}
    for before in ("", "a", "ab"):  # in base64 it depends on how many bytes stand before it
        coded = b64encode(f"{before}{key}".encode()).decode()
        forms.add(coded[4 if before else 0 : -4])
    return sorted({f[at : at + PIECE] for f in forms for at in range(len(f) - PIECE + 1)})


FORBIDDEN = re.compile("|".join(map(re.escape, pieces(KEY))).encode())


def hits(data: bytes) -> list[bytes]:
    return [data[max(0, m.start() - 40) : m.end() + 20] for m in FORBIDDEN.finditer(data)][:3]


@dataclass
class Place:
    """Where a way is gone: a home of its own, a server, and what the key was put into by hand."""

    home: Path
    mock: Mock
    env: dict[str, str] = field(default_factory=dict)
    ours: set[Path] = field(default_factory=set)

    def file(self, name: str, text: str, mode: int = 0o600) -> Path:
        """One that somebody wrote, key and all."""
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        self.ours.add(path)
        return path

    def configured(self, text: str) -> None:
        self.env["VISION_CONFIG"] = str(self.file("config.toml", text))

    @property
    def whole_env(self) -> dict[str, str]:
        home = str(self.home)
        own = {
            "HOME": home,
            "TMPDIR": f"{home}/tmp",
            "XDG_CACHE_HOME": f"{home}/cache",
            "XDG_DATA_HOME": f"{home}/data",
            "XDG_STATE_HOME": f"{home}/state",
            "XDG_CONFIG_HOME": f"{home}/config",
            "OPENAI_BASE_URL": f"{self.mock.url}/v1",
        }
        return environment({**own, **self.env})


Setting = Callable[[Place], None]


def env(place: Place) -> None:
    place.env["OPENAI_API_KEY"] = KEY


def all_vendors(place: Place) -> None:
    place.env |= place.mock.env(KEY)


def command(place: Place) -> None:
    file = place.file("secret", KEY)
    place.configured(f'[keys]\nopenai = {{ cmd = ["cat", "{file}"] }}\n')


def store(place: Place) -> None:
    place.file("store/keep", "").parent.chmod(0o700)
    kept = {"version": 1, "keys": {"openai": {"key": KEY}}}
    place.env["VISION_KEYS"] = str(place.file("store/keys.json", json.dumps(kept)))


def in_address(place: Place) -> None:
    """Where people put a user and a password, and the program wants none."""
    env(place)
    address = f"http://{USER}:{quote(KEY, safe='')}@127.0.0.1:{place.mock.port}/v1"
    place.env["OPENAI_BASE_URL"] = address


def own_header(place: Place) -> None:
    place.configured(
        f'[providers.mine]\ndialect = "openai_chat"\nbase_url = "{place.mock.url}/v1"\n'
        f'auth = "none"\nheaders = {{ "x-api-key" = "{KEY}" }}\n'
    )


def address_of_row(place: Place) -> None:
    place.configured(
        f'[providers.mine]\ndialect = "openai_chat"\nauth = "none"\n'
        f'base_url = "http://u:{quote(KEY, safe="")}@127.0.0.1:{place.mock.port}/v1"\n'
    )


def proxied(place: Place) -> None:
    env(place)
    place.env["OPENAI_BASE_URL"] = "http://api.example.test/v1"
    place.env["http_proxy"] = f"http://{USER}:{quote(KEY, safe='')}@127.0.0.1:{place.mock.port}"
    place.env["no_proxy"] = ""


def no_proxy_there(place: Place) -> None:
    proxied(place)
    place.env["http_proxy"] = f"http://{USER}:{quote(KEY, safe='')}@127.0.0.1:1"


def odd_proxy(place: Place) -> None:
    proxied(place)
    place.env["http_proxy"] = f"socks5://{USER}:{quote(KEY, safe='')}@127.0.0.1:1"


def broken_proxy(place: Place) -> None:
    proxied(place)
    place.env["http_proxy"] = f"http://{USER}:{KEY}@127.0.0.1:1"  # the / ends its host


def aws(place: Place) -> None:
    place.env |= {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_SESSION_TOKEN": KEY,
        "AWS_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": place.mock.url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
    }


def aws_file(place: Place) -> None:
    aws(place)
    text = (
        f"[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = {KEY}\n  odd {KEY}\n["
    )
    place.env["AWS_SHARED_CREDENTIALS_FILE"] = str(place.file("credentials", text))
    del place.env["AWS_ACCESS_KEY_ID"], place.env["AWS_SECRET_ACCESS_KEY"]


def google(place: Place) -> None:
    """A key file of which nothing can be made but the key."""
    said = {
        "type": "service_account", "client_email": "a@b.c", "private_key": KEY,
        "token_uri": f"{place.mock.url}/token", "project_id": "p", "client_id": KEY,
    }  # fmt: skip
    file = place.file("google.json", json.dumps(said))
    place.env["GOOGLE_APPLICATION_CREDENTIALS"] = str(file)
    place.env["VERTEXAI_LOCATION"] = "europe-west4"


def malformed(place: Place) -> None:
    place.env["OPENAI_API_KEY"] = f"{KEY} x\nAuthorization: y"


def noisy_command(place: Place) -> None:
    """It says the key, and fails."""
    file = place.file("secret.sh", f"echo {KEY}; echo {KEY} >&2; exit 3\n")
    place.configured(f'[keys]\nopenai = {{ cmd = ["sh", "{file}"] }}\n')


def wrong_store(place: Place) -> None:
    text = f'{{"version": 1, "keys": {{"openai": {{"key": "{KEY}", }}}}'
    place.env["VISION_KEYS"] = str(place.file("keys.json", text))


def open_store(place: Place) -> None:
    store(place)
    (place.home / "store/keys.json").chmod(0o644)


def key_in_configuration(place: Place) -> None:
    place.configured(f'[keys]\nopenai = "{KEY}"\n')


# ------------------------------------------------------------------------- what is answered


def echo(body: bytes, status: int, **headers: str) -> Setting:
    kind = "text/html" if body.startswith(b"<") else "application/json"
    named = {name.replace("_", "-"): value for name, value in headers.items()}

    def answers(place: Place) -> None:
        place.mock.replies += [Reply(body, kind, status, named) for _ in range(4)]

    return answers


def squeezed(status: int) -> Setting:
    return echo(compress(json.dumps(ERROR).encode()), status, content_encoding="gzip")


def says(*parts: str) -> Setting:
    """A stream of these pieces."""

    def answers(place: Place) -> None:
        body = vendors.streamed("openai", parts)
        place.mock.replies.append(Reply(body, "text/event-stream"))

    return answers


def says_whole(text: str) -> Setting:
    return echo(vendors.plain("openai", text), 200)


def in_frame(place: Place) -> None:
    answer = json.loads(vendors.plain("openai"))
    answer |= {"id": KEY, "model": KEY, "system_fingerprint": KEY}
    answer["choices"][0]["finish_reason"] = KEY
    answer["usage"] |= {KEY: 1, "prompt_tokens": KEY}
    echo(json.dumps(answer).encode(), 200)(place)


def torn(place: Place) -> None:
    """An error within a stream, after some text."""
    body = [*vendors.streamed("openai", whole=False), f"data: {json.dumps(ERROR)}\n\n".encode()]
    place.mock.replies.append(Reply(body, "text/event-stream"))


def redirected(place: Place) -> None:
    echo(b"", 307, location=f"http://other.test/{KEY}?key={KEY}")(place)


def mute(place: Place) -> None:
    place.env["OPENAI_BASE_URL"] = "http://127.0.0.1:1/v1"


def no_tls(place: Place) -> None:
    place.env["OPENAI_BASE_URL"] = f"https://127.0.0.1:{place.mock.port}/v1"


def buggy(place: Place) -> None:
    """An exception that nobody foresaw, with the key in its words and in its frames."""
    place.file(
        "site/sitecustomize.py",
        "import sys\nsys.path.insert(0, '')\n"
        "import visioncli.transport as t\n"
        "def send(request, *a, **k):\n"
        "    raise RuntimeError(f'{request.headers}')\n"
        "t.send = send\n",
    )
    place.env["PYTHONPATH"] = str(place.home / "site")


def listed(place: Place) -> None:
    place.file("list.txt", f"{CAT}\nhttps://{USER}:{quote(KEY, safe='')}@127.0.0.1:1/a.png\n")
    place.ours.discard(place.home / "list.txt")
    place.ours.add(place.home / "list.txt")


@dataclass(frozen=True)
class Way:
    name: str
    words: tuple[str, ...]
    surroundings: tuple[Setting, ...]
    sent: bool | None = None  # whether the key has to have arrived at the server
    status: int | None = None

    def __str__(self) -> str:
        return self.name


HOWS: dict[str, tuple[str, ...]] = {
    "plain": (), "json": ("--json",), "debug": ("--debug", "-u"), "no stream": ("--no-stream",),
    "batch": ("--each", "-O", "out.jsonl", "--errors", "errors.jsonl"), "raw": ("--raw",),
    "batch to stdout": ("--each", "--debug"),
}  # fmt: skip
SOURCES = {
    "variable": env, "cmd": command, "store": store, "address": in_address,
}  # fmt: skip
ANSWERS: dict[str, Setting] = {
    "401": echo(json.dumps(ERROR).encode(), 401),
    "403 in HTML": echo(f"<html>key {KEY} {KEY[:20]} is wrong".encode(), 403),
    "400 cut": echo(b'{"error":{"message":"' + b"e" * 385 + KEY.encode() + b'"}}', 400),
    "429 in base64": echo(f'{{"error": "{b64encode(KEY.encode()).decode()}"}}'.encode(), 429),
    "429 for an address": echo(f'{{"error": "{quote(KEY, safe="")}"}}'.encode(), 429),
    "500 in gzip": squeezed(500),
    "headers": echo(b"{}", 500, x_request_id=KEY, retry_after=KEY, www_authenticate=KEY),
    "no JSON": echo(f"{KEY}".encode(), 200),
    "frame": in_frame,
    "redirect": redirected,
    "no server": mute,
    "no TLS": no_tls,
    "bug": buggy,
    "stream torn": torn,
}  # fmt: skip
TOLD: dict[str, Setting] = {  # the key in the answer itself
    "whole": says_whole(f"Your key is {KEY}."),
    "stream": says("Your key", f" is {KEY}", "."),
    "stream by letters": says(*f"It is {KEY}, I think."),
    "stream in two": says(f"It is {KEY[:9]}", f"{KEY[9:]} and {KEY[:7]}", f"{KEY[7:]}"),
    "stream at its end": says(f"It is {KEY[:15]}", KEY[15:]),
}


def ways() -> Iterator[Way]:
    for source, setting in SOURCES.items():
        for how, words in HOWS.items():
            sent = None if source == "address" else True
            yield Way(f"{source}, {how}", (*ASK, *words), (setting,), sent=sent)
        for dry in ((), ("--curl",), ("--json",), ("--full",), ("--debug",)):
            named = " ".join(("--dry-run", *dry))
            yield Way(f"{source}, {named}", (*ASK, "--dry-run", *dry), (setting,), sent=False)
    for answer, setting in ANSWERS.items():
        for how in ("plain", "json", "debug", "batch", "batch to stdout"):
            yield Way(f"{answer}, {how}", (*ASK, *HOWS[how]), (env, setting))
    for answer, setting in TOLD.items():
        for how in ("plain", "json", "batch") if answer == "whole" else ("plain", "raw"):
            words = (*ASK, *HOWS[how])
            yield Way(f"answer {answer}, {how}", words, (env, setting), sent=True, status=0)
    mine = ("ask", "-m", "mine/m", "--retries", "0", CAT, "q")
    for name, setting in {"own header": own_header, "row's address": address_of_row}.items():
        for how in ((), ("--json",), ("--debug",), ("--dry-run",), ("--dry-run", "--json"),
                    ("--dry-run", "--curl"), ("--each", "-O", "o.jsonl")):  # fmt: skip
            yield Way(f"{name} {' '.join(how)}", (*mine, *how), (setting,))
        yield Way(f"{name}, 401", (*mine, "--debug"), (setting, ANSWERS["401"]))
    for name, setting in {
        "proxy": proxied, "no proxy there": no_proxy_there, "odd proxy": odd_proxy,
        "broken proxy": broken_proxy, "malformed": malformed, "noisy cmd": noisy_command,
        "wrong store": wrong_store, "open store": open_store, "key in config": key_in_configuration,
    }.items():  # fmt: skip
        for how in ("plain", "json", "debug", "batch"):
            yield Way(f"{name}, {how}", (*ASK, *HOWS[how]), (setting,))
    denied = echo(f"<html>{b64encode(f'{USER}:{KEY}'.encode()).decode()} {KEY}".encode(), 407)
    for how in ("plain", "debug"):
        yield Way(f"proxy denies, {how}", (*ASK, *HOWS[how]), (proxied, denied))
    nova = ("ask", "-m", "bedrock/us.amazon.nova-lite-v1:0", "--retries", "0", CAT, "q")
    gemini = ("ask", "-m", "vertex_ai/gemini-2.5-flash", "--retries", "0", CAT, "q")
    for how in ((), ("--debug",), ("--json",), ("--dry-run",), ("--dry-run", "--curl"),
                ("--each", "-O", "o.jsonl")):  # fmt: skip
        shown = " ".join(how)
        yield Way(f"AWS {shown}", (*nova, *how), (aws, ANSWERS["403 in HTML"]))
        yield Way(f"AWS's file {shown}", (*nova, *how), (aws_file, ANSWERS["403 in HTML"]))
        yield Way(f"Google {shown}", (*gemini, *how), (google, ANSWERS["401"]))
    for wire, model in vendors.MODELS.items():
        for how in ((), ("--debug", "--no-stream"), ("--dry-run", "--curl")):
            words = ("ask", "-m", model, "--retries", "0", *how, CAT, "q")
            yield Way(f"{wire} {' '.join(how)}", words, (all_vendors,))
            if wire in vendors.KEYS:  # who is sent no key cannot know it
                yield Way(f"{wire} 401 {' '.join(how)}", words, (all_vendors, ANSWERS["401"]))
    picture = f"http://{USER}:{quote(KEY, safe='')}@127.0.0.1:1/a.png?sig={quote(KEY, safe='')}"
    for how in (
        (),
        ("--inline", "--allow-private"),
        ("--json", "--inline"),
        ("--debug", "--inline"),
    ):
        words = ("ask", "-m", "openai/gpt-4o", "--retries", "0", *how, picture, "q")
        yield Way(f"picture's address {' '.join(how)}", words, (env,))
    yield Way("list", ("ask", "-m", "openai/gpt-4o", "--retries", "0", "--inline", "--from",
                       "list.txt", "q"), (env, listed))  # fmt: skip
    given = f"http://{USER}:{quote(KEY, safe='')}@127.0.0.1:1/v1"
    for how in ((), ("--debug",), ("--json",), ("--dry-run",), ("--dry-run", "--curl")):
        yield Way(f"--base-url {' '.join(how)}", (*ASK, "--base-url", given, *how), (env,))
    for words in (
        ("models", "--available"), ("models", "--json"), ("check", "openai/gpt-4o", "--json"),
        ("check", "--live", "openai/gpt-4o"), ("check", "--live", "--json", "openai/gpt-4o"),
        ("prep", CAT, "-m", "openai/gpt-4o"), ("completions", "bash"), ("completions", "zsh"),
        ("keys", "list"), ("keys", "path"), ("doctor",), ("doctor", "--json"), ("--help",),
        ("batch", "submit", "-m", "openai/gpt-4o", CAT, "q"), ("batch", "list"),
        ("batch", "export", "-m", "openai/gpt-4o", CAT, "q"), ("models", "--refresh"),
    ):  # fmt: skip
        yield Way(" ".join(words[:4]), words, (store, env))
        yield Way(f"{' '.join(words[:4])}, denied", words, (all_vendors, ANSWERS["401"]))
    yield Way("keys set with a key", ("keys", "set", "openai", KEY), ())
    yield Way("keys set with =", ("keys", "set", f"openai={KEY}"), ())


WAYS = list(ways())


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    (tmp_path / "tmp").mkdir()
    (tmp_path / "work").mkdir()
    with serving() as mock:
        yield Place(tmp_path, mock)


def gone(place: Place, words: Sequence[str]) -> Done:
    done = subprocess.run(
        [PROGRAM, *words], stdin=subprocess.DEVNULL, capture_output=True, check=False,
        env=place.whole_env, cwd=place.home, timeout=60,
    )  # fmt: skip
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def check(place: Place, done: Done) -> None:
    for what, text in (("stdout", done.out), ("stderr", done.err)):
        assert not hits(text.encode()), (what, hits(text.encode()), done.status)
    for path in place.home.rglob("*"):
        if path.is_file() and path not in place.ours:
            assert not hits(path.read_bytes()), (str(path), hits(path.read_bytes()))
        assert not hits(os.fsencode(path.relative_to(place.home)))


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_nobody_sees_the_key(place: Place, way: Way) -> None:
    for setting in way.surroundings:
        setting(place)
    done = gone(place, way.words)
    check(place, done)
    if way.sent is not None:
        arrived = any(KEY in "".join(r.headers.values()) for r in place.mock.received)
        assert arrived == way.sent, done.err
    if way.status is not None:
        assert done.status == way.status, done.err


def test_it_is_told_how_many_ways_were_gone(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{len(WAYS)} ways on which nobody sees the key")  # noqa: T201 - asked for
    assert len({way.name for way in WAYS}) == len(WAYS)

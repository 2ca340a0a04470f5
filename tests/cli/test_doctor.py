"""`vision doctor`: what is wrong is said, with a remedy and 1; no secret is shown or sent."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.mock import Mock
from tests.program import KEY, PROGRAM, Done, environment, vision
from visioncli.auth import store_writing
from visioncli.auth.store import Entry
from visioncli.cli.checkup.requirements import fits
from visioncli.cli.doctor import CHECKS

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX")
Doctor = Callable[..., Done]
VERSIONS = [("5.46", ">=5.40", True), ("2.10", ">=2.9,<3", True), ("3.0rc1", "<3", False)]


@pytest.fixture
def doctor(tmp_path: Path) -> Doctor:
    """`vision doctor` on a machine that has nothing yet, and no local server where one may be."""

    def run(*words: str, env: dict[str, str] | None = None) -> Done:
        home = {"HOME": str(tmp_path), "OLLAMA_HOST": nobody(), "LLAMAFILE_BASE_URL": nobody()}
        home |= {"LM_STUDIO_BASE_URL": nobody(), "VLLM_BASE_URL": nobody()}
        for name in ("CACHE", "DATA", "CONFIG"):
            home[f"XDG_{name}_HOME"] = str(tmp_path / name.lower())
        bundles = dict.fromkeys(("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"), "")
        return vision("doctor", *words, env=home | bundles | {"CURL_CA_BUNDLE": ""} | (env or {}))

    return run


def nobody() -> str:
    """An address at which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{one.getsockname()[1]}"


def of(done: Done, check: str, name: str | None = None) -> list[dict[str, Any]]:
    found = [one for one in done.objects if one["check"] == check]
    return [one for one in found if name is None or one["name"] == name]


def test_nothing_is_wrong_with_a_machine_that_has_nothing(doctor: Doctor) -> None:
    done = doctor("--json")
    assert (done.status, done.err) == (0, ""), done
    assert {one["status"] for one in done.objects} <= {"ok", "warn"}
    assert {one["check"] for one in done.objects} == CHECKS.keys()
    for one in done.objects:
        assert list(one) == ["check", "name", "status", "detail", "remedy", "facts"]
    (python,) = of(done, "python")
    assert python["facts"]["executable"].startswith(str(Path(PROGRAM).parent))
    (library,) = of(done, "libmagic")
    assert re.fullmatch(r"\d+\.\d\d", library["facts"]["version"])
    assert Path(library["facts"]["path"]).exists()
    (catalogue,) = of(done, "catalogue")
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", catalogue["facts"]["date"])
    extras = {one["name"]: one["facts"]["installed"] for one in of(done, "extra")}
    assert extras["local"]
    assert "dev" not in extras


def test_for_people_it_is_a_line_a_finding(doctor: Doctor) -> None:
    done = doctor()
    assert done.status == 0
    for line in done.out.splitlines():
        assert re.match(r"(ok|warn|wrong) +\S|         try: \S", line), line
    assert "libmagic" in done.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[ask]\nretries = 'two'\n", "line 2"),
        ("[ask\n", "is not TOML"),
        ("nope = 1\n", "unknown key 'nope'"),
        ('[keys]\nnope = { cmd = ["x"] }\n', "nope"),
        ('[providers.mine]\ndialect = "nope"\n', "nope"),
    ],
)
def test_a_broken_configuration_is_told_and_the_rest_looked_at(
    doctor: Doctor, tmp_path: Path, text: str, said: str
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    done = doctor("--json", env={"VISION_CONFIG": str(file)})
    assert (done.status, done.err) == (1, "")
    (found,) = of(done, "configuration")
    assert found["status"] == "wrong"
    assert str(file) in found["detail"]
    assert said in found["detail"]
    assert [one["check"] for one in done.objects if one["status"] == "wrong"] == ["configuration"]
    assert {one["check"] for one in done.objects} == CHECKS.keys()


HIDDEN = """
import ctypes

class Without(ctypes.CDLL):
    def __init__(self, name, *words, **more):
        if "magic" in str(name):
            raise OSError(f"{name}: cannot open shared object file: No such file or directory")
        super().__init__(name, *words, **more)

ctypes.CDLL = Without
"""


def test_without_libmagic_it_says_what_to_install(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(HIDDEN)
    done = doctor("--json", env={"PYTHONPATH": str(tmp_path)})
    assert done.status == 1
    (found,) = of(done, "libmagic")
    assert found["status"] == "wrong"
    assert "no picture can be read" in found["detail"]
    for remedy in ("pylibmagic", "apt install libmagic1", "brew install libmagic"):
        assert remedy in found["remedy"]
    assert {one["check"] for one in done.objects} == CHECKS.keys()


def test_local_eyes_that_is_not_installed_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    from visioncli.cli.checkup import choices, requirements
    from visioncli.cli.checkup.finding import Patient

    (there,) = choices.model(Patient(env={}))
    missing = requirements.Need("onnxruntime", ">=1", None, fits=False)
    monkeypatch.setattr(requirements, "needs", lambda _extra="": iter([missing]))
    (absent,) = choices.model(Patient(env={}))
    assert [str(one.status) for one in (there, absent)] == ["ok", "warn"]
    assert "visioncli[local]" in str(absent.remedy)
    assert "vision keys set" in str(absent.remedy)


# --------------------------------------------------------------------------- keys


def test_keys_are_told_by_where_they_are_from_alone(doctor: Doctor, tmp_path: Path) -> None:
    kept = tmp_path / "keys.json"
    store_writing.put("openai", Entry(KEY), {"VISION_KEYS": str(kept)})
    config = tmp_path / "config.toml"
    ran = tmp_path / "ran"
    config.write_text(f"[keys]\ngroq = {{ cmd = {json.dumps(['touch', str(ran)])} }}\n")
    env = {"VISION_KEYS": str(kept), "VISION_CONFIG": str(config), "XAI_API_KEY": KEY}
    done = doctor("--json", env=env)
    assert done.status == 0, done
    found = {one["name"]: one["facts"]["source"] for one in of(done, "key")}
    assert found == {"groq": "command", "openai": "store", "xai": "environment"}
    assert not ran.exists()
    for one in (done, doctor(env=env)):
        assert "canary" not in one.out + one.err


@pytest.mark.parametrize(
    "env",
    [
        {"OPENAI_BASE_URL": f"http://h/v1?key={KEY}"},
        {"OLLAMA_HOST": f"http://user:{KEY}@127.0.0.1:4"},
        {"HTTPS_PROXY": f"http://user:{KEY}@127.0.0.1:3", "HTTP_PROXY": f"http://{KEY}:@[::1]:3"},
        {"VISION_MODEL": KEY, "OPENAI_API_KEY": KEY},
        {"OPENAI_API_KEY": f'"{KEY}"'},
        {"OPENAI_API_KEY": f"{KEY} "},
        {"SSL_CERT_FILE": f"/{KEY}", "X_TOKEN": KEY},
    ],
)
def test_a_key_in_a_wrong_place_is_not_shown(doctor: Doctor, env: dict[str, str]) -> None:
    for done in (doctor(env=env), doctor("--json", env=env)):
        assert "canary" not in done.out + done.err
    assert done.status in (0, 1)


def test_a_key_that_cannot_be_sent_is_wrong(doctor: Doctor) -> None:
    done = doctor("--json", env={"OPENAI_API_KEY": "sk-with space"})
    assert done.status == 1
    (found,) = of(done, "key")
    assert (found["name"], found["status"]) == ("openai", "wrong")


@POSIX
@pytest.mark.parametrize(
    ("mode", "text", "status", "remedy"),
    [
        (0o644, '{"version": 1, "keys": {}}', 0, "chmod 600"),
        (0o666, '{"version": 1, "keys": {}}', 1, "chmod 600"),
        (0o600, "damaged", 1, "move it away"),
    ],
)
def test_a_key_store_of_no_use_is_told_once(
    doctor: Doctor, tmp_path: Path, mode: int, text: str, status: int, remedy: str
) -> None:
    file = tmp_path / "keys.json"
    file.write_text(text)
    file.chmod(mode)
    done = doctor("--json", env={"VISION_KEYS": str(file)})
    assert done.status == status, done
    (found,) = of(done, "key store")
    assert found["status"] == ("wrong" if status else "warn")
    assert remedy in found["remedy"]
    assert len([one for one in done.objects if one["status"] == "wrong"]) == status


# --------------------------------------------------------------------------- servers


def test_local_servers_are_found_and_sent_no_key(doctor: Doctor, mock: Mock) -> None:
    mock.files["/api/tags"] = b'{"models": [{"name": "llava:7b"}, {"name": "qwen\\u001b[31m"}]}'
    mock.files["/v1/models"] = b'{"object": "list", "data": [{"id": "tiny-vlm"}]}'
    env = {"OLLAMA_HOST": mock.url, "LLAMAFILE_BASE_URL": f"{mock.url}/v1", "OLLAMA_API_KEY": KEY}
    env |= {"LLAMAFILE_API_KEY": KEY, "HTTP_PROXY": nobody(), "http_proxy": nobody()}
    done = doctor("--json", env=env)
    found = {one["name"]: one["facts"]["models"] for one in of(done, "server")}
    assert found == {"Ollama": ["llava:7b", "qwen\x1b[31m"], "llama.cpp": ["tiny-vlm"]}
    assert sorted(request.path for request in mock.received) == ["/api/tags", "/v1/models"]
    for request in mock.received:
        assert (request.method, request.body) == ("GET", b"")
        assert KEY not in str(request.headers)
    plain = doctor(env=env)
    assert "llava:7b" in plain.out
    assert "\x1b" not in plain.out


def test_one_that_is_elsewhere_is_not_asked(doctor: Doctor) -> None:
    done = doctor("--json", env={"OLLAMA_HOST": "http://192.0.2.1:11434"})
    (found,) = of(done, "address", "ollama")
    assert "which was not asked" in found["detail"]
    tried = [one["facts"]["tried"] for one in of(done, "server")]
    assert "192.0.2.1" not in str(tried)


@contextmanager
def odd_server(answer: bytes, every: float | None) -> Iterator[str]:
    """Says `answer`; then nothing and stays, or a byte `every` so many seconds, or goes."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(answer)
                while not ended.wait(every or 30):
                    try:
                        connection.sendall(b" ")
                    except OSError:
                        return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        ended.set()
        thread.join(30)


HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "every"),
    [(b"", None), (HEAD, None), (HEAD, 0.01), (b"", 0.01), (HEAD + b'{"models": [', 0.01)],
    ids=["silent", "a head", "drips", "drips before the head", "drips JSON"],
)
def test_a_server_that_never_ends_does_not_hold_it_up(
    doctor: Doctor, answer: bytes, every: float | None
) -> None:
    with odd_server(answer, every) as at:
        done = doctor("--json", env={"OLLAMA_HOST": at})
    assert done.status == 0
    assert "none answers" in of(done, "server")[0]["detail"]


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"<html>", b'{"models": 7}', b"[" * 99_999, b'{"models": [7, {"name": 7}]}'],
)
def test_what_is_no_list_of_models_is_no_mistake(doctor: Doctor, mock: Mock, body: bytes) -> None:
    mock.files["/api/tags"] = body
    done = doctor("--json", env={"OLLAMA_HOST": mock.url})
    assert done.status == 0, done


@pytest.mark.needs_tool("strace")
@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_it_speaks_to_this_machine_alone(tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    env = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "http://192.0.2.1/v1", "HOME": str(tmp_path)}
    command = ["strace", "-f", "-o", str(trace), "-e", "trace=connect,sendto", PROGRAM, "doctor"]
    subprocess.run(
        command, env=environment(env), stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    lines = trace.read_text("utf-8", "replace").splitlines()
    reached = [line for line in lines if "AF_INET" in line]
    assert reached
    assert not [line for line in reached if not re.search(r'"127\.0\.0\.1"|"::1"', line)]
    assert KEY not in "\n".join(lines)


# --------------------------------------------------------------------------- the machine


@POSIX
def test_folders_that_cannot_be_written_are_told(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = doctor("--json", env={"XDG_DATA_HOME": str(tmp_path / "file")})
    found = {one["name"]: one["status"] for one in of(done, "folder")}
    assert found == {"cache": "ok", "data": "warn", "config": "ok"}
    assert "XDG_DATA_HOME" in of(done, "folder", "data")[0]["remedy"]
    assert not (tmp_path / "cache").exists()  # nothing is made to find out


def test_certificates_that_cannot_be_read_are_wrong(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "bundle.pem").write_text("no certificates")
    done = doctor("--json", env={"SSL_CERT_FILE": str(tmp_path / "bundle.pem")})
    assert done.status == 1
    (found,) = of(done, "certificates")
    assert found["status"] == "wrong"
    assert "bundle.pem" in found["detail"] + str(found["facts"])


def test_a_proxy_before_local_servers_is_told(doctor: Doctor) -> None:
    done = doctor("--json", env={"HTTP_PROXY": "http://192.0.2.1:3128"})
    (found,) = of(done, "proxy")
    assert found["status"] == "warn"
    assert "NO_PROXY" in found["remedy"]
    env = {"HTTP_PROXY": "http://192.0.2.1:3128", "NO_PROXY": "127.0.0.1"}
    assert of(doctor("--json", env=env), "proxy")[0]["status"] == "ok"


def test_a_catalogue_of_long_ago_is_told(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    from visioncli.cli.checkup import choices
    from visioncli.cli.checkup.finding import Patient

    (now,) = choices.catalogue(Patient())
    monkeypatch.setattr(time, "strftime", lambda _: "2035-01-01")
    (later,) = choices.catalogue(Patient())
    assert (str(now.status) in ("ok", "warn"), str(later.status)) == (True, "warn")
    assert later.remedy == "vision models --refresh"


@POSIX
def test_whoever_reads_it_may_go_away() -> None:
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {PROGRAM} doctor | head -n 1"],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""
    assert done.returncode in (0, 141)  # what is left may have fitted into the pipe


@pytest.mark.parametrize(("have", "wanted", "right"), VERSIONS)
def test_versions_are_compared_by_their_numbers(have: str, wanted: str, right: bool) -> None:
    assert fits(have, wanted) is right


def test_words_it_does_not_know_are_exit_2(doctor: Doctor) -> None:
    assert doctor("openai").status == 2
    assert doctor("--nope").status == 2

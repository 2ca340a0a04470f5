"""Google's credentials: every way to a token, kept in memory, and nothing secret in an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from tests.auth.google_files import (
    PROJECT,
    TOKEN,
    answer,
    external_account,
    private_key,
    service_account,
    token,
)
from tests.mock import Mock, Reply, serving
from tests.program import environment
from visioncli.auth import google, headers, keys
from visioncli.config import KeySource, Settings
from visioncli.core.body import JsonBody
from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import KeyProblem, NetworkProblem, ProviderFailed, VisionError
from visioncli.core.target import Provider

ROW = Provider(name="vertex_ai", dialect="gemini", auth="google", bearer_env=("ACCESS_TOKEN",))


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as server:
        yield server


@pytest.fixture(autouse=True)
def nobodys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No credentials of this machine, and none of the test before."""
    for name in [name for name in os.environ if name.startswith(("GOOGLE_", "CLOUDSDK_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.setattr("google.auth.compute_engine._metadata._NO_GCE_CHECK", True)
    monkeypatch.setattr(google, "_kept", {})


def named(monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))


def request() -> HttpRequest:
    return HttpRequest(method="POST", url="https://x.test", headers={}, body=JsonBody({}))


def find() -> keys.Key:
    found = keys.find(ROW, Settings(), {})
    assert found is not None
    return found


def test_a_service_account_signs_for_a_token(
    mock: Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(monkeypatch, service_account(tmp_path, mock.url))
    mock.replies = [token()]
    key = find()
    assert key.secret.reveal() == TOKEN
    assert key.values == {"project": PROJECT}
    (asked,) = mock.posts
    form = parse_qs(asked.body.decode())
    assert asked.path == "/token"
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:jwt-bearer"]
    claims = form["assertion"][0].split(".")[1]
    said = json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    assert said["scope"] == "https://www.googleapis.com/auth/cloud-platform"
    sent = headers.authorise(request(), ROW, key, env={}).headers
    assert sent == {"authorization": f"Bearer {TOKEN}"}


def test_a_token_is_kept_while_it_is_good(
    mock: Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(monkeypatch, service_account(tmp_path, mock.url))
    mock.replies = [token("first", seconds=60), token("second"), token("third")]
    assert [find().secret.reveal() for _ in range(3)] == ["first", "second", "second"]
    assert len(mock.posts) == 2


def test_another_file_has_another_token(
    mock: Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mock.replies = [token("one"), token("other")]
    named(monkeypatch, service_account(tmp_path, mock.url))
    assert find().secret.reveal() == "one"
    (tmp_path / "b").mkdir()
    named(monkeypatch, service_account(tmp_path / "b", mock.url, project_id="b"))
    assert (find().secret.reveal(), find().values) == ("other", {"project": "b"})


def test_a_workload_trades_its_own_token(
    mock: Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(monkeypatch, external_account(tmp_path, mock.url))
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "mine")
    mock.replies = [token(issued_token_type="urn:ietf:params:oauth:token-type:access_token")]
    key = find()
    assert (key.secret.reveal(), key.values) == (TOKEN, {"project": "mine"})
    form = parse_qs(mock.posts[0].body.decode())
    assert form["subject_token"] == ["subject-canary"]


def test_credentials_that_bill_a_project_say_so(
    mock: Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(monkeypatch, service_account(tmp_path, mock.url))
    monkeypatch.setenv("GOOGLE_CLOUD_QUOTA_PROJECT", "billed")
    mock.replies = [token()]
    sent = headers.authorise(request(), ROW, find(), env={}).headers
    assert sent["x-goog-user-project"] == "billed"


def test_a_token_of_the_users_own_needs_no_google(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(google, "find", lambda: pytest.fail("asked Google"))
    key = keys.find(ROW, Settings(), {"ACCESS_TOKEN": TOKEN})
    assert key is not None
    assert headers.authorise(request(), ROW, key, env={}).headers["authorization"].endswith(TOKEN)


def test_a_token_may_come_from_a_command() -> None:
    cmd = (sys.executable, "-c", f"print({TOKEN!r})")
    key = keys.find(ROW, Settings(keys={"vertex_ai": KeySource(cmd=cmd)}), {})
    sent = headers.authorise(request(), ROW, key, env={}).headers
    assert sent == {"authorization": f"Bearer {TOKEN}"}


SKEWED = (
    "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
    " Check your iat and exp values in the JWT claim."
)
PAGE = Reply(b"<html>no</html>", "text/html", 403)


@pytest.mark.parametrize(
    ("replies", "kind", "words", "hint"),
    [
        (
            [answer(400, error="invalid_grant", error_description=SKEWED)],
            KeyProblem,
            "short-lived",
            "check the clock of this machine",
        ),
        (
            [answer(400, error="invalid_grant", error_description="Invalid grant: account gone")],
            KeyProblem,
            "account gone",
            "gcloud auth application-default login",
        ),
        ([PAGE], KeyProblem, "<html>no", "gcloud"),
        ([answer(200, nothing=1)], KeyProblem, "No access token", "gcloud"),
        ([token("two words")], KeyProblem, "white space", ""),
        ([Reply(b"", status=302, headers={"location": "/x"})], ProviderFailed, "not followed", ""),
    ],
)
def test_a_token_that_is_not_given(
    mock: Mock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    replies: list[Reply],
    kind: type[VisionError],
    words: str,
    hint: str,
) -> None:
    named(monkeypatch, service_account(tmp_path, mock.url))
    mock.replies = list(replies)
    with pytest.raises(kind) as caught:
        find()
    assert words in caught.value.message
    assert hint in (caught.value.hint or "")
    assert "PRIVATE" not in caught.value.message
    assert len(mock.posts) == 1


def test_a_token_service_that_fails_is_asked_again(
    mock: Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("google.auth._exponential_backoff.time.sleep", lambda _: None)
    named(monkeypatch, service_account(tmp_path, mock.url))
    mock.replies = [answer(503, error="unavailable"), token()]
    assert find().secret.reveal() == TOKEN
    monkeypatch.setattr(google, "_kept", {})
    mock.replies = [answer(503, error="unavailable")] * 9
    with pytest.raises(ProviderFailed, match="token service failed: unavailable") as caught:
        find()
    assert caught.value.exit == 8


def test_a_token_service_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, service_account(tmp_path, "http://127.0.0.1:1"))
    with pytest.raises(NetworkProblem, match=r"127\.0\.0\.1:1") as caught:
        find()
    assert caught.value.exit == 7


def test_a_token_service_that_hangs_is_given_up(
    mock: Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google, "PATIENCE", 0.3)
    named(monkeypatch, service_account(tmp_path, mock.url))
    done = threading.Event()
    mock.replies = [Reply([b"{"], hang=done)]
    with pytest.raises(NetworkProblem, match=r"Google's token service within 0\.3 s") as caught:
        find()
    done.set()
    assert "--timeout is for the answer" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "was not found"),
        ("{", "is not a valid json file"),
        ("{}", "does not have a valid type"),
        ('{"type": "service_account", "project_id": "p"}', "Failed to load service account"),
    ],
)
def test_a_key_file_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None, words: str
) -> None:
    file = tmp_path / "key.json"
    if text is not None:
        file.write_text(text)
    named(monkeypatch, file)
    with pytest.raises(KeyProblem, match=r"no usable Google credentials") as caught:
        find()
    assert words in caught.value.message
    assert "GOOGLE_APPLICATION_CREDENTIALS" in (caught.value.hint or "")


def test_a_key_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe{}")
    for file in (tmp_path, tmp_path / "bytes.json"):
        named(monkeypatch, file)
        with pytest.raises(KeyProblem, match=r"no usable Google credentials: .+"):
            find()


def test_a_workload_whose_own_token_is_gone(
    mock: Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named(monkeypatch, external_account(tmp_path, mock.url))
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "mine")
    (tmp_path / "subject-token").unlink()
    with pytest.raises(KeyProblem, match="was not found"):
        find()
    assert mock.received == []


def test_a_damaged_private_key_is_not_quoted(
    mock: Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = private_key().splitlines()
    damaged = "\n".join([lines[0], lines[1][:40], lines[-1]])
    named(monkeypatch, service_account(tmp_path, mock.url, private_key=damaged))
    with pytest.raises(KeyProblem) as caught:
        find()
    assert lines[1][:20] not in f"{caught.value.message}{caught.value.hint}"


def test_no_credentials_at_all() -> None:
    with pytest.raises(KeyProblem, match="no usable Google credentials") as caught:
        find()
    assert caught.value.exit == 4
    assert "gcloud auth application-default login" in (caught.value.hint or "")


def test_without_the_extra_one_line_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['google.auth'] = None\n"
        "from visioncli.auth import keys; from visioncli.config import Settings\n"
        "from visioncli.core.target import Provider\n"
        "row = Provider(name='vertex_ai', dialect='gemini', auth='google')\n"
        "try: keys.find(row, Settings(), {})\n"
        "except Exception as e: print(type(e).__name__, e.message, '|', e.hint)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("KeyProblem vertex_ai needs google-auth")
    assert "pip install 'visioncli[vertex]'" in done.stdout
    assert done.stderr == ""


def test_googles_client_for_http_is_not_loaded(tmp_path: Path) -> None:
    with serving() as mock:
        mock.replies = [token()]
        file = service_account(tmp_path, mock.url)
        code = (
            "import sys\nfrom visioncli.auth import google\ngoogle.find()\n"
            "print({'requests', 'urllib3', 'aiohttp'} & set(sys.modules))"
        )
        env = {**os.environ, "GOOGLE_APPLICATION_CREDENTIALS": str(file)}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True
        )
    assert done.stdout.strip() == "set()"
    assert done.stderr == ""


METADATA = {
    "/": (b"computeMetadata/\n", "text/plain"),
    "/computeMetadata/v1/project/project-id": (b"machines-own", "text/plain"),
    "/computeMetadata/v1/universe/universe-domain": (b"googleapis.com", "text/plain"),
    "/computeMetadata/v1/instance/service-accounts/default/": (
        b'{"email": "vm@example.iam.gserviceaccount.com", "scopes": [], "aliases": []}',
        "application/json",
    ),
    "/computeMetadata/v1/instance/service-accounts/default/token": (
        json.dumps({"access_token": TOKEN, "expires_in": 3600, "token_type": "Bearer"}).encode(),
        "application/json",
    ),
}


class Metadata(BaseHTTPRequestHandler):
    """The server that every machine of Google's finds at its side."""

    def do_GET(self) -> None:
        body, kind = METADATA.get(self.path.partition("?")[0], (b"", "text/plain"))
        self.send_response(200 if body else 404)
        self.send_header("metadata-flavor", "Google")
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.headers.get("metadata-flavor") == "Google":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


def test_a_machine_of_googles_is_asked_for_its_own(tmp_path: Path) -> None:
    code = (
        "from visioncli.auth import google\nkey = google.find()\n"
        "print(key.secret.reveal(), dict(key.values))"
    )
    with ThreadingHTTPServer(("127.0.0.1", 0), Metadata) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        where = f"127.0.0.1:{server.server_port}"
        env = environment({"GCE_METADATA_HOST": where, "GCE_METADATA_IP": where})
        env |= {"CLOUDSDK_CONFIG": str(tmp_path), "HOME": str(tmp_path)}
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False
        )
        server.shutdown()
        thread.join()
    assert (done.stdout.strip(), done.stderr) == (f"{TOKEN} {{'project': 'machines-own'}}", "")

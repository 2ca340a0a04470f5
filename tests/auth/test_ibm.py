"""IBM's tokens: asked for once, kept while they are good, and no key in any message."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.mock import Mock, Reply, serving
from tests.program import CAT, Done, vision
from visioncli.auth import headers, ibm
from visioncli.auth.keys import Key
from visioncli.core.body import JsonBody
from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import BadAnswer, KeyProblem, ProviderFailed, UsageError, VisionError
from visioncli.core.secret import Secret
from visioncli.core.target import Provider

API_KEY = "ibm-canary-0123456789abcdef"
TOKEN = "eyJraWQiOiIx.eyJpYW1faWQi.c2lnbmF0dXJl"
KEY = Key(Secret(API_KEY), "WATSONX_APIKEY")
ROW = Provider(name="watsonx", dialect="watsonx", auth="ibm", bearer_env=("WATSONX_TOKEN",))


def request(url: str) -> HttpRequest:
    return HttpRequest(method="POST", url=url, headers={}, body=JsonBody({}))


def granted(token: str = TOKEN, **more: Any) -> Reply:
    answer = {"access_token": token, "token_type": "Bearer", "expires_in": 3600, **more}
    return Reply(json.dumps(answer).encode())


FINAL = {"x-should-retry": "false"}


def refused(status: int, **body: Any) -> Reply:
    return Reply(json.dumps(body).encode(), status=status, headers=FINAL)


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as server:
        yield server


@pytest.fixture
def env(mock: Mock, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The address of the mock, and no token of the test before."""
    monkeypatch.setattr(ibm, "_tokens", {})
    return {"WATSONX_IAM_URL": f"{mock.url}/identity/token"}


def test_a_key_is_exchanged_by_a_form(mock: Mock, env: dict[str, str]) -> None:
    mock.replies = [granted()]
    token = ibm.exchanged(KEY, env)
    assert (token.secret.reveal(), token.bearer) == (TOKEN, True)
    (asked,) = mock.posts
    assert asked.path == "/identity/token"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.headers["content-length"] == str(len(asked.body))
    assert parse_qs(asked.body.decode()) == {
        "grant_type": ["urn:ibm:params:oauth:grant-type:apikey"],
        "apikey": [API_KEY],
    }
    assert API_KEY not in str(asked.headers)


def test_a_token_is_kept_while_it_is_good(mock: Mock, env: dict[str, str]) -> None:
    mock.replies = [granted(), granted("another")]
    assert ibm.exchanged(KEY, env) == ibm.exchanged(KEY, env)
    assert len(mock.posts) == 1
    other = Key(Secret("another-key-0123456789"), "WATSONX_APIKEY")
    assert ibm.exchanged(other, env).secret.reveal() == "another"


@pytest.mark.parametrize("more", [{"expires_in": 30}, {"expires_in": None}, {"expires_in": "x"}])
def test_a_token_at_its_end_is_not_used_again(
    mock: Mock, env: dict[str, str], more: dict[str, Any]
) -> None:
    mock.replies = [granted("first", **more), granted("second")]
    assert ibm.exchanged(KEY, env).secret.reveal() == "first"
    assert ibm.exchanged(KEY, env).secret.reveal() == "second"


def test_a_token_grows_old(
    mock: Mock, env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mock.replies = [granted("first"), granted("second")]
    ibm.exchanged(KEY, env)
    later = time.monotonic() + 3600
    monkeypatch.setattr("visioncli.auth.ibm.time.monotonic", lambda: later)
    assert ibm.exchanged(KEY, env).secret.reveal() == "second"


def test_of_several_threads_one_asks(mock: Mock, env: dict[str, str]) -> None:
    mock.replies = [granted(), *[refused(500)] * 7]
    got: list[str] = []

    def ask() -> None:
        got.append(ibm.exchanged(KEY, env).secret.reveal())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [TOKEN] * 8
    assert len(mock.posts) == 1


UNKNOWN = {"errorCode": "BXNIM0415E", "errorMessage": f"Provided API key {API_KEY} is not known."}


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (refused(400, **UNKNOWN), KeyProblem, "identity service rejects the key: Provided API key"),
        (refused(401), KeyProblem, "rejects the key"),
        (refused(403, errorMessage="Locked."), KeyProblem, "identity service denies access: Lock"),
        (refused(500), ProviderFailed, "IBM's identity service failed"),
        (
            Reply(b"<html>login</html>", "text/html", 502, FINAL),
            ProviderFailed,
            "service failed: <html>",
        ),
        (Reply(b"<html>login</html>", "text/html"), BadAnswer, "without a token"),
        (Reply(b'{"access_token": "' + API_KEY.encode()), BadAnswer, "without a token"),
        (Reply(b"{}"), BadAnswer, "without a token"),
        (granted("two\nlines"), BadAnswer, "without a token"),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else "",
)
def test_what_is_no_token_is_an_error_that_shows_no_key(
    mock: Mock, env: dict[str, str], reply: Reply, kind: type[VisionError], words: str
) -> None:
    mock.replies = [reply]
    with pytest.raises(kind, match=words) as caught:
        ibm.exchanged(KEY, env)
    assert API_KEY not in f"{caught.value} {caught.value.message} {caught.value.hint}"
    if kind is KeyProblem:
        assert "WATSONX_APIKEY" in (caught.value.hint or "")
    mock.replies = [granted()]
    assert ibm.exchanged(KEY, env).secret.reveal() == TOKEN  # a failure is not kept


def test_a_moment_of_trouble_is_waited_out(mock: Mock, env: dict[str, str]) -> None:
    soon = {"retry-after-ms": "1"}
    mock.replies = [Reply(b"", status=503, headers=soon), Reply(b"", status=429, headers=soon)]
    mock.replies.append(granted())
    assert ibm.exchanged(KEY, env).secret.reveal() == TOKEN
    mock.replies = [Reply(b"", status=503, headers=soon)] * 4
    with pytest.raises(ProviderFailed, match="service failed"):
        ibm.exchanged(Key(Secret("another-key-0123456789"), "WATSONX_APIKEY"), env)
    assert len(mock.posts) == 6


def test_a_redirect_is_not_followed(mock: Mock, env: dict[str, str]) -> None:
    mock.replies = [Reply(b"", status=307, headers={"location": f"{mock.url}/elsewhere"})]
    with pytest.raises(ProviderFailed, match="not followed"):
        ibm.exchanged(KEY, env)
    assert [post.path for post in mock.posts] == ["/identity/token"]


@pytest.mark.parametrize(
    "url", ["http://iam.example.org/x", "ftp://iam.test", "iam.test", "http://["]
)
def test_a_key_goes_over_https_alone(url: str) -> None:
    with pytest.raises(UsageError, match="https alone") as caught:
        ibm.exchanged(KEY, {"WATSONX_IAM_URL": url})
    assert caught.value.exit == 2


def test_the_token_goes_into_the_request(mock: Mock, env: dict[str, str]) -> None:
    mock.replies = [granted()]
    sent = headers.authorise(request(mock.url), ROW, KEY, env).headers
    assert sent["authorization"] == f"Bearer {TOKEN}"
    assert API_KEY not in str(sent)


def test_a_token_of_ones_own_goes_as_it_is(mock: Mock, env: dict[str, str]) -> None:
    own = Key(Secret("my-own-token"), "WATSONX_TOKEN", bearer=True)
    sent = headers.authorise(request(mock.url), ROW, own, env).headers
    assert sent["authorization"] == "Bearer my-own-token"
    assert mock.posts == []


def test_people_are_shown_the_variable_that_takes_a_token() -> None:
    shown = headers.masked(request("https://x.test"), ROW, {"WATSONX_APIKEY": API_KEY}).headers
    assert shown["authorization"] == "Bearer $WATSONX_TOKEN"


# --- the program


def ask(mock: Mock, env: dict[str, str], *words: str, **more: str) -> Done:
    given = {
        "WATSONX_URL": mock.url,
        "WATSONX_PROJECT_ID": "p-1",
        "WATSONX_APIKEY": API_KEY,
        **env,
        **more,
    }
    model = "watsonx/meta-llama/llama-3-2-11b-vision-instruct"
    return vision("ask", "-m", model, *words, CAT, "what is it?", env=given)


def chunk(delta: dict[str, str], reason: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    data = {"id": "c", "model_id": "m", "choices": [choice]}
    return f"id: 1\nevent: message\ndata: {json.dumps(data)}\n\n".encode()


def test_vision_asks_watsonx(mock: Mock, env: dict[str, str]) -> None:
    answer = Reply([chunk({"content": "A cat."}), chunk({}, "stop")], "text/event-stream")
    mock.replies = [granted(), answer]
    done = ask(mock, env)
    assert (done.status, done.out) == (0, "A cat.\n")
    login, asked = mock.posts
    assert login.path == "/identity/token"
    assert asked.path == "/ml/v1/text/chat_stream?version=2024-03-13"
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.json["project_id"] == "p-1"


def test_a_rejected_key_is_exit_4_and_no_picture_is_sent(mock: Mock, env: dict[str, str]) -> None:
    mock.replies = [refused(400, **UNKNOWN)]
    done = ask(mock, env)
    assert done.status == 4
    assert done.err.startswith("error: IBM's identity service rejects the key")
    assert API_KEY not in done.err
    assert len(mock.posts) == 1


def test_a_dry_run_asks_for_no_token(mock: Mock, env: dict[str, str]) -> None:
    done = ask(mock, env, "--dry-run", "--json")
    assert done.status == 0
    assert done.json["headers"]["authorization"] == "Bearer $WATSONX_TOKEN"
    assert mock.posts == []


def test_neither_key_nor_token_is_seen_when_the_service_repeats_it(
    mock: Mock, env: dict[str, str]
) -> None:
    words = f'{{"errors": [{{"message": "saw Bearer {TOKEN} of {API_KEY}"}}]}}'
    mock.replies = [granted(), Reply(words.encode(), status=400)]
    env |= {"WATSONX_URL": mock.url, "WATSONX_APIKEY": API_KEY, "WATSONX_PROJECT_ID": "p"}
    done = vision("ask", "--debug", "-m", "watsonx/meta-llama/any", CAT, "q", env=env)
    assert "saw Bearer" in done.err
    assert TOKEN not in done.err
    assert API_KEY not in done.err


def test_the_callers_deadline_holds_for_the_token_too(mock: Mock, env: dict[str, str]) -> None:
    mock.delay = 1.0
    env |= {"WATSONX_URL": mock.url, "WATSONX_APIKEY": API_KEY, "WATSONX_PROJECT_ID": "p"}
    words = ("ask", "--timeout", "0.3", "-m", "watsonx/meta-llama/any", CAT, "q")
    done = vision(*words, env=env)
    assert done.status == 7
    assert "identity service within 0." in done.err
    assert len(mock.posts) <= 1

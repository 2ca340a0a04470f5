"""What goes wrong, as the caller is told it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anthropic
import httpx
import openai
import pytest

from tests import vendors
from tests.faults.server import serving as broken
from tests.mock import Mock, Reply
from visioncli.gateway.settings import Gateway

from .entries import KEY, entry, one
from .running import question, serving

PICTURE = {"url": "data:image/png;base64,aGVsbG8gd29ybGQsIHRoaXMgaXMgbm8gcGljdHVyZSBhdCBhbGw="}


def refusal(status: int, code: str, words: str, **headers: str) -> Reply:
    body = {"error": {"message": words, "type": "x", "code": code}}
    return Reply(json.dumps(body).encode(), status=status, headers=headers)


@pytest.mark.parametrize(
    ("reply", "status", "kind", "words"),
    [
        (refusal(400, "bad", "no such field"), 400, "invalid_request_error", "no such field"),
        (refusal(401, "invalid_api_key", "bad key"), 401, "authentication_error", "bad key"),
        (refusal(403, "no", "not yours"), 403, "permission_error", "not yours"),
        (refusal(404, "model_not_found", "gone"), 404, "not_found_error", "gone"),
        (refusal(413, "large", "too big"), 413, "request_too_large", "too big"),
        (refusal(429, "slow", "slow down"), 429, "rate_limit_error", "slow down"),
        (refusal(429, "insufficient_quota", "pay"), 429, "insufficient_quota", "pay"),
        (refusal(500, "oops", "broken"), 500, "server_error", "broken"),
        (refusal(529, "busy", "overloaded"), 529, "overloaded_error", "overloaded"),
        (Reply(b"<html>", "text/html", 502), 502, "server_error", "<html>"),
        (Reply(b"null"), 502, "server_error", "not a JSON object"),
        (Reply(vendors.plain("openai", "")), 502, "server_error", "empty answer"),
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_providers_error_is_passed_on(
    mock: Mock, reply: Reply, status: int, kind: str, words: str, stream: bool
) -> None:
    mock.replies.append(reply)
    with serving(one(mock)) as served:
        said = served.post(question(stream=stream))
    error = said.json()["error"]
    assert (said.status_code, error["type"], error["provider"]) == (status, kind, "openai")
    assert words in error["message"]
    assert said.headers["content-type"] == "application/json"


def test_a_wait_and_the_id_of_the_request_are_passed_on(mock: Mock) -> None:
    limited = refusal(429, "slow", "slow", **{"retry-after": "17", "x-request-id": "req_theirs"})
    mock.replies += [limited, limited]
    with serving(one(mock, retries=5)) as served:
        said = served.post(question())
        assert said.headers["retry-after"] == "17"
        assert said.json()["error"]["request_id"] == "req_theirs"
        client = openai.OpenAI(
            api_key="any",
            base_url=served.url,
            max_retries=0,
            http_client=httpx.Client(trust_env=False),
        )
        with client, pytest.raises(openai.RateLimitError) as raised:
            client.chat.completions.create(**question())
    assert raised.value.request_id == "req_theirs"
    assert len(mock.posts) == 2


def test_anthropics_callers_are_told_in_their_words(mock: Mock) -> None:
    mock.replies.append(refusal(429, "slow", "slow down", **{"x-request-id": "req_9"}))
    with serving(one(mock)) as served:
        client = anthropic.Anthropic(
            api_key="any",
            base_url=served.url,
            max_retries=0,
            http_client=anthropic.DefaultHttpxClient(trust_env=False),
        )
        with client, pytest.raises(anthropic.RateLimitError) as raised:
            client.messages.create(
                model="m", max_tokens=9, messages=[{"role": "user", "content": "hi"}]
            )
        body: Any = raised.value.body
        assert body["error"]["type"] == "rate_limit_error"
        assert body["request_id"] == "req_9"
        missing = served.post({}, "/v1/messages")
    assert missing.json()["type"] == "error"
    assert missing.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "the body is empty"),
        (b"{", "the body is no JSON"),
        (b"[]", "no JSON object"),
        (b'{"a":' * 9000, "nested too deeply"),
        (b"\xff\xfe{}", "no JSON"),
        (b'{"model": NaN}', "no JSON"),
        (b"{}", "model must be"),
        (b'{"model": "m"}', "messages must be a list"),
        (b'{"model": "m", "messages": [{"role": "user", "content": 5}]}', "messages[0].content"),
        (b'{"model": "m", "messages": [{"role": "tool", "content": ""}]}', "messages[0].role"),
        (b'{"model": "m", "messages": [], "stream": 1}', "stream must be"),
        (b'{"model": "m", "messages": [], "api_base": "http://x"}', "the gateway's own to set"),
        (b'{"model": "m", "messages": [], "allow_private": true}', "the gateway's own to set"),
        (b'{"model": "m", "messages": [], "aws_secret_access_key": "x"}', "gateway's own"),
        (b'{"model": "m", "messages": [], "tools": [{}]}', "tools are not supported"),
    ],
)
def test_a_bad_request_is_400_and_says_what_is_wrong(mock: Mock, body: bytes, words: str) -> None:
    with serving(one(mock)) as served:
        said = served.send(body)
    assert (said.status_code, said.json()["error"]["type"]) == (400, "invalid_request_error")
    assert words in said.json()["error"]["message"]
    assert mock.received == []


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (PICTURE, "image"),
        ({"url": "data:image/png;base64,%%%"}, "not valid base64"),
        ({"url": "/etc/passwd"}, "no address"),
        ("file:///etc/passwd", "file: is not fetched"),
        ("screen:", "no image"),
        ("clip:", "no image"),
        ("-", "no address"),
        ({"url": "https://x.invalid/x.png", "format": "nonsense"}, "format"),
        ({"url": "https://x.invalid/x.png", "detail": "huge"}, "detail must be"),
    ],
)
def test_a_bad_picture_is_400(mock: Mock, image: Any, words: str) -> None:
    with serving(one(mock)) as served:
        said = served.post(question(image=image))
    assert said.status_code == 400, said.text
    assert words in said.json()["error"]["message"]
    assert "root:" not in said.text
    assert mock.received == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/x.png",
        "http://[::ffff:127.0.0.1]:{port}/x",
        "http://169.254.169.254/",
    ],
)
def test_a_private_address_is_not_fetched(mock: Mock, url: str) -> None:
    with serving(one(mock, inline=True)) as served:
        said = served.post(question(image=url.format(port=mock.port)))
    assert said.status_code == 400
    assert mock.received == []


def test_an_unknown_model_is_404_with_near_names(mock: Mock) -> None:
    with serving(one(mock, name="llava-hf")) as served:
        said = served.post(question("lava-hf"))
    assert (said.status_code, said.json()["error"]["code"]) == (404, "model_not_found")
    assert "did you mean llava-hf?" in said.json()["error"]["message"]


def test_a_model_that_cannot_see_is_asked_no_picture(mock: Mock) -> None:
    blind = one(mock, entry={"vision": False})
    with serving(blind) as served:
        said = served.post(question(image="https://example.com/x.png"))
        assert (said.status_code, said.json()["error"]["code"]) == (400, "cannot_see")
        assert served.post(question()).status_code == 200


@pytest.mark.parametrize(
    ("fault", "status"), [("fin", 502), ("rst", 502), ("garbage", 502), ("redirect", 502)]
)
def test_a_provider_that_breaks_is_502(mock: Mock, fault: str, status: int) -> None:
    with broken() as server:
        gateway = one(mock, entry={"api_base": server.at(fault, "http://127.0.0.1:9/")})
        with serving(gateway) as served:
            said = served.post(question(stream=True))
    assert said.status_code == status, said.text


def test_a_provider_that_says_nothing_is_504(mock: Mock) -> None:
    with broken() as server:
        gateway = one(mock, entry={"api_base": server.at("stall-headers")}, timeout=0.5)
        with serving(gateway) as served:
            said = served.post(question())
    assert (said.status_code, said.json()["error"]["code"]) == (504, "timeout")


@pytest.mark.parametrize(
    ("path", "body", "mark"),
    [
        ("/v1/chat/completions", question(stream=True), '"error":{'),
        (
            "/v1/messages",
            {
                "model": "m",
                "max_tokens": 9,
                "stream": True,
                "messages": [{"role": "user", "content": "hi"}],
            },
            "event: error",
        ),
        ("/v1/responses", {"model": "m", "input": "hi", "stream": True}, "event: response.failed"),
    ],
)
def test_a_stream_that_is_cut_keeps_its_text_and_says_so(
    mock: Mock, path: str, body: Any, mark: str
) -> None:
    with broken() as server:
        gateway = one(mock, entry={"api_base": server.at("sse-truncate")})
        with serving(gateway) as served:
            said = served.post(body, path)
    assert said.status_code == 200
    assert vendors.PIECES[0][:8] in said.text
    assert mark in said.text
    assert "[DONE]" not in said.text
    assert "message_stop" not in said.text


def test_a_key_that_a_provider_repeats_stays_here(mock: Mock) -> None:
    with broken() as server:
        gateway = one(mock, entry={"api_base": server.at("echo")})
        with serving(gateway) as served:
            said = served.post(question())
            assert KEY not in said.text + str(said.headers) + str(served.told)
    assert said.status_code >= 400


def test_what_is_too_large_is_413(mock: Mock) -> None:
    with serving(one(mock, max_body=2000)) as served:
        said = served.send(b"x" * 3000)
        assert (said.status_code, said.json()["error"]["code"]) == (413, "request_too_large")
        chunked = served.send(iter([b"x" * 1500, b"x" * 1500]))  # type: ignore[arg-type]
        assert chunked.status_code == 413
        large = served.post(question(image=f"data:image/png;base64,{'A' * 20_000_000}"))
        assert large.status_code == 413  # heard while it is still being sent
        assert served.send(b"x", headers={"content-encoding": "gzip"}).status_code == 415


def test_more_at_once_than_are_taken_come_again(mock: Mock) -> None:
    mock.delay = 0.5
    with serving(one(mock, max_concurrent=2)) as served, ThreadPoolExecutor(8) as threads:
        said = list(threads.map(lambda _: served.post(question()), range(8)))
    statuses = sorted(one.status_code for one in said)
    assert statuses[0] == 200
    assert statuses[-1] == 503
    assert all(one.headers["retry-after"] == "1" for one in said if one.status_code == 503)


def test_a_path_that_is_none_is_an_error_of_the_same_shape(mock: Mock) -> None:
    with serving(one(mock)) as served:
        assert served.get("/v1/nothing").json()["error"]["type"] == "not_found_error"
        wrong = served.get("/v1/chat/completions")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")


def test_two_entries_of_one_kind(mock: Mock) -> None:
    gateway = Gateway(models=(entry(mock, name="a"), entry(mock, name="b")))
    with serving(gateway) as served:
        assert [m["id"] for m in served.get("/v1/models").json()["data"]] == ["a", "b"]

"""Pages of other hosts, which ask from a browser: with the master key as anybody does."""

from __future__ import annotations

import httpx
import pytest

from tests.mock import Mock

from .entries import one
from .running import ASK, MASTER, question, serving

PAGE = "https://page.example"
WISH = {
    "origin": PAGE,
    "access-control-request-method": "POST",
    "access-control-request-headers": "authorization, content-type, x-stainless-lang",
}


def options(url: str, headers: dict[str, str]) -> httpx.Response:
    with httpx.Client(trust_env=False) as client:
        return client.options(url, headers=headers)


@pytest.mark.parametrize("path", [ASK, "/v1/messages", "/v1/models", "/model_group/info"])
def test_with_a_key_the_browser_is_given_leave(mock: Mock, path: str) -> None:
    with serving(one(mock, master_key=MASTER)) as served:
        leave = options(served.url + path, WISH)
    assert (leave.status_code, leave.headers["access-control-allow-origin"]) == (200, "*")
    assert "POST" in leave.headers["access-control-allow-methods"]
    assert leave.headers["access-control-allow-headers"] == WISH["access-control-request-headers"]
    assert "access-control-allow-credentials" not in leave.headers


def test_the_answer_can_be_read_and_the_key_is_still_needed(mock: Mock) -> None:
    with serving(one(mock, master_key=MASTER)) as served:
        known = {"authorization": f"Bearer {MASTER}", "origin": PAGE}
        told = served.post(question(), headers=known)
        streamed = served.post(question(stream=True), headers=known)
        locked = served.post(question(), headers={"origin": PAGE})
    for said, status in ((told, 200), (streamed, 200), (locked, 401)):
        assert (said.status_code, said.headers["access-control-allow-origin"]) == (status, "*")
    assert "x-vision-cost-usd" in told.headers["access-control-expose-headers"]
    assert "[DONE]" in streamed.text


def test_without_a_key_it_is_given_none(mock: Mock) -> None:
    with serving(one(mock)) as served:
        leave = options(served.url + ASK, WISH)
        asked = served.post(question(), headers={"origin": PAGE})
    assert (leave.status_code, asked.status_code) == (405, 403)
    for said in (leave, asked):
        assert not [name for name in said.headers if name.startswith("access-control")]
    assert mock.received == []


def test_what_watches_it_finds_its_health(mock: Mock) -> None:
    with serving(one(mock, master_key=MASTER)) as served:
        for path in ("/health", "/health/liveliness", "/health/liveness", "/health/readiness"):
            assert served.get(path).json()["status"] == "ok"
        with httpx.Client(trust_env=False) as client:
            head = client.head(f"{served.url}/health")
    assert (head.status_code, head.content) == (200, b"")

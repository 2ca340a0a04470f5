"""Several entries of one name: they share the load, and stand in for each other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests import vendors
from tests.faults.server import serving as broken
from tests.mock import Mock, Reply
from tests.mock import serving as mocking
from visioncli.gateway.settings import Gateway

from .entries import entry, one
from .running import question, serving


@pytest.fixture
def mocks() -> Iterator[list[Mock]]:
    with ExitStack() as stack:
        yield [stack.enter_context(mocking()) for _ in range(3)]


def together(mocks: list[Mock], **more: object) -> Gateway:
    return Gateway(models=tuple(entry(mock) for mock in mocks), **{"retries": 0, **more})


def test_they_share_the_load(mocks: list[Mock]) -> None:
    for mock in mocks:
        mock.delay = 0.2
    with serving(together(mocks)) as served, ThreadPoolExecutor(12) as threads:
        said = list(threads.map(lambda _: served.post(question()), range(12)))
    assert {one.status_code for one in said} == {200}
    assert [len(mock.posts) for mock in mocks] == [4, 4, 4]


def test_the_least_busy_is_asked(mocks: list[Mock]) -> None:
    """One that takes its time is not given more to do meanwhile."""
    mocks[0].delay = 1.5
    with serving(together(mocks[:2])) as served:
        slow = threading.Thread(target=lambda: served.post(question()))
        slow.start()
        while not mocks[0].posts:
            assert slow.is_alive()
        for _ in range(4):
            assert served.post(question()).status_code == 200
        slow.join()
    assert [len(mock.posts) for mock in mocks[:2]] == [1, 4]


@pytest.mark.parametrize("status", [401, 404, 429, 500, 503])
@pytest.mark.parametrize("stream", [False, True])
def test_another_answers_for_one_that_fails(mocks: list[Mock], status: int, stream: bool) -> None:
    with serving(together(mocks)) as served:
        for mock in mocks[:2]:
            mock.replies += [Reply(b'{"error": {"message": "no"}}', status=status)]
        said = served.post(question(stream=stream))
        assert said.status_code == 200
        assert "square" in said.text
        again = [served.post(question()).status_code for _ in range(3)]
    assert again == [200] * 3
    assert [len(mock.posts) for mock in mocks] == [1, 1, 4]  # those that failed rest a while


def test_one_that_is_not_there_is_passed_over(mocks: list[Mock]) -> None:
    dead = entry(mocks[0], api_base="http://127.0.0.1:9/v1")
    with serving(Gateway(models=(dead, entry(mocks[0])))) as served:
        assert [served.post(question()).status_code for _ in range(3)] == [200] * 3


def test_a_question_that_is_wrong_is_asked_once(mocks: list[Mock]) -> None:
    for mock in mocks:
        mock.replies += [Reply(b'{"error": {"message": "no such field"}}', status=400)]
    with serving(together(mocks)) as served:
        assert served.post(question()).status_code == 400
    assert sum(len(mock.posts) for mock in mocks) == 1


def test_when_all_fail_the_last_one_is_told(mocks: list[Mock]) -> None:
    for mock in mocks:
        mock.replies += [Reply(b'{"error": {"message": "down"}}', status=503)]
    with serving(together(mocks)) as served:
        assert served.post(question()).status_code == 503
    assert [len(mock.posts) for mock in mocks] == [1, 1, 1]


def test_nobody_stands_in_once_text_was_sent(mocks: list[Mock]) -> None:
    with broken() as server:
        cut = entry(mocks[0], api_base=server.at("sse-truncate"))
        with serving(Gateway(models=(cut, entry(mocks[0])))) as served:
            said = served.post(question(stream=True))
    assert '"error":{' in said.text
    assert mocks[0].posts == []


def test_one_that_cannot_see_leaves_pictures_to_the_others(mocks: list[Mock]) -> None:
    blind = entry(mocks[0], vision=False)
    url = "https://example.com/x.png"
    with serving(Gateway(models=(blind, entry(mocks[1])))) as served:
        assert served.post(question(image=url)).status_code == 200
    assert [len(mock.posts) for mock in mocks[:2]] == [0, 1]


def test_one_entry_is_tried_again_after_a_wait(mocks: list[Mock]) -> None:
    mocks[0].replies += [Reply(b"", status=503)]
    with serving(one(mocks[0], retries=1)) as served:
        said = served.post(question())
    assert said.status_code == 200
    assert said.json()["choices"][0]["message"]["content"] == vendors.TEXT
    assert len(mocks[0].posts) == 2


def test_entries_of_different_wires_stand_in(mocks: list[Mock]) -> None:
    mocks[0].replies += [Reply(b"", status=500)]
    gateway = Gateway(models=(entry(mocks[0]), entry(mocks[1], "anthropic")), retries=0)
    with serving(gateway) as served:
        said = served.post(question(user="somebody"))
    assert said.status_code == 200
    assert (mocks[0].posts[0].json["user"], "user" in mocks[1].posts[0].json) == ("somebody", False)
    assert "user is left out: anthropic has no such field" in said.headers["x-vision-warning"]

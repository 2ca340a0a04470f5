"""What a person is told when it does not work."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Page, expect

from tests.gateway.page import seen
from tests.gateway.page.stand_in import Gateway, app, delta, finish, listening
from tests.program import CAT, KEY


def test_a_wrong_key(page: Page, gateway: Gateway) -> None:
    gateway.key = KEY
    page.goto(gateway.url)
    seen.status(page, "This server wants a key.")
    expect(page.locator("#key")).to_be_visible()
    seen.problem(page)  # nothing was done wrong yet
    page.fill("#key", "sk-wrong")
    page.press("#key", "Enter")
    seen.problem(
        page,
        "Authentication failed: the key is wrong. (HTTP 401)",
        "Check the key of this server, above.",
    )
    expect(page.locator("#key")).to_be_focused()
    expect(page.locator("#key")).to_have_attribute("aria-invalid", "true")
    page.fill("#key", KEY)
    page.press("#key", "Enter")
    seen.status(page, "The key was accepted.")
    seen.problem(page)
    expect(page.locator("#pictures")).to_be_focused()
    expect(page.locator("#key")).not_to_have_attribute("aria-invalid", "true")


def test_a_key_that_is_withdrawn_between_two_questions(home: Page, gateway: Gateway) -> None:
    gateway.key = KEY
    seen.ask(home)
    expect(home.locator("#problem")).to_contain_text("the key is wrong. (HTTP 401)")
    expect(home.locator("#key")).to_be_focused()
    expect(home.locator("#figures")).to_be_hidden()


def test_a_server_that_has_gone(page: Page) -> None:
    gateway = Gateway()
    with listening(app(gateway)) as gateway.url:
        page.goto(gateway.url)
        page.locator("#model option").first.wait_for(state="attached")
    seen.ask(page)
    seen.problem(
        page,
        "The server cannot be reached.",
        "Check that it runs and that you are connected.",
    )
    expect(page.locator("#question")).to_have_value("What is it?")  # to be asked again
    expect(page.locator("#stop")).to_be_disabled()


def test_a_network_that_has_gone(home: Page) -> None:
    home.context.set_offline(True)
    seen.ask(home)
    expect(home.locator("#problem")).to_contain_text("The server cannot be reached.")
    home.context.set_offline(False)
    home.press("#question", "Enter")
    seen.answer(home, "A cat.")
    seen.problem(home)


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (404, {"error": {"message": "There is no model x."}}, "There is no model x."),
        (413, {"error": {"message": "Too large."}}, "Too large."),
        (429, {"error": {"message": "Slow down."}}, "Slow down."),
        (500, {"error": "as a string"}, "as a string"),
        (502, "<html>nginx</html>", "The server refused the request."),
        (503, [], "The server refused the request."),
        (400, None, "The server refused the request."),
    ],
)
def test_a_refusal(home: Page, gateway: Gateway, status: int, body: object, told: str) -> None:
    said = body if isinstance(body, str) else json.dumps(body)
    gateway.refusal = (status, said.encode())
    seen.ask(home)
    shown = home.locator("#problem")
    expect(shown).to_contain_text(f"{told} (HTTP {status}, request req-77)")
    assert ("\n" in (shown.text_content() or "")) == (status != 400)  # with a remedy


@pytest.mark.parametrize(
    ("raw", "text", "told"),
    [
        (b"", "", "The answer was cut off before its end.\nAsk again."),
        (
            b'data: {"choices":[{"delta":{"content":"A ca"}}]}\n\n',
            "A ca",
            "The answer was cut off before its end.\nAsk again.",
        ),
        (
            b'data: {"choices":[{"delta":{"content":"A"}}]}\n\ndata: {"error":"gone"}\n\n',
            "A",
            "gone",
        ),
        (
            b"data: {]\n\n",
            "",
            "The server's answer cannot be understood: a piece of it is not a JSON object.",
        ),
        (
            b"data: null\n\n",
            "",
            "The server's answer cannot be understood: a piece of it is not a JSON object.",
        ),
    ],
)
def test_a_broken_stream(home: Page, gateway: Gateway, raw: bytes, text: str, told: str) -> None:
    gateway.raw = raw
    if not raw:
        gateway.raw = b": nothing\n\n"
    seen.ask(home)
    seen.problem(home, told)
    seen.answer(home, text)
    seen.status(home, "")


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_stream_with_every_end_of_line(home: Page, gateway: Gateway, end: bytes) -> None:
    lines = (
        b": a comment",
        b"",
        b"event: message",
        'data: {"choices":[{"delta":{"content":"Größe 🐈"}}]}'.encode(),
        b"",
        b'data:{"choices":[{"delta":{},',
        b'data: "finish_reason":"stop"}]}',
        b"",
        b"data: [DONE]",
        b"",
    )
    gateway.raw = b"".join(line + end for line in lines)
    seen.ask(home)
    seen.status(home, "Answered.")
    seen.answer(home, "Größe 🐈")


def test_an_answer_without_words_and_one_ended_by_a_filter(home: Page, gateway: Gateway) -> None:
    gateway.chunks = [finish("stop")]
    seen.ask(home)
    seen.status(home, "The answer is empty.")
    gateway.chunks = [delta("A"), finish("content_filter")]
    seen.ask(home)
    seen.status(home, "The answer was ended by a filter.")


def test_a_model_that_thinks_first(home: Page, gateway: Gateway) -> None:
    thought = {"choices": [{"delta": {"reasoning_content": "Hm."}}]}
    gateway.chunks, gateway.hang = [thought], True
    seen.ask(home)
    seen.status(home, "Thinking …")
    seen.answer(home, "")
    home.keyboard.press("Escape")
    seen.status(home, "Stopped.")


def test_a_question_that_lacks_words(home: Page, gateway: Gateway) -> None:
    seen.ask(home, "  ", CAT)
    seen.problem(home, "Type a question.")
    expect(home.locator("#question")).to_be_focused()
    assert gateway.received == []


def test_a_server_without_models(page: Page, gateway: Gateway) -> None:
    gateway.models = {}
    page.goto(gateway.url)
    seen.problem(page, "This server offers no model: name one in its configuration.")
    seen.ask(page)
    seen.problem(page, "Choose a model.")
    expect(page.locator("#model")).to_be_focused()


def test_files_that_are_no_pictures(home: Page, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("words")
    (tmp_path / "empty.png").write_bytes(b"")
    home.set_input_files("#pictures", [tmp_path / "notes.txt", tmp_path / "empty.png", CAT])
    seen.problem(home, "notes.txt is not a picture.", "empty.png is empty.")
    expect(home.locator("#previews li")).to_have_count(1)


def test_a_picture_that_the_browser_cannot_show_is_still_sent(
    home: Page, gateway: Gateway, tmp_path: Path
) -> None:
    (tmp_path / "photo.heic").write_bytes(b"\x00\x00\x00\x18ftypheic")
    home.set_input_files("#pictures", tmp_path / "photo.heic")
    expect(home.locator("#previews .note")).to_have_text("12 bytes, no preview in this browser")
    seen.ask(home)
    seen.status(home, "Answered.")
    assert seen.pictures(gateway.received[0]) == [b"\x00\x00\x00\x18ftypheic"]


def test_a_picture_that_was_deleted_meanwhile(home: Page, gateway: Gateway, tmp_path: Path) -> None:
    gone = tmp_path / "gone.jpg"
    gone.write_bytes(Path(CAT).read_bytes())
    home.set_input_files("#pictures", gone)
    expect(home.locator("#previews .note")).to_contain_text("451")
    gone.unlink()
    seen.ask(home)
    seen.problem(home, "gone.jpg cannot be read any more.")
    assert gateway.received == []

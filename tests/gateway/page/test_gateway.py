"""The page before the real thing: `vision serve`, and behind it a mock of vendors or llama.cpp."""

from __future__ import annotations

import base64
import importlib.util
import json
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Page, expect

from tests import vendors
from tests.gateway.page import seen
from tests.mock import Mock, Reply, serving
from tests.program import CAT, CUP, HORSE, KEY, PROGRAM, environment

MASTER = "sk-master-0123456789"
SHOWN = vendors.TEXT.replace("**", "")  # it is bold
MODEL = """
[[models]]
name = "{name}"
model = "{model}"
api_base = "{base}"
api_key = "{key}"
"""


@contextmanager
def serve(folder: Path, config: str) -> Iterator[str]:
    """The address of a `vision serve` process with this configuration."""
    file = folder / "gateway.toml"
    file.write_text(config)
    with subprocess.Popen(
        [PROGRAM, "serve", "--config", file, "--port", "0"],
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        try:
            line = process.stderr.readline()
            assert "serving on http://127.0.0.1:" in line
            yield line.split()[-1]
        finally:
            process.terminate()


def entry(name: str, base: str, model: str = "openai/gpt-4o", more: str = "") -> str:
    return MODEL.format(name=name, model=model, base=base, key=KEY) + more


@pytest.fixture
def mock() -> Iterator[Mock]:
    with serving() as made:
        yield made


@pytest.fixture
def served(mock: Mock, tmp_path: Path) -> Iterator[str]:
    base = f"{mock.url}/v1"
    config = (
        f'master_key = "{MASTER}"\n'
        + entry("gpt", base)
        + entry("blind", base, "openai/gpt-3.5-turbo")
        + entry("strange", base, "openai/nobody-knows-it")
    )
    with serve(tmp_path, config) as address:
        yield address


def unlocked(page: Page, address: str) -> Page:
    page.goto(address)
    seen.status(page, "This server wants a key.")
    page.fill("#key", MASTER)
    page.press("#key", "Enter")
    seen.status(page, "The key was accepted.")
    return page


def test_from_the_key_to_the_answer(page: Page, served: str, mock: Mock) -> None:
    unlocked(page, served)
    options = page.locator("#model option").all_text_contents()
    assert options == [
        "gpt",
        "strange (not known whether it sees)",
        "blind (does not see pictures)",
    ]
    seen.ask(page, "What is it?", CAT, HORSE)
    seen.answer(page, SHOWN)
    seen.status(page, "Answered.")
    (sent,) = mock.posts
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert seen.pictures(sent.json) == [Path(CAT).read_bytes(), Path(HORSE).read_bytes()]
    assert sent.json["model"] == "gpt-4o"
    assert page.locator("#figure-in").text_content() != "not reported"
    assert page.locator("#figure-out").text_content() != "not reported"
    assert MASTER not in json.dumps(sent.json) + str(sent.headers)
    assert KEY not in page.content()


def test_a_wrong_key_is_the_readers_and_a_providers_is_not(
    page: Page, served: str, mock: Mock
) -> None:
    page.goto(served)
    seen.status(page, "This server wants a key.")
    page.fill("#key", "sk-wrong")
    page.press("#key", "Enter")
    expect(page.locator("#problem")).to_contain_text("Check the key of this server, above.")
    expect(page.locator("#key")).to_be_focused()
    page.fill("#key", MASTER)
    page.press("#key", "Enter")
    seen.status(page, "The key was accepted.")
    refusal = json.dumps({"error": {"message": "Incorrect API key", "code": "invalid_api_key"}})
    mock.replies = [Reply(refusal.encode(), status=401)]
    seen.ask(page)
    expect(page.locator("#problem")).to_contain_text("its key for openai was refused")
    expect(page.locator("#key")).to_be_hidden()


def test_a_model_that_does_not_see_is_told_of(page: Page, served: str, mock: Mock) -> None:
    unlocked(page, served)
    page.select_option("#model", "blind")
    seen.ask(page, "What is it?", CAT)
    expect(page.locator("#problem")).to_contain_text("cannot see pictures")
    assert mock.posts == []


def test_a_picture_that_is_none_is_told_of(
    page: Page, served: str, mock: Mock, tmp_path: Path
) -> None:
    (tmp_path / "page.png").write_text("<html><script>alert(1)</script></html>")
    unlocked(page, served)
    seen.ask(page, "What is it?", str(tmp_path / "page.png"))
    expect(page.locator("#problem")).to_contain_text("(HTTP 400")
    assert mock.posts == []


def test_a_photograph_of_a_type_that_browsers_do_not_name(
    page: Page, served: str, mock: Mock
) -> None:
    """The server looks at the bytes."""
    unlocked(page, served)
    data = seen.transfer(page, ("cat", "", Path(CAT).read_bytes()))
    page.dispatch_event("body", "drop", {"dataTransfer": data})
    seen.ask(page)
    seen.answer(page, SHOWN)
    (part,) = [p for p in mock.posts[0].json["messages"][0]["content"] if p["type"] != "text"]
    assert part["image_url"]["url"].startswith("data:image/jpeg;base64,")


def test_what_it_cost_and_what_is_worth_telling_is_shown(page: Page, served: str) -> None:
    unlocked(page, served)
    notes = page.locator("#notes")
    page.select_option("#model", "strange")
    seen.ask(page, "What is it?", CAT)
    seen.status(page, "Answered.")
    expect(notes.locator("li")).to_have_count(1)
    expect(notes).to_contain_text("whether openai/nobody-knows-it sees pictures is not known")
    expect(page.locator("#figure-cost")).to_have_text("not reported")
    page.select_option("#model", "gpt")
    seen.ask(page, "And now?")
    expect(page.locator("#figure-cost")).to_have_text("$0.0003")  # 85 and 9 tokens of gpt-4o
    expect(notes).to_be_hidden()


def test_the_page_needs_no_key_and_holds_none(page: Page, served: str) -> None:
    answer = page.goto(served)
    assert answer is not None
    assert answer.status == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert MASTER not in answer.text()
    assert KEY not in answer.text()


def test_without_a_configuration_the_built_in_model_answers(page: Page, tmp_path: Path) -> None:
    with serve(tmp_path, "") as address:
        page.goto(address)
        page.select_option("#model", "local/eyes")
        seen.ask(page, "What animal is this?", CAT)
        seen.status(page, "Answered.")
        expect(page.locator("#answer")).to_contain_text("cat")


def direct(address: str, *pictures: str) -> Any:
    """The usage of the same question to the server behind, without a gateway."""
    addresses = [base64.b64encode(Path(p).read_bytes()).decode() for p in pictures]
    content: list[Any] = [
        {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{address}"}}
        for address in addresses
    ]
    body = {
        "messages": [
            {"role": "user", "content": [*content, {"type": "text", "text": "What is it?"}]}
        ],
        "max_tokens": 12,
    }
    request = urllib.request.Request(
        f"{address}/v1/chat/completions",
        json.dumps(body).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read())["usage"]


@pytest.mark.llama
@pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("xllamacpp", "gguf"))),
    reason="xllamacpp is not installed",
)
def test_llama_sees_what_was_chosen(
    page: Page, llama: str, tmp_path: Path, shots: Path | None
) -> None:
    """A real picture all the way: from the page through the gateway into llama.cpp's own server."""
    model = entry(
        "llava-hf", f"{llama}/v1", "openai/tiny", "vision = true\nparams = { temperature = 0 }\n"
    )
    with serve(tmp_path, model) as address:
        page.goto(address)
        expect(page.locator("#model-note")).to_have_text("This model sees pictures.")
        page.fill("#longest", "12")
        answers = []
        for pictures in ([CAT], [CUP], [CAT, CUP]):
            for button in page.locator("#previews button").all()[::-1]:
                button.press("Enter")
            seen.ask(page, "What is it?", *pictures)
            seen.status(page, "Cut off: the answer reached its limit of tokens.")
            usage = direct(llama, *pictures)
            expect(page.locator("#figure-in")).to_have_text(str(usage["prompt_tokens"]))
            expect(page.locator("#figure-out")).to_have_text("12")
            answers.append(page.locator("#answer").text_content())
        assert all(answers)
        assert len(set(answers)) == 3  # other pictures, other answers: the pixels arrive
        assert usage["prompt_tokens"] > direct(llama, CAT)["prompt_tokens"]
        if shots is not None:
            page.screenshot(path=shots / "llama.png", full_page=True)

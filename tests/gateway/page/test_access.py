"""For everybody: names, order, contrast, zoom, motion; and pictures of the page to look at."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Browser, Page, expect

from tests.gateway.page import seen
from tests.gateway.page.stand_in import USAGE, Gateway, delta, finish
from tests.program import CAT, HORSE

ANSWER = """# A cat
It looks **to the left**. What is *seen*:

- green eyes
- whiskers, `long`

```
one line of code that is so long that it has to scroll sideways in a narrow window, as it should
```
"""
# Every control that can be reached, as an assistive program is told of it.
NAMELESS = """() => [...document.querySelectorAll(
        "input, select, textarea, button, summary, [tabindex]")]
    .filter((one) => {
        const labels = [...(one.labels ?? [])].map((label) => label.textContent).join("");
        const own = ["BUTTON", "SUMMARY"].includes(one.tagName) ? one.textContent : "";
        return !(one.getAttribute("aria-label") || labels || own).trim();
    }).map((one) => one.outerHTML)"""
BROKEN_REFERENCES = """() => ["aria-describedby", "aria-labelledby", "for"]
    .flatMap((a) => [...document.querySelectorAll(`[${a}]`)].map((one) => one.getAttribute(a)))
    .filter((id) => id !== null && !document.getElementById(id))"""
# The ratio of WCAG 2 between the colour of each visible text and what is behind it.
PALE = """() => {
    const light = (c) => c.map((v) => v / 255)
        .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const parts = (text) => text.match(/[\\d.]+/g).map(Number);
    const ground = (one) => {
        for (let at = one; at; at = at.parentElement) {
            const colour = parts(getComputedStyle(at).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour.slice(0, 3);
        }
        return [255, 255, 255];
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const pale = [];
    let checked = 0;
    while (walker.nextNode()) {
        const one = walker.currentNode.parentElement;
        if (!walker.currentNode.textContent.trim() || !one.checkVisibility()) continue;
        if (one.closest(":disabled, noscript")) continue;
        checked += 1;
        const [a, b] = [parts(getComputedStyle(one).color).slice(0, 3), ground(one)].map(light);
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) pale.push(`${one.textContent.trim()}: ${ratio.toFixed(2)}`);
    }
    return [checked, pale];
}"""


def full(page: Page, gateway: Gateway) -> Page:
    """The page with something in every part of it."""
    gateway.chunks = [*(delta(word + " ") for word in ANSWER.split(" ")), finish("stop"), USAGE]
    page.goto(gateway.url)
    page.locator("#model option").first.wait_for(state="attached")
    for summary in page.locator("summary").all():
        summary.press("Enter")
    seen.ask(page, "What is it?", CAT, HORSE)
    seen.status(page, "Answered.")
    expect(page.locator("#previews .note").last).to_contain_text("400 \u00d7 328")
    return page


def test_every_control_has_a_name(page: Page, gateway: Gateway) -> None:
    full(page, gateway)
    assert page.locator("input, select, textarea, button").count() >= 10
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(BROKEN_REFERENCES) == []
    assert page.evaluate("[...document.images].every((one) => one.hasAttribute('alt'))")


def test_the_check_of_names_can_fail(home: Page) -> None:
    home.evaluate("document.body.append(document.createElement('button'))")
    assert home.evaluate(NAMELESS) == ["<button></button>"]


def test_landmarks_headings_and_what_is_read_out(page: Page, gateway: Gateway) -> None:
    full(page, gateway)
    assert page.get_by_role("main").count() == page.get_by_role("banner").count() == 1
    levels = page.locator("h1, h2, h3").evaluate_all("all => all.map((h) => h.localName)")
    assert levels == ["h1", "h2", "h3", "h2"]
    assert page.get_by_role("region", name="Answer").count() == 1
    assert page.locator("#answer").get_attribute("aria-live") == "polite"
    assert page.get_by_role("status").text_content() == "Answered."
    assert page.get_by_role("alert").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"
    ids = page.locator("[id]").evaluate_all("all => all.map((one) => one.id)")
    assert len(ids) == len(set(ids))


def test_tab_goes_through_everything_in_the_order_of_reading(page: Page, gateway: Gateway) -> None:
    full(page, gateway)
    page.evaluate("document.activeElement.blur()")
    page.evaluate("scrollTo(0, 0)")
    page.locator("h1").click()
    places = []
    for _ in range(40):
        page.keyboard.press("Tab")
        place = page.evaluate(
            """() => {
                const one = document.activeElement;
                if (one === document.body) return null;
                const all = [...document.querySelectorAll("*")];
                const ring = getComputedStyle(one).outlineStyle;
                return [all.indexOf(one), one.id || one.textContent, ring];
            }"""
        )
        if place is None:
            break
        places.append(place)
    order = [at for at, _, _ in places]
    assert order == sorted(order)
    assert len(order) == len(set(order))
    names = {name for _, name, _ in places}
    for wanted in ("key", "pictures", "Remove", "model", "question", "longest", "ask", "copy"):
        assert wanted in names
    assert {ring for _, _, ring in places} <= {"solid", "auto"}  # where one is, is seen


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(page: Page, gateway: Gateway, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    full(page, gateway)
    page.evaluate("document.querySelector('#problem').textContent = 'It did not work.'")
    checked, pale = page.evaluate(PALE)
    assert checked > 40
    assert pale == []


def test_a_narrow_window_scrolls_only_down(page: Page, gateway: Gateway) -> None:
    page.set_viewport_size({"width": 320, "height": 640})  # 1280 at 400 %, as WCAG asks
    gateway.models["a-model-of-a-very-long-name/" + "x" * 200] = None
    full(page, gateway)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    sizes = page.locator("button, select, textarea").evaluate_all(
        "all => all.map((one) => Math.min(one.offsetWidth, one.offsetHeight))"
    )
    assert min(sizes) >= 44  # px, for a finger


def test_the_answer_is_in_sight_on_a_phone(page: Page, gateway: Gateway) -> None:
    page.set_viewport_size({"width": 400, "height": 700})
    page.goto(gateway.url)
    page.locator("#model option").first.wait_for(state="attached")
    seen.ask(page, "What is it?", CAT, HORSE)
    seen.answer(page, "A cat.")
    expect(page.locator("#answer")).to_be_in_viewport()
    expect(page.locator("#question")).to_be_focused()


def test_nothing_moves_for_who_wants_it_still(browser: Browser, gateway: Gateway) -> None:
    for motion, moves in (("reduce", False), ("no-preference", True)):
        context = browser.new_context(reduced_motion=motion)  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(gateway.url)
        seconds = page.evaluate(
            "[...document.querySelectorAll('*')].map((one) => getComputedStyle(one))"
            ".flatMap((s) => [s.transitionDuration, s.animationDuration])"
            ".flatMap((all) => all.split(',')).map(parseFloat)"
        )
        context.close()
        assert (max(seconds) > 0) == moves


def test_enter_that_belongs_to_a_composition_asks_nothing(home: Page, gateway: Gateway) -> None:
    home.fill("#question", "猫")
    home.evaluate(
        """() => {
            const enter = { key: "Enter", bubbles: true, cancelable: true, isComposing: true };
            document.querySelector("#question").dispatchEvent(new KeyboardEvent("keydown", enter));
        }"""
    )
    seen.status(home, "")
    assert gateway.received == []


@pytest.mark.parametrize(
    ("name", "scheme", "width"),
    [("light", "light", 1000), ("dark", "dark", 1000), ("phone", "light", 400)],
)
def test_pictures_of_the_page(
    page: Page, gateway: Gateway, shots: Path | None, name: str, scheme: str, width: int
) -> None:
    """The whole page fits its width; with $VISION_SHOTS its pictures are kept there."""
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 900})
    full(page, gateway)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    picture = page.screenshot(full_page=True)
    assert picture.startswith(b"\x89PNG")
    if shots is not None:
        shots.mkdir(parents=True, exist_ok=True)
        (shots / f"{name}.png").write_bytes(picture)

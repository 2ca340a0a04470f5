"""Events are the same however the network cut them."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Page

READ = """async pieces => {
    const { events } = await import("/page/sse.js");
    const body = new ReadableStream({
        start(to) {
            for (const piece of pieces) to.enqueue(new Uint8Array(piece));
            to.close();
        },
    });
    const found = [];
    for await (const data of events(body)) found.push(data);
    return found;
}"""
LINES = (
    ": a comment",
    "",
    "event: message",
    "data: Größe 🐈",
    "",
    "data:two",
    "data:  lines",
    "id: 7",
    "",
    "",
    "data",
    "data: [DONE]",
)
EVENTS = ["Größe 🐈", "two\n lines", "[DONE]"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", ["", "END", "END END"])
def test_every_cut(modules: Page, end: str, last: str) -> None:
    raw = (end.join(LINES) + last.replace(" ", "").replace("END", end)).encode()
    assert modules.evaluate(READ, [list(raw)]) == EVENTS
    assert modules.evaluate(READ, [[byte] for byte in raw]) == EVENTS
    for at in range(len(raw)):
        assert modules.evaluate(READ, [list(raw[:at]), list(raw[at:])]) == EVENTS


def test_what_is_not_read_is_cancelled(modules: Page) -> None:
    assert (
        modules.evaluate(
            """async () => {
            const { events } = await import("/page/sse.js");
            let cancelled;
            const told = new Promise((resolve) => { cancelled = resolve; });
            const body = new ReadableStream({
                start: (to) => to.enqueue(new TextEncoder().encode("data: 1\\n\\n")),
                cancel: () => cancelled("cancelled"),
            });
            for await (const data of events(body)) break;
            return told;
        }"""
        )
        == "cancelled"
    )

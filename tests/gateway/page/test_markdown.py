"""Markdown becomes elements, and the same ones however the stream was cut."""

from __future__ import annotations

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Page

DRAWN = """async pieces => {
    const { Writer } = await import("/page/markdown.js");
    const place = document.createElement("div");
    const writer = new Writer(place);
    for (const piece of pieces) writer.write(piece);
    const told = (node) => node.nodeType === Node.TEXT_NODE ? node.textContent
        : `<${node.localName}${node.start > 1 ? ` ${node.start}` : ""}>`
            + `${[...node.childNodes].map(told).join("")}</>`;
    return [...place.childNodes].map(told);
}"""
DOCUMENTS = {
    "Plain\nwords.": ["<p>Plain\nwords.</>"],
    "One.\n\n\nTwo.\n": ["<p>One.</>", "<p>Two.</>"],
    "# A cat #\nIt sits.": ["<h3>A cat</>", "<p>It sits.</>"],
    "A **bold** and `x **y**` and *slanted* word": [
        "<p>A <strong>bold</> and <code>x **y**</> and <em>slanted</> word</>"
    ],
    "2 * 3 * 4 and ** x ** and a*": ["<p>2 * 3 * 4 and ** x ** and a*</>"],
    "- one\n- **two**\n\n- three\n\nEnd": [
        "<ul><li>one</><li><strong>two</></><li>three</></>",
        "<p>End</>",
    ],
    "3. three\n4. four\n   still four\n\nEnd.\n\n1) again": [
        "<ol 3><li>three</><li>four\nstill four</></>",
        "<p>End.</>",
        "<ol><li>again</></>",
    ],
    "Look:\n- a\n1. b": ["<p>Look:</>", "<ul><li>a</></>", "<ol><li>b</></>"],
    "```py\na\n\n- b\n``\n# c\n```\nafter": [
        "<pre><code>a\n\n- b\n``\n# c</></>",
        "<p>after</>",
    ],
    "~~~\nnever closed\n\n```\n": ["<pre><code>never closed\n\n```\n</></>"],
    "a\r\nb\r\n\r\nc": ["<p>a\nb</>", "<p>c</>"],
    "| a | b |\n|---|---|": ["<p>| a | b |\n|---|---|</>"],
    "-\n*\n#\n1.\n": ["<p>-\n*\n#\n1.</>"],
    "": [],
}


@pytest.mark.parametrize("text", DOCUMENTS)
def test_a_document(modules: Page, text: str) -> None:
    assert modules.evaluate(DRAWN, [text]) == DOCUMENTS[text]


@pytest.mark.parametrize("text", DOCUMENTS)
def test_it_is_the_same_in_pieces(modules: Page, text: str) -> None:
    assert modules.evaluate(DRAWN, list(text)) == DOCUMENTS[text]
    for at in range(len(text)):
        assert modules.evaluate(DRAWN, [text[:at], text[at:]]) == DOCUMENTS[text]


def test_what_was_finished_is_not_drawn_again(modules: Page) -> None:
    """So that a selection stays, and nothing is read out twice."""
    assert modules.evaluate(
        """async () => {
            const { Writer } = await import("/page/markdown.js");
            const place = document.createElement("div");
            const writer = new Writer(place);
            writer.write("One.\\n\\nTw");
            const first = place.firstChild;
            writer.write("o.\\n\\nThree.");
            return [first === place.firstChild, place.children.length];
        }"""
    ) == [True, 3]


def test_a_long_answer_is_drawn_in_time(modules: Page) -> None:
    """4,000 paragraphs in 40,000 pieces: only the last paragraph is drawn with each."""
    took = modules.evaluate(
        """async () => {
            const { Writer } = await import("/page/markdown.js");
            const writer = new Writer(document.createElement("div"));
            const began = performance.now();
            for (let i = 0; i < 40000; i += 1) writer.write(i % 10 ? "word " : "\\n\\n");
            return performance.now() - began;
        }"""
    )
    assert took < 10_000

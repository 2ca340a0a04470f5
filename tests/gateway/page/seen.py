"""What a test does on the page and waits to see there."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect


def ask(page: Page, question: str = "What is it?", *pictures: str) -> None:
    if pictures:
        page.set_input_files("#pictures", list(pictures))
    page.fill("#question", question)
    page.press("#question", "Enter")


def status(page: Page, text: str) -> None:
    expect(page.locator("#status")).to_have_text(text)


def problem(page: Page, *lines: str) -> None:
    expect(page.locator("#problem")).to_have_text("\n".join(lines))


def answer(page: Page, text: str) -> None:
    expect(page.locator("#answer")).to_have_text(text)


def pictures(body: Any) -> list[bytes]:
    """The bytes of a request's pictures, in order."""
    (message,) = body["messages"]
    addresses = [p["image_url"]["url"] for p in message["content"] if p["type"] == "image_url"]
    return [base64.b64decode(address.partition(";base64,")[2]) for address in addresses]


def drop(page: Page, *paths: str | Path) -> None:
    """As a browser does it when files are let go above the page."""
    data = transfer(page, *((Path(p).name, "image/jpeg", Path(p).read_bytes()) for p in paths))
    page.dispatch_event("body", "dragover", {"dataTransfer": data})
    page.dispatch_event("body", "drop", {"dataTransfer": data})


def transfer(page: Page, *files: tuple[str, str, bytes]) -> Any:
    """A DataTransfer with files of this name, type and content."""
    made = [[name, kind, base64.b64encode(content).decode()] for name, kind, content in files]
    return page.evaluate_handle(
        """files => {
            const all = new DataTransfer();
            for (const [name, type, content] of files) {
                const bytes = Uint8Array.from(atob(content), (c) => c.charCodeAt(0));
                all.items.add(new File([bytes], name, { type }));
            }
            return all;
        }""",
        made,
    )

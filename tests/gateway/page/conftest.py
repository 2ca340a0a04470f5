"""A headless Chromium of the system's, driven by playwright."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.gateway.page.stand_in import Gateway, app, listening
from tests.llama.conftest import llama, models  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WAIT = 30_000  # ms: a machine of two processors that does much else is slow, and not wrong
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Ended with this package: while it lives, its event loop runs in this thread."""
    if importlib.util.find_spec("playwright") is None:
        pytest.skip("playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("no chromium here: apt install chromium")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=WAIT)
    with sync_playwright() as driver:
        # Chromium's own sandbox does not start as root.
        sandbox = [] if getattr(os, "geteuid", lambda: 1)() else ["--no-sandbox"]
        chromium = driver.chromium.launch(
            executable_path=CHROMIUM, args=[*sandbox, "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def server() -> Iterator[Gateway]:
    made = Gateway()
    with listening(app(made)) as made.url:
        yield made


@pytest.fixture
def gateway(server: Gateway) -> Gateway:
    """One server for all, as new for each."""
    vars(server).update(vars(Gateway(url=server.url)))
    return server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a fresh profile. Nothing may go wrong in it that the test does not look for."""
    context = browser.new_context(reduced_motion="reduce")
    context.set_default_timeout(WAIT)
    opened = context.new_page()
    broken: list[str] = []
    opened.on("pageerror", lambda error: broken.append(str(error)))
    opened.on("dialog", lambda dialog: (broken.append(dialog.message), dialog.dismiss()))
    opened.on("request", lambda asked: broken.extend(_foreign(asked.url, opened.url)))
    # Asked for before the page is there: a dialog that opens before it is caught is lost.
    opened.on("filechooser", lambda _: None)
    yield opened
    context.close()
    assert broken == []


def _foreign(asked: str, page: str) -> list[str]:
    """The address of a request that leaves the page's own host."""
    if page == "about:blank" or asked.startswith("blob:"):
        return []
    return [] if asked.split("/")[:3] == page.split("/")[:3] else [asked]


@pytest.fixture(scope="package")
def modules(browser: Browser, server: Gateway) -> Iterator[Page]:
    """One page for the tests of modules by themselves, which leave nothing in it."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(server.url)
    yield page
    context.close()


@pytest.fixture
def home(page: Page, gateway: Gateway) -> Page:
    page.goto(gateway.url)
    page.locator("#model option").first.wait_for(state="attached")
    return page


@pytest.fixture
def shots() -> Path | None:
    """Where pictures of the page are put for a person to look at: $VISION_SHOTS, or nowhere."""
    folder = os.environ.get("VISION_SHOTS")
    return Path(folder) if folder else None

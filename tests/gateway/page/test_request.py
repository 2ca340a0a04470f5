"""The request that is shown is the one that is sent, in a shell too."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

pytest.importorskip("playwright")

from playwright.sync_api import Page, expect

from tests.gateway.page import seen
from tests.gateway.page.stand_in import Gateway
from tests.program import CAT, CUP, KEY, environment

NASTY = 'What\'s $HOME `id` \\ "it" $(touch hit) ${x}\nEND\nÄ 🐈'


def shown(page: Page) -> str:
    return page.locator("#request-curl").text_content() or ""


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh"])
def test_the_command_sends_the_same(
    page: Page, gateway: Gateway, tmp_path: Path, shell: str
) -> None:
    for tool in (shell, "curl", "base64"):
        if shutil.which(tool) is None:
            pytest.skip(f"no {tool} here")
    gateway.key = KEY
    page.goto(gateway.url)
    page.fill("#key", KEY)
    page.press("#key", "Enter")
    seen.status(page, "The key was accepted.")
    strange = tmp_path / 'it\'s $(touch hit) `x` "y".jpg'
    shutil.copy(CAT, strange)
    shutil.copy(CUP, tmp_path / "-n.jpg")
    seen.ask(page, NASTY, str(strange), str(tmp_path / "-n.jpg"))
    seen.status(page, "Answered.")
    command = shown(page)
    assert KEY not in command
    done = subprocess.run(
        [shell, "-c", command],
        cwd=tmp_path,
        env=environment({"VISION_KEY": KEY}),
        capture_output=True,
        check=True,
        timeout=20,
    )
    assert b"[DONE]" in done.stdout
    by_page, by_shell = gateway.received
    assert by_shell == by_page
    assert gateway.keys[-1] == f"Bearer {KEY}"
    assert not (tmp_path / "hit").exists()


def test_no_name_can_end_the_command(home: Page) -> None:
    data = seen.transfer(home, ("x'\nEND\ntouch hit\n.png", "image/png;'$(touch hit)'", b"123"))
    home.dispatch_event("body", "drop", {"dataTransfer": data})
    expect(home.locator("#previews li")).to_have_count(1)
    assert "touch hit\n" not in shown(home)
    assert "$(touch" not in shown(home).replace("\\$", "")
    assert "base64 < 'picture-1'" in shown(home)


def test_the_json_is_the_body_with_its_pictures_elided(home: Page, gateway: Gateway) -> None:
    seen.ask(home, "What is it?", CAT)
    seen.status(home, "Answered.")
    text = home.locator("#request-json").text_content() or ""
    head, _, body = text.partition("\n\n")
    assert head == f"POST {gateway.url}/v1/chat/completions"
    (sent,) = gateway.received
    url = sent["messages"][0]["content"][0]["image_url"]["url"]
    length = len(url.partition(",")[2])
    elided = url.partition(",")[0] + f",… {length} characters …"
    assert json.loads(body) == json.loads(json.dumps(sent).replace(url, elided).encode())
    expect(home.locator("#request-note")).to_have_text("As it was sent.")
    home.fill("#question", "And now?")
    expect(home.locator("#request-note")).to_have_text("As it would be sent now.")
    assert '"And now?"' in (home.locator("#request-json").text_content() or "")


def test_without_a_key_the_command_names_none(home: Page) -> None:
    assert "VISION_KEY" not in shown(home)
    assert re.search("-H 'Content-Type: application/json' ", shown(home))


def test_the_command_is_copied(home: Page) -> None:
    home.context.grant_permissions(["clipboard-read", "clipboard-write"])
    home.bring_to_front()
    home.get_by_text("curl", exact=True).press("Enter")
    home.press("#copy", "Enter")
    seen.status(home, "Copied.")
    assert home.evaluate("navigator.clipboard.readText()") == shown(home)

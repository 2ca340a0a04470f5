"""visioncli.check and supports_vision: the same verdicts as those of the command."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import visioncli
from tests.mock import Mock
from tests.program import KEY
from tests.seer import Seer
from visioncli import KeyProblem, NetworkProblem, UsageError, Verdict

EXAMPLES = {
    "openai/gpt-4-vision-preview": True,
    "vertex_ai/gemini-1.0-pro-vision": True,
    "openai/gpt-3.5-turbo": False,
    "xai/grok-2-vision-latest": True,
    "xai/grok-2-latest": False,
    "nope/nothing": None,
}


@pytest.mark.parametrize(("model", "vision"), EXAMPLES.items())
def test_the_examples(model: str, vision: bool | None) -> None:
    found = visioncli.check(model)
    assert isinstance(found, Verdict)
    assert found.vision is vision
    assert found.model == model
    assert found.why
    assert (found.source is None) == (found.as_of is None) == (vision is None)
    assert visioncli.supports_vision(model=model) is (vision is True)


def test_a_verdict_is_not_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        visioncli.check("openai/gpt-4o").vision = None  # type: ignore[misc]


@pytest.mark.parametrize("model", ["", "openai/", "/x", "fast", "vllm", "a\x1bb", "nope/x"])
def test_what_is_not_known_is_no_error(model: str) -> None:
    found = visioncli.check(model)
    assert (found.vision, found.source, found.retired) == (None, None, None)


@pytest.mark.parametrize("model", [None, 3, b"openai/gpt-4o", ["openai/gpt-4o"]])
def test_what_is_no_text_is_one(model: Any) -> None:
    with pytest.raises(UsageError, match="model must be text, not"):
        visioncli.check(model)
    with pytest.raises(UsageError, match="model must be text, not"):
        visioncli.supports_vision(model)


def test_the_configuration_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[models."openai/gpt-4o"]\nvision = false\n[aliases]\nmine = "openai/gpt-4o"\n')
    monkeypatch.setenv("VISION_CONFIG", str(file))
    found = visioncli.check("mine")
    assert (found.model, found.vision, found.source) == ("mine", False, "configuration")
    assert str(file) in found.why


def test_live_asks_the_model(addressed: Mock) -> None:
    seer = Seer()
    addressed.reply = seer  # type: ignore[method-assign]  # it answers instead
    found = visioncli.check("openai/gpt-4o", live=True)
    assert (found.vision, found.source) == (True, "live")
    assert found.as_of == time.strftime("%Y-%m-%d")
    assert f'it read "{seer.seen[0].word}"' in found.why
    seer.answer = lambda _: "nothing"
    assert visioncli.check("openai/gpt-4o", live=True).vision is False


def test_live_takes_an_address_and_a_key(mock: Mock) -> None:
    mock.reply = Seer()  # type: ignore[method-assign]  # as above
    found = visioncli.check(
        "openai/gpt-4o", live=True, api_base=f"{mock.url}/v1", api_key=KEY, timeout=20
    )
    assert found.vision is True
    assert mock.posts[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in repr(found)


def test_live_raises_what_kept_it_from_asking() -> None:
    with pytest.raises(KeyProblem):
        visioncli.check("openai/gpt-4o", live=True)
    with pytest.raises(NetworkProblem):
        visioncli.check("vllm/x", live=True, api_base="http://127.0.0.1:9/v1", timeout=5)
    with pytest.raises(visioncli.UnknownModel):
        visioncli.check("nope/x", live=True)
    with pytest.raises(visioncli.UnknownModel):
        visioncli.check("no-such-bare-name", live=True)
    with pytest.raises(UsageError):
        visioncli.check("openai/gpt-4o", live=True, timeout=-1)


def test_without_live_no_client_and_no_picture_is_loaded() -> None:
    code = (
        "import sys, visioncli; visioncli.check('openai/gpt-4o'); "
        "visioncli.supports_vision('openai/gpt-4o'); print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"httpx", "httpcore", "ssl", "PIL", "magic", "typer", "rich", "asyncio"}
    assert "visioncli.images" not in done.stdout.split()

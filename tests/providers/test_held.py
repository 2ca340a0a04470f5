"""Every key that there is, and where: nothing is run for it, and none is shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from visioncli import providers
from visioncli.config import Settings, load
from visioncli.core.errors import KeyProblem
from visioncli.providers import held

KEY = "sk-canary-0123456789abcdef"


def settings(tmp_path: Path, text: str = "") -> Settings:
    file = tmp_path / "config.toml"
    file.write_text(text)
    return load({"VISION_CONFIG": str(file)})


def store(tmp_path: Path, keys: Mapping[str, Any]) -> str:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"version": 1, "keys": keys}))
    file.chmod(0o600)
    return str(file)


def test_the_first_of_a_providers_keys_is_the_one_that_is_used(tmp_path: Path) -> None:
    kept = store(
        tmp_path, {"openai": {"key": KEY}, "groq": {"keyring": True}, "gone": {"key": KEY}}
    )
    mine = settings(
        tmp_path,
        '[providers.mine]\ndialect = "openai_chat"\nbase_url = "http://h.test"\n'
        '[keys]\nmine = { cmd = ["pass"] }\ngroq = { cmd = ["pass"] }\n'
        'openai = { cmd = ["pass"] }\n',
    )
    env = {"VISION_KEYS": kept, "OPENAI_API_KEY": KEY[::-1] + "wxyz", "XAI_API_KEY": ""}
    found = list(held.held(mine, env))
    assert [(h.provider, h.source, h.used) for h in found] == [
        ("gone", "store", True),  # its provider is known no more
        ("groq", "keyring", True),
        ("groq", "command", False),
        ("mine", "command", True),
        ("openai", "environment", True),
        ("openai", "store", False),
        ("openai", "command", False),
    ]
    assert KEY not in repr(found)
    places = {(h.provider, h.source): h.where for h in found}
    assert places["openai", "environment"] == "OPENAI_API_KEY"
    assert places["openai", "store"] == kept
    assert places["openai", "command"] == str(tmp_path / "config.toml")
    assert places["groq", "keyring"] == "visioncli groq"


def test_no_store_is_opened_where_none_is_wanted(tmp_path: Path) -> None:
    broken = tmp_path / "keys.json"
    broken.write_text("damaged")
    broken.chmod(0o600)
    env = {"VISION_KEYS": str(broken)}
    with pytest.raises(KeyProblem, match="damaged"):
        list(held.held(settings(tmp_path), env))
    assert list(held.held(Settings(), env)) == []


@pytest.mark.parametrize(
    ("name", "env", "missing"),
    [
        ("openai", {}, ()),
        ("azure", {}, ("AZURE_OPENAI_ENDPOINT",)),
        ("azure", {"AZURE_API_BASE": "https://x.test"}, ()),
        ("mine", {}, ("MINE_BASE_URL",)),
        ("placed", {}, ("P_ACCOUNT",)),
        ("placed", {"P_ID": "x"}, ()),
    ],
)
def test_what_a_provider_needs_beside_its_key(
    tmp_path: Path, name: str, env: dict[str, str], missing: tuple[str, ...]
) -> None:
    mine = settings(
        tmp_path,
        '[providers.mine]\ndialect = "openai_chat"\n'
        '[providers.placed]\ndialect = "openai_chat"\nbase_url = "https://api.test/{account}"\n'
        'variables = { account = ["P_ACCOUNT", "P_ID"] }\n',
    )
    assert held.unset(providers.provider(name, mine), env) == missing

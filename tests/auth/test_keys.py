"""Keys: where they come from, what is refused, and that none is ever shown."""

from __future__ import annotations

import sys
from types import MappingProxyType

import pytest

from visioncli.auth import keys
from visioncli.config import KeySource, Settings
from visioncli.core.errors import KeyProblem
from visioncli.core.secret import Secret
from visioncli.core.target import Provider

OPENAI = Provider(name="openai", dialect="openai_chat", key_env=("OPENAI_API_KEY", "OAI_KEY"))
CANARY = "sk-canary-0123456789abcdef"


def with_cmd(*cmd: str) -> Settings:
    return Settings(keys=MappingProxyType({"openai": KeySource(cmd=cmd)}))


def printing(text: str) -> Settings:
    return with_cmd(sys.executable, "-c", f"print({text!r})")


def test_the_vendors_variable_comes_first() -> None:
    env = {"OPENAI_API_KEY": CANARY, "OAI_KEY": "second"}
    key = keys.find(OPENAI, printing("third"), env)
    assert key == keys.Key(Secret(CANARY), "OPENAI_API_KEY")


def test_then_the_next_variable_then_the_command() -> None:
    assert keys.find(OPENAI, Settings(), {"OAI_KEY": "second"}) == keys.Key(
        Secret("second"), "OAI_KEY"
    )
    found = keys.find(OPENAI, printing("from-cmd\nsecond line"), {"OPENAI_API_KEY": ""})
    assert found == keys.Key(Secret("from-cmd"), "cmd")


def test_a_bearer_variable_is_told_apart() -> None:
    row = Provider(name="anthropic", dialect="anthropic", key_env=("A",), bearer_env=("B",))
    found = keys.find(row, Settings(), {"B": "token"})
    assert found is not None
    assert found.bearer


def test_a_missing_key_names_the_variable() -> None:
    with pytest.raises(KeyProblem, match="OPENAI_API_KEY") as caught:
        keys.find(OPENAI, Settings(), {})
    assert caught.value.exit == 4


def test_a_provider_that_needs_none_may_have_none() -> None:
    row = Provider(name="vllm", dialect="openai_chat", key_env=("K",), key_required=False)
    assert keys.find(row, Settings(), {}) is None


@pytest.mark.parametrize("bad", ["with space", "line\nend", "tab\t", "sk-\x1b[31m", "schlüssel"])
def test_a_key_that_would_break_a_header_is_refused_unseen(bad: str) -> None:
    with pytest.raises(KeyProblem) as caught:
        keys.find(OPENAI, Settings(), {"OPENAI_API_KEY": bad})
    assert bad not in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(
    "settings",
    [
        with_cmd(sys.executable, "-c", f"print({CANARY!r}); raise SystemExit(3)"),
        with_cmd(sys.executable, "-c", "pass"),
        with_cmd("/nonexistent/program"),
        with_cmd(),
    ],
    ids=["fails", "prints nothing", "does not exist", "is empty"],
)
def test_a_command_that_gives_no_key_is_exit_4(settings: Settings) -> None:
    with pytest.raises(KeyProblem) as caught:
        keys.find(OPENAI, settings, {})
    assert caught.value.exit == 4
    assert CANARY not in caught.value.message


def test_a_command_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "CMD_TIMEOUT", 0.2)
    with pytest.raises(KeyProblem, match="no answer within"):
        keys.find(OPENAI, with_cmd(sys.executable, "-c", "import time; time.sleep(60)"), {})


@pytest.mark.parametrize("show", [repr, str, "{}".format, "%s".__mod__, lambda s: f"{s!r:>40}"])
def test_a_secret_shows_four_letters_at_most(show: object) -> None:
    shown = show(Secret(CANARY))  # type: ignore[operator]
    assert CANARY not in shown
    assert "canary" not in shown
    assert "cdef" in shown
    assert "short" not in show(Secret("short"))  # type: ignore[operator]


def test_a_secret_is_masked_in_foreign_text() -> None:
    assert Secret(CANARY).hide(f"bad key {CANARY}!") == "bad key sk-…cdef!"

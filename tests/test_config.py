"""The configuration: what is read, and that a mistake is named with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from visioncli.config import Settings, line_of, load
from visioncli.core.errors import UsageError

WHOLE = """\
default_model = "anthropic/claude-sonnet-4-5"
[aliases]
fast = "groq/meta-llama/llama-4-scout-17b-16e-instruct"
[keys]
openai = { cmd = ["pass", "show", "openai"] }
[ask]
system = "Be brief."
detail = "high"
timeout = 30
[providers.mine]
dialect = "openai_chat"
base_url = "http://localhost:8000/v1"
auth = "none"
[models."mine/llava-v1.6"]
vision = true
[models."azure/deployed"]
base_model = "azure/gpt-4o"
"""


def written(tmp_path: Path, text: str) -> dict[str, str]:
    file = tmp_path / "config.toml"
    file.write_text(text)
    return {"VISION_CONFIG": str(file)}


def test_every_table_of_the_contract_is_read(tmp_path: Path) -> None:
    settings = load(written(tmp_path, WHOLE))
    assert settings.default_model == "anthropic/claude-sonnet-4-5"
    assert settings.aliases == {"fast": "groq/meta-llama/llama-4-scout-17b-16e-instruct"}
    assert settings.keys["openai"].cmd == ("pass", "show", "openai")
    assert settings.ask.system == "Be brief."
    assert settings.ask.timeout == 30.0
    assert settings.providers["mine"]["base_url"] == "http://localhost:8000/v1"
    assert settings.models["mine/llava-v1.6"].vision is True
    assert settings.models["azure/deployed"].vision is None
    assert settings.models["azure/deployed"].base_model == "azure/gpt-4o"


def test_without_a_file_everything_is_at_its_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load({}) == Settings()


def test_the_default_place_is_the_users_configuration_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platformdirs.user_config_path", lambda name: tmp_path / name)
    (tmp_path / "visioncli").mkdir()
    (tmp_path / "visioncli" / "config.toml").write_text('default_model = "a/b"')
    assert load({}).default_model == "a/b"


def test_a_file_that_was_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        load({"VISION_CONFIG": str(tmp_path / "none.toml")})


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\ndefault_modell = 'x'", 2, "'default_modell'"),
        ("default_model = 3", 1, "must be a string, not 3"),
        ("[ask]\n\nsystem = 'x'\nretries = '2'", 4, "'ask.retries' must be a whole number"),
        ("[ask]\nretries = true", 2, "'ask.retries' must be a whole number"),
        ("[ask]\ndetail = 'huge'", 2, "'ask.detail' must be 'low' or 'high'"),
        ("[aliases]\na = 'x/y'\nb = 4", 3, "'aliases.b' must be a string"),
        ("[keys]\nopenai = { command = ['x'] }", 2, "'keys.openai.command'"),
        ("[models.'a/b']\nvision = 'yes'", 2, "must be true or false"),
        ("[models.'a/b']", 1, "nothing is said of the model 'a/b'"),
        ("providers = 1", 1, "must be a table"),
        ("[keys.openai]\ncmd = 'pass'", 2, "must be a list"),
        ("[ask]\ntimeout = -5", 2, "'ask.timeout' must be from 0.001"),
        ("[ask]\n\ntimeout = nan", 3, "'ask.timeout' must be from"),
        ("[ask]\nretries = -3", 2, "'ask.retries' must be from 0"),
        ("[ask]\nmax_tokens = 0", 2, "'ask.max_tokens' must be from 1"),
        ("[ask]\ntemperature = inf", 2, "'ask.temperature' must be from 0"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_key(
    tmp_path: Path, text: str, line: int, words: str
) -> None:
    with pytest.raises(UsageError) as caught:
        load(written(tmp_path, text))
    assert words in caught.value.message
    assert f"config.toml, line {line}" in caught.value.message
    assert caught.value.exit == 2


def test_a_misspelt_key_suggests_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load(written(tmp_path, "default_mode = 'x'"))
    assert caught.value.hint == "did you mean 'default_model'?"


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(b"\xef\xbb\xbfdefault_model = 'a/b'")
    assert load({"VISION_CONFIG": str(file)}).default_model == "a/b"


def test_a_provider_is_the_same_however_it_is_spelled(tmp_path: Path) -> None:
    text = "[keys]\nMy-Server = { cmd = ['x'] }\n[models.'my-server/LLaVA']\nvision = true"
    settings = load(written(tmp_path, text))
    assert list(settings.keys) == ["my_server"]
    assert list(settings.models) == ["my_server/LLaVA"]


@pytest.mark.parametrize(
    "data", [b"a = [", b"\xff\xfe", b"a = 1\na = 2", b"a = 1" + b"0" * 5000, b"a = " + b"[" * 9000]
)
def test_what_is_not_toml_is_one_clean_error(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(data)
    with pytest.raises(UsageError, match=r"config\.toml"):
        load({"VISION_CONFIG": str(file)})


def test_a_directory_in_its_place_is_one_clean_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load({"VISION_CONFIG": str(tmp_path)})


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("a",), 1),
        (("b", "c"), 3),
        (("b", "d", "e"), 5),
        (("b", "d", "nothing"), 4),
        (("x.y", "z"), 7),
        (("nowhere",), 1),
    ],
)
def test_lines_of_keys(path: tuple[str, ...], line: int) -> None:
    text = "a = 1\n[b]\nc = 2\n[b.d]  # note\ne = 3\n['x.y']\nz = 4\n"
    assert line_of(text, path) == line

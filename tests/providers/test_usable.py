"""Which providers may answer without being named, and what a configuration may call them."""

from __future__ import annotations

from pathlib import Path

import pytest

from visioncli import providers
from visioncli.config import Settings, load
from visioncli.core.errors import KeyProblem, UnknownModel, UsageError
from visioncli.core.target import ModelRef
from visioncli.providers import packaged
from visioncli.providers.address import normal
from visioncli.providers.routes import applied

MINE = '[providers.my-own]\ndialect = "openai_chat"\nbase_url = "http://h.test"\n'


def settings(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "config.toml"
    file.write_text(text)
    return load({"VISION_CONFIG": str(file)})


def usable(own: Settings, env: dict[str, str]) -> list[str]:
    return [row.name for row in providers.usable(own, {"VISION_KEYS": "/dev/null", **env})]


def test_a_key_and_a_default_model_make_a_provider_usable(tmp_path: Path) -> None:
    plain = settings(tmp_path, "")
    assert usable(plain, {}) == []
    assert usable(plain, {"OPENAI_API_KEY": "x"}) == ["openai"]
    assert usable(plain, {"OPENAI_ORG_ID": "x"}) == []  # no key
    assert usable(settings(tmp_path, MINE), {"MY_OWN_API_KEY": "x"}) == []  # no model
    own = settings(tmp_path, MINE + 'default_model = "m"\n')
    assert usable(own, {}) == []
    assert usable(own, {"MY_OWN_API_KEY": "x"}) == ["my_own"]
    cmd = settings(tmp_path, '[keys]\nopenai = { cmd = ["pass"] }\n')
    assert usable(cmd, {}) == ["openai"]


def test_a_private_provider_has_its_aliases(tmp_path: Path) -> None:
    own = settings(tmp_path, MINE + 'aliases = ["other", "another"]\n')
    assert {providers.provider(name, own).name for name in ("my_own", "other", "another")} == {
        "my_own"
    }
    with pytest.raises(UsageError, match="'aliases' must be a string, not 3"):
        providers.provider("x", settings(tmp_path, MINE.replace("my-own", "x") + "aliases = [3]\n"))


def test_every_row_is_read_the_users_first(tmp_path: Path) -> None:
    own = settings(tmp_path, MINE)
    names = [row.name for row in providers.rows(own)]
    assert names[0] == "my_own"
    assert set(packaged.names()) < set(names)


def test_a_configuration_whose_providers_are_sound_is_taken(tmp_path: Path) -> None:
    providers.check(settings(tmp_path, f'{MINE}[keys]\nmy_own = {{ cmd = ["pass"] }}\n'))
    providers.check(settings(tmp_path, '[keys]\nopenai = { cmd = ["pass"] }\n'))


@pytest.mark.parametrize(
    ("text", "says", "hint"),
    [
        (MINE.replace("my-own", "Local"), "'Local' is the offline model's provider", "another"),
        (MINE.replace("openai_chat", "smoke"), "'dialect' is 'smoke'", "known: "),
        ('[keys]\nopenia = { cmd = ["x"] }', "[keys] names a provider 'openia'", "'openai'"),
        ('[keys]\nqqqqqqqqqq = { cmd = ["x"] }', "[keys] names a provider 'qqqqqqqqqq'", None),
    ],
)
def test_a_configuration_with_a_mistake_is_not(
    tmp_path: Path, text: str, says: str, hint: str | None
) -> None:
    with pytest.raises(UsageError) as caught:
        providers.check(settings(tmp_path, text))
    assert says in caught.value.message
    assert "config.toml" in caught.value.message
    assert (hint or "") in (caught.value.hint or "")
    assert (caught.value.hint is None) == (hint is None)


@pytest.mark.parametrize(("name", "hint"), [("opnai", "did you mean openai"), ("q q", "are known")])
def test_a_provider_that_nobody_knows(tmp_path: Path, name: str, hint: str) -> None:
    with pytest.raises(UnknownModel, match="there is no provider") as caught:
        providers.provider(name, settings(tmp_path, ""))
    assert hint in (caught.value.hint or "")


def test_ids_of_files_go_over_their_own_wire(tmp_path: Path) -> None:
    own = settings(tmp_path, "")
    for ref, dialect in (
        (ModelRef("openai", "gpt-4.1"), "openai_responses"),
        (ModelRef("mistral", "m"), "openai_chat"),
        (ModelRef("groq", "m"), "openai_chat"),
    ):
        target = providers.taking_ids(providers.resolve(ref, own, env={}))
        assert target.provider.dialect == dialect


@pytest.mark.parametrize("address", ["[::1", "box:port"])
def test_a_host_that_is_none_is_told_as_it_was_given(address: str) -> None:
    with pytest.raises(UsageError, match="no http address") as caught:
        normal(address, "OLLAMA_HOST", 11434)
    assert repr(address) in caught.value.message


def test_what_a_row_says_is_found_without_reading_it() -> None:
    assert packaged.says("azure", '"bearer"', "\nurls")
    assert not packaged.says("azure", "no such words")
    assert not packaged.says("../azure", "dialect")
    assert not packaged.says("no_such_row", "x")


def test_routes_are_a_list() -> None:
    with pytest.raises(UsageError, match="'routes' must be a list of tables, here"):
        applied({"routes": {"match": "*"}}, lambda _: "here", model="m", address="", env={})


def test_a_key_store_of_no_use_is_no_matter_where_a_variable_is_set(tmp_path: Path) -> None:
    own = settings(tmp_path, "")
    loop = tmp_path / "keys.json"
    loop.symlink_to(loop)
    assert usable(own, {"VISION_KEYS": str(loop), "OPENAI_API_KEY": "x"}) == ["openai"]
    with pytest.raises(KeyProblem):
        usable(own, {"VISION_KEYS": str(loop)})

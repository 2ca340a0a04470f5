"""Names with an asterisk, and entries with variables of their own, as in LiteLLM's files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.mock import Mock
from tests.mock import serving as mocking
from tests.program import vision
from visioncli.config import Settings
from visioncli.core.errors import UnknownModel, UsageError
from visioncli.gateway.book import MOST, Book
from visioncli.gateway.settings import Entry, Gateway, load

from .entries import KEY, entry
from .running import Served, question, serving


def wild(mock: Mock, *pairs: tuple[str, str]) -> Gateway:
    """(the name, the model): each an entry of OpenAI's wire before the mock."""
    models = tuple(entry(mock, name=name, model=model) for name, model in pairs)
    return Gateway(models=models, retries=0)


def asked(served: Served, mock: Mock, model: str) -> str:
    """The model that the provider was asked for."""
    said = served.post(question(model))
    assert said.status_code == 200, said.text
    assert said.json()["model"] == model
    return str(mock.posts[-1].json["model"])


def test_what_the_asterisk_stands_for_goes_into_the_model(mock: Mock) -> None:
    gateway = wild(
        mock,
        ("*", "openai/*"),
        ("team-*-large", "openai/their/*"),
        ("openai/*", "openai/*"),
        ("exact", "openai/gpt-4o"),
        ("any/*", "openai/gpt-4.1"),
    )
    with serving(gateway) as served:
        assert asked(served, mock, "gpt-4o-mini") == "gpt-4o-mini"
        assert asked(served, mock, "team-x-large") == "their/x"
        assert asked(served, mock, "openai/gpt-5.4") == "gpt-5.4"
        assert asked(served, mock, "exact") == "gpt-4o"
        assert asked(served, mock, "any/thing") == "gpt-4.1"
        assert served.get("/metrics").text.count('total{api="chat",model="gpt-4o-mini",') == 1


def test_a_lone_asterisk_is_every_provider(mock: Mock) -> None:
    gateway = Gateway(models=(Entry(name="*", model="*"),), retries=0)
    with serving(gateway, mock.env(KEY)) as served:
        assert served.post(question("anthropic/claude-sonnet-4-6")).status_code == 200
        unknown = served.post(question("nobody/x"))
        listed = [model["id"] for model in served.get("/v1/models").json()["data"]]
    assert mock.posts[0].wire == "anthropic"
    assert unknown.status_code == 404
    assert {"openai/gpt-4o", "anthropic/claude-sonnet-4-6"} <= set(listed)


def test_models_that_are_known_to_see_are_listed_by_their_patterns(mock: Mock) -> None:
    gateway = wild(mock, ("ours/*", "openai/*"), ("exact", "openai/gpt-4o"))
    with serving(gateway) as served:
        before = served.get("/v1/models").json()["data"]
        served.post(question("ours/nobody-knows-it"))
        after = served.get("/v1/models").json()["data"]
        one = served.get("/v1/models/ours/gpt-4o").json()
        groups = {g["model_group"]: g for g in served.get("/model_group/info").json()["data"]}
        none = served.post(question("our/gpt-4o"))
    names = [model["id"] for model in before]
    assert names[0] == "exact"
    assert "ours/gpt-4o" in names
    assert "ours/gpt-3.5-turbo" not in names  # it does not see
    assert after == before
    assert {model["owned_by"] for model in before} == {"openai"}
    assert (one["id"], one["owned_by"]) == ("ours/gpt-4o", "openai")
    assert groups["ours/gpt-4o"]["supports_vision"] is True
    assert "ours/*" not in groups
    assert none.status_code == 404
    assert "did you mean ours/gpt-4o" in none.json()["error"]["message"]


def test_entries_of_one_pattern_stand_in_for_each_other(mock: Mock) -> None:
    with mocking() as other:
        dead = entry(mock, name="*", model="openai/*", api_base="http://127.0.0.1:9/v1")
        gateway = Gateway(models=(dead, entry(other, name="*", model="openai/*")), retries=0)
        with serving(gateway) as served:
            assert asked(served, other, "gpt-4o") == "gpt-4o"


def test_names_that_callers_make_up_are_not_kept_without_end(mock: Mock) -> None:
    book = Book(wild(mock, ("*", "openai/*")), Settings(), {})
    for number in range(MOST):
        book.group(f"made-up-{number}")
    assert len(book.members) == MOST
    with pytest.raises(UnknownModel, match="which is the most"):
        book.group("one-more")


@pytest.mark.parametrize(
    ("name", "model", "words"),
    [
        ("m", "openai/*", "the name has none"),
        ("*-*", "openai/*", "no more than one"),
        ("*", "openai/*-*", "no more than one"),
        ("*", "nobody/*", "there is no provider 'nobody'"),
    ],
)
def test_an_asterisk_that_stands_for_nothing_is_told_at_once(
    tmp_path: Path, name: str, model: str, words: str
) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(f"model_list: [{{model_name: '{name}', litellm_params: {{model: '{model}'}}}}]")
    done = vision("serve", "--config", str(file), "--port", "0")
    assert done.status in (2, 3)
    assert words in done.err
    assert "Traceback" not in done.err


def test_an_entry_has_its_own_variables(mock: Mock, tmp_path: Path) -> None:
    """Azure's address and version, each from a variable, as LiteLLM's documentation writes them."""
    file = tmp_path / "c.yaml"
    file.write_text(
        "model_list:\n"
        "  - model_name: m\n"
        "    litellm_params:\n"
        "      model: azure/gpt-4o\n"
        "      api_base: os.environ/AZURE_API_BASE\n"
        "      api_key: os.environ/AZURE_API_KEY\n"
        "      api_version: os.environ/AZURE_VERSION\n"
        "  - model_name: old\n"
        "    litellm_params:\n"
        "      {model: azure/gpt-4o, api_base: os.environ/AZURE_API_BASE, api_key: x}\n"
        "litellm_settings: {drop_params: true}\n"
    )
    loaded = load(file)
    env = {"AZURE_API_BASE": mock.url, "AZURE_API_KEY": KEY, "AZURE_VERSION": "2026-01-01"}
    with serving(loaded.gateway, env) as served:
        for name in ("m", "old"):
            assert served.post(question(name)).status_code == 200
    assert [(post.path, post.headers["api-key"]) for post in mock.posts] == [
        ("/openai/deployments/gpt-4o/chat/completions?api-version=2026-01-01", KEY),
        ("/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21", "x"),
    ]
    assert loaded.warnings == ()


def test_our_own_file_names_the_variables_themselves(mock: Mock) -> None:
    text = (
        '[[models]]\nname = "m"\nmodel = "vertex_ai/gemini-2.5-flash"\n'
        f'api_base = "{mock.url}"\napi_key = "{KEY}"\n'
        'env = { VERTEXAI_PROJECT = "p-1", VERTEXAI_LOCATION = "europe-west4" }\n'
    )
    with serving(text) as served:
        served.post(question())
    (sent,) = mock.received
    assert "/projects/p-1/locations/europe-west4/" in sent.path


@pytest.mark.parametrize(
    "fields",
    ["api_base: os.environ/NO_SUCH", "api_base: 'http://x', api_version: os.environ/NO_SUCH"],
)
def test_an_address_that_is_not_set_is_told_at_once(tmp_path: Path, fields: str) -> None:
    """Never is a key sent to the provider's own address instead."""
    file = tmp_path / "c.yaml"
    file.write_text(
        f"model_list: [{{model_name: m, litellm_params: {{model: azure/x, {fields}}}}}]"
    )
    done = vision("serve", "--config", str(file), "--port", "0")
    assert done.status == 2
    assert "os.environ/NO_SUCH, and NO_SUCH is not set" in done.err


def test_no_caller_chooses_the_provider_that_a_key_goes_to() -> None:
    entry = Entry(name="*", model="*", api_key=KEY)
    with pytest.raises(UsageError, match="whatever provider"):
        Book(Gateway(models=(entry,)), Settings())
    Book(Gateway(models=(replace(entry, api_base="http://127.0.0.1:9/v1"),)), Settings())

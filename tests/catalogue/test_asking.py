"""Providers' own lists: who is asked, where, and what an answer that is none leads to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.provider_lists import KEY, NONE, ask, rows
from tests.registry import Answer, Registry, as_json
from visioncli import config, providers
from visioncli.catalogue.making.snapshots import Stated
from visioncli.catalogue.refreshing import asking, lists
from visioncli.config import Settings
from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import BadAnswer, KeyProblem, ProviderFailed, RateLimited, VisionError
from visioncli.core.target import Provider
from visioncli.transport.whole import Whole

pytestmark = pytest.mark.usefixtures("no_proxy")


@pytest.mark.parametrize(
    ("env", "asked"),
    [
        ({}, set()),
        ({"GROQ_API_KEY": KEY}, {"groq"}),
        ({"OLLAMA_HOST": "127.0.0.1:1"}, {"ollama"}),
        ({"OLLAMA_API_KEY": KEY}, set()),  # no address is named
        ({"VLLM_BASE_URL": "http://127.0.0.1:1/v1"}, {"vllm"}),
        ({"ANTHROPIC_AUTH_TOKEN": KEY}, {"anthropic"}),
        ({"AWS_PROFILE": "work"}, {"bedrock"}),
    ],
)
def test_whoever_has_a_key_or_a_named_address_is_asked(
    env: dict[str, str], asked: set[str]
) -> None:
    assert {row.name for row in asking.to_ask(NONE, env)} == asked


@pytest.mark.parametrize("row", tuple(providers.rows(NONE)), ids=lambda row: row.name)
def test_a_row_names_a_form_that_is_known(row: Provider) -> None:
    kind = row.listing.shape or lists.DIALECTS.get(row.dialect, "none")
    assert kind == "none" or kind in lists.SHAPES


WHERE = {
    "openai": "https://api.openai.com/v1/models",
    "anthropic": "https://api.anthropic.com/v1/models?limit=1000",
    "gemini": "https://generativelanguage.googleapis.com/v1beta/models?pageSize=1000",
    "cohere": "https://api.cohere.com/v1/models?page_size=1000",
    "mistral": "https://api.mistral.ai/v1/models",
    "groq": "https://api.groq.com/openai/v1/models",
    "xai": "https://api.x.ai/v1/language-models",
    "openrouter": "https://openrouter.ai/api/v1/models",
    "together_ai": "https://api.together.ai/v1/models",
    "github": "https://models.github.ai/catalog/models",
    "bedrock": "https://bedrock.eu-west-1.amazonaws.com/foundation-models",
}


@pytest.mark.parametrize("name", WHERE)
def test_a_list_is_asked_for_where_its_vendor_says(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[HttpRequest] = []

    def fetch(request: HttpRequest, *_: object, **__: object) -> Whole:
        sent.append(request)
        listed = [{"id": "m", "name": "m", "modelId": "m"}]
        answer = {"data": listed, "models": listed, "modelSummaries": listed}
        return Whole({}, json.dumps(answer).encode())

    monkeypatch.setattr(asking, "fetch", fetch)
    row = providers.provider(name, NONE)
    variable = (*row.key_env, *row.bearer_env)[0]
    assert rows(name, {variable: KEY, "AWS_REGION": "eu-west-1"}).keys() == {f"{name}/m"}
    assert [(request.method, request.url) for request in sent] == [("GET", WHERE[name])]
    assert KEY in str(dict(sent[0].headers))


def configured(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "config.toml"
    file.write_text(text)
    return config.load({"VISION_CONFIG": str(file)})


def test_a_provider_of_the_user_s_own_is_asked(server: Registry, tmp_path: Path) -> None:
    server.gives("/models/all", {"data": [{"id": "m", "supports_vision": True}]})
    own = f"""
[providers.my-server]
dialect = "openai_chat"
base_url = "{server.url}"
auth = "none"
listing = {{ path = "/models/all" }}
"""
    answered = ask("my_server", {}, configured(tmp_path, own))
    assert answered.snapshot.rows == {"my_server/m": Stated(vision=True)}


@pytest.mark.parametrize(
    ("name", "env", "why"),
    [
        ("azure", {"AZURE_OPENAI_API_KEY": KEY}, "no list"),
        ("watsonx", {"WATSONX_APIKEY": KEY}, "no list"),
        ("vllm", {"VLLM_API_KEY": KEY}, None),
        ("bedrock", {"AWS_BEARER_TOKEN_BEDROCK": KEY, "AWS_CONFIG_FILE": "/no"}, "region"),
    ],
)
def test_who_cannot_be_asked_is_left_out_and_why(
    name: str, env: dict[str, str], why: str | None
) -> None:
    if why is None:
        assert name not in {row.name for row in asking.to_ask(NONE, env)}
        return
    with pytest.raises(asking.Skipped, match=why):
        ask(name, env)


def test_a_shape_that_is_not_known_is_named(tmp_path: Path) -> None:
    own = """
[providers.mine]
dialect = "openai_chat"
base_url = "http://127.0.0.1:1"
auth = "none"
listing = { shape = "opnai" }
"""
    with pytest.raises(VisionError, match=r"'listing.shape' is 'opnai'") as caught:
        ask("mine", {}, configured(tmp_path, own))
    assert caught.value.exit == 2


# ------------------------------------------------------------------ what goes wrong

OPENAI = "/v1/models"


def openai_env(server: Registry) -> dict[str, str]:
    return {"OPENAI_BASE_URL": f"{server.url}/v1", "OPENAI_API_KEY": KEY}


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (Answer(b'{"error": {"message": "bad key"}}', 401), KeyProblem, "rejects the key"),
        (Answer(b"nothing", 404), ProviderFailed, "the provider has no list of models there"),
        (Answer(b'{"data": []}'), BadAnswer, "the provider lists no model at all"),
        (Answer(b"<html>sign in</html>"), BadAnswer, "not JSON"),
        (Answer(b'{"models": "none"}'), BadAnswer, "no list of models"),
        (Answer(b"[" * 100_000), BadAnswer, "not JSON"),
        (Answer(b"", 302, {"location": "https://evil.example/"}), ProviderFailed, "not followed"),
        (Answer(b"", 304), BadAnswer, "was not asked"),
        (Answer(b"{", length=10**9), BadAnswer, "larger than 32 MB"),
    ],
)
def test_an_answer_that_is_no_list(
    server: Registry, answer: Answer, kind: type[VisionError], says: str
) -> None:
    server.answers[OPENAI] = lambda _: answer
    with pytest.raises(kind, match=says):
        ask("openai", openai_env(server))
    assert len(server.asked) == 1


def test_a_rate_limit_is_waited_for(server: Registry) -> None:
    answers = [Answer(b"", 429, {"retry-after": "0.01"}), as_json({"data": [{"id": "m"}]})]
    server.answers[OPENAI] = lambda _: answers.pop(0)
    assert rows("openai", openai_env(server)) == {"openai/m": Stated()}
    server.answers[OPENAI] = lambda _: Answer(b"", 429, {"retry-after": "3600"})
    with pytest.raises(RateLimited):
        ask("openai", openai_env(server))


def test_pages_without_end_are_left(server: Registry) -> None:
    page = {"data": [{"id": "claude-a"}], "has_more": True, "last_id": "again"}
    server.gives("/v1/models", page)
    with pytest.raises(BadAnswer, match="more than 50 pages"):
        ask("anthropic", {"ANTHROPIC_BASE_URL": server.url, "ANTHROPIC_API_KEY": KEY})


def test_names_that_nobody_could_type_are_counted_and_left_out(server: Registry) -> None:
    names = ["good", "\x1b[31mred", " lead", "", "x" * 301, "tab\tbed", "naïve", None, 7, KEY]
    server.gives(OPENAI, {"data": [*({"id": name} for name in names), "no entry"]})
    snapshot = ask("openai", openai_env(server)).snapshot
    assert list(snapshot.rows) == ["openai/good"]  # nor does the key that a server echoes
    assert snapshot.dropped == 9


def echoing(asked: Any) -> Answer:
    words = {"error": {"message": f"no such key {asked.headers['authorization']}", "code": KEY}}
    return Answer(json.dumps(words).encode(), 400, {"content-type": "application/json"})


@pytest.mark.parametrize("give", [echoing, lambda _: Answer(f"<p>{KEY}".encode())])
def test_a_key_that_is_echoed_is_seen_nowhere(
    server: Registry, give: Callable[[Any], Answer]
) -> None:
    server.answers[OPENAI] = give
    with pytest.raises(VisionError) as caught:
        ask("openai", openai_env(server))
    error = caught.value
    assert KEY not in f"{error} {error.message} {error.hint} {error.code} {error!r}"
    assert "WXYZ" in error.message  # masked, not lost


def test_a_key_stays_on_this_machine_without_a_warning(server: Registry) -> None:
    server.gives(OPENAI, {"data": [{"id": "m"}]})
    assert ask("openai", openai_env(server)).warnings == ()

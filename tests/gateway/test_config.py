"""LiteLLM's YAML and our TOML: the same meaning, and nothing left out in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mock import Mock
from tests.program import vision
from visioncli.core.errors import UsageError
from visioncli.gateway.settings import Entry, Gateway, load

from .running import Served, program, question, serving

YAML = """\
model_list:
  - model_name: seer
    litellm_params:
      model: openai/gpt-4o
      api_base: http://127.0.0.1:8000
      api_key: os.environ/SEER_KEY
      temperature: 0.25
      max_tokens: 77
      extra_body: {top_k: 4}
      input_cost_per_token: 2e-06
    model_info:
      supports_vision: true
      max_input_tokens: 1000
      max_output_tokens: 50
      mode: chat
      output_cost_per_token: 0.00001
general_settings: {master_key: sk-1234, max_request_size_mb: 5}
litellm_settings: {request_timeout: 30, num_retries: 1}
router_settings: {cooldown_time: 9}
"""
TOML = """\
master_key = "sk-1234"
max_body = 5_000_000
timeout = 30
retries = 1
cooldown = 9
[[models]]
name = "seer"
model = "openai/gpt-4o"
api_base = "http://127.0.0.1:8000"
api_key = "os.environ/SEER_KEY"
vision = true
context = 1000
max_output = 50
mode = "chat"
usd_in = 2
usd_out = 10
params = { temperature = 0.25, max_tokens = 77, top_k = 4 }
"""
ENTRY = "model_name: m, litellm_params: {model: a/b}"
MEANT = Gateway(
    models=(
        Entry(
            name="seer",
            model="openai/gpt-4o",
            api_base="http://127.0.0.1:8000",
            api_key="os.environ/SEER_KEY",
            vision=True,
            context=1000,
            max_output=50,
            mode="chat",
            usd_in=2.0,
            usd_out=10.0,
            params={"temperature": 0.25, "max_tokens": 77, "top_k": 4},
        ),
    ),
    master_key="sk-1234",
    max_body=5_000_000,
    timeout=30,
    retries=1,
    cooldown=9,
)


@pytest.mark.parametrize(("name", "text"), [("c.yaml", YAML), ("c.yml", YAML), ("c.toml", TOML)])
def test_both_say_the_same(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_text(text, "utf-8")
    loaded = load(file)
    assert (loaded.gateway, loaded.warnings) == (MEANT, ())


def test_what_is_not_used_is_named(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(
        "model_list:\n"
        "  - model_name: m\n"
        "    litellm_params: {model: openai/gpt-4o, rpm: 5, tpm: 9}\n"
        "    model_info: {id: x, supports_vision: null}\n"
        "    more: 1\n"
        "general_settings: {database_url: x}\n"
        "litellm_settings: {drop_params: true, callbacks: [x], set_verbose: null}\n"
        "router_settings: {routing_strategy: least-busy}\n"
        "environment_variables: {A: b}\n",
        "utf-8",
    )
    places = {warning.partition(" is not used, ")[0] for warning in load(file).warnings}
    assert places == {
        "model_list[0].litellm_params.rpm",
        "model_list[0].litellm_params.tpm",
        "model_list[0].model_info.id",
        "model_list[0].more",
        "general_settings.database_url",
        "litellm_settings.callbacks",
        "litellm_settings.set_verbose",
        "router_settings.routing_strategy",
        "environment_variables",
    }


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("c.yaml", "", "model_list is missing"),
        ("c.yaml", "model_list: [", "is not YAML"),
        ("c.yaml", "- 1", "the file must be a mapping"),
        ("c.yaml", "model_list: 5", "model_list must be a list"),
        ("c.yaml", "model_list: [{litellm_params: {model: a/b}}]", "model_name must be text"),
        ("c.yaml", "model_list: [{model_name: m}]", "litellm_params.model must be PROVIDER/MODEL"),
        (
            "c.yaml",
            f"model_list: [{{{ENTRY}, model_info: {{supports_vision: perhaps}}}}]",
            "supports_vision must be true or false, not 'perhaps'",
        ),
        (
            "c.yaml",
            f"model_list: [{{{ENTRY}}}]\nlitellm_settings: {{num_retries: -1}}",
            "'retries' must be from 0 to 100, not -1",
        ),
        ("c.yaml", "model_list: !!python/object/apply:os.getcwd []", "is not YAML"),
        (
            "c.yaml",
            f"model_list: [{{{ENTRY}, model_info: {{input_cost_per_token: cheap}}}}]",
            "input_cost_per_token must be US dollars for one token, not 'cheap'",
        ),
        (
            "c.yaml",
            f"model_list: [{{{ENTRY}, model_info: {{input_cost_per_token: 2}}}}]",
            "'usd_in' must be from 0 to 1000, not 2000000.0, for m",
        ),
        ("c.toml", "[[models]]\nname = 'm'\nmodel = 'a/b'\nusd_out = nan", "must be from 0 to"),
        ("c.toml", "nonsense = 1", "unknown key 'nonsense'"),
        ("c.toml", "retries = -1", "'retries' must be from 0 to 100"),
        ("c.toml", "[[models]]\nname = 'm'", "'models.model' is missing"),
        ("c.toml", "[[models", "is not TOML"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, name: str, text: str, words: str) -> None:
    file = tmp_path / name
    file.write_text(text, "utf-8")
    with pytest.raises(UsageError) as raised:
        load(file)
    assert words in raised.value.message
    assert str(file) in raised.value.message


def test_the_command_tells_it(tmp_path: Path) -> None:
    missing = vision("serve", "--config", str(tmp_path / "no.yaml"))
    assert missing.status == 2
    assert "cannot be read: No such file" in missing.err
    file = tmp_path / "c.yaml"
    file.write_text("model_list: [{model_name: m, litellm_params: {model: nobody/x}}]")
    unknown = vision("serve", "--config", str(file), "--port", "0")
    assert unknown.status == 3
    assert "m: there is no provider 'nobody'" in unknown.err
    assert vision("serve", "--port", "70000").status == 2


def test_a_key_that_is_not_set_is_told_at_once_and_when_it_is_needed(
    mock: Mock, tmp_path: Path
) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(
        "model_list: [{model_name: m, litellm_params: {model: openai/gpt-4o,"
        f" api_base: {mock.url}, api_key: os.environ/NO_KEY, rpm: 5}}}}]"
    )
    with program("--config", str(file)) as running:
        said = Served(running.url).post(question())
        assert (said.status_code, said.json()["error"]["code"]) == (502, "key")
        assert "NO_KEY is not set" in said.json()["error"]["message"]
        assert (
            "warning: NO_KEY is not set, and m needs it: requests for it will fail" in running.err
        )
        assert any("litellm_params.rpm is not used" in line for line in running.err)
    assert mock.received == []


def test_defaults_of_an_entry_are_what_the_caller_does_not_say(mock: Mock) -> None:
    text = (
        f'[[models]]\nname = "m"\nmodel = "openai/gpt-4o"\napi_base = "{mock.url}"\napi_key = "k"\n'
        'params = { temperature = 0.25, max_tokens = 77, stop = "x", top_k = 4 }\n'
    )
    with serving(text) as served:
        served.post(question())
        served.post(question(temperature=1, max_tokens=5, top_k=9, stop=["y"]))
    first, second = (sent.json for sent in mock.posts)
    names = ("temperature", "max_tokens", "stop", "top_k")
    assert [first[name] for name in names] == [0.25, 77, ["x"], 4]
    assert [second[name] for name in names] == [1, 5, ["y"], 9]


def test_without_a_file_every_provider_with_a_key_is_there(mock: Mock) -> None:
    env = mock.env("sk-env-0123456789")
    own = '[aliases]\nfast = "anthropic/claude-sonnet-4-6"\n'
    with serving(Gateway(retries=0), env, own) as served:
        for model in ("openai/gpt-4o", "gpt-4o", "fast", "gemini/gemini-flash-latest"):
            assert served.post(question(model)).status_code == 200, model
        listed = [m["id"] for m in served.get("/v1/models").json()["data"]]
        groups = {g["model_group"]: g for g in served.get("/model_group/info").json()["data"]}
        missing = served.post(question("groq/x"))
        unknown = served.post(question("nobody/x"))
    assert {"fast", "openai/gpt-4o", "anthropic/claude-sonnet-4-6", "local/eyes"} <= set(listed)
    assert not any(name.startswith("groq/") for name in listed)
    assert groups["fast"]["supports_vision"] is True
    assert {sent.wire for sent in mock.posts} == {"openai", "anthropic", "gemini"}
    assert (missing.status_code, missing.json()["error"]["code"]) == (502, "key_missing")
    assert unknown.status_code == 404


def test_model_info_is_the_verdict_of_check(mock: Mock) -> None:
    text = "".join(
        f'[[models]]\nname = "{name}"\nmodel = "{model}"\n'
        for name, model in (
            ("yes", "openai/gpt-4o"),
            ("no", "openai/gpt-3.5-turbo"),
            ("unknown", "openai/my-own"),
            ("both", "openai/gpt-3.5-turbo"),
            ("both", "openai/gpt-4o"),
        )
    )
    with serving(text) as served:
        data = served.get("/model_group/info").json()["data"]
        (one,) = served.get("/model_group/info?model_group=both").json()["data"]
        assert served.get("/model_group/info?model_group=neither").status_code == 404
    sees = {group["model_group"]: group["supports_vision"] for group in data}
    assert sees == {"yes": True, "no": False, "unknown": None, "both": True}
    assert one["max_input_tokens"] == 128000


def test_entries_are_told_with_their_prices_and_without_their_keys(mock: Mock) -> None:
    priced = Entry(name="mine", model="openai/own", api_key="sk-secret-1234567", usd_in=2.0)
    listed = Entry(name="listed", model="openai/gpt-4o", api_base=mock.url)
    with serving(Gateway(models=(priced, listed))) as served:
        said = served.get("/v1/model/info")
    assert "sk-secret" not in said.text
    told = {one["model_name"]: one for one in said.json()["data"]}
    costs = ("input_cost_per_token", "output_cost_per_token")
    assert [told["mine"]["model_info"][name] for name in costs] == [2e-06, None]
    assert [told["listed"]["model_info"][name] for name in costs] == [2.5e-06, 1e-05]
    assert told["listed"]["litellm_params"] == {"model": "openai/gpt-4o", "api_base": mock.url}
    assert told["mine"]["model_info"]["litellm_provider"] == "openai"
    assert told["mine"]["model_info"]["supports_vision"] is None

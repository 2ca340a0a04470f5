"""What a question costs: before it is asked (--dry-run) and after (-u, --json)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests import stand_in_prices
from tests.cli.test_startup import loaded
from tests.mock import Mock, Reply
from tests.program import CAT, HORSE, KEY, vision
from tests.vendors import MODELS, TEXT, WIRES, plain
from visioncli.catalogue import current

GPT = "openai/gpt-4o"
FIELDS = [
    *("model", "image_tokens", "text_tokens", "input_tokens", "max_output_tokens", "usd_input"),
    *("usd_output_at_most", "usd_at_most", "priced_as", "price_source", "price_as_of", "unknown"),
]


@pytest.fixture
def priced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    return stand_in_prices.write(monkeypatch, tmp_path)


def reply(usage: Mapping[str, object]) -> Reply:
    answer = json.loads(plain("openai", "a cat"))
    return Reply(json.dumps({**answer, "usage": usage}).encode())


USAGE = {"prompt_tokens": 1105, "completion_tokens": 57}


def test_usage_tells_the_cost(mock: Mock, priced: Mapping[str, str]) -> None:
    mock.replies = [reply(USAGE)]
    done = vision("ask", "-u", "--no-stream", "-m", GPT, CAT, "q", env={**mock.env(KEY), **priced})
    assert done.status == 0
    line = done.err.splitlines()[-1]
    assert line.startswith("tokens: 1105 in, 57 out; $0.0033; ")
    assert line.endswith(" s")


def test_json_has_the_cost(mock: Mock, priced: Mapping[str, str]) -> None:
    mock.replies = [reply(USAGE)]
    done = vision("ask", "--json", "-m", GPT, CAT, "q", env={**mock.env(KEY), **priced})
    assert done.json["cost_usd"] == 0.0033325


@pytest.mark.parametrize("model", ["openai/gpt-4o-mini", "openai/no-such-model"])
def test_a_cost_that_is_not_known_is_left_out_and_never_0(
    mock: Mock, priced: Mapping[str, str], model: str
) -> None:
    env = {**mock.env(KEY), **priced}
    mock.replies = [reply(USAGE), reply(USAGE), reply({})]
    line = vision("ask", "-u", "--no-stream", "-m", model, CAT, "q", env=env).err.splitlines()[-1]
    assert line.startswith("tokens: 1105 in, 57 out; ")
    assert "$" not in line
    assert vision("ask", "--json", "-m", model, CAT, "q", env=env).json["cost_usd"] is None
    assert vision("ask", "--json", "-m", GPT, CAT, "q", env=env).json["cost_usd"] is None


def test_openrouters_own_figure_is_taken(mock: Mock, priced: Mapping[str, str]) -> None:
    env = {
        **priced,
        "OPENROUTER_API_KEY": KEY,
        "OPENROUTER_BASE_URL": f"{mock.url}/v1",
    }
    words = ("ask", "--json", "-m", "openrouter/openai/gpt-4o", CAT, "q")
    mock.replies = [
        reply({**USAGE, "cost": 0.00123}),
        reply({**USAGE, "cost": 0.00001, "is_byok": True}),  # a fee beside what the vendor takes
        reply({**USAGE, "cost": "free"}),
        reply({**USAGE, "cost": 10**400}),
    ]
    costs = [vision(*words, env=env).json["cost_usd"] for _ in range(4)]
    assert costs == [0.00123, 0.0033325, 0.0033325, 0.0033325]


def test_the_offline_model_is_free() -> None:
    done = vision("ask", "--json", "-u", "-m", "local/eyes", HORSE, "what's in this?")
    assert done.json["cost_usd"] == 0
    assert "; $0; " in done.err.splitlines()[-1]
    shown = vision("ask", "--dry-run", "--json", "-m", "local/eyes", HORSE, "q").json["estimate"]
    assert (shown["input_tokens"], shown["usd_at_most"], shown["unknown"]) == (0, 0, [])


def test_a_dry_run_estimates(priced: Mapping[str, str]) -> None:
    words = ("ask", "--dry-run", "--max-tokens", "1000", "-m", GPT, CAT, "what is it?")
    shown = vision(*words, "--json", env=priced).json["estimate"]
    assert list(shown) == FIELDS
    # 451 x 300 pixels: one tile
    assert (shown["image_tokens"], shown["text_tokens"]) == (255, 3)
    assert (shown["usd_input"], shown["usd_output_at_most"]) == (0.000645, 0.01)
    assert shown["usd_at_most"] == 0.010645
    assert (shown["priced_as"], shown["unknown"]) == (GPT, [])
    assert vision(*words, "--json", "--detail", "low", env=priced).json["estimate"][
        "image_tokens"
    ] == 85  # fmt: skip


def test_a_dry_run_in_text_tells_it_on_stderr(priced: Mapping[str, str]) -> None:
    words = ("ask", "--dry-run", "--max-tokens", "1000", "-m", GPT, CAT, "what is it?")
    done = vision(*words, env=priced)
    assert "estimate" not in done.out
    assert done.err == (
        "estimate: about 258 tokens in (255 of them pictures), $0.00064; at most 1000 out, $0.0100;"
        " prices of openai/gpt-4o (litellm, 2999-01-01)\n"
    )
    assert vision(*words, "-q", env=priced).err == ""
    assert vision(*words, "--curl", env=priced).err == done.err


def test_a_dry_run_says_what_it_does_not_know(mock: Mock, priced: Mapping[str, str]) -> None:
    words = ("ask", "--dry-run", "-m", "openai/gpt-4o-mini", f"{mock.url}/a.jpg", "q")
    done = vision(*words, env=priced)
    assert done.err == (
        "estimate: not known: the size of 127.0.0.1, which is not here,"
        " no price is known for openai/gpt-4o-mini,"
        " the length of the answer (no --max-tokens)\n"
    ).replace("127.0.0.1", f"{mock.url}/a.jpg")
    assert not mock.received


@pytest.mark.parametrize("wire", WIRES)
def test_every_wire_has_an_estimate(wire: str) -> None:
    shown = vision("ask", "--dry-run", "--json", "-m", MODELS[wire], CAT, "q").json["estimate"]
    assert list(shown) == FIELDS
    assert shown["unknown"]
    assert 0 not in (shown["image_tokens"], shown["usd_input"], shown["usd_at_most"])


def test_a_deployment_is_priced_as_what_it_is(tmp_path: Path, priced: Mapping[str, str]) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[models."azure/mine"]\nvision = true\nbase_model = "azure/gpt-4o"\n')
    env = {
        **priced,
        "VISION_CONFIG": str(config),
        "AZURE_OPENAI_ENDPOINT": "https://x.openai.azure.com",
    }
    shown = vision("ask", "--dry-run", "--json", "-m", "azure/mine", CAT, "q", env=env)
    estimate = shown.json["estimate"]
    assert (estimate["model"], estimate["priced_as"]) == ("azure/mine", "azure/gpt-4o")
    assert (estimate["image_tokens"], estimate["usd_input"]) == (255, 0.000704)


def test_an_answer_is_told_whatever_is_wrong_with_what_it_cost(
    mock: Mock, tmp_path: Path, priced: Mapping[str, str]
) -> None:
    env = {**mock.env(KEY), **priced}
    words = ("ask", "--json", "-m", GPT, CAT, "q")
    (facts,) = tmp_path.rglob("facts.tsv")
    row = f"{GPT}\t\t\t\t\tten\tten\n"
    facts.write_text(f"{current.head('2999-01-01', 'x', len(row))}\n{row}")
    done = vision(*words, env=env)
    assert (done.status, done.json["answer"]) == (0, TEXT)
    assert done.json["cost_usd"] == pytest.approx(0.0003025)  # by the package's own facts


def test_who_does_not_ask_loads_no_prices() -> None:
    words = ["ask", "-m", "openai/gpt-4o", "--base-url", "http://127.0.0.1:9/v1", "--retries", "0"]
    prices = {"visioncli.costs", "visioncli.catalogue.prices"}
    assert not prices & loaded([*words, CAT, "q"])
    assert prices <= loaded([*words, "--dry-run", CAT, "q"])


def test_a_base_model_that_is_none_is_told_before_anything_is_sent(
    mock: Mock, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[models."{GPT}"]\nvision = true\nbase_model = "nobody-knows"\n')
    done = vision("ask", "-m", GPT, CAT, "q", env={**mock.env(KEY), "VISION_CONFIG": str(config)})
    assert (done.status, mock.posts) == (2, [])
    assert f"the base_model of {GPT} is no model" in done.err

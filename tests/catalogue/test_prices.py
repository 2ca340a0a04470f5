"""Whose price a model has; none is taken from a model that is another, or sold otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import stand_in_prices
from visioncli.catalogue import current, facts, prices
from visioncli.core.target import ModelRef


@pytest.fixture(autouse=True)
def _prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in_prices.write(monkeypatch, tmp_path)


@pytest.mark.parametrize(
    ("provider", "model", "priced_as", "usd_in", "usd_out"),
    [
        ("openai", "gpt-4o", "openai/gpt-4o", 2.5, 10.0),
        ("openai", "gpt-4o-2024-08-06", "openai/gpt-4o", 2.5, 10.0),
        ("openai", "gpt-4o-2024-05-13", "openai/gpt-4o-2024-05-13", 5.0, 15.0),
        ("azure_openai", "gpt-4o", "azure/gpt-4o", 2.75, 11.0),
        ("anthropic", "claude-haiku-4-5-20251001", "anthropic/claude-haiku-4-5", 1.0, 5.0),
        ("google", "models/gemini-2.5-flash", "gemini/gemini-2.5-flash", 0.3, 2.5),
        (
            "bedrock",
            "converse/anthropic.claude-sonnet-4-5",
            "bedrock/anthropic.claude-sonnet-4-5",
            3.0,
            15.0,
        ),
        (
            "bedrock",
            "us.anthropic.claude-sonnet-4-5",
            "bedrock/us.anthropic.claude-sonnet-4-5",
            3.3,
            16.5,
        ),
        (
            "openrouter",
            "google/gemma-3-27b-it:free",
            "openrouter/google/gemma-3-27b-it:free",
            0.0,
            0.0,
        ),
    ],
)
def test_the_same_model_has_the_price(
    provider: str, model: str, priced_as: str, usd_in: float, usd_out: float
) -> None:
    price = prices.find(ModelRef(provider, model))
    assert price is not None
    assert (price.priced_as, price.usd_in, price.usd_out) == (priced_as, usd_in, usd_out)


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "gpt-4o-mini"),
        ("openai", "gpt-4o-latest"),
        ("openai", "gpt-4o-preview-05-06"),
        ("openai", "ft:gpt-4o-2024-08-06:me::1"),
        ("openai", "gpt-4o-2024-08-06:nitro"),
        ("openrouter", "openai/gpt-4o:nitro"),
        ("openrouter", "openai/gpt-4o:free"),
        ("bedrock", "eu.anthropic.claude-sonnet-4-5"),
        ("bedrock", "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),  # not the base's, surely
        ("bedrock", "eu-west-1/anthropic.claude-sonnet-4-5"),
        ("bedrock", "anthropic.claude-sonnet-4-5:200k"),
        ("ollama", "llava"),  # a registry's 0: who runs it pays otherwise
        ("wandb", "nan"),
        ("wandb", "x"),  # a registry's price of a thousand tokens, taken for that of one
        ("mine", "gpt-4o"),
        ("", "gpt-4o"),
        ("openai", ""),
    ],
)
def test_another_model_or_offer_has_none(provider: str, model: str) -> None:
    assert prices.find(ModelRef(provider, model)) is None


def test_every_price_of_the_package_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [row.model for row in facts.all(current.BUNDLED + facts.NAME)]
    monkeypatch.setattr(current, "file", lambda name: current.BUNDLED + name)
    found = [prices.find(ModelRef(*model.split("/", 1))) for model in rows[::20]]
    known = [price for price in found if price is not None]
    assert len(known) > len(found) / 2
    for price in known:
        assert price.source
        dearest = max(price.usd_in or 0.0, price.usd_out or 0.0)
        assert 0 < dearest <= 1000 or price.priced_as.endswith(":free")


def test_who_says_so() -> None:
    price = prices.find(ModelRef("OpenAI", "GPT-4o"))
    assert price is not None
    assert price.priced_as == "openai/gpt-4o"
    assert (price.source, price.as_of) == ("litellm", "2999-01-01")

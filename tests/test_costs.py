"""What a request will cost and what an answer did: exact where all is known, else None and why."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import stand_in_prices
from visioncli import costs
from visioncli.core.target import ModelRef
from visioncli.core.types import (
    BytesBlob,
    ImagePart,
    Message,
    Options,
    Request,
    TextPart,
    Unfetched,
    Usage,
)
from visioncli.images.picture import Picture

GPT_4O = ModelRef("openai", "gpt-4o")
EYES = ModelRef("local", "eyes")


@pytest.fixture(autouse=True, scope="module")
def _prices(tmp_path_factory: pytest.TempPathFactory) -> object:
    with pytest.MonkeyPatch.context() as patch:
        yield stand_in_prices.write(patch, tmp_path_factory.mktemp("prices"))


def picture(width: int = 1024, height: int = 1024) -> Picture:
    return Picture("a.png", "image/png", BytesBlob(b"x"), pixels=(width, height))


ABSENT = Picture("https://a/b.png", None, None, address="https://a/b.png")
LATER = Picture("https://a/b.png", None, Unfetched("https://a/b.png"))


def asked(text: str = "abcd", details: tuple[object, ...] = (None,), **options: object) -> Request:
    images = [ImagePart("image/png", "a.png", detail) for detail in details]
    return Request(
        messages=(Message("user", (*images, TextPart(text))),), options=Options(**options)
    )


def test_all_is_known() -> None:
    estimate = costs.estimate(GPT_4O, asked(max_tokens=1000), [picture()])
    assert estimate.as_json() == {
        "model": "openai/gpt-4o",
        "image_tokens": 765,
        "text_tokens": 1,
        "input_tokens": 766,
        "max_output_tokens": 1000,
        "usd_input": 0.001915,
        "usd_output_at_most": 0.01,
        "usd_at_most": 0.011915,
        "priced_as": "openai/gpt-4o",
        "price_source": estimate.price_source,
        "price_as_of": estimate.price_as_of,
        "unknown": [],
    }


def test_what_is_seen_depends_on_the_detail_of_each_picture() -> None:
    request = asked(details=("low", "high", None), max_tokens=1)
    estimate = costs.estimate(GPT_4O, request, [picture()] * 3)
    assert estimate.image_tokens == 85 + 765 + 765


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("abcd", 1), ("abcde", 2), ("日本語で", 3), ("\ud83d", 1)]
)
def test_text_is_four_bytes_a_token(text: str, tokens: int) -> None:
    assert costs.estimate(GPT_4O, asked(text), [picture()]).text_tokens == tokens


def test_a_schema_is_text_too() -> None:
    plain = costs.estimate(GPT_4O, asked(), [picture()]).text_tokens
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    assert costs.estimate(GPT_4O, asked(schema=schema), [picture()]).text_tokens > plain + 10


@pytest.mark.parametrize(
    ("ref", "pictures", "request_", "reason"),
    [
        ("groq/meta-llama/llama-4-scout-17b-16e-instruct", [picture()], {}, "no formula"),
        ("openai/gpt-4o", [ABSENT], {}, "the size of https://a/b.png"),
        ("openai/gpt-4o", [LATER], {}, "the size of https://a/b.png"),
        ("openai/gpt-4o", [picture()], {"details": ("original",)}, "1024x1024 pixels at detail"),
        ("gemini/gemini-2.5-flash", [picture(4000, 500)], {}, "what gemini/gemini-2.5-flash makes"),
    ],
)
def test_a_picture_that_cannot_be_counted_leaves_the_input_unknown(
    ref: str, pictures: list[Picture], request_: dict[str, object], reason: str
) -> None:
    provider, _, model = ref.partition("/")
    request = asked(max_tokens=10, **request_)
    estimate = costs.estimate(ModelRef(provider, model), request, pictures)
    assert (estimate.image_tokens, estimate.input_tokens) == (None, None)
    assert (estimate.usd_input, estimate.usd_at_most) == (None, None)
    assert estimate.usd_output_at_most is not None
    assert any(reason in why for why in estimate.unknown)


def test_one_of_several_is_enough_to_leave_the_sum_unknown() -> None:
    request = asked(details=(None, None))
    estimate = costs.estimate(GPT_4O, request, [picture(), ABSENT])
    assert estimate.image_tokens is None


def test_pictures_that_are_looked_at_alike_have_one_detail() -> None:
    flash = ModelRef("gemini", "gemini-2.5-flash")
    mixed = costs.estimate(flash, asked(details=("low", "high")), [picture()] * 2)
    assert mixed.image_tokens is None
    same = costs.estimate(flash, asked(details=("low", "low")), [picture()] * 2)
    assert same.image_tokens == 128


def test_without_a_price_the_tokens_are_known_all_the_same() -> None:
    estimate = costs.estimate(ModelRef("openai", "gpt-4o-mini"), asked(max_tokens=5), [picture()])
    assert estimate.image_tokens == 2833 + 4 * 5667
    assert estimate.priced_as is None
    assert (estimate.usd_input, estimate.usd_output_at_most, estimate.usd_at_most) == (None,) * 3
    assert "no price is known for openai/gpt-4o-mini" in estimate.unknown


def test_without_a_limit_nobody_knows_what_the_answer_costs() -> None:
    estimate = costs.estimate(GPT_4O, asked(), [picture()])
    assert estimate.usd_input == 0.001915
    assert (estimate.max_output_tokens, estimate.usd_output_at_most) == (None, None)
    assert estimate.usd_at_most is None
    assert any("--max-tokens" in why for why in estimate.unknown)


@pytest.mark.parametrize("field", ["max_completion_tokens", "max_output_tokens"])
def test_a_limit_in_the_providers_own_words_counts(field: str) -> None:
    estimate = costs.estimate(GPT_4O, asked(max_tokens=7, extra={field: 100}), [picture()])
    assert estimate.max_output_tokens == 100
    assert estimate.usd_output_at_most == 0.001


@pytest.mark.parametrize("option", ["n", "tools", "service_tier", "mediaResolution"])
def test_an_option_that_changes_the_price_leaves_it_unknown(option: str) -> None:
    estimate = costs.estimate(GPT_4O, asked(max_tokens=7, extra={option: 2}), [picture()])
    assert (estimate.usd_input, estimate.usd_at_most) == (None, None)
    assert any(option in why for why in estimate.unknown)


def test_what_is_paid_apart_leaves_the_cost_unknown() -> None:
    usage = Usage(input=5, output=5, cost=0.25)
    assert costs.cost(GPT_4O, usage, extra={"seed": 1}) == 0.0000625
    assert costs.cost(GPT_4O, usage, extra={"service_tier": "flex"}) is None
    router = ModelRef("openrouter", "openai/gpt-4o")
    assert costs.cost(router, usage, extra={"plugins": []}) == 0.25


def test_a_long_context_has_a_price_that_is_not_known() -> None:
    estimate = costs.estimate(GPT_4O, asked("x" * 600_000, max_tokens=1), [picture()])
    assert estimate.input_tokens == 150_765
    assert (estimate.usd_input, estimate.usd_output_at_most) == (None, None)
    assert costs.cost(GPT_4O, Usage(input=150_000, output=1)) is None
    assert costs.cost(GPT_4O, Usage(input=128_000, output=0)) == 0.32


def test_nothing_is_sent_to_the_offline_model_and_nothing_paid() -> None:
    estimate = costs.estimate(EYES, asked(), [picture()])
    assert (estimate.input_tokens, estimate.usd_at_most, estimate.unknown) == (0, 0.0, ())
    assert costs.cost(EYES, Usage()) == 0.0


def test_a_name_of_ones_own_is_priced_as_what_stands_behind_it() -> None:
    own = ModelRef("azure", "my-deployment")
    assert costs.estimate(own, asked(), [picture()]).image_tokens is None
    estimate = costs.estimate(own, asked(), [picture()], ModelRef("azure", "gpt-4o"))
    assert (estimate.model, estimate.priced_as) == ("azure/my-deployment", "azure/gpt-4o")
    assert estimate.image_tokens == 765
    usage = Usage(input=1000, output=100)
    assert costs.cost(own, usage) is None
    assert costs.cost(own, usage, known_as=ModelRef("azure", "gpt-4o")) == 0.00385


@pytest.mark.parametrize(
    "usage",
    [Usage(), Usage(input=5), Usage(output=5), Usage(cached=5, reasoning=5), Usage(cost=0.5)],
)
def test_what_was_not_reported_costs_nobody_knows_what(usage: Usage) -> None:
    assert costs.cost(GPT_4O, usage) is None


def test_what_nobody_gives_a_price_for_costs_nobody_knows_what() -> None:
    for ref in (ModelRef("ollama", "llava"), ModelRef("vllm", "x"), ModelRef("openai", "gpt-x")):
        assert costs.cost(ref, Usage(input=5, output=5)) is None


def test_a_free_offer_is_free() -> None:
    free = ModelRef("openrouter", "google/gemma-3-27b-it:free")
    assert costs.cost(free, Usage(input=5, output=5)) == 0.0


def test_the_providers_own_figure_counts_where_it_is_in_dollars() -> None:
    usage = Usage(input=1000, output=100, cost=0.00123)
    assert costs.cost(ModelRef("openrouter", "who/knows"), usage) == 0.00123
    assert costs.cost(GPT_4O, usage) == 0.0035


def test_tokens_thought_are_paid_once() -> None:
    usage = Usage(input=1000, output=100, reasoning=50)
    flash = ModelRef("gemini", "gemini-2.5-flash")
    assert costs.cost(flash, usage, wire="gemini") == 0.000675  # apart from the output
    assert costs.cost(GPT_4O, usage, wire="openai_chat") == 0.0035  # among it
    assert costs.cost(ModelRef("xai", "grok-4"), usage, wire="openai_chat") is None
    assert costs.cost(ModelRef("xai", "grok-4"), Usage(input=1000, output=100)) == 0.0045


@given(st.integers(0, 128_000), st.integers(0, 10**9))
def test_the_arithmetic_is_exact(tokens_in: int, tokens_out: int) -> None:
    cost = costs.cost(GPT_4O, Usage(input=tokens_in, output=tokens_out))
    exact = (tokens_in * Decimal("2.5") + tokens_out * Decimal(10)) / 1_000_000
    assert cost == float(exact)


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (0.0, "$0"),
        (0.0034, "$0.0034"),
        (0.0027625, "$0.0028"),
        (0.01, "$0.0100"),
        (0.12345, "$0.1235"),
        (0.000012345, "$0.000012"),
        (0.00000001, "$0.000000010"),
        (0.99999, "$1.0000"),
        (1.5, "$1.50"),
        (1234.567, "$1234.57"),
    ],
)
def test_money_for_people(usd: float, text: str) -> None:
    assert costs.shown(usd) == text


@given(st.floats(1e-11, 1e6))
def test_money_is_never_shown_as_nothing_nor_in_powers_of_ten(usd: float) -> None:
    shown = costs.shown(usd)
    assert "e" not in shown
    assert float(shown[1:]) == pytest.approx(usd, rel=0.06)

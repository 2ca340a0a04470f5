"""Tokens of pictures: the vendors' own examples, and what must hold for every size."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visioncli.catalogue import image_tokens, index
from visioncli.catalogue.image_formulas import patches
from visioncli.catalogue.image_models import AZURE, MISTRAL, OPENAI
from visioncli.catalogue.image_tokens import used
from visioncli.fitting import EVERYBODYS

DETAILS = (None, "low", "high", "auto", "original")
SIDES = st.integers(1, 20_000)
# provider, model, width, height, detail, tokens: examples that the vendors' pages work out
# (the pages are named in image_models)
EXAMPLES = [
    # OpenAI, copies of September and October 2026: gpt-5.4 and gpt-6-astra at detail high
    ("openai", "gpt-5.4", 1024, 1024, "high", 1229),
    ("openai", "gpt-5.4", 2048, 2048, "high", 3000),
    ("openai", "gpt-6-astra", 1024, 1024, "high", 1229),
    ("openai", "gpt-6-astra", 2048, 2048, "high", 3000),
    ("openai", "gpt-6-astra", 4096, 512, "high", 2458),
    # Azure: 2048 x 4096 at detail high, 4096 x 8192 at low
    ("azure", "gpt-4o", 2048, 4096, "high", 1105),
    ("azure", "gpt-4o-mini", 2048, 4096, "high", 36_835),
    ("azure", "gpt-4o", 4096, 8192, "low", 85),
    # Anthropic's table of both tiers
    ("anthropic", "claude-haiku-4-5", 200, 200, None, 64),
    ("anthropic", "claude-haiku-4-5", 1000, 1000, None, 1296),
    ("anthropic", "claude-haiku-4-5", 1092, 1092, None, 1521),
    ("anthropic", "claude-haiku-4-5", 1920, 1080, None, 1560),
    ("anthropic", "claude-haiku-4-5", 2000, 1500, None, 1564),
    ("anthropic", "claude-haiku-4-5", 3840, 2160, None, 1560),
    ("anthropic", "claude-opus-5", 200, 200, None, 64),
    ("anthropic", "claude-opus-5", 1000, 1000, None, 1296),
    ("anthropic", "claude-opus-5", 1920, 1080, None, 2691),
    ("anthropic", "claude-opus-5", 2000, 1500, None, 3888),
    ("anthropic", "claude-opus-5", 3840, 2160, None, 4784),
    # Google: 960 x 540 has 6 tiles; at most 1120 tokens at the default resolution of Gemini 3
    ("gemini", "gemini-2.5-flash", 960, 540, None, 6 * 258),
    ("gemini", "gemini-2.5-pro", 384, 384, None, 258),
    ("gemini", "gemini-3-flash-preview", 960, 540, None, 1120),
    ("gemini", "gemini-3.1-pro-preview", 960, 540, "low", 280),
    ("gemini", "gemini-3.5-flash", 960, 540, "original", 2240),
    ("vertex_ai", "gemini-3-flash-preview", 4000, 4000, None, 1120),
    # Mistral: as many tokens at most
    ("mistral", "pixtral-12b-2409", 1024, 1024, None, 4096),
    ("mistral", "mistral-large-2512", 1540, 1540, None, 3025),
    ("mistral", "mistral-large-2512", 9000, 9000, None, 3025),
]
# What the vendors' pages say the picture is scaled to.
RESIZED = [
    ("openai", "gpt-5.4", "high", (2048, 2048), (1600, 1600)),
    ("openai", "gpt-5-mini", None, (1800, 2400), (1056, 1408)),  # a page of July 2026
    ("azure", "gpt-4o", "high", (2048, 4096), (768, 1536)),
    ("anthropic", "claude-haiku-4-5", None, (1920, 1080), (1456, 819)),
    ("anthropic", "claude-haiku-4-5", None, (2000, 1500), (1269, 952)),
    ("anthropic", "claude-haiku-4-5", None, (1075, 1520), (924, 1307)),
    ("anthropic", "claude-opus-5", None, (3840, 2160), (2576, 1449)),
]
# Measured by https://huggingface.co/datasets/JOHNISKING/image-token-cost (read 2026-11-24):
# width, height, gpt-6-astra at auto and at high, gpt-5.5 at auto
MEASURED = [
    (256, 256, 77, 77, 77),
    (512, 512, 308, 308, 308),
    (768, 768, 692, 692, 692),
    (1024, 1024, 1229, 1229, 1229),
    (1280, 720, 1104, 1104, 1104),
    (1920, 1080, 2448, 2448, 2448),
    (1080, 1920, 2448, 2448, 2448),
    (2560, 1440, 4320, 2931, 4320),
    (3840, 2160, 9792, 2931, 9792),
    (4032, 3024, 14_364, 2942, 11_868),
]
LISTED = st.sampled_from(
    [("openai", name) for name in OPENAI]
    + [("azure", name) for name in AZURE]
    + [("mistral", name) for name in MISTRAL]
    + [("anthropic", "claude-haiku-4-5"), ("anthropic", "claude-opus-5")]
    + [("gemini", "gemini-2.5-flash"), ("gemini", "gemini-3-flash-preview")]
)


@pytest.mark.parametrize(("provider", "model", "width", "height", "detail", "tokens"), EXAMPLES)
def test_the_vendors_own_examples(
    provider: str, model: str, width: int, height: int, detail: str | None, tokens: int
) -> None:
    assert image_tokens.tokens(provider, model, width, height, detail) == tokens


@pytest.mark.parametrize(("provider", "model", "detail", "size", "resized"), RESIZED)
def test_the_size_that_a_model_makes_of_a_picture(
    provider: str, model: str, detail: str | None, size: tuple[int, int], resized: tuple[int, int]
) -> None:
    bound = image_tokens.used(provider, model, detail)
    assert bound is not None
    assert bound.fit(*size) == resized
    assert bound.fit(*size[::-1]) == resized[::-1]


@pytest.mark.parametrize(("width", "height", "auto", "high", "other"), MEASURED)
def test_what_somebody_measured(width: int, height: int, auto: int, high: int, other: int) -> None:
    assert image_tokens.tokens("openai", "gpt-6-astra", width, height) == auto
    assert image_tokens.tokens("openai", "gpt-6-astra", width, height, "high") == high
    assert image_tokens.tokens("openai", "gpt-5.5", width, height) == other


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("openai", "gpt-6-sol"),  # takes pictures, but is not in the vendor's tables
        ("openai", "gpt-4o-audio-preview"),
        ("openai", "ft:gpt-4o-2024-08-06:me::1"),
        ("openai", "gpt-4"),
        ("azure", "gpt-5.4"),  # Azure's page does not speak of it
        ("azure", "my-deployment"),
        ("github", "openai/gpt-4o"),
        ("vercel", "openai/gpt-4o"),
        ("openrouter", "meta-llama/llama-4-scout"),
        ("openrouter", "gpt-4o"),
        ("gemini", "gemini-flash-latest"),
        ("gemini", "gemini-3-pro-image-preview"),
        ("gemini", "gemini-1.5-pro-002"),
        ("gemini", "gemma-3-27b-it"),
        ("anthropic", "claude-2.1"),
        ("bedrock", "amazon.nova-lite-v1:0"),
        ("xai", "grok-4"),
        ("groq", "meta-llama/llama-4-scout-17b-16e-instruct"),
        ("dashscope", "qwen3-vl-plus"),
        ("mistral", "mistral-large-latest"),
        ("ollama", "llava"),
        ("mine", "gpt-4o"),
        ("", "gpt-4o"),
    ],
)
def test_without_a_published_formula_there_is_no_answer(provider: str, model: str) -> None:
    for detail in DETAILS:
        assert image_tokens.tokens(provider, model, 1000, 1000, detail) is None
        assert image_tokens.used(provider, model, detail) is None


@pytest.mark.parametrize(
    ("provider", "model", "like"),
    [
        ("openai", "gpt-4o-2024-08-06", "gpt-4o"),
        ("openai", "gpt-4o-mini-2024-07-18", "gpt-4o-mini"),
        ("openai", "gpt-4.1-nano-2025-04-14", "gpt-4.1-nano"),
        ("openrouter", "openai/gpt-4o:free", "gpt-4o"),
        ("openrouter", "openai/gpt-5.4-mini", "gpt-5.4-mini"),
    ],
)
def test_snapshots_and_routes_of_openai_count_as_their_model(
    provider: str, model: str, like: str
) -> None:
    for detail in DETAILS:
        expected = image_tokens.tokens("openai", like, 3000, 1000, detail)
        assert image_tokens.tokens(provider, model, 3000, 1000, detail) == expected


@pytest.mark.parametrize(
    ("provider", "model", "most"),
    [
        ("anthropic", "claude-3-haiku-20240307", 1568),
        ("anthropic", "claude-3-5-sonnet-20241022", 1568),
        ("anthropic", "claude-opus-4-20250514", 1568),
        ("anthropic", "claude-opus-4-6", 1568),
        ("anthropic", "claude-opus-4-7-20260416", 4784),
        ("anthropic", "claude-sonnet-5-5", 4784),
        ("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0", 1568),
        ("bedrock", "anthropic.claude-opus-4-7-v1:0", 4784),
        ("vertex_ai", "claude-opus-4-5@20251101", 1568),
        ("azure_ai", "claude-opus-5", 4784),
        ("openrouter", "anthropic/claude-sonnet-4.5", 1568),
        ("openrouter", "anthropic/claude-opus-4.7", 4784),
    ],
)
def test_claude_goes_by_its_generation_wherever_it_runs(
    provider: str, model: str, most: int
) -> None:
    tokens = image_tokens.tokens(provider, model, 5000, 5000)
    assert tokens is not None
    assert most * 0.9 < tokens <= most


@given(LISTED, SIDES, SIDES, st.sampled_from(DETAILS))
def test_what_holds_for_every_size(
    listed: tuple[str, str], width: int, height: int, detail: str | None
) -> None:
    tokens = image_tokens.tokens(*listed, width, height, detail)
    assert tokens is None or tokens > 0
    assert tokens == image_tokens.tokens(*listed, height, width, detail)
    bound = image_tokens.used(*listed, detail)
    if bound is None:
        return
    across, down = bound.fit(width, height)
    assert 1 <= across <= width
    assert 1 <= down <= height
    assert bound.fit(across, down) == (across, down)
    if tokens is not None:  # else it would be refused whole, and is not once it has been scaled
        assert image_tokens.tokens(*listed, across, down, detail) == tokens
    elif image_tokens.tokens(*listed, 1, 1, detail) is not None:
        assert image_tokens.tokens(*listed, across, down, detail) is not None


@given(st.sampled_from(list(OPENAI)), SIDES, SIDES)
def test_openai_keeps_its_limits(model: str, width: int, height: int) -> None:
    for detail, budget in (("high", 6144), ("original", 30_000)):
        bound = image_tokens.used("openai", model, detail)
        if bound is not None:
            assert patches(*bound.fit(width, height), 32) <= budget
    low = image_tokens.tokens("openai", model, width, height, "low")
    if model in ("gpt-4o", "gpt-4.1", "gpt-4.5-preview"):
        assert low == 85
        high = image_tokens.tokens("openai", model, width, height, "high")
        assert high is not None
        assert 255 <= high <= 85 + 8 * 170


@given(SIDES, SIDES)
def test_claude_keeps_its_limits(width: int, height: int) -> None:
    for model, side, most in (("claude-haiku-4-5", 1568, 1568), ("claude-opus-5", 2576, 4784)):
        bound = image_tokens.used("anthropic", model)
        assert bound is not None
        across, down = bound.fit(width, height)
        assert max(across, down) <= side
        assert patches(across, down, 28) <= most
        if (across, down) != (width, height):  # and no larger size of this shape would do
            longer = max(across, down) + 2
            other = round(longer * min(width, height) / max(width, height)) or 1
            assert longer > side or patches(longer, other, 28) > most


@given(st.sampled_from([m for m in OPENAI if m != "gpt-4o-mini"]), SIDES, SIDES)
def test_a_picture_twice_as_large_never_costs_less_than_one_that_nothing_is_done_to(
    model: str, width: int, height: int
) -> None:
    small = image_tokens.tokens("openai", model, min(width, 512), min(height, 512))
    large = image_tokens.tokens("openai", model, 2 * min(width, 512), 2 * min(height, 512))
    assert small is not None
    assert large is not None
    assert large >= small


@pytest.mark.parametrize(("width", "height"), [(0, 5), (5, 0), (-1, 5)])
def test_no_picture_has_no_tokens(width: int, height: int) -> None:
    assert image_tokens.tokens("openai", "gpt-4o", width, height) is None


def test_what_the_vendor_refuses_has_no_figure_but_a_size_that_is_taken() -> None:
    assert image_tokens.tokens("openai", "gpt-6-astra", 10_000, 10_000) is None
    bound = image_tokens.used("openai", "gpt-6-astra")
    assert bound is not None
    assert 29_000 < patches(*bound.fit(10_000, 10_000), 32) <= 30_000
    assert image_tokens.tokens("gemini", "gemini-2.5-flash", 4000, 500) is None  # beyond "~2048"
    assert image_tokens.tokens("openai", "gpt-4o", 10, 10, "original") is None
    assert image_tokens.used("openai", "gpt-4o", "original") is None
    assert image_tokens.tokens("gemini", "gemini-2.0-flash", 10, 10, "low") is None


@pytest.mark.parametrize("detail", [None, "low", "high", "auto", "original"])
def test_what_is_small_is_looked_at_whole_by_every_model(detail: str | None) -> None:
    """So that nobody need ask a formula about it."""
    asked = 0
    for row in index.rows():
        provider, _, model = row[0].partition("/")
        if (bound := used(provider, model, detail)) is not None:
            asked += 1
            for size in ((EVERYBODYS, EVERYBODYS), (EVERYBODYS, 1), (3, EVERYBODYS), (300, 200)):
                assert bound.fit(*size) == size, row[0]
    assert asked > 100

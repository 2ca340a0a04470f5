"""visioncli.estimate: what a question would cost, without a key, a client or a network."""

from __future__ import annotations

from pathlib import Path

import pytest

import visioncli
from tests import stand_in_prices
from tests.program import CAT, HORSE
from visioncli import Estimate, estimate


@pytest.fixture(autouse=True)
def _prices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in_prices.write(monkeypatch, tmp_path)


def test_it_takes_what_ask_takes_and_needs_no_key() -> None:
    found = estimate(
        [CAT, Path(HORSE).read_bytes()],
        "what's this?",
        "openai/gpt-4o",
        system="Be brief.",
        detail="low",
        max_tokens=100,
        retries=1,
    )
    assert isinstance(found, Estimate)
    assert (found.image_tokens, found.text_tokens, found.input_tokens) == (170, 6, 176)
    assert (found.usd_input, found.usd_output_at_most, found.usd_at_most) == (
        0.00044,
        0.001,
        0.00144,
    )
    assert found.unknown == ()


def test_an_address_is_not_fetched_and_its_size_not_known() -> None:
    found = estimate("https://127.0.0.1:9/a.png", "q", "openai/gpt-4o")
    assert (found.image_tokens, found.usd_input) == (None, None)
    assert len(found.unknown) == 2


def test_without_a_model_it_is_the_one_that_would_answer() -> None:
    found = estimate(CAT, "what's in this?")
    assert (found.model, found.usd_at_most) == ("local/eyes", 0.0)


def test_what_ask_refuses_is_refused() -> None:
    with pytest.raises(visioncli.UsageError):
        estimate(CAT, " ", "openai/gpt-4o")
    with pytest.raises(visioncli.UnknownModel):
        estimate(CAT, "q", "openai/gpt-3.5-turbo")
    with pytest.raises(visioncli.ImageProblem):
        estimate("/no/such/file.png", "q", "openai/gpt-4o")

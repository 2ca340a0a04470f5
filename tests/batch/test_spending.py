"""--max-cost: never passed, whatever answers cost, as long as each keeps to its bound."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visioncli.batch.spending import Attempts, CapReached, Spending
from visioncli.core.errors import UsageError
from visioncli.core.target import ModelRef

CENTS = st.integers(0, 500).map(lambda n: n / 10_000)


@settings(max_examples=200, deadline=None)
@given(
    cap=st.integers(0, 3000).map(lambda n: n / 10_000),
    most=st.integers(1, 500).map(lambda n: n / 10_000),
    shares=st.lists(st.one_of(st.none(), st.floats(0, 1)), min_size=1, max_size=60),
    jobs=st.integers(1, 16),
    seed=st.integers(0, 1000),
)
def test_bounded_answers_never_pass_the_cap(
    cap: float, most: float, shares: list[float | None], jobs: int, seed: int
) -> None:
    """shares: of the bound that an answer costs; None: it broke off, and may cost all of it."""
    chance = random.Random(seed)
    charged = 0.0
    spending = Spending(cap)

    async def run() -> None:
        left = iter(shares)

        async def worker() -> None:
            nonlocal charged
            for share in left:
                reserved = await spending.reserved(most)
                for _ in range(chance.randrange(3)):
                    await asyncio.sleep(0)
                charged += most * (1.0 if share is None else share)
                spending.settle(reserved, None if share is None else most * share)

        done = await asyncio.gather(*(worker() for _ in range(jobs)), return_exceptions=True)
        for error in done:
            assert error is None or isinstance(error, CapReached)
        if next(left, None) is None and all(error is None for error in done):
            assert charged <= cap + most * 1e-6
        else:  # it ended for a reason: one more might have been too many
            assert charged + most > cap * (1 - 1e-6)

    asyncio.run(run())
    assert charged <= cap * (1 + 1e-6)


def test_what_is_on_its_way_holds_others_up_and_ends_nothing() -> None:
    spending = Spending(0.10)
    first = spending.reserve(0.06)
    assert spending.reserve(0.06) is None
    assert first is not None
    spending.settle(first, 0.01)
    assert spending.reserve(0.06) == 0.06


def test_without_a_bound_one_goes_first_and_the_dearest_counts_for_others() -> None:
    spending = Spending(1.0)
    first = spending.reserve(None)
    assert first == pytest.approx(1.0)
    assert spending.reserve(None) is None
    spending.settle(first, 0.2)
    assert [spending.reserve(None) for _ in range(4)] == [0.25, 0.25, 0.25, None]


def test_an_answer_of_unknown_cost_counts_with_its_bound_and_apart() -> None:
    spending = Spending(0.10)
    amount = spending.reserve(0.06)
    assert amount is not None
    spending.settle(amount, None)
    assert (spending.spent, spending.unknown) == (0.0, 1)
    with pytest.raises(CapReached) as caught:
        spending.reserve(0.06)
    assert caught.value.exit == 12
    assert caught.value.message == (
        "the next question might pass the cap of $0.1: $0.0000 are spent,"
        " and $0.0600 may have been charged besides"
    )


def test_what_was_not_asked_costs_nothing() -> None:
    spending = Spending(0.10)
    amount = spending.reserve(0.06)
    assert amount is not None
    spending.settle(amount, None, asked=False)
    assert (spending.unknown, spending.reserve(0.10)) == (0, 0.10)


@pytest.mark.parametrize("most", [None, 0.01])
def test_a_cap_of_nothing_lets_nothing_go(most: float | None) -> None:
    with pytest.raises(CapReached):
        Spending(0.0).reserve(most)


def test_without_a_cap_costs_are_only_counted() -> None:
    spending = Spending(None)
    for cost in (0.5, None):
        amount = spending.reserve(None)
        assert amount == 0.0
        spending.settle(amount, cost)
    assert (spending.spent, spending.unknown) == (0.5, 1)


def test_a_cap_on_a_model_without_a_price_is_refused_at_the_start() -> None:
    unknown = ModelRef("vllm", "mine")
    Spending.check(None, unknown)
    Spending.check(1.0, ModelRef("openai", "gpt-4o"))
    Spending.check(1.0, ModelRef("local", "eyes"))
    for ref, extra in ((unknown, ()), (ModelRef("openai", "gpt-4o"), ("service_tier",))):
        with pytest.raises(UsageError) as caught:
            Spending.check(1.0, ref, extra=extra)
        assert caught.value.exit == 2
        assert f"no price is known for {ref}" in caught.value.message


def test_further_attempts_are_ten_and_a_tenth() -> None:
    attempts = Attempts()
    assert [attempts.may_try_again() for _ in range(11)] == [True] * 10 + [False]
    attempts.calls = 100
    assert sum(attempts.may_try_again() for _ in range(100)) == 10

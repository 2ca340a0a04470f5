"""When to try again: a table, and what holds for every error and every wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visioncli.core.errors import (
    BadAnswer,
    CertificateProblem,
    ImageProblem,
    Incomplete,
    KeyProblem,
    NetworkProblem,
    OutputProblem,
    ProviderFailed,
    QuotaExceeded,
    RateLimited,
    Refused,
    UnknownModel,
    UsageError,
    VisionError,
)
from visioncli.retry import CAP, FIRST, LESS, LONGEST, MORE, next_delay

AGAIN = (RateLimited, NetworkProblem, ProviderFailed)
NEVER = (
    VisionError,
    UsageError,
    UnknownModel,
    KeyProblem,
    ImageProblem,
    QuotaExceeded,
    CertificateProblem,
    BadAnswer,
    Refused,
    Incomplete,
    OutputProblem,
)
kinds = st.sampled_from(AGAIN)
waits = st.none() | st.floats(allow_nan=False, min_value=-100, max_value=1e6)
chances = st.floats(0, 1, exclude_max=True)
attempts = st.integers(1, 1000)


def delay(
    error: VisionError,
    attempt: int = 1,
    elapsed: float = 0.0,
    retries: int = 2,
    total: float = 600.0,
    chance: float = 0.0,
) -> float | None:
    return next_delay(error, attempt, elapsed, retries=retries, total=total, random=lambda: chance)


@pytest.mark.parametrize("kind", AGAIN)
def test_what_may_pass_is_tried_again(kind: type[VisionError]) -> None:
    assert delay(kind("x")) == 0.5


@pytest.mark.parametrize("kind", NEVER)
def test_what_will_not_pass_is_not(kind: type[VisionError]) -> None:
    assert delay(kind("x")) is None
    assert delay(kind("x", wait=1.0)) is None


def test_an_error_may_know_better_than_its_kind() -> None:
    assert delay(ImageProblem("x", retry=True)) == 0.5
    assert delay(NetworkProblem("x", retry=False)) is None


@pytest.mark.parametrize(
    ("attempt", "longest", "shortest"),
    [(1, 0.5, 0.375), (2, 1, 0.75), (3, 2, 1.5), (4, 4, 3), (5, 8, 6), (6, 8, 6), (9000, 8, 6)],
)
def test_our_own_waits_double_up_to_eight_seconds(
    attempt: int, longest: float, shortest: float
) -> None:
    error = NetworkProblem("x")
    assert delay(error, attempt, retries=10_000) == longest
    assert delay(error, attempt, retries=10_000, chance=1.0) == shortest


@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        (None, 0.5),
        (0.0, 0.5),
        (-3.0, 0.5),
        (0.01, 0.01),
        (7.0, 7.0),
        (60.0, 60.0),
        (60.001, None),
        (3600.0, None),
    ],
)
def test_a_server_s_wait(wait: float | None, expected: float | None) -> None:
    assert delay(RateLimited("x", wait=wait)) == expected


def test_a_server_s_wait_is_lengthened_by_a_tenth_at_most() -> None:
    assert delay(RateLimited("x", wait=10.0), chance=1.0) == pytest.approx(11.0)


@pytest.mark.parametrize(
    ("retries", "attempt", "again"), [(0, 1, False), (1, 1, True), (2, 2, True), (2, 3, False)]
)
def test_so_many_retries_and_no_more(retries: int, attempt: int, again: bool) -> None:
    assert (delay(NetworkProblem("x"), attempt, retries=retries) is not None) == again


@pytest.mark.parametrize(
    ("elapsed", "total", "again"), [(9.0, 10.0, True), (9.5, 10.0, False), (11.0, 10.0, False)]
)
def test_nothing_is_waited_for_beyond_the_deadline(
    elapsed: float, total: float, again: bool
) -> None:
    assert (delay(NetworkProblem("x"), elapsed=elapsed, total=total) is not None) == again


@given(kind=kinds, wait=waits, attempt=attempts, elapsed=st.floats(0, 1e4), chance=chances)
def test_a_wait_is_never_long_and_ends_before_the_deadline(
    kind: type[VisionError], wait: float | None, attempt: int, elapsed: float, chance: float
) -> None:
    total = 600.0
    found = delay(kind("x", wait=wait), attempt, elapsed, 1000, total, chance)
    if found is not None:
        assert 0 < found <= CAP * (1 + MORE)
        assert elapsed + found < total


@given(wait=st.floats(0.001, 50), chance=chances, attempt=attempts)
def test_a_server_is_never_asked_earlier_than_it_said(
    wait: float, chance: float, attempt: int
) -> None:
    found = delay(RateLimited("x", wait=wait), attempt, retries=1000, chance=chance)
    assert found is not None
    assert wait <= found <= wait * (1 + MORE)


@given(attempt=attempts, chance=chances)
def test_our_own_wait_stays_in_its_bounds(attempt: int, chance: float) -> None:
    found = delay(NetworkProblem("x"), attempt, retries=1000, chance=chance)
    assert found is not None
    assert FIRST * (1 - LESS) <= found <= LONGEST


@given(kind=kinds, attempt=attempts, retries=st.integers(0, 1000), wait=waits)
def test_it_ends(kind: type[VisionError], attempt: int, retries: int, wait: float | None) -> None:
    if attempt > retries:
        assert delay(kind("x", wait=wait), attempt, retries=retries) is None


def test_two_programs_do_not_come_back_together() -> None:
    error = NetworkProblem("x")
    found = {next_delay(error, 3, 0.0, retries=5, total=600.0) for _ in range(20)}
    assert len(found) > 10
    assert all(delay is not None and 1.5 <= delay <= 2 for delay in found)

"""A key is shown by reveal() alone."""

from __future__ import annotations

import logging
import traceback
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visioncli.core.secret import LONG, Secret, Veil, hide_known

CANARY = "sk-canary-0123456789abcdef"


def test_reveal_is_the_way_to_the_text() -> None:
    assert Secret(CANARY).reveal() == CANARY
    assert Secret(CANARY) == Secret(CANARY)
    assert Secret(CANARY) != Secret("another")
    assert Secret(CANARY) != CANARY
    assert len({Secret(CANARY), Secret(CANARY)}) == 1


@pytest.mark.parametrize(
    ("text", "masked"),
    [(CANARY, "sk-…cdef"), ("gsk_0123456789abcdef", "…cdef"), ("short", "…"), ("", "…")],
)
def test_the_mask_shows_four_letters_at_most(text: str, masked: str) -> None:
    assert Secret(text).masked == masked
    assert repr(Secret(text)) == str(Secret(text)) == f"Secret({masked})"


def test_a_log_and_a_traceback_do_not_show_it(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(CANARY)
    logging.getLogger("visioncli.test").warning("%s %r %s", secret, secret, [secret])
    assert "canary" not in caplog.text
    assert "canary" not in "".join(traceback.format_exception(ValueError(secret)))


def test_an_attribute_cannot_be_set_in_passing() -> None:
    with pytest.raises(AttributeError):
        Secret(CANARY).note = 1  # type: ignore[attr-defined]


def test_foreign_text_is_masked_everywhere_in_it() -> None:
    assert Secret(CANARY).hide(f"{CANARY} and {CANARY}") == "sk-…cdef and sk-…cdef"
    assert Secret("").hide("text") == "text"


@pytest.mark.parametrize("length", range(8, 28))
def test_a_key_that_was_cut_off_is_hidden_too(length: int) -> None:
    key = "sk-canary-0123456789abcdefWX"
    shown = Secret(key).hide(f"no such key {key[:length]}… (HTTP 401)")
    assert key[:8] not in shown
    assert shown.endswith("… (HTTP 401)")


def test_what_goes_along_with_it_is_hidden_too() -> None:
    secret = Secret(CANARY, "", "session-0123456789")
    assert secret.hide(f"{CANARY} session-0123456789") == "sk-…cdef …6789"
    assert "session" not in repr(secret)


def test_a_key_that_is_no_secret_does_not_garble_words() -> None:
    assert Secret("x").hide("extra text") == "extra text"


KEY = "sk-canary-7Qz/9f2LwX0pRk4vTn8bYd3"


@pytest.mark.parametrize(
    "form",
    [
        "sk-canary-7Qz%2F9f2LwX0pRk4vTn8bYd3",
        "c2stY2FuYXJ5LTdRei85ZjJMd1gwcFJrNHZUbjhiWWQz",
        KEY[:17],
        KEY[:-1],
    ],
)
def test_other_forms_and_the_half_of_it_are_hidden(form: str) -> None:
    shown = Secret(KEY).hide(f"no {form} here")
    assert form[:8] not in shown
    assert shown.endswith(" here")


def test_a_beginning_that_many_keys_have_stays() -> None:
    assert Secret("sk-ant-api03-0123456789").hide("not sk-ant-api03- ") == "not sk-ant-api03- "


def test_what_was_not_foreseen_hides_every_key_that_was_at_hand() -> None:
    Secret("first-key-0123456789"), Secret("other-key-0123456789", "session-0123456789")
    said = hide_known("first-key-0123456789 other-key-0123456789 session-0123456789 short")
    assert said == "…6789 …6789 …6789 short"


words = st.lists(st.sampled_from([KEY, KEY[:9], KEY[:20], KEY[5:], "s", "sk-", "a cat ", "\u00e9"]))


@given(words, st.lists(st.integers(0, 300)))
def test_an_answer_is_as_it_was_but_for_the_key_however_it_is_cut(
    said: list[str], cuts: list[int]
) -> None:
    text = "".join(said)
    ends = sorted({cut % (len(text) + 1) for cut in cuts} | {0, len(text)})
    veil = Veil((KEY,))
    pieces = [veil.feed(text[a:b]) for a, b in pairwise(ends)]
    shown = "".join(pieces) + veil.close()
    assert KEY not in shown
    if KEY[:LONG] not in text:
        assert shown == text
    assert shown.count("\u00e9") == text.count("\u00e9")


def test_a_key_of_few_letters_is_no_secret_in_an_answer() -> None:
    veil = Veil(("password",))
    assert veil.feed("the password is password") + veil.close() == "the password is password"


@pytest.mark.parametrize("length", range(LONG, len(KEY)))
def test_of_a_key_that_an_answer_ends_in_no_more_is_shown_letter_by_letter(length: int) -> None:
    veil = Veil((KEY,))
    shown = "".join(map(veil.feed, f"it is {KEY[:length]}")) + veil.close()
    assert shown.startswith("it is ")
    assert KEY[:8] not in shown


def test_keys_one_after_the_other_are_masked_each() -> None:
    veil = Veil((KEY,))
    assert veil.feed(KEY[:5]) + veil.feed(KEY[5:] + 3 * KEY) == KEY[:5] + 4 * "sk-…bYd3"

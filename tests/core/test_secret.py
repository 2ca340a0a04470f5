"""A key is shown by reveal() alone."""

from __future__ import annotations

import logging
import traceback

import pytest

from visioncli.core.secret import Secret

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

"""A provider that repeats the key: it is masked wherever it comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import pytest

from tests.mock import Mock, Reply, serving
from tests.program import CAT, KEY, vision
from visioncli.core.errors import KeyProblem, NetworkProblem
from visioncli.core.secret import Secret
from visioncli.core.types import TextDelta
from visioncli.transport.outcome import complete, masked

ASK = ("ask", "-m", "openai/gpt-4o", "--retries", "0", CAT, "q")


@pytest.mark.parametrize("length", [10, 150, 180, 375, 390])
@pytest.mark.parametrize("form", ["json", "html"])
def test_a_key_is_not_shown_by_a_cut_message(length: int, form: str) -> None:
    words = "e" * length + KEY + " is no key"
    body = json.dumps({"error": {"message": words}}) if form == "json" else f"<html>{words}"
    with serving() as mock:
        mock.replies.append(Reply(body.encode(), status=401))
        done = vision(*ASK, "--json", env=mock.env(KEY))
    assert done.status == 4
    assert KEY[:10] not in done.out + done.err


def answer(mock: Mock, **changes: str) -> None:
    choice = {"index": 0, "message": {"content": "A cat."}, "finish_reason": changes["finish"]}
    body = {"id": changes["id"], "model": changes["id"], "choices": [choice]}
    mock.replies.append(Reply(json.dumps(body).encode()))


def test_a_key_in_the_frame_of_an_answer_is_masked() -> None:
    with serving() as mock:
        answer(mock, finish=f"because {KEY}", id=f"id-{KEY}")
        done = vision(*ASK, "--json", env=mock.env(KEY))
    assert done.status == 0
    assert done.json["answer"] == "A cat."
    assert done.json["warnings"]
    assert KEY not in done.out + done.err


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "Api-Key ", ""])
def test_a_key_in_a_header_is_masked_whatever_stands_before_it(scheme: str) -> None:
    error = NetworkProblem(f"the provider says: {KEY} is no key")
    complete(error, "mine", None, {"authorization": f"{scheme}{KEY}"})
    assert error.message.startswith("mine says: ")
    assert KEY not in error.message


class Unsigned(Mapping[str, str]):
    """A signature that cannot be made any more."""

    def __getitem__(self, name: str) -> str:
        raise KeyProblem("the session has ended")

    def __iter__(self) -> Iterator[str]:
        raise KeyProblem("the session has ended")

    def __len__(self) -> int:
        raise KeyProblem("the session has ended")


def test_an_error_is_told_where_its_request_cannot_be_signed_again() -> None:
    error = NetworkProblem("no complete answer within 600 s")
    complete(error, "bedrock", None, Unsigned())
    assert error.provider == "bedrock"


def test_a_key_in_an_answer_is_held_back_until_it_is_told() -> None:
    pieces = [TextDelta(piece) for piece in ("It is ", KEY[:12], KEY[12:], ", is it?")]
    shown = [event.text for event in masked(pieces, Secret(KEY)) if isinstance(event, TextDelta)]
    assert KEY[:12] not in "".join(shown)
    assert "".join(shown) == f"It is {Secret(KEY).masked}, is it?"


def test_half_a_key_at_the_end_of_an_answer_is_not_told() -> None:
    half = [TextDelta("It is "), TextDelta(KEY[:-2])]
    shown = [event.text for event in masked(half, Secret(KEY)) if isinstance(event, TextDelta)]
    assert KEY[:12] not in "".join(shown)
    assert "".join(shown).startswith("It is ")

"""A stream was asked for, and something else came with the 200."""

from __future__ import annotations

import pytest

from tests.dialects.replay import play
from tests.dialects.speak import WIRES, Speech
from visioncli import dialects

every_dialect = pytest.mark.parametrize("dialect", dialects.NAMES)


@every_dialect
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_an_answer_in_one_piece_is_read_as_one(dialect: str, size: int) -> None:
    said = Speech(pieces=((False, "A cat."),), input=9)
    data = WIRES[dialect][1](said)
    chunks = [data[n : n + size] for n in range(0, len(data), size)]
    answer, error = play(dialect, chunks, stream=True)
    assert error is None
    assert answer == play(dialect, [data], stream=False)[0]


@every_dialect
@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html>\n<html><body>Log in to the hotel's network</body></html>",
        b"<html>no line end",
        b"null",
        b"upstream error",
        b'\xef\xbb\xbf"text"\n',
    ],
)
def test_a_login_page_is_an_answer_that_cannot_be_understood(dialect: str, body: bytes) -> None:
    answer, error = play(dialect, [body], stream=True)
    assert error is not None
    assert error.exit == 8
    assert not error.retry
    assert not answer.text
    shown = body.removeprefix(b"\xef\xbb\xbf").split(b"\n")[0].decode()
    assert shown in error.message


@every_dialect
def test_an_error_object_in_place_of_a_stream_is_told(dialect: str) -> None:
    body = b'{"error": {"message": "no capacity", "type": "server_error"}}'
    if dialect == "ollama":
        body = b'{"error": "no capacity"}'
    _, error = play(dialect, [body], stream=True)
    assert error is not None
    assert error.exit == 8
    assert "no capacity" in error.message


@pytest.mark.parametrize("body", [b"", b"\n\n", b": ping\n\n", b"da", b"data", b"event: x\n", b":"])
def test_the_beginning_of_a_stream_is_a_stream_that_was_cut(body: bytes) -> None:
    _, error = play("openai_chat", [body], stream=True)
    assert error is not None
    assert (error.exit, error.retry) == (7, True)

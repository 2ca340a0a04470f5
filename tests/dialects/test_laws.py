"""What holds on every wire, whatever was said and however the bytes came."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dialects.replay import events, play
from tests.dialects.scenarios import build, target
from tests.dialects.speak import WIRES, Speech
from visioncli import dialects
from visioncli.core.dialect import HttpError, HttpRequest
from visioncli.core.errors import VisionError
from visioncli.core.framing import Frame
from visioncli.core.types import (
    BytesBlob,
    FinishReason,
    ImagePart,
    Message,
    Options,
    Part,
    Request,
    TextPart,
)

every_dialect = pytest.mark.parametrize("dialect", dialects.NAMES)

counts = st.none() | st.integers(0, 10**9)
speeches = st.builds(
    Speech,
    pieces=st.lists(st.tuples(st.booleans(), st.text(min_size=1)), max_size=6).map(
        lambda pieces: (*pieces, (False, "end"))
    ),
    full=st.booleans(),
    input=counts,
    output=counts,
    ascii=st.booleans(),
)


def cut(data: bytes, places: list[int]) -> Iterator[bytes]:
    ends = sorted({place % (len(data) + 1) for place in places} | {len(data)})
    return (data[a:b] for a, b in zip([0, *ends], ends, strict=False))


@every_dialect
@given(said=speeches, places=st.lists(st.integers(0, 10**6), max_size=20))
def test_any_cutting_of_the_bytes_gives_the_same_events(
    dialect: str, said: Speech, places: list[int]
) -> None:
    data = WIRES[dialect][0](said)
    whole = list(events(dialect, [data], stream=True))
    assert list(events(dialect, cut(data, places), stream=True)) == whole
    assert list(events(dialect, (data[i : i + 1] for i in range(len(data))), stream=True)) == whole


@every_dialect
@given(said=speeches, place=st.integers(0, 10**6))
def test_a_truncated_stream_fails_or_has_the_full_text(
    dialect: str, said: Speech, place: int
) -> None:
    data = WIRES[dialect][0](replace(said, full=False))
    answer, error = play(dialect, [data[: place % (len(data) + 1)]], stream=True)
    assert said.text.startswith(answer.text)
    if error is None:
        assert answer.text == said.text
    elif answer.text.strip():
        assert error.exit == 10
    else:  # nothing came yet, or white space, which says nothing
        assert error.exit in ((7, 10) if answer.text else (7,))


@every_dialect
def test_a_short_stream_truncated_at_every_byte(dialect: str) -> None:
    said = Speech(pieces=((True, "hm"), (False, "Zwei Kätzchen 🐈"), (False, ".")), ascii=False)
    data = WIRES[dialect][0](said)
    complete = [
        n for n in range(len(data) + 1) if play(dialect, [data[:n]], stream=True)[1] is None
    ]
    assert complete
    assert all(play(dialect, [data[:n]], stream=True)[0].text == said.text for n in complete)


@every_dialect
@given(said=speeches, place=st.integers(0, 10**6))
def test_a_truncated_plain_answer_is_none(dialect: str, said: Speech, place: int) -> None:
    data = WIRES[dialect][1](said)
    answer, error = play(dialect, [data[: place % len(data)]], stream=False)
    assert error is not None
    assert error.exit == 8
    assert not answer.text


@every_dialect
@given(said=speeches)
def test_streamed_and_plain_fold_to_the_same_answer(dialect: str, said: Speech) -> None:
    streamed, whole = (voice(said) for voice in WIRES[dialect])
    answer, error = play(dialect, [streamed], stream=True)
    again, same_error = play(dialect, [whole], stream=False)
    assert answer == again
    assert type(error) is type(same_error)
    assert (answer.text, answer.reasoning) == (said.text, said.reasoning)
    assert answer.finish is (FinishReason.LENGTH if said.full else FinishReason.STOP)
    assert (answer.usage.input, answer.usage.output) == (said.input, said.output)
    assert answer.model == (None if dialect == "cohere" else "m")  # Cohere does not say


@every_dialect
@given(text=st.text().filter(str.strip), places=st.lists(st.integers(0, 10**6), max_size=6))
def test_a_character_split_over_two_pieces_comes_out_whole(
    dialect: str, text: str, places: list[int]
) -> None:
    data = text.encode("utf-16-le")
    units = [data[n : n + 2].decode("utf-16-le", "surrogatepass") for n in range(0, len(data), 2)]
    ends = sorted({place % (len(units) + 1) for place in places} | {len(units)})
    halves = ["".join(units[a:b]) for a, b in zip([0, *ends], ends, strict=False)]
    said = Speech(pieces=tuple((False, half) for half in halves))
    answer, error = play(dialect, [WIRES[dialect][0](said)], stream=True)
    assert answer.text == text
    assert error is None


@every_dialect
@pytest.mark.parametrize("stream", [True, False])
def test_half_a_character_becomes_a_replacement(dialect: str, stream: bool) -> None:
    said = Speech(pieces=((True, "\udc08?"), (False, "a\ude00b"), (False, "c\ud83d")))
    answer, _ = play(dialect, [WIRES[dialect][not stream](said)], stream=stream)
    assert answer.text == "a\ufffdbc\ufffd"
    assert answer.reasoning == "\ufffd?"


# --- requests

images = st.builds(
    ImagePart,
    st.sampled_from(["image/png", "image/jpeg"]),
    st.binary(min_size=1, max_size=64).map(BytesBlob),
)
parts = st.lists(images | st.text().map(TextPart), min_size=1, max_size=8).map(tuple)


def spoken(dialect: str, request: HttpRequest) -> list[str]:
    """The parts of the last message as the wire has them: texts, and pictures' base64."""
    body = json.loads(b"".join(request.body))
    if dialect == "gemini":
        found = body["contents"][-1]["parts"]
        return [p["text"] if "text" in p else p["inlineData"]["data"] for p in found]
    if dialect in ("anthropic", "bedrock_invoke"):
        found = body["messages"][-1]["content"]
        return [p["text"] if p["type"] == "text" else p["source"]["data"] for p in found]
    if dialect == "bedrock_converse":
        found = body["messages"][-1]["content"]
        return [p["text"] if "text" in p else p["image"]["source"]["bytes"] for p in found]
    if dialect == "openai_responses":
        found = body["input"][-1]["content"]
        return [
            p["text"] if p["type"] == "input_text" else p["image_url"].partition(",")[2]
            for p in found
        ]
    if dialect in ("openai_chat", "cohere", "watsonx"):
        found = body["messages"][-1]["content"]
        return [
            p["text"] if p["type"] == "text" else p["image_url"]["url"].partition(",")[2]
            for p in found
        ]
    message = body["messages"][-1]
    return [*message.get("images", ()), message["content"]]


def said_in_order(dialect: str, asked: tuple[Part, ...]) -> list[str]:
    def one(part: Part) -> str:
        if isinstance(part, TextPart):
            return part.text
        assert isinstance(part.source, BytesBlob)
        return b64encode(part.source.data).decode()

    if dialect != "ollama":
        return [one(part) for part in asked]
    pictures = [one(part) for part in asked if isinstance(part, ImagePart)]
    return [*pictures, "\n".join(one(part) for part in asked if isinstance(part, TextPart))]


@every_dialect
@given(asked=parts)
def test_the_order_of_the_parts_survives(dialect: str, asked: tuple[Part, ...]) -> None:
    request = build(dialect, Request(messages=(Message("user", asked),)))
    assert spoken(dialect, request) == said_in_order(dialect, asked)


@every_dialect
@given(asked=parts, stream=st.booleans(), tokens=st.none() | st.integers(1, 10**6))
def test_the_length_is_exact_and_the_body_can_be_read_again(
    dialect: str, asked: tuple[Part, ...], stream: bool, tokens: int | None
) -> None:
    request = Request(
        messages=(Message("user", asked),), options=Options(max_tokens=tokens), stream=stream
    )
    body = build(dialect, request).body
    first = b"".join(body)
    assert len(first) == body.length
    assert b"".join(body) == first
    assert json.loads(first) == body.readable(full=True)


@every_dialect
@given(model=st.text(min_size=1))
def test_no_model_name_leaves_its_place_in_the_address(dialect: str, model: str) -> None:
    plain = build(dialect, Request(messages=(Message("user", (TextPart("x"),)),)), "MODEL")
    odd = build(dialect, Request(messages=(Message("user", (TextPart("x"),)),)), model)
    assert odd.url.isascii()
    assert odd.url.count("/") == plain.url.count("/")
    assert odd.url.count("?") == plain.url.count("?")
    assert "#" not in odd.url
    assert odd.url.startswith(target(dialect).base_url)


# --- what nobody foresaw

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
# Every name that a dialect looks for, so that what is made up comes near to what is real.
SOURCES = Path(dialects.__file__).parent.glob("*.py")
NAMES = sorted(
    {n for file in SOURCES for n in re.findall(r'"([a-zA-Z_]+)"', file.read_text("utf-8"))}
)
words = st.sampled_from(NAMES) | st.text(max_size=5)
near_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=30,
)
bodies = st.binary() | (json_values | near_values).map(lambda value: json.dumps(value).encode())
header_values = st.text() | st.floats().map(str) | st.dates().map(str) | st.integers().map(str)
header_names = st.sampled_from(
    ["retry-after", "retry-after-ms", "x-should-retry", "x-request-id", "request-id"]
)


@every_dialect
@given(
    status=st.integers(100, 999),
    headers=st.dictionaries(header_names, header_values),
    body=bodies,
)
def test_error_is_total(dialect: str, status: int, headers: dict[str, str], body: bytes) -> None:
    error = dialects.load(dialect).error(HttpError(status=status, headers=headers, body=body))
    assert isinstance(error, VisionError)
    assert error.status == status
    assert error.message.isprintable()
    assert error.wait is None or error.wait > 0


@every_dialect
@given(frames=st.lists(near_values, max_size=4), event=words)
def test_a_parser_raises_no_error_that_is_not_ours(
    dialect: str, frames: list[Any], event: str
) -> None:
    parser = dialects.load(dialect).parser()
    for value in frames:
        try:
            list(parser.frame(Frame(json.dumps(value), event)))
        except VisionError as error:
            assert error.message.isprintable()  # noqa: PT017 - either outcome is right
    for value in frames:
        if isinstance(value, dict):
            play(dialect, [json.dumps(value).encode()], stream=False)

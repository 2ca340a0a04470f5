"""Reading OpenAI's requests: what we write is read back, what is wrong is named by its place."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.dialects.scenarios import SCENARIOS, SCHEMA, build
from visioncli.core.errors import ImageProblem, UsageError
from visioncli.core.openai import parse, wants_usage
from visioncli.core.types import BytesBlob, ImagePart, Message, Options, Request, TextPart

texts = st.text().map(TextPart)
details = st.sampled_from([None, "low", "high", "auto"])
images = st.builds(
    ImagePart,
    st.sampled_from(["image/png", "image/jpeg"]),
    st.binary(min_size=1, max_size=64).map(BytesBlob),
    details,
) | st.builds(
    ImagePart,
    st.none(),
    st.text("abc?&=%ü", max_size=9).map("https://example.org/{}.png".format),
    details,
)
messages = st.lists(
    st.builds(Message, st.just("system"), st.tuples(texts))
    | st.builds(Message, st.just("user"), st.lists(images | texts, min_size=1).map(tuple))
    | st.builds(Message, st.just("assistant"), st.tuples(texts)),
    min_size=1,
    max_size=5,
).map(tuple)
options = st.builds(
    Options,
    max_tokens=st.none() | st.integers(1, 10**6),
    temperature=st.none() | st.floats(0, 2),
    top_p=st.none() | st.floats(0, 1),
    seed=st.none() | st.integers(0, 10**6),
    stop=st.lists(st.text(min_size=1), max_size=3).map(tuple),
    schema=st.none() | st.just(SCHEMA),
    extra=st.dictionaries(
        st.sampled_from(["top_k", "user", "metadata"]), st.text() | st.integers()
    ),
)
requests = st.builds(Request, messages=messages, options=options, stream=st.booleans())


def written(request: Request) -> Any:
    return json.loads(b"".join(build("openai_chat", request).body))


@given(requests)
def test_what_the_dialect_writes_is_read_as_it_was(request: Request) -> None:
    body = written(request)
    kept = deepcopy(body)
    assert parse(body) == request
    assert body == kept


@pytest.mark.parametrize("name", sorted(set(SCENARIOS) - {"address", "extra"}))
def test_every_scenario_is_read_as_it_was(name: str) -> None:
    """But for an address's media type and a field given twice, which this wire does not say."""
    assert parse(written(SCENARIOS[name])) == SCENARIOS[name]


def test_a_stream_tells_its_usage_where_that_is_asked_for() -> None:
    assert wants_usage(written(SCENARIOS["picture"]))
    assert not wants_usage(written(SCENARIOS["plain"]))
    assert not wants_usage({"stream_options": {}})


def one(part: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [{"type": "text", "text": "x"}, part]}]}


ASKED: dict[str, Any] = {"messages": [{"role": "user", "content": "x"}]}
A_SCHEMA = "response_format.json_schema.schema must be a JSON schema"


def image(said: Any) -> dict[str, Any]:
    return one({"type": "image_url", "image_url": said})


def test_a_string_and_an_object_are_the_same_image() -> None:
    address = "https://example.org/a.png"
    plain, full = parse(image(address)), parse(image({"url": address}))
    assert plain == full
    assert plain.messages[0].parts[1] == ImagePart(None, address)


def test_format_says_the_type_of_an_address_and_wins_over_a_data_address() -> None:
    address = parse(image({"url": "gs://bucket/x", "format": "image/jpeg"})).messages[0].parts[1]
    assert address == ImagePart("image/jpeg", "gs://bucket/x")
    data = parse(image({"url": "data:image/png;base64,AAAA", "format": "image/webp"}))
    assert data.messages[0].parts[1] == ImagePart("image/webp", BytesBlob(b"\0\0\0"))


def test_an_answer_that_was_a_refusal_is_part_of_the_talk() -> None:
    said = {"role": "assistant", "content": None, "refusal": "No."}
    read = parse({"messages": [{"role": "user", "content": "x"}, said]})
    assert read.messages[1] == Message("assistant", (TextPart("No."),))


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "messages must be a list of messages, not None"),
        ({"messages": "hello"}, "messages must be a list of messages, not 'hello'"),
        ({"messages": []}, "messages is empty"),
        ({"messages": ["hello"]}, "messages[0] must be a message, not 'hello'"),
        ({"messages": [{"role": "tool"}]}, "messages[0].role must be system, user or assistant"),
        ({"messages": [{"role": ["user"]}]}, "messages[0].role must be"),
        ({"messages": [{"role": "user"}]}, "messages[0].content must be text or a list of parts"),
        ({"messages": [{"role": "user", "content": 3}]}, "messages[0].content must be"),
        (
            {"messages": [{"role": "assistant", "content": "", "tool_calls": [{}]}]},
            "messages[0].tool_calls: tools are not supported",
        ),
        (one("x"), "messages[0].content[1] must be a part"),
        (one({"type": "input_audio"}), "messages[0].content[1].type must be 'text' or 'image_url'"),
        (one({"type": "text"}), "messages[0].content[1].text must be text, not None"),
        (image(3), "messages[0].content[1].image_url must be an address"),
        (image(""), "messages[0].content[1].image_url must be an address or a picture in base64"),
        (image({"url": None}), "messages[0].content[1].image_url.url must be an address"),
        (image({"url": "x://y", "format": 3}), "messages[0].content[1].image_url.format must be"),
        (image({"url": "x://y", "detail": "most"}), "messages[0].content[1].image_url.detail must"),
        (image("data:;base64,AAAA"), "messages[0].content[1].image_url does not say its type"),
        (ASKED | {"stream": "yes"}, "stream must be true or false, not 'yes'"),
        (ASKED | {"n": 2}, "n: one answer is read of each request"),
        (ASKED | {"max_tokens": 5, "max_completion_tokens": 6}, "max_completion_tokens and max_"),
        (ASKED | {"max_tokens": 5.5}, "max_tokens must be a whole number, not 5.5"),
        (ASKED | {"seed": True}, "seed must be a whole number, not True"),
        (ASKED | {"temperature": "hot"}, "temperature must be a number, not 'hot'"),
        (ASKED | {"top_p": False}, "top_p must be a number, not False"),
        (ASKED | {"stop": 3}, "stop must be text or a list of texts, not 3"),
        (ASKED | {"stop": ["a", 3]}, "stop must be text or a list of texts, not list"),
        (ASKED | {"response_format": "json"}, "response_format must be an object, not 'json'"),
        (ASKED | {"response_format": {"type": "json_schema"}}, f"{A_SCHEMA}, not None"),
        (
            ASKED | {"response_format": {"type": "json_schema", "json_schema": {"schema": 1}}},
            f"{A_SCHEMA}, not 1",
        ),
    ],
)
def test_what_is_wrong_is_named_by_its_place(body: Any, place: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(body)
    assert caught.value.message.startswith(place)


def test_stream_options_that_are_none_are_refused() -> None:
    with pytest.raises(UsageError, match="stream_options must be an object, not True"):
        wants_usage({"stream_options": True})


def test_a_field_that_is_null_or_says_what_is_so_anyway_was_not_given() -> None:
    nothing = {"n": 1, "stream": None, "stop": None, "top_k": None, "max_tokens": None}
    assert parse(ASKED | nothing | {"response_format": {"type": "text"}}) == parse(ASKED)


def test_what_stands_for_the_same_is_read_as_the_same() -> None:
    assert parse(ASKED | {"stop": "END"}).options == Options(stop=("END",))
    both = parse(ASKED | {"max_tokens": 5, "max_completion_tokens": 5}).options
    assert both == Options(max_tokens=5)


def test_an_answer_in_json_without_a_schema_is_asked_for_as_it_was() -> None:
    plain = {"type": "json_object"}
    request = parse(ASKED | {"response_format": plain})
    assert request.options == Options(extra={"response_format": plain})
    assert written(request)["response_format"] == plain


def test_a_data_address_without_data_is_the_pictures_fault() -> None:
    with pytest.raises(ImageProblem, match="holds no data"):
        parse(image("data:image/png"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["role", "content", "type", "text", "image_url", "url"]) | st.text(),
            inner | st.sampled_from(["user", "image_url", "text", "data:image/png;base64,AAA"]),
            max_size=4,
        )
    ),
)


@given(
    st.dictionaries(
        st.sampled_from(["messages", "stream", "stop", "seed", "response_format", "max_tokens"]),
        json_values | st.lists(json_values),
    )
)
def test_whatever_comes_is_read_or_refused_by_an_error_of_ours(body: dict[str, Any]) -> None:
    try:
        assert parse(body).messages
    except (UsageError, ImageProblem) as error:
        assert error.message.isprintable()  # noqa: PT017 - either outcome is right

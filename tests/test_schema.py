"""Schemas: the short form, what is one at all, and whether an answer fits."""

from __future__ import annotations

import json
from copy import deepcopy
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visioncli.core.errors import BadAnswer, UsageError
from visioncli.schema import checked, misfit, read

PERSON = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer"},
        "bio": {"type": "string", "description": "one line: about them"},
    },
    "required": ["name", "age", "bio"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    "text",
    [
        "name, age int, bio: one line: about them",
        " name str,age   int ,bio:one line: about them,",
        "name\nage int\nbio str: one line: about them\n",
        json.dumps(PERSON),
        f"\n  {json.dumps(PERSON, indent=1)}\n",
    ],
)
def test_the_short_form_and_the_long_one_are_the_same(text: str) -> None:
    assert read(text) == PERSON


def test_every_type_of_the_short_form() -> None:
    kinds = [p["type"] for p in read("a str, b int, c float, d bool")["properties"].values()]
    assert kinds == ["string", "integer", "number", "boolean"]


def test_a_description_may_hold_commas_on_lines_of_its_own() -> None:
    members = read("name\nbio: short, and kind")["properties"]
    assert members["bio"]["description"] == "short, and kind"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the schema is empty"),
        (" , ", "the schema is empty"),
        ("age number", "'age number' is no member of a schema"),
        ("full name str", "'full name str' is no member of a schema"),
        (": what", "': what' is no member of a schema"),
        ("a, b, a int", "the schema names 'a' twice"),
        ('{"type": "object"', "the schema is no JSON"),
        ('{"maximum": NaN}', "the schema is no JSON: NaN is not JSON's"),
        ('{"type": "thing"}', "the schema.type is not right: 'thing' is not valid"),
        ('{"properties": {"a": {"type": 3}}}', "the schema.properties.a.type is not right"),
        ('{"required": "a"}', "the schema.required is not right"),
        ('{"$ref": "#/$defs/a"}', "the schema refers to '/$defs/a', which is not in it"),
        ('{"$ref": "https://example.org/s"}', "the schema refers to 'https://example.org/s'"),
        ('{"items": {"$ref": "file:///etc/passwd"}}', "the schema refers to 'file:///etc/passwd'"),
    ],
)
def test_what_is_no_schema_is_a_usage_error(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        read(text)
    assert message in caught.value.message
    assert caught.value.exit == 2


def test_a_schema_is_copied_and_never_changed() -> None:
    given_ = deepcopy(PERSON)
    copy = checked(MappingProxyType({**given_, "$defs": MappingProxyType({})}))
    copy["properties"].clear()
    assert given_ == PERSON
    with pytest.raises(UsageError, match="no JSON"):
        checked({"enum": [{1, 2}]})


FITS = '{"name": "Ann", "age": 3, "bio": ""}'


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (FITS, None),
        (f"\n{FITS}\n", None),
        ("A cat.", "it is no JSON"),
        (f"```json\n{FITS}\n```", "it is no JSON"),
        ("", "it is no JSON"),
        (FITS.replace("3", "NaN"), "it is no JSON"),
        (FITS.replace("3", '"three"'), "age: 'three' is not of type 'integer'"),
        ('{"name": "Ann"}', "'age' is a required property"),
        (FITS.replace("}", ', "more": 1}'), "'more' was unexpected"),
        ("[]", "[] is not of type 'object'"),
        ("[" * 100_000, "it is too deep"),
    ],
)
def test_an_answer_fits_or_is_told_where_it_does_not(answer: str, why: str | None) -> None:
    error = misfit(answer, PERSON)
    if why is None:
        assert error is None
    else:
        assert isinstance(error, BadAnswer)
        assert error.message.startswith("the answer does not fit the schema: ")
        assert why in error.message
        assert (error.exit, error.code) == (8, "schema")


def test_an_inner_reference_is_followed() -> None:
    schema = checked(
        {"$defs": {"age": {"type": "integer"}}, "properties": {"a": {"$ref": "#/$defs/age"}}}
    )
    assert misfit('{"a": 3}', schema) is None
    error = misfit('{"a": "x"}', schema)
    assert error is not None
    assert "a: 'x' is not of type 'integer'" in error.message


def test_older_drafts_are_read_as_what_they_say_they_are() -> None:
    """A list of `items` is a tuple in draft 7, and no schema in the newest."""
    pair: dict[str, Any] = {"items": [{"type": "integer"}, {"type": "string"}]}
    old = checked({"$schema": "http://json-schema.org/draft-07/schema#", **pair})
    assert misfit('[1, "a"]', old) is None
    assert misfit('["a", 1]', old) is not None
    with pytest.raises(UsageError):
        checked(pair)


@given(st.text())
def test_every_text_is_a_schema_or_a_usage_error(text: str) -> None:
    try:
        schema = read(text)
    except UsageError as error:
        assert error.message.isprintable()  # noqa: PT017 - either outcome is right
    else:
        assert schema["properties"]


def test_a_dynamic_reference_is_one_too() -> None:
    with pytest.raises(UsageError, match="the schema refers to"):
        checked({"$dynamicRef": "#foo"})


def test_a_value_that_looks_like_a_reference_is_none() -> None:
    schema = checked({"const": {"$ref": "nowhere"}})
    assert misfit('{"$ref": "nowhere"}', schema) is None

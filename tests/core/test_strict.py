"""Which schemas OpenAI holds a model to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dialects.scenarios import SCHEMA
from visioncli.core.strict import strict


def closed(**members: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


TEXT = {"type": "string"}
OPEN = {"type": "object", "properties": {"a": TEXT}, "required": ["a"]}


@pytest.mark.parametrize(
    "schema",
    [
        SCHEMA,
        closed(),
        closed(a=TEXT, b={"type": ["integer", "null"]}),
        closed(a={"type": "array", "items": closed(b=TEXT)}),
        closed(a={"anyOf": [TEXT, closed(b=TEXT)]}),
        {**closed(a={"$ref": "#/$defs/b"}), "$defs": {"b": closed(c=TEXT)}},
        closed(allOf=TEXT),
    ],
)
def test_one_that_names_every_member_and_allows_no_other(schema: dict[str, Any]) -> None:
    assert strict(schema)


@pytest.mark.parametrize(
    "schema",
    [
        {},
        OPEN,
        {"type": "array", "items": TEXT},
        {**closed(a=TEXT), "required": []},
        closed(a=OPEN),
        closed(a={"type": ["object", "null"]}),
        closed(a={"type": "array", "items": OPEN}),
        closed(a={"anyOf": [TEXT, OPEN]}),
        {**closed(a=TEXT), "$defs": {"b": OPEN}},
        closed(a={"oneOf": [TEXT]}),
        {**closed(a=TEXT), "patternProperties": {}},
    ],
)
def test_any_other_is_only_asked_for(schema: dict[str, Any]) -> None:
    assert not strict(schema)

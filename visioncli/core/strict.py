"""Whether OpenAI can hold a model to a schema (`strict`), or can only ask for it.

https://platform.openai.com/docs/guides/structured-outputs#supported-schemas: the root is an object,
every object names all its members as required and allows no other. A schema that is not of that
kind is refused with strict, and taken as a wish without it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

SCHEMAS_BY_NAME = ("properties", "$defs", "definitions")
SCHEMAS = ("items", "anyOf")
NOT_TAKEN = {
    *("allOf", "oneOf", "not", "if", "then", "else", "prefixItems", "patternProperties"),
    *("dependentRequired", "dependentSchemas", "unevaluatedProperties"),
}


def strict(schema: Mapping[str, Any]) -> bool:
    return schema.get("type") == "object" and all(map(_is_taken, _inner(schema)))


def _is_taken(schema: Mapping[str, Any]) -> bool:
    if NOT_TAKEN & schema.keys():
        return False
    kind = schema.get("type")
    if "object" not in (kind if isinstance(kind, list) else [kind]) and "properties" not in schema:
        return True
    members, required = schema.get("properties", {}), schema.get("required", [])
    closed = schema.get("additionalProperties") is False
    return closed and isinstance(required, list | tuple) and set(required) == set(members)


def _inner(schema: Any) -> Iterator[Mapping[str, Any]]:
    """The schema, and every one in it."""
    if isinstance(schema, list | tuple):
        for item in schema:
            yield from _inner(item)
    elif isinstance(schema, Mapping):
        yield schema
        for name in SCHEMAS:
            yield from _inner(schema.get(name))
        for name in SCHEMAS_BY_NAME:
            named = schema.get(name)
            yield from _inner(list(named.values()) if isinstance(named, Mapping) else None)

"""The form that an answer is to have: a JSON schema, written out or in short, and whether it fits.

The short form is that of `llm`: "name, age int, bio: one line about them" is an object of three
members, all of them required; str where no type is said. Lines may stand for the commas.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from .core.errors import BadAnswer, UsageError
from .core.fields import preview

TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}
DATA = ("const", "enum", "default", "examples")  # what stands there is a value, not a schema
SAID = 300  # characters of a fault that an error repeats
SHORT = "for example --schema 'name, age int, bio: one line'"


def read(text: str) -> dict[str, Any]:
    """A JSON object, else the short form. Raises UsageError (2)."""
    if not text.lstrip().startswith("{"):
        return checked(_short(text))
    try:
        return checked(json.loads(text, parse_constant=_no_json))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"the schema is no JSON: {error}", hint=SHORT) from None


def checked(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a schema that is one, and that refers to nothing outside itself.

    Raises UsageError (2).
    """
    import jsonschema  # 70 ms, which only those pay who give a schema
    import referencing
    from referencing.jsonschema import DRAFT202012

    try:
        copy: dict[str, Any] = json.loads(json.dumps(schema, default=dict, allow_nan=False))
        kind = jsonschema.validators.validator_for(copy, jsonschema.Draft202012Validator)
        kind.check_schema(copy)
        resource = referencing.Resource.from_contents(copy, DRAFT202012)
        known = referencing.Registry[Any]().with_resource("", resource)
        for reference in _references(copy):
            known.resolver_with_root(resource).lookup(reference)
    except jsonschema.SchemaError as error:
        where = error.json_path.replace("$", "the schema", 1)
        raise UsageError(f"{where} is not right: {preview(error.message, SAID)}") from None
    except referencing.exceptions.Unresolvable as error:
        raise UsageError(
            f"the schema refers to {error.ref!r}, which is not in it",
            hint="put it under $defs: nothing is fetched",
        ) from None
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"the schema is no JSON: {preview(str(error), SAID)}") from None
    return copy


def misfit(answer: str, schema: Mapping[str, Any]) -> BadAnswer | None:
    """What is wrong with an answer, by a schema that `checked` gave; None where it fits."""
    import jsonschema  # see above
    import referencing

    try:
        value = json.loads(answer, parse_constant=_no_json)
        kind = jsonschema.validators.validator_for(schema, jsonschema.Draft202012Validator)
        judge = kind(schema, registry=referencing.Registry())
        worst = jsonschema.exceptions.best_match(judge.iter_errors(value))
    except ValueError:
        return _unfit("it is no JSON")
    except RecursionError:
        return _unfit("it is too deep")
    except referencing.exceptions.Unresolvable as error:
        return _unfit(f"the schema refers to {error.ref!r}, which is not in it")
    if worst is None:
        return None
    where = worst.json_path.removeprefix("$").removeprefix(".")
    return _unfit(f"{where}: {worst.message}" if where else worst.message)


def _unfit(why: str) -> BadAnswer:
    return BadAnswer(
        f"the answer does not fit the schema: {preview(why, SAID)}",
        hint="ask again, or ask a model that keeps to schemas",
        code="schema",
    )


def _short(text: str) -> dict[str, Any]:
    fields = text.split("\n") if "\n" in text.strip() else text.split(",")
    members: dict[str, Any] = {}
    for field in filter(str.strip, fields):
        head, _, description = field.partition(":")
        name, *types = head.split() or [""]
        if not name or len(types) > 1 or (types and types[0] not in TYPES):
            raise UsageError(
                f"{field.strip()!r} is no member of a schema: NAME, a type, and : with its meaning",
                hint=f"types: {', '.join(TYPES)}; {SHORT}",
            )
        if name in members:
            raise UsageError(f"the schema names {name!r} twice", hint=SHORT)
        members[name] = {"type": TYPES[types[0] if types else "str"]}
        if description.strip():
            members[name]["description"] = description.strip()
    if not members:
        raise UsageError("the schema is empty", hint=SHORT)
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
    }


def _references(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for name in ("$ref", "$dynamicRef"):
                if isinstance(reference := value.get(name), str):
                    yield reference
            for name, inner in value.items():
                if name not in DATA:
                    yield from _references(inner)
        case list():
            for inner in value:
                yield from _references(inner)


def _no_json(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON's")

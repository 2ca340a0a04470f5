"""What the gateway's routes take and give, as OpenAPI 3.1 (https://spec.openapis.org/oas/v3.1.0)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from visioncli import __version__

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
FLAG: Json = {"type": "boolean"}
NUMBER: Json = {"type": "number"}
WHOLE: Json = {"type": "integer"}
DETAIL: Json = {"enum": ["low", "high", "auto", "original"]}


def document() -> Json:
    asks = {
        "/v1/chat/completions": ("OpenAI's chat completions", "ChatRequest", "ChatCompletion"),
        "/chat/completions": ("The same", "ChatRequest", "ChatCompletion"),
        "/v1/responses": ("OpenAI's responses", "ResponsesRequest", "Response"),
        "/responses": ("The same", "ResponsesRequest", "Response"),
        "/v1/messages": ("Anthropic's messages", "MessagesRequest", "Message"),
    }
    reads = {
        "/v1/models": ("The models, as OpenAI lists them", "Models", []),
        "/models": ("The same", "Models", []),
        "/model/info": ("Every entry, with what is known of it", "Entries", []),
        "/model_group/info": ("Every name, with what is known of it", "Groups", [_query()]),
        "/health": ("Whether it runs; needs no key", "Health", []),
    }
    paths: Json = {path: {"post": _ask(*said)} for path, said in asks.items()}
    paths |= {path: {"get": _read(*said)} for path, said in reads.items()}
    paths["/metrics"] = {"get": _metrics()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "vision serve",
            "version": __version__,
            "description": "One address that speaks OpenAI's and Anthropic's APIs in front of"
            " every provider of vision models.",
        },
        "security": [{"bearer": []}, {"x-api-key": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "x-api-key": {"type": "apiKey", "in": "header", "name": "x-api-key"},
            },
            "schemas": _schemas(),
        },
    }


def _query() -> Json:
    return {"name": "model_group", "in": "query", "required": False, "schema": TEXT}


def _ask(summary: str, takes: str, gives: str) -> Json:
    stream = {"text/event-stream": {"schema": TEXT}}
    return {
        "summary": summary,
        "requestBody": {"required": True, "content": _content(takes)},
        "responses": {
            "200": {"description": "The answer", "content": {**_content(gives), **stream}},
            **_errors(),
        },
    }


def _read(summary: str, gives: str, parameters: list[Json]) -> Json:
    return {
        "summary": summary,
        "parameters": parameters,
        "responses": {"200": {"description": "OK", "content": _content(gives)}, **_errors()},
    }


def _metrics() -> Json:
    plain = {"text/plain": {"schema": TEXT}}
    ok = {"description": "In Prometheus's format", "content": plain}
    return {"summary": "Figures for Prometheus", "responses": {"200": ok, **_errors()}}


def _errors() -> Json:
    return {"default": {"description": "What went wrong", "content": _content("Error")}}


def _content(schema: str) -> Json:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _object(required: tuple[str, ...] = (), /, **properties: Any) -> Json:
    made: Json = {"type": "object", "properties": properties}
    return {**made, "required": list(required)} if required else made


def _list(items: Mapping[str, Any], least: int = 0) -> Json:
    made: Json = {"type": "array", "items": items}
    return {**made, "minItems": least} if least else made


def _or_null(schema: Json) -> Json:
    return {"anyOf": [schema, {"type": "null"}]}


def _either(*schemas: Json) -> Json:
    return {"anyOf": list(schemas)}


def _said(word: str) -> Json:
    return {"const": word}


def _schemas() -> Json:
    error = _object(("message", "type"), message=TEXT, type=TEXT)
    whole = {"usage": _or_null({"type": "object"}), "model": TEXT, "id": TEXT}
    info = {
        "max_input_tokens": _or_null(WHOLE),
        "max_output_tokens": _or_null(WHOLE),
        "mode": _or_null(TEXT),
        "supports_vision": _or_null(FLAG),
        "supports_function_calling": FLAG,
    }
    each = {f"{way}_cost_per_token": _or_null(NUMBER) for way in ("input", "output")}
    return {
        "ChatRequest": _chat(),
        "ResponsesRequest": _responses(),
        "MessagesRequest": _messages(),
        "ChatCompletion": _object(("id", "choices"), choices=_list({"type": "object"}), **whole),
        "Response": _object(("id", "output"), output=_list({"type": "object"}), **whole),
        "Message": _object(("id", "content"), content=_list({"type": "object"}), **whole),
        "Error": _object(("error",), error=error),
        "Models": _object(
            ("object", "data"),
            object=_said("list"),
            data=_list(_object(("id",), id=TEXT, object=_said("model"), owned_by=TEXT)),
        ),
        "Entries": _object(
            ("data",),
            data=_list(
                _object(
                    ("model_name", "litellm_params", "model_info"),
                    model_name=TEXT,
                    litellm_params={"type": "object"},
                    model_info=_object((), **info, **each),
                )
            ),
        ),
        "Groups": _object(
            ("data",),
            data=_list(
                _object(
                    ("model_group", "providers", *info),
                    model_group=TEXT,
                    providers=_list(TEXT),
                    **info,
                )
            ),
        ),
        "Health": _object(("status",), status=_said("ok"), version=TEXT),
    }


def _chat() -> Json:
    url = _object(("url",), url=TEXT, detail=DETAIL, format=TEXT)
    part = _either(
        _object(("type", "text"), type=_said("text"), text=TEXT),
        _object(("type", "image_url"), type=_said("image_url"), image_url=_either(TEXT, url)),
    )
    message = _object(
        ("role", "content"),
        role={"enum": ["system", "developer", "user", "assistant"]},
        content=_either(TEXT, _list(part)),
    )
    return _object(
        ("model", "messages"),
        model=TEXT,
        messages=_list(message, 1),
        stream=FLAG,
        stream_options=_object(include_usage=FLAG),
        max_tokens=WHOLE,
        max_completion_tokens=WHOLE,
        temperature=NUMBER,
        top_p=NUMBER,
        seed=WHOLE,
        stop=_either(TEXT, _list(TEXT)),
        response_format={"type": "object"},
    )


def _responses() -> Json:
    part = _either(
        _object(("type", "text"), type=_said("input_text"), text=TEXT),
        _object(
            ("type", "image_url"),
            type=_said("input_image"),
            image_url=TEXT,
            detail=DETAIL,
            format=TEXT,
        ),
    )
    item = _object(
        ("role", "content"),
        role={"enum": ["system", "developer", "user", "assistant"]},
        content=_either(TEXT, _list(part)),
    )
    return _object(
        ("model", "input"),
        model=TEXT,
        input=_either(TEXT, _list(item, 1)),
        instructions=TEXT,
        stream=FLAG,
        max_output_tokens=WHOLE,
        temperature=NUMBER,
        top_p=NUMBER,
        text=_object(format={"type": "object"}),
    )


def _messages() -> Json:
    base64 = _object(("type", "data"), type=_said("base64"), media_type=TEXT, data=TEXT)
    url = _object(("type", "url"), type=_said("url"), url=TEXT)
    block = _either(
        _object(("type", "text"), type=_said("text"), text=TEXT),
        _object(("type", "source"), type=_said("image"), source=_either(base64, url)),
    )
    message = _object(
        ("role", "content"),
        role={"enum": ["user", "assistant"]},
        content=_either(TEXT, _list(block)),
    )
    return _object(
        ("model", "messages", "max_tokens"),
        model=TEXT,
        messages=_list(message, 1),
        max_tokens=WHOLE,
        system=_either(TEXT, _list(_object(("type", "text"), type=_said("text"), text=TEXT))),
        stream=FLAG,
        temperature=NUMBER,
        top_p=NUMBER,
        stop_sequences=_list(TEXT),
    )

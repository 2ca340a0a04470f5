"""Anthropic's Messages, read: what its clients send becomes a Question.

https://platform.claude.com/docs/en/api/messages. A source of the type "base64" may lack its
media type, and a source of the type "url" may have one. Tools are not supported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from visioncli.core import data_address
from visioncli.core.errors import ImageProblem, UsageError
from visioncli.core.fields import preview
from visioncli.core.openai import Image
from visioncli.core.types import (
    BytesBlob,
    ImagePart,
    Message,
    Options,
    Part,
    Request,
    Role,
    TextPart,
)

from .body import Body
from .question import Question, check_fields, checked_schema, kind, model, picturing

ROLES: Mapping[str, Role] = {"user": "user", "assistant": "assistant", "system": "system"}
READ = {
    *("model", "messages", "system", "max_tokens", "temperature", "top_p", "stop_sequences"),
    *("stream", "output_format", "output_config", "tools", "tool_choice"),
}
THOUGHT = ("thinking", "redacted_thinking")  # what was thought before: no other model takes it


def read(body: Body) -> Question:
    """Raises UsageError (2), ImageProblem (5)."""
    tree = body.tree
    check_fields({k: v for k, v in tree.items() if k != "tool_choice"})
    stream = tree.get("stream")
    if stream is not None and not isinstance(stream, bool):
        raise _wrong("stream", "true or false", stream)
    only = {name: value for name, value in tree.items() if name not in READ and value is not None}
    messages = (*_system(tree.get("system")), *_messages(tree.get("messages"), body))
    request = Request(messages=messages, options=_options(tree), stream=bool(stream))
    return Question(
        model=model(tree),
        request=checked_schema(request),
        only=MappingProxyType({"anthropic": only}) if only else MappingProxyType({}),
    )


def _options(tree: Mapping[str, Any]) -> Options:
    return Options(
        max_tokens=_whole(tree.get("max_tokens"), "max_tokens"),
        temperature=_number(tree.get("temperature"), "temperature"),
        top_p=_number(tree.get("top_p"), "top_p"),
        stop=_stop(tree.get("stop_sequences")),
        schema=_schema(tree),
    )


def _schema(tree: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """https://platform.claude.com/docs/en/build-with-claude/structured-outputs"""
    said = tree.get("output_format")
    if said is None and isinstance(config := tree.get("output_config"), Mapping):
        said = config.get("format")
    if said is None:
        return None
    schema = said.get("schema") if isinstance(said, Mapping) else None
    if not isinstance(schema, Mapping):
        raise _wrong("output_config.format.schema", "a JSON schema", schema)
    return schema


def _system(said: Any) -> Iterator[Message]:
    if said is None or said == "":
        return
    if isinstance(said, str):
        yield Message("system", (TextPart(said),))
        return
    if not isinstance(said, list):
        raise _wrong("system", "text or a list of texts", said)
    parts = tuple(_text(block, f"system[{at}]") for at, block in enumerate(said))
    if parts:
        yield Message("system", parts)


def _messages(said: Any, body: Body) -> Iterator[Message]:
    if not isinstance(said, list) or not said:
        raise _wrong("messages", "a list of messages", said)
    for at, message in enumerate(said):
        where = f"messages[{at}]"
        if not isinstance(message, Mapping):
            raise _wrong(where, "a message", message)
        role = message.get("role")
        if not isinstance(role, str) or role not in ROLES:
            raise _wrong(f"{where}.role", "user or assistant", role)
        content = message.get("content")
        if isinstance(content, str):
            yield Message(ROLES[role], (TextPart(content),))
        elif isinstance(content, list):
            parts = _parts(content, f"{where}.content", body)
            yield Message(ROLES[role], tuple(parts))
        else:
            raise _wrong(f"{where}.content", "text or a list of blocks", content)


def _parts(blocks: list[Any], where: str, body: Body) -> Iterator[Part]:
    for at, block in enumerate(blocks):
        place = f"{where}[{at}]"
        if not isinstance(block, Mapping):
            raise _wrong(place, "a block", block)
        match block.get("type"):
            case "text":
                yield _text(block, place)
            case "image" | "document":
                yield _picture(block.get("source"), f"{place}.source", body)
            case "tool_use" | "tool_result" | "server_tool_use":
                raise UsageError(f"{place}: tools are not supported")
            case other if other not in THOUGHT:
                raise _wrong(f"{place}.type", "'text', 'image' or 'document'", other)


def _text(block: Any, where: str) -> TextPart:
    text = block.get("text") if isinstance(block, Mapping) else None
    if not isinstance(text, str):
        raise _wrong(f"{where}.text", "text", text)
    return TextPart(text)


def _picture(source: Any, where: str, body: Body) -> Part:
    if not isinstance(source, Mapping):
        raise _wrong(where, 'a source, {"type": "base64", "media_type", "data"}', source)
    said = source.get("media_type")
    if said is not None and not isinstance(said, str):
        raise _wrong(f"{where}.media_type", "a media type", said)
    match source.get("type"):
        case "base64":
            return _inline(source.get("data"), kind(said, where), where, body)
        case "url" if isinstance(source.get("url"), str):
            return picturing(body)(Image(f"{where}.url", source["url"].strip(), said or None))
        case "file" if isinstance(source.get("file_id"), str):
            return ImagePart(kind(said, where), f"anthropic:{source['file_id']}")
        case "text" if isinstance(source.get("data"), str):
            return TextPart(source["data"])
        case other:
            raise _wrong(f"{where}.type", "'base64' with its data, or 'url' with its url", other)


def _inline(data: Any, said: str | None, where: str, body: Body) -> ImagePart:
    if not isinstance(data, str) or not data:
        raise _wrong(f"{where}.data", "a picture in base64", data)
    blob = body.picture(data)
    if blob is None:
        decoded = data_address.base64(data.encode("utf-8", "replace"))
        if decoded is None:
            raise ImageProblem(f"{where}.data is not valid base64", code="image_unreadable")
        blob = BytesBlob(decoded)
    return ImagePart(said, blob)


def _stop(said: Any) -> tuple[str, ...]:
    if said is None:
        return ()
    if not isinstance(said, list) or not all(isinstance(word, str) for word in said):
        raise _wrong("stop_sequences", "a list of texts", said)
    return tuple(said)


def _whole(value: Any, where: str) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise _wrong(where, "a whole number", value)


def _number(value: Any, where: str) -> float | None:
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise _wrong(where, "a number", value)


def _wrong(where: str, wanted: str, value: Any) -> UsageError:
    named = isinstance(value, str | int | float | None) or not value
    what = repr(value) if named else type(value).__name__
    return UsageError(f"{where} must be {wanted}, not {preview(what, 80)}")

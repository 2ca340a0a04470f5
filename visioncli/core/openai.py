"""OpenAI's chat requests, read: the JSON that `dialects.openai_chat` writes, and that everybody's
clients send, becomes a Request.

https://platform.openai.com/docs/api-reference/chat/create
Two further members of an `image_url` are understood: `format`, the picture's media type, as LiteLLM
has it, and an `image_url` that is a string. What is not understood is a UsageError that names its
place, `messages[0].content[1].image_url`; nothing is left out in silence and nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, get_args

from . import data_address
from .errors import UsageError
from .fields import preview
from .record import record
from .types import BytesBlob, Detail, ImagePart, Message, Options, Part, Request, Role, TextPart

ROLES: Mapping[str, Role] = {
    "system": "system",
    "developer": "system",  # what OpenAI calls it since o1
    "user": "user",
    "assistant": "assistant",
}
LENGTHS = ("max_completion_tokens", "max_tokens")
OWN = {  # what is not passed on as it is
    *("model", "messages", "stream", "stream_options", "response_format"),
    *(*LENGTHS, "temperature", "top_p", "seed", "stop"),
}


@record
class Image:
    """A picture as a message names it. where: its place. format: the type it is said to have."""

    where: str
    url: str
    format: str | None = None
    detail: Detail | None = None


Pictured = Callable[[Image], ImagePart]


def inline(image: Image) -> ImagePart:
    """By what the message says alone: a data: address is its bytes, any other stays an address."""
    if not image.url.lower().startswith("data:"):
        return ImagePart(image.format, image.url, image.detail)
    label, data = data_address.opened(image.url)
    kind = image.format or label
    if not kind:
        raise UsageError(f"{image.where} does not say its type", hint="data:image/png;base64,…")
    return ImagePart(kind, BytesBlob(data), image.detail)


def parse(body: Mapping[str, Any], picture: Pictured = inline) -> Request:
    """The request in `body`. picture: what becomes of an image; for who looks at the bytes, too.

    The model, and whether a stream is to tell its usage, are not part of a Request: see
    `wants_usage`. Raises UsageError (2).
    """
    stream = body.get("stream")
    if stream is not None and not isinstance(stream, bool):
        raise _wrong("stream", "true or false", stream)
    return Request(
        messages=messages(body.get("messages"), picture),
        options=options(body),
        stream=bool(stream),
    )


def wants_usage(body: Mapping[str, Any]) -> bool:
    """Whether a stream is to end with a chunk that holds the usage."""
    said = body.get("stream_options")
    if said is not None and not isinstance(said, Mapping):
        raise _wrong("stream_options", "an object", said)
    return bool(said and said.get("include_usage"))


def messages(given: Any, picture: Pictured = inline) -> tuple[Message, ...]:
    if not isinstance(given, Iterable) or isinstance(given, str | bytes | Mapping):
        raise _wrong("messages", "a list of messages", given)
    read = tuple(_message(item, f"messages[{at}]", picture) for at, item in enumerate(given))
    if not read:
        raise UsageError(
            "messages is empty", hint='messages=[{"role": "user", "content": "what is this?"}]'
        )
    return read


def options(body: Mapping[str, Any]) -> Options:
    """Fields that are not known go into `extra`; a field that is null was not given."""
    if body.get("n") not in (None, 1):
        raise UsageError("n: one answer is read of each request", hint="ask again for another")
    schema, other_format = _schema(body.get("response_format"))
    extra = {k: v for k, v in body.items() if k not in {*OWN, "n"} and v is not None}
    if other_format is not None:
        extra["response_format"] = other_format
    lengths = {body[name] for name in LENGTHS if _whole(body, name) is not None}
    if len(lengths) > 1:
        raise UsageError(f"{' and '.join(LENGTHS)} differ", hint="leave one of them out")
    return Options(
        max_tokens=next(iter(lengths), None),
        temperature=_number(body, "temperature"),
        top_p=_number(body, "top_p"),
        seed=_whole(body, "seed"),
        stop=_stop(body.get("stop")),
        schema=schema,
        extra=MappingProxyType(extra),
    )


def _message(message: Any, where: str, picture: Pictured) -> Message:
    if not isinstance(message, Mapping):
        raise _wrong(where, "a message", message)
    role = message.get("role")
    if not isinstance(role, str) or role not in ROLES:
        raise _wrong(f"{where}.role", "system, user or assistant", role)
    for name in ("tool_calls", "function_call"):
        if message.get(name):
            raise UsageError(f"{where}.{name}: tools are not supported")
    content = message.get("content")
    if content is None and isinstance(message.get("refusal"), str):
        content = message["refusal"]  # an answer of before that was none
    return Message(ROLES[role], tuple(_parts(content, f"{where}.content", picture)))


def _parts(content: Any, where: str, picture: Pictured) -> Iterator[Part]:
    if isinstance(content, str):
        yield TextPart(content)
        return
    if not isinstance(content, Iterable) or isinstance(content, bytes | Mapping):
        raise _wrong(where, "text or a list of parts", content)
    for at, part in enumerate(content):
        yield _part(part, f"{where}[{at}]", picture)


def _part(part: Any, where: str, picture: Pictured) -> Part:
    if not isinstance(part, Mapping):
        raise _wrong(where, 'a part, {"type": "text", …} or {"type": "image_url", …}', part)
    match part.get("type"):
        case "text":
            if not isinstance(part.get("text"), str):
                raise _wrong(f"{where}.text", "text", part.get("text"))
            return TextPart(part["text"])
        case "image_url":
            return picture(_image(part.get("image_url"), f"{where}.image_url"))
        case kind:
            raise _wrong(f"{where}.type", "'text' or 'image_url'", kind)


def _image(said: Any, where: str) -> Image:
    if isinstance(said, str):
        said, place = {"url": said}, where
    elif isinstance(said, Mapping):
        place = f"{where}.url"
    else:
        raise _wrong(where, 'an address or {"url", "detail", "format"}', said)
    url, kind, detail = said.get("url"), said.get("format"), said.get("detail")
    if not isinstance(url, str) or not url.strip():
        raise _wrong(place, "an address or a picture in base64", url)
    if kind is not None and not isinstance(kind, str):
        raise _wrong(f"{where}.format", "a media type", kind)
    if detail is not None and detail not in get_args(Detail):
        raise _wrong(f"{where}.detail", " or ".join(map(repr, get_args(Detail))), detail)
    return Image(place, url.strip(), kind or None, detail)


def _schema(said: Any) -> tuple[Mapping[str, Any] | None, Any]:
    """(the schema of the answer, what else was said about its form)."""
    if said is None:
        return None, None
    if not isinstance(said, Mapping):
        raise _wrong("response_format", "an object", said)
    match said.get("type"):
        case "text":
            return None, None
        case "json_schema":
            inner = said.get("json_schema")
            schema = inner.get("schema") if isinstance(inner, Mapping) else inner
            if not isinstance(schema, Mapping):
                raise _wrong("response_format.json_schema.schema", "a JSON schema", schema)
            return schema, None
        case _:
            return None, said


def _stop(said: Any) -> tuple[str, ...]:
    match said:
        case None:
            return ()
        case str():
            return (said,)
        case list() | tuple() if all(isinstance(word, str) for word in said):
            return tuple(said)
    raise _wrong("stop", "text or a list of texts", said)


def _number(body: Mapping[str, Any], name: str) -> float | None:
    value = body.get(name)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    raise _wrong(name, "a number", value)


def _whole(body: Mapping[str, Any], name: str) -> int | None:
    value = body.get(name)
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise _wrong(name, "a whole number", value)


def _wrong(where: str, wanted: str, value: Any) -> UsageError:
    is_named = isinstance(value, str | int | float | None) or not value
    what = repr(value) if is_named else type(value).__name__
    return UsageError(f"{where} must be {wanted}, not {preview(what, 80)}")

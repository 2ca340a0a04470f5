"""OpenAI's Responses, read: what its clients send becomes a Question.

https://platform.openai.com/docs/api-reference/responses/create. Nothing is kept between requests,
so that an earlier response cannot be gone on with; tools are not supported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, get_args

from visioncli.core import openai
from visioncli.core.errors import UsageError
from visioncli.core.fields import preview
from visioncli.core.openai import ROLES, Image
from visioncli.core.types import Detail, ImagePart, Message, Options, Part, Request, TextPart

from .body import Body
from .question import Question, check_fields, checked_schema, kind, model, picturing

READ = {
    *("model", "input", "instructions", "max_output_tokens", "temperature", "top_p", "stream"),
    *("text", "stream_options", "tools", "store", "background", "truncation", "include"),
    *("conversation", "previous_response_id", "prompt"),
}
KEPT = ("previous_response_id", "conversation", "prompt")  # what a server would have to remember


def read(body: Body) -> Question:
    """Raises UsageError (2)."""
    tree = body.tree
    check_fields(tree)
    for name in KEPT:
        if tree.get(name) is not None:
            raise UsageError(f"{name}: nothing is kept here", hint="send the whole conversation")
    if tree.get("background"):
        raise UsageError("background: an answer is given at once, or streamed")
    stream = tree.get("stream")
    if stream is not None and not isinstance(stream, bool):
        raise _wrong("stream", "true or false", stream)
    messages = (*_instructions(tree.get("instructions")), *_input(tree.get("input"), body))
    request = Request(messages=messages, options=_options(tree), stream=bool(stream))
    return Question(model=model(tree), request=checked_schema(request), body=tree)


def _options(tree: Mapping[str, Any]) -> Options:
    """By the names that chat completions have for the same."""
    plain = {name: tree.get(name) for name in ("temperature", "top_p")}
    plain["max_completion_tokens"] = tree.get("max_output_tokens")
    extra = {name: value for name, value in tree.items() if name not in READ and value is not None}
    reasoning = extra.pop("reasoning", None)
    if isinstance(reasoning, Mapping) and reasoning.get("effort"):
        extra["reasoning_effort"] = reasoning["effort"]
    said = tree.get("text")
    if said is not None and not isinstance(said, Mapping):
        raise _wrong("text", "an object", said)
    form = said.get("format") if said else None
    if isinstance(form, Mapping) and form.get("type") == "json_schema":
        form = {"type": "json_schema", "json_schema": form}
    return openai.options({**plain, **extra, "response_format": form})


def _instructions(said: Any) -> Iterator[Message]:
    if said is None or said == "":
        return
    if not isinstance(said, str):
        raise _wrong("instructions", "text", said)
    yield Message("system", (TextPart(said),))


def _input(said: Any, body: Body) -> Iterator[Message]:
    if isinstance(said, str) and said:
        yield Message("user", (TextPart(said),))
        return
    if not isinstance(said, list) or not said:
        raise _wrong("input", "text or a list of messages", said)
    for at, item in enumerate(said):
        where = f"input[{at}]"
        if not isinstance(item, Mapping):
            raise _wrong(where, "a message", item)
        if item.get("type") == "reasoning":
            continue  # what was thought before: no other model takes it
        if item.get("type", "message") != "message":
            raise _wrong(f"{where}.type", "'message'", item.get("type"))
        role = item.get("role")
        if not isinstance(role, str) or role not in ROLES:
            raise _wrong(f"{where}.role", "system, user or assistant", role)
        parts = tuple(_parts(item.get("content"), f"{where}.content", body))
        yield Message(ROLES[role], parts)


def _parts(content: Any, where: str, body: Body) -> Iterator[Part]:
    if isinstance(content, str):
        yield TextPart(content)
        return
    if not isinstance(content, list):
        raise _wrong(where, "text or a list of parts", content)
    for at, part in enumerate(content):
        place = f"{where}[{at}]"
        if not isinstance(part, Mapping):
            raise _wrong(place, 'a part, {"type": "input_text", "text"}', part)
        match part.get("type"):
            case "input_text" | "output_text" | "text":
                yield _text(part, "text", place)
            case "refusal":
                yield _text(part, "refusal", place)
            case "input_image":
                yield _image(part, place, body)
            case "input_file":
                yield _file(part, place, body)
            case other:
                raise _wrong(f"{place}.type", "'input_text' or 'input_image'", other)


def _text(part: Mapping[str, Any], name: str, where: str) -> TextPart:
    text = part.get(name)
    if not isinstance(text, str):
        raise _wrong(f"{where}.{name}", "text", text)
    return TextPart(text)


def _image(part: Mapping[str, Any], where: str, body: Body) -> ImagePart:
    detail, said = part.get("detail"), part.get("format")
    if detail is not None and detail not in get_args(Detail):
        raise _wrong(f"{where}.detail", " or ".join(map(repr, get_args(Detail))), detail)
    if said is not None and not isinstance(said, str):
        raise _wrong(f"{where}.format", "a media type", said)
    if isinstance(id_ := part.get("file_id"), str) and id_:
        return ImagePart(kind(said, where), f"openai:{id_}", detail)
    url = part.get("image_url")
    if not isinstance(url, str) or not url.strip():
        raise _wrong(f"{where}.image_url", "an address or a picture in base64", url)
    return picturing(body)(Image(f"{where}.image_url", url.strip(), said or None, detail))


def _file(part: Mapping[str, Any], where: str, body: Body) -> ImagePart:
    """A document, for the models that read one."""
    if isinstance(id_ := part.get("file_id"), str) and id_:
        return ImagePart(None, f"openai:{id_}")
    for name in ("file_data", "file_url"):
        if isinstance(data := part.get(name), str) and data:
            return picturing(body)(Image(f"{where}.{name}", data.strip()))
    raise _wrong(where, "a file with file_data, file_url or file_id", None)


def _wrong(where: str, wanted: str, value: Any) -> UsageError:
    named = isinstance(value, str | int | float | None) or not value
    what = repr(value) if named else type(value).__name__
    return UsageError(f"{where} must be {wanted}, not {preview(what, 80)}")

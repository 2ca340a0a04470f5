"""completion: OpenAI's chat messages to any model, OpenAI's answer back."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from typing import Any, Literal, overload

from visioncli import schema
from visioncli.core import openai
from visioncli.core.chunks import Chunks
from visioncli.core.completion import ChatCompletion, Head, whole
from visioncli.core.stop import Stop
from visioncli.core.types import FinishReason

from . import calls, pictures
from .streams import Stream

Messages = Iterable[Mapping[str, Any]]


@overload
def completion(
    model: str,
    messages: Messages,
    stream: Literal[False] = False,
    api_base: str | None = None,
    api_key: str | None = None,
    timeout: float | None = None,
    **options: Any,
) -> ChatCompletion: ...
@overload
def completion(
    model: str,
    messages: Messages,
    stream: Literal[True],
    api_base: str | None = None,
    api_key: str | None = None,
    timeout: float | None = None,
    **options: Any,
) -> Stream: ...
@overload
def completion(
    model: str,
    messages: Messages,
    stream: bool,
    api_base: str | None = None,
    api_key: str | None = None,
    timeout: float | None = None,
    **options: Any,
) -> ChatCompletion | Stream: ...
def completion(
    model: str,
    messages: Messages,
    stream: bool = False,
    api_base: str | None = None,
    api_key: str | None = None,
    timeout: float | None = None,
    **options: Any,
) -> ChatCompletion | Stream:
    """Sends messages, as OpenAI writes them, to a model, and gives its answer as OpenAI writes it.

    model: "PROVIDER/MODEL", an alias of the configuration, or a name that exactly one maker lists.
    messages: dicts with role and content; they are never changed. An `image_url` is an http(s):,
    data:, gs: or s3: address, a provider's file id or the picture's base64, or an object of
    {"url", "detail", "format"}, format being the picture's media type. Files are not opened: `ask`
    takes those. api_base: the address that the vendor's own client takes. api_key: instead of the
    key in the environment. timeout: seconds for everything, 600 by default.

    options: max_tokens or max_completion_tokens, temperature, top_p, seed, stop, response_format,
    stream_options; retries (2), inline (fetch pictures here even where the provider would),
    allow_private (also from private addresses), force (send to a model known not to see), prep
    (False sends pictures as they are), max_side (px of the longer side at most). All others become
    fields of the request, as the provider names them.

    With stream=True the chunks come from an iterator; what goes wrong before the first of them is
    raised by this call. An answer that the token limit or a filter ended is an answer, with
    finish_reason "length" or "content_filter". Raises VisionError's tree.
    """
    given = {"api_base": api_base, "api_key": api_key, "timeout": timeout}
    return made(model, messages, stream, {**given, **options}, None)


def made(
    model: str, messages: Messages, stream: bool, options: Mapping[str, Any], stop: Stop | None
) -> ChatCompletion | Stream:
    """What both completions do. stop: for the one that waits for it in another thread."""
    reach = {name: options[name] for name in ("api_base", "api_key", "timeout")}
    own, fields = calls.split({k: v for k, v in options.items() if k not in reach})
    body = {**fields, "messages": messages, "stream": stream}
    request = openai.parse(body, pictures.in_message)
    call, warnings = calls.ready(model, request, **reach, own=own, files=False, stop=stop)
    head = Head(
        id=f"chatcmpl-{os.urandom(12).hex()}", model=call.ref.model, created=int(time.time())
    )
    if stream:
        chunks = Chunks(head, include_usage=openai.wants_usage(body))
        return Stream(call.events(), chunks, warnings)
    answer = calls.answered(call)
    if call.asked.request.options.schema and answer.finish is FinishReason.STOP:
        fault = schema.misfit(answer.text, call.asked.request.options.schema)
        warnings += (fault.message,) if fault else ()
    return whole(answer, head, warnings)

"""Cohere Chat, second version.

https://docs.cohere.com/docs/image-inputs (read 2026-11-24: detail, data URLs and http addresses);
fields, events and reasons to finish after cohere-python 7.3, `ClientV2.chat` and `.chat_stream`.
`extra` goes to the top level of the body, as Cohere names its fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from visioncli.core import failure
from visioncli.core.body import Base64, JsonBody, given, overlay
from visioncli.core.dialect import HttpError, HttpRequest, Warnings, finished
from visioncli.core.errors import ImageProblem, ProviderFailed, UsageError, VisionError
from visioncli.core.failure import Said
from visioncli.core.fields import count, load_object, mapping, mappings, report, text, word
from visioncli.core.framing import Frame, Framing, ServerSentEvents
from visioncli.core.record import record
from visioncli.core.target import Target
from visioncli.core.types import (
    PDF,
    Event,
    FinishReason,
    ImagePart,
    Message,
    Part,
    ReasoningDelta,
    Request,
    Started,
    TextDelta,
    Usage,
)

from .cohere_errors import said

FINISH = {
    "COMPLETE": FinishReason.STOP,
    "STOP_SEQUENCE": FinishReason.STOP,
    "MAX_TOKENS": FinishReason.LENGTH,
}
BROKEN = ("ERROR", "TIMEOUT")
DETAILS = (None, "low", "high", "auto")


@record(kw_only=True)
class Quirks:
    """None yet: one vendor speaks this wire."""


class Cohere:
    name = "cohere"
    quirks: ClassVar[type] = Quirks
    framing: ClassVar[Callable[[], Framing]] = ServerSentEvents

    def parser(self) -> Parser:
        return Parser()

    def build(self, request: Request, target: Target) -> HttpRequest:
        options, warnings = request.options, Warnings()
        tree = given(
            model=target.model,
            messages=[_message(message, target, warnings) for message in request.messages],
            max_tokens=options.max_tokens,
            temperature=options.temperature,
            p=options.top_p,
            seed=options.seed,
            stop_sequences=list(options.stop) or None,
            response_format=None if options.schema is None else _format(options.schema),
            stream=request.stream,
        )
        return HttpRequest(
            method="POST",
            url=f"{target.base_url}/v2/chat",
            headers={"content-type": "application/json"},
            body=JsonBody(overlay(tree, options.extra)),
            warnings=tuple(warnings.texts),
        )

    def error(self, response: HttpError) -> VisionError:
        return failure.failed(response, said(failure.load(response.body), response.status))


DIALECT = Cohere()


def _format(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "json_object", "json_schema": schema}


def _message(message: Message, target: Target, warnings: Warnings) -> dict[str, Any]:
    if message.role != "user" and any(isinstance(part, ImagePart) for part in message.parts):
        raise UsageError(f"{target.provider.name} takes pictures in questions alone")
    parts = [_part(part, target, warnings) for part in message.parts]
    return {"role": message.role, "content": parts}


def _part(part: Part, target: Target, warnings: Warnings) -> dict[str, Any]:
    if not isinstance(part, ImagePart):
        return {"type": "text", "text": part.text}
    name, url, detail = target.provider.name, _url(part), part.detail
    if part.media_type == PDF:
        raise ImageProblem(f"{name} takes no PDF", hint="FILE.pdf#1 shows a page as a picture")
    if url is None:
        raise ImageProblem(f"{part.source!r} is no address that {name} can fetch")
    if detail not in DETAILS:
        warnings.add(f"{name} does not know the detail {detail!r}; it was left out")
        detail = None
    return {"type": "image_url", "image_url": given(url=url, detail=detail)}


def _url(part: ImagePart) -> str | Base64 | None:
    if not isinstance(part.source, str):
        return Base64(part.source, f"data:{part.media_type};base64,")
    return part.source if part.source.lower().startswith(("https://", "http://")) else None


class Parser:
    def __init__(self) -> None:
        self.ended = False

    def frame(self, frame: Frame) -> Iterator[Event]:
        if self.ended or not frame.data.strip():
            return
        if frame.data.strip() == "[DONE]":
            self.ended = True
            return
        data = load_object(frame.data)
        match word(data, "type") or frame.event:
            case "message-start":
                yield Started(word(data, "id"), None)
            case "content-start" | "content-delta":
                message = mapping(mapping(data, "delta"), "message")
                yield from _block(mapping(message, "content"))
            case "message-end":
                yield from _end(mapping(data, "delta"))
                self.ended = True
            case _ if _is_error(data):
                raise failure.told(said(data, None))

    def whole(self, data: Mapping[str, Any]) -> Iterator[Event]:
        if _is_error(data):
            raise failure.told(said(data, None))
        yield Started(word(data, "id"), None)
        for block in mappings(mapping(data, "message"), "content"):
            yield from _block(block)
        yield from _end(data)


def _is_error(data: Mapping[str, Any]) -> bool:
    """{"message": "…"}, where an answer has an object; gateways in front say it their own way."""
    return failure.is_error(data) or word(data, "message") is not None


def _block(block: Mapping[str, Any]) -> Iterator[Event]:
    """A content block, whole or a piece of one."""
    if thought := text(block, "thinking"):
        yield ReasoningDelta(thought)
    if piece := text(block, "text"):
        yield TextDelta(piece)


def _end(data: Mapping[str, Any]) -> Iterator[Event]:
    """The usage and the reason to finish: of a whole answer, or in a stream's last event."""
    if counts := report(data, "usage"):
        tokens = report(counts, "tokens")
        yield Usage(
            input=count(tokens, "input_tokens"),
            output=count(tokens, "output_tokens"),
            cached=count(counts, "cached_tokens"),
        )
    raw, words = text(data, "finish_reason"), word(data, "error")
    if words or raw in BROKEN:
        words = words or f"it ended with {raw}"
        raise failure.told(Said(words=words, code=raw or None, kind=ProviderFailed))
    if raw:
        yield from finished(FINISH, raw)

"""Anthropic Messages, which llama.cpp and others speak too.

https://platform.claude.com/docs/en/api/messages
`extra` goes to the top level of the body, as Anthropic names its fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from visioncli.core import failure
from visioncli.core.body import Base64, JsonBody, given, overlay
from visioncli.core.dialect import HttpError, HttpRequest, Warnings, finished
from visioncli.core.errors import ImageProblem, UsageError, VisionError
from visioncli.core.fields import count, load_object, mapping, mappings, report, text, word
from visioncli.core.framing import Frame, Framing, ServerSentEvents
from visioncli.core.places import address
from visioncli.core.record import record
from visioncli.core.tables import read
from visioncli.core.target import Target
from visioncli.core.types import (
    PDF,
    Event,
    FinishReason,
    ImagePart,
    Part,
    ReasoningDelta,
    Request,
    Started,
    TextDelta,
    Usage,
)

from .anthropic_errors import said

# The version of 2026-10-21 refuses temperature and top_p, and servers that only speak like
# Anthropic know this one (https://platform.claude.com/docs/en/api/versioning, read 2026-11-24).
VERSION = "2023-06-01"
FILES = {"anthropic-beta": "files-api-2025-04-14"}  # for files uploaded before

FINISH = {
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "refusal": FinishReason.REFUSAL,
    "pause_turn": FinishReason.INCOMPLETE,
}


@record(kw_only=True)
class Quirks:
    """default_max_tokens: the wire requires a number where nobody gave one.

    path: where requests go, with {model} and the row's variables; stream_path: where they go for a
    stream, if elsewhere. version_in_body: stands there instead of in a header, and the model in the
    path alone, as at Google and Amazon.
    """

    default_max_tokens: int = 4096
    path: str = "/v1/messages"
    stream_path: str | None = None
    version_in_body: str | None = None


class Anthropic:
    name = "anthropic"
    quirks: ClassVar[type] = Quirks
    framing: ClassVar[Callable[[], Framing]] = ServerSentEvents

    def parser(self) -> Parser:
        return Parser()

    def build(self, request: Request, target: Target) -> HttpRequest:
        provider, options = target.provider, request.options
        quirks = read(Quirks, provider.quirks, lambda _: provider.source, ("quirks",))
        warnings = Warnings()
        parts = [part for message in request.messages for part in message.parts]
        if any(isinstance(part, ImagePart) and part.detail not in (None, "auto") for part in parts):
            warnings.add(f"{provider.name} has no detail to choose; it was left out")
        if options.seed is not None:
            warnings.add(f"{provider.name} takes no seed; it was left out")
        schema = options.schema
        files = FILES if any(_is_file(part, target) for part in parts) else {}
        version = {} if quirks.version_in_body else {"anthropic-version": VERSION}
        tree = given(
            anthropic_version=quirks.version_in_body,
            model=None if quirks.version_in_body else target.model,
            max_tokens=options.max_tokens or quirks.default_max_tokens,
            system=_system(request) or None,
            messages=[
                {"role": message.role, "content": [_part(part, target) for part in message.parts]}
                for message in request.messages
                if message.role != "system"
            ],
            temperature=options.temperature,
            top_p=options.top_p,
            stop_sequences=list(options.stop) or None,
            output_config=None if schema is None else {"format": _format(schema)},
            stream=request.stream,
        )
        return HttpRequest(
            method="POST",
            url=address(target, (request.stream and quirks.stream_path) or quirks.path),
            headers={"content-type": "application/json", **version, **files},
            body=JsonBody(overlay(tree, options.extra)),
            warnings=tuple(warnings.texts),
        )

    def error(self, response: HttpError) -> VisionError:
        return failure.failed(response, said(failure.load(response.body), response.status))


DIALECT = Anthropic()


def _format(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "schema": schema}


def _system(request: Request) -> str:
    parts = [part for m in request.messages if m.role == "system" for part in m.parts]
    texts = [part.text for part in parts if not isinstance(part, ImagePart)]
    if len(texts) < len(parts):
        raise UsageError("Anthropic takes no picture in a system prompt")
    return "\n\n".join(texts)


def _is_file(part: Part, target: Target) -> bool:
    """Whether a picture is the id of a file that Anthropic has."""
    if not isinstance(part, ImagePart) or target.provider.files != DIALECT.name:
        return False
    return isinstance(part.source, str) and part.source.startswith("file_")


def _part(part: Part, target: Target) -> dict[str, Any]:
    if not isinstance(part, ImagePart):
        return {"type": "text", "text": part.text}
    if not isinstance(part.source, str):
        data = Base64(part.source)
        source = {"type": "base64", "media_type": part.media_type, "data": data}
    elif part.source.lower().startswith(("https://", "http://")):
        source = {"type": "url", "url": part.source}
    elif _is_file(part, target):
        source = {"type": "file", "file_id": part.source}
    else:
        raise ImageProblem(f"{part.source!r} is no address that {target.provider.name} can fetch")
    return {"type": "document" if part.media_type == PDF else "image", "source": source}


class Parser:
    def __init__(self) -> None:
        self.ended = False
        self._counts: dict[str, int] = {}

    def frame(self, frame: Frame) -> Iterator[Event]:
        if self.ended or not frame.data.strip():
            return
        data = load_object(frame.data)
        match word(data, "type") or frame.event:
            case "error":
                raise failure.told(said(data, None))
            case "message_start":
                message = mapping(data, "message")
                yield Started(word(message, "id"), word(message, "model"))
                yield from self._usage(report(message, "usage"))
            case "content_block_start":
                yield from _block(mapping(data, "content_block"))
            case "content_block_delta":
                yield from _block(mapping(data, "delta"))
            case "message_delta":
                yield from self._usage(report(data, "usage"))
                if raw := text(mapping(data, "delta"), "stop_reason"):
                    yield from finished(FINISH, raw)
            case "message_stop":
                self.ended = True
            case _ if data.get("error"):  # without a type: llama.cpp
                raise failure.told(said(data, None))

    def whole(self, data: Mapping[str, Any]) -> Iterator[Event]:
        if failure.is_error(data):
            raise failure.told(said(data, None))
        yield Started(word(data, "id"), word(data, "model"))
        for block in mappings(data, "content"):
            yield from _block(block)
        yield from self._usage(report(data, "usage"))
        if raw := text(data, "stop_reason"):
            yield from finished(FINISH, raw)

    def _usage(self, counts: Mapping[str, Any]) -> Iterator[Event]:
        """The reports add up: the first has the input, the last the output, either may have both.

        The input counts what was read from and written to the cache apart; ours includes it.
        """
        for name in (*INPUT, "output_tokens"):
            value = count(counts, name)
            if value is not None:
                self._counts[name] = value
        thought = count(report(counts, "output_tokens_details"), "thinking_tokens")
        if "input_tokens" in self._counts or "output_tokens" in self._counts:
            known = self._counts
            parts = [known.get(name, 0) for name in INPUT] if "input_tokens" in known else None
            yield Usage(
                input=sum(parts) if parts else None,
                output=known.get("output_tokens"),
                cached=known.get("cache_read_input_tokens"),
                reasoning=thought,
            )


INPUT = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")


def _block(block: Mapping[str, Any]) -> Iterator[Event]:
    """A content block, whole or the start or the next piece of one. Tools and signatures: none."""
    match word(block, "type"):
        case "text" | "text_delta":
            if piece := text(block, "text"):
                yield TextDelta(piece)
        case "thinking" | "thinking_delta":
            if piece := text(block, "thinking"):
                yield ReasoningDelta(piece)

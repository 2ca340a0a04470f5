"""Amazon Bedrock's Converse, one wire for all the models it serves.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html (both
read 2026-11-24), and botocore's service model. `extra`: Converse's own fields (guardrailConfig, …)
go to the top level, the four of inferenceConfig there, all else is the model's own and goes into
additionalModelRequestFields: `-o top_k=40` does what it says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import count as count_from
from typing import Any, ClassVar
from urllib.parse import quote

from visioncli.core import failure
from visioncli.core.body import Base64, JsonBody, given, overlay
from visioncli.core.dialect import HttpError, HttpRequest, Warnings, finished
from visioncli.core.errors import BadAnswer, ImageProblem, ProviderFailed, UsageError, VisionError
from visioncli.core.eventstream import EventStream
from visioncli.core.fields import count, load_object, mapping, mappings, preview, report, text, word
from visioncli.core.framing import Frame, Framing
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

from .bedrock_errors import said

FINISH = {
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "max_tokens": FinishReason.LENGTH,
    "model_context_window_exceeded": FinishReason.LENGTH,
    "guardrail_intervened": FinishReason.FILTER,
    "content_filtered": FinishReason.FILTER,
}

# Fields of the request itself, and of inferenceConfig in both spellings; "stream" is refused.
TOP = {
    *("messages", "system", "inferenceConfig", "outputConfig", "toolConfig", "guardrailConfig"),
    *("promptVariables", "performanceConfig", "serviceTier", "requestMetadata", "stream"),
    *("additionalModelRequestFields", "additionalModelResponseFieldPaths", "projectIdentifier"),
}
CONFIG = {
    "maxTokens": "maxTokens",
    "max_tokens": "maxTokens",
    "temperature": "temperature",
    "topP": "topP",
    "top_p": "topP",
    "stopSequences": "stopSequences",
    "stop_sequences": "stopSequences",
}


@record(kw_only=True)
class Quirks:
    """None yet: one vendor speaks this wire."""


class BedrockConverse:
    name = "bedrock_converse"
    quirks: ClassVar[type] = Quirks
    framing: ClassVar[Callable[[], Framing]] = EventStream

    def parser(self) -> Parser:
        return Parser()

    def build(self, request: Request, target: Target) -> HttpRequest:
        provider, options, warnings = target.provider, request.options, Warnings()
        parts = [part for message in request.messages for part in message.parts]
        if any(isinstance(part, ImagePart) and part.detail not in (None, "auto") for part in parts):
            warnings.add(f"{provider.name} has no detail to choose; it was left out")
        if options.seed is not None:
            warnings.add(f"{provider.name} takes no seed; it was left out")
        schema = options.schema
        config = given(
            maxTokens=options.max_tokens,
            temperature=options.temperature,
            topP=options.top_p,
            stopSequences=list(options.stop) or None,
        )
        tree = given(
            messages=_messages(request, target),
            system=_system(request) or None,
            inferenceConfig=config or None,
            outputConfig=None if schema is None else {"textFormat": _format(schema)},
        )
        verb = "converse-stream" if request.stream else "converse"
        return HttpRequest(
            method="POST",
            url=f"{target.base_url}/model/{segment(target.model, 'converse/')}/{verb}",
            headers={"content-type": "application/json"},
            body=JsonBody(overlay(tree, _placed(options.extra))),
            warnings=tuple(warnings.texts),
        )

    def error(self, response: HttpError) -> VisionError:
        data = failure.load(response.body)
        return failure.failed(response, said(data, response.status, response.headers))


DIALECT = BedrockConverse()


def segment(model: str, route: str) -> str:
    """The id (a name, one with a geography before it, an ARN) as one piece of the path.

    route: what other tools write before the id to choose this way of asking; it is cut off.
    """
    piece = quote(model.removeprefix(route), safe="")
    return piece if piece.strip(".") else piece.replace(".", "%2E")  # ".." would lead elsewhere


def _format(schema: Mapping[str, Any]) -> dict[str, Any]:
    definition = {"name": "answer", "schema": json.dumps(schema)}  # a JSON text, not an object
    return {"type": "json_schema", "structure": {"jsonSchema": definition}}


def _system(request: Request) -> list[dict[str, Any]]:
    parts = [part for m in request.messages if m.role == "system" for part in m.parts]
    if any(isinstance(part, ImagePart) for part in parts):
        raise UsageError("Bedrock takes no picture in a system prompt")
    return [{"text": part.text} for part in parts if not isinstance(part, ImagePart)]


def _messages(request: Request, target: Target) -> list[dict[str, Any]]:
    numbers = count_from(1)
    return [_message(m, target, numbers) for m in request.messages if m.role != "system"]


def _message(message: Message, target: Target, numbers: Iterator[int]) -> dict[str, Any]:
    """numbers: of documents, which must have names, and each its own."""
    content = [_part(part, target) for part in message.parts]
    for block in content:
        if "document" in block:
            block["document"]["name"] = f"document {next(numbers)}"
    return {"role": message.role, "content": content}


def _part(part: Part, target: Target) -> dict[str, Any]:
    if not isinstance(part, ImagePart):
        return {"text": part.text}
    where: dict[str, Any]
    if not isinstance(part.source, str):
        where = {"bytes": Base64(part.source)}
    elif part.source.lower().startswith("s3://"):
        where = {"s3Location": {"uri": part.source}}
    else:
        raise ImageProblem(
            f"{part.source!r} is no address that {target.provider.name} can fetch",
            hint="s3://BUCKET/KEY, or --inline",
        )
    if part.media_type is None:
        raise ImageProblem(
            f"{target.provider.name} must be told the type of {part.source!r}",
            hint="--format image/jpeg",
        )
    if part.media_type == PDF:
        return {"document": {"format": "pdf", "name": "document", "source": where}}
    return {"image": {"format": part.media_type.removeprefix("image/"), "source": where}}


def _placed(extra: Mapping[str, Any]) -> dict[str, Any]:
    """`extra` with every field where Converse expects it."""
    top = {name: value for name, value in extra.items() if name in TOP}
    config = {CONFIG[name]: value for name, value in extra.items() if name in CONFIG}
    own = {n: v for n, v in extra.items() if n not in TOP and n not in CONFIG}
    for place, fields in (("inferenceConfig", config), ("additionalModelRequestFields", own)):
        if fields and isinstance(top.get(place, {}), Mapping):
            top[place] = {**fields, **top.get(place, {})}
    return top


class Parser:
    """The reason to finish comes first, then the usage: a stream has ended with the latter."""

    def __init__(self) -> None:
        self.ended = False

    def frame(self, frame: Frame) -> Iterator[Event]:
        data = load_object(frame.data)
        if frame.error:
            raise failure.told(said(data, None, name=frame.event))
        match frame.event:
            case "messageStart":
                yield Started(None, None)
            case "contentBlockDelta":
                yield from _delta(mapping(data, "delta"))
            case "messageStop":
                yield from _finish(text(data, "stopReason"))
            case "metadata":
                yield from _metadata(data)
                self.ended = True

    def whole(self, data: Mapping[str, Any]) -> Iterator[Event]:
        if failure.is_error(data) or "output" not in data:
            raise _instead(data)
        yield Started(None, None)
        for block in mappings(mapping(mapping(data, "output"), "message"), "content"):
            if piece := text(block, "text"):
                yield TextDelta(piece)
            thought = mapping(block, "reasoningContent")
            if piece := text(mapping(thought, "reasoningText"), "text"):
                yield ReasoningDelta(piece)
        yield from _metadata(data)
        if raw := text(data, "stopReason"):
            yield from _finish(raw)


def _instead(data: Mapping[str, Any]) -> VisionError:
    """For an object without an answer: an error, whatever its status was, or nothing known."""
    known = said(data, None)
    if known.words or known.code:
        return failure.told(known)
    return BadAnswer("the provider's answer has no output", code="empty")


def _delta(delta: Mapping[str, Any]) -> Iterator[Event]:
    """A piece of a block: text or thought. Tools, signatures, citations: none."""
    if piece := text(delta, "text"):
        yield TextDelta(piece)
    if piece := text(mapping(delta, "reasoningContent"), "text"):
        yield ReasoningDelta(piece)


def _finish(raw: str) -> Iterator[Event]:
    if raw.startswith("malformed_"):
        raise ProviderFailed(
            f"the provider failed while it answered ({preview(raw)})", code=raw, retry=False
        )
    yield from finished(FINISH, raw)


def _metadata(data: Mapping[str, Any]) -> Iterator[Event]:
    """Usage, and, where a router chose it, which model answered."""
    if model := word(report(report(data, "trace"), "promptRouter"), "invokedModelId"):
        yield Started(None, model)
    if counts := report(data, "usage"):
        yield _usage(counts)


def _usage(counts: Mapping[str, Any]) -> Usage:
    """What was read from and written to the cache is not in inputTokens, but in the total."""
    fresh, total = count(counts, "inputTokens"), count(counts, "totalTokens")
    output, cached = count(counts, "outputTokens"), count(counts, "cacheReadInputTokens")
    if fresh is not None and total is not None and output is not None:
        fresh = max(fresh, total - output)
    return Usage(input=fresh, output=output, cached=cached)

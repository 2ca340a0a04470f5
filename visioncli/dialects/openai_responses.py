"""OpenAI Responses, which xAI, Azure and llama.cpp speak too.

https://platform.openai.com/docs/api-reference/responses; fields, events and reasons after
openai-python 3.57, `openai.types.responses`.
Nothing is stored with the provider, which this API does where nobody says `store: false`.
`extra` goes to the top level of the body, as OpenAI names its fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from visioncli.core import failure
from visioncli.core.body import Base64, JsonBody, given, overlay
from visioncli.core.dialect import HttpError, HttpRequest, Warnings
from visioncli.core.errors import ImageProblem, UsageError, VisionError
from visioncli.core.fields import count, load_object, mapping, mappings, report, text, word
from visioncli.core.framing import Frame, Framing, ServerSentEvents
from visioncli.core.places import address
from visioncli.core.record import record
from visioncli.core.strict import strict
from visioncli.core.tables import read
from visioncli.core.target import Target
from visioncli.core.types import (
    PDF,
    Event,
    Finished,
    FinishReason,
    ImagePart,
    Message,
    Options,
    Part,
    ReasoningDelta,
    Request,
    Started,
    TextDelta,
    Usage,
)

from .openai_errors import said

FILE = re.compile(r"(file|assistant)[-_][\w-]+")  # a file uploaded before: OpenAI's id, Azure's

# Why a response is not complete; every other reason leaves it incomplete.
INCOMPLETE = {
    "max_output_tokens": FinishReason.LENGTH,
    "content_filter": FinishReason.FILTER,
}


@record(kw_only=True)
class Quirks:
    """path: where requests go, with {model}, the row's variables and a query."""

    path: str = "/responses"


class OpenAIResponses:
    name = "openai_responses"
    quirks: ClassVar[type] = Quirks
    framing: ClassVar[Callable[[], Framing]] = ServerSentEvents

    def parser(self) -> Parser:
        return Parser()

    def build(self, request: Request, target: Target) -> HttpRequest:
        provider, options = target.provider, request.options
        quirks = read(Quirks, provider.quirks, lambda _: provider.source, ("quirks",))
        tree = given(
            model=target.model,
            instructions=_instructions(request) or None,
            input=[_message(m, target) for m in request.messages if m.role != "system"],
            max_output_tokens=options.max_tokens,
            temperature=options.temperature,
            top_p=options.top_p,
            text=None if options.schema is None else {"format": _format(options.schema)},
            store=False,
            stream=request.stream,
        )
        return HttpRequest(
            method="POST",
            url=address(target, quirks.path),
            headers={"content-type": "application/json"},
            body=JsonBody(overlay(tree, options.extra)),
            warnings=_unsaid(options),
        )

    def error(self, response: HttpError) -> VisionError:
        return failure.failed(response, said(failure.load(response.body), response.status))


DIALECT = OpenAIResponses()


def _unsaid(options: Options) -> tuple[str, ...]:
    """What this wire has no field for."""
    warnings = Warnings()
    if options.stop:
        warnings.add("OpenAI's Responses take no stop sequences; they were left out")
    if options.seed is not None:
        warnings.add("OpenAI's Responses take no seed; it was left out")
    return tuple(warnings.texts)


def _format(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "name": "answer", "schema": schema, "strict": strict(schema)}


def _instructions(request: Request) -> str:
    return "\n\n".join(_words(m, "a system prompt") for m in request.messages if m.role == "system")


def _words(message: Message, where: str) -> str:
    texts = [part.text for part in message.parts if not isinstance(part, ImagePart)]
    if len(texts) < len(message.parts):
        raise UsageError(f"OpenAI's Responses take no picture in {where}")
    return "\n\n".join(texts)


def _message(message: Message, target: Target) -> dict[str, Any]:
    """An earlier answer is a string: as parts it would need the ids it had when it was given."""
    if message.role == "assistant":
        answer = _words(message, "an earlier answer")
        return {"type": "message", "role": "assistant", "content": answer}
    content = [_part(part, target) for part in message.parts]
    return {"type": "message", "role": message.role, "content": content}


def _part(part: Part, target: Target) -> dict[str, Any]:
    if not isinstance(part, ImagePart):
        return {"type": "input_text", "text": part.text}
    if part.media_type == PDF and not isinstance(part.source, str):  # its own name may say too much
        data = Base64(part.source, f"data:{PDF};base64,")
        return {"type": "input_file", "filename": "document.pdf", "file_data": data}
    image = {"type": "input_image", "detail": part.detail or "auto"}
    if not isinstance(part.source, str):
        return {**image, "image_url": Base64(part.source, f"data:{part.media_type};base64,")}
    if part.source.lower().startswith(("https://", "http://")):
        return {**image, "image_url": part.source}
    if FILE.fullmatch(part.source):
        return {**image, "file_id": part.source}
    raise ImageProblem(f"{part.source!r} is no address that {target.provider.name} can fetch")


class Parser:
    def __init__(self) -> None:
        self.ended = False
        self._started = Started(None, None)
        self._spoken = False
        self._refused = False

    def frame(self, frame: Frame) -> Iterator[Event]:
        if self.ended or not frame.data.strip():
            return
        if frame.data.strip() == "[DONE]":  # not OpenAI's, but gateways send it
            self.ended = True
            return
        data = load_object(frame.data)
        match word(data, "type") or frame.event:
            case "error":
                raise failure.told(said({**data, "type": None}, None))
            case "response.output_text.delta":
                yield from self._text(text(data, "delta"))
            case "response.refusal.delta":
                yield from self._text(text(data, "delta"), refusal=True)
            case "response.reasoning_text.delta" | "response.reasoning_summary_text.delta":
                if thought := text(data, "delta"):
                    yield ReasoningDelta(thought)
            case "response.created" | "response.in_progress" | "response.queued":
                yield from self._start(mapping(data, "response"))
            case "response.completed" | "response.incomplete" | "response.failed":
                yield from self._end(mapping(data, "response"))
                self.ended = True
            case _ if data.get("error"):  # without a type: gateways
                raise failure.told(said(data, None))

    def whole(self, data: Mapping[str, Any]) -> Iterator[Event]:
        yield from self._end(data)

    def _end(self, response: Mapping[str, Any]) -> Iterator[Event]:
        """A whole response; of one that was streamed, the text is known already."""
        if failure.is_error(response):
            raise failure.told(said(response, None))
        yield from self._start(response)
        if not self._spoken:
            for item in mappings(response, "output"):
                yield from self._item(item)
        if counts := report(response, "usage"):
            yield _usage(counts)
        status = word(response, "status") or "completed"
        if status == "failed":
            raise failure.told(said({"error": {"message": "the response has failed"}}, None))
        if self._refused:
            yield Finished(FinishReason.REFUSAL, "refusal")
        elif status == "completed":
            yield Finished(FinishReason.STOP, status)
        else:  # incomplete, cancelled, or of a request that runs in the background
            raw = word(report(response, "incomplete_details"), "reason") or status
            yield Finished(INCOMPLETE.get(raw, FinishReason.INCOMPLETE), raw)

    def _start(self, response: Mapping[str, Any]) -> Iterator[Event]:
        """llama.cpp names the model only when the answer is complete."""
        old = self._started
        now = Started(word(response, "id") or old.id, word(response, "model") or old.model)
        if now != old:
            self._started = now
            yield now

    def _item(self, item: Mapping[str, Any]) -> Iterator[Event]:
        """Messages and reasoning; calls of tools have neither content nor a summary."""
        for part in (*mappings(item, "summary"), *_parts(item)):
            match word(part, "type"):
                case "output_text":
                    yield from self._text(text(part, "text"))
                case "refusal":
                    yield from self._text(text(part, "refusal"), refusal=True)
                case "summary_text" | "reasoning_text":
                    if thought := text(part, "text"):
                        yield ReasoningDelta(thought)

    def _text(self, piece: str, *, refusal: bool = False) -> Iterator[Event]:
        self._refused = self._refused or (refusal and bool(piece))
        if piece:
            self._spoken = True
            yield TextDelta(piece)


def _parts(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    return mappings(item, "content") if word(item, "type") in ("message", "reasoning") else []


def _usage(counts: Mapping[str, Any]) -> Usage:
    return Usage(
        input=count(counts, "input_tokens"),
        output=count(counts, "output_tokens"),
        cached=count(report(counts, "input_tokens_details"), "cached_tokens"),
        reasoning=count(report(counts, "output_tokens_details"), "reasoning_tokens"),
    )

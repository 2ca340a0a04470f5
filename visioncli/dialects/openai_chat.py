"""OpenAI Chat Completions, and everything that calls itself compatible with it.

https://platform.openai.com/docs/api-reference/chat
Mistral's, OpenRouter's, vLLM's and llama.cpp's ways of saying the same are read here too.
`extra` goes to the top level of the body, as every provider of this family names its fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from visioncli.core import failure
from visioncli.core.body import Base64, JsonBody, given, overlay
from visioncli.core.dialect import HttpError, HttpRequest, Warnings, finished
from visioncli.core.errors import ImageProblem, ProviderFailed, VisionError
from visioncli.core.fields import amount, load_object, mapping, mappings, report, text, word, wrong
from visioncli.core.fields import count as number
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
    Part,
    ReasoningDelta,
    Request,
    Started,
    TextDelta,
    Usage,
)

from .openai_errors import said

FINISH = {
    "stop": FinishReason.STOP,
    "eos": FinishReason.STOP,  # Together: the model ended by itself
    "length": FinishReason.LENGTH,
    "model_length": FinishReason.LENGTH,  # Mistral: the context window is full
    "content_filter": FinishReason.FILTER,
}


@record(kw_only=True)
class Quirks:
    """max_tokens_field, seed_field: their names. stream_usage: `stream_options` is understood.

    details: what `image_url.detail` may be; None: all of our words. path: where requests go, with
    {model}, the row's variables and a query; stream_path: where they go for a stream, if elsewhere.
    file_prefix: what makes an address of the id of a file that the provider has; None: the id is a
    part of its own, as at Mistral.
    """

    max_tokens_field: str = "max_tokens"
    seed_field: str = "seed"
    stream_usage: bool = True
    details: tuple[str, ...] | None = None
    path: str = "/chat/completions"
    stream_path: str | None = None
    file_prefix: str | None = None


class OpenAIChat:
    name = "openai_chat"
    quirks: ClassVar[type] = Quirks
    framing: ClassVar[Callable[[], Framing]] = ServerSentEvents

    def parser(self) -> Parser:
        return Parser()

    def build(self, request: Request, target: Target) -> HttpRequest:
        provider, options = target.provider, request.options
        quirks = read(Quirks, provider.quirks, lambda _: provider.source, ("quirks",))
        warnings = Warnings()
        usage = request.stream and quirks.stream_usage
        tree = given(
            model=target.model,
            messages=[_message(m, target, quirks, warnings) for m in request.messages],
            **{quirks.max_tokens_field: options.max_tokens},
            temperature=options.temperature,
            top_p=options.top_p,
            **{quirks.seed_field: options.seed},
            stop=list(options.stop) or None,
            response_format=None if options.schema is None else _format(options.schema),
            stream=request.stream,
            stream_options={"include_usage": True} if usage else None,
        )
        return HttpRequest(
            method="POST",
            url=address(target, (request.stream and quirks.stream_path) or quirks.path),
            headers={"content-type": "application/json"},
            body=JsonBody(overlay(tree, options.extra)),
            warnings=tuple(warnings.texts),
        )

    def error(self, response: HttpError) -> VisionError:
        return failure.failed(response, said(failure.load(response.body), response.status))


DIALECT = OpenAIChat()


def _format(schema: Mapping[str, Any]) -> dict[str, Any]:
    answer = {"name": "answer", "schema": schema, "strict": strict(schema)}
    return {"type": "json_schema", "json_schema": answer}


def _message(
    message: Message, target: Target, quirks: Quirks, warnings: Warnings
) -> dict[str, Any]:
    """A system prompt is a string: some servers take no list there."""
    texts = [part.text for part in message.parts if not isinstance(part, ImagePart)]
    if message.role == "system" and len(texts) == len(message.parts):
        return {"role": "system", "content": "\n\n".join(texts)}
    parts = [_part(part, target, quirks, warnings) for part in message.parts]
    return {"role": message.role, "content": parts}


def _part(part: Part, target: Target, quirks: Quirks, warnings: Warnings) -> dict[str, Any]:
    if not isinstance(part, ImagePart):
        return {"type": "text", "text": part.text}
    if part.media_type == PDF:
        return {"type": "file", "file": _document(part, target, warnings)}
    url: str | Base64
    is_file = target.provider.files == DIALECT.name
    if not isinstance(part.source, str):
        url = Base64(part.source, f"data:{part.media_type};base64,")
    elif "://" in part.source:
        url = part.source
    elif is_file and quirks.file_prefix:
        url = f"{quirks.file_prefix}{part.source}"
    elif is_file:
        if part.detail:
            warnings.add(f"{target.provider.name} knows no detail of a file; it was left out")
        return {"type": "file", "file_id": part.source}
    else:
        raise ImageProblem(f"{part.source!r} is no address that {target.provider.name} can fetch")
    detail = part.detail
    if detail and quirks.details is not None and detail not in quirks.details:
        warnings.add(f"{target.provider.name} does not know the detail {detail!r}; it was left out")
        detail = None
    return {"type": "image_url", "image_url": given(url=url, detail=detail)}


def _document(part: ImagePart, target: Target, warnings: Warnings) -> dict[str, Any]:
    """A PDF with all its pages. It has to be called something: its own name may say too much.

    https://developers.openai.com/api/docs/guides/file-inputs (read 2026-11-24)
    """
    if isinstance(part.source, str):
        raise ImageProblem(f"{target.provider.name} takes no address of a PDF: {part.source!r}")
    if part.detail not in (None, "auto"):
        warnings.add(f"{target.provider.name} knows no detail of a PDF; it was left out")
    return {"filename": "document.pdf", "file_data": Base64(part.source, f"data:{PDF};base64,")}


class Parser:
    def __init__(self) -> None:
        self.ended = False
        self._started = False
        self._finished = False
        self._refused = False

    def frame(self, frame: Frame) -> Iterator[Event]:
        if self.ended or not frame.data.strip():
            return
        if frame.data.strip() == "[DONE]":
            self.ended = True
            yield from self._end()
            return
        yield from self._read(load_object(frame.data), "delta")

    def whole(self, data: Mapping[str, Any]) -> Iterator[Event]:
        yield from self._read(data, "message")
        yield from self._end()

    def _read(self, data: Mapping[str, Any], member: str) -> Iterator[Event]:
        if failure.is_error(data):
            raise failure.told(said(data, None))
        id_, model = word(data, "id"), word(data, "model")
        if not self._started and (id_ or model):
            self._started = True
            yield Started(id_, model)
        for choice in mappings(data, "choices"):
            if choice.get("index") not in (0, None):  # more were asked for with -o n=2
                continue
            message = mapping(choice, member)
            thought = word(message, "reasoning_content") or word(message, "reasoning")
            if thought:
                yield ReasoningDelta(thought)
            yield from _content(message.get("content"))
            if refusal := text(message, "refusal"):
                self._refused = True
                yield TextDelta(refusal)
            if raw := text(choice, "finish_reason"):
                yield from self._finish(raw)
        if counts := report(data, "usage"):
            yield _usage(counts)

    def _finish(self, raw: str) -> Iterator[Event]:
        if raw == "error":  # Mistral, OpenRouter
            raise ProviderFailed("the provider failed while it answered", code=raw, retry=False)
        self._finished = True
        if self._refused:
            yield Finished(FinishReason.REFUSAL, "refusal")
        else:
            yield from finished(FINISH, raw)

    def _end(self) -> Iterator[Event]:
        """A refusal stays one where the server forgets to give a reason to finish."""
        if self._refused and not self._finished:
            yield Finished(FinishReason.REFUSAL, "refusal")


def _content(content: object) -> Iterator[Event]:
    """A string, or a list of parts as Mistral's reasoning models give them."""
    match content:
        case None | "":
            return
        case str():
            yield TextDelta(content)
        case list():
            for part in content:
                if not isinstance(part, dict):
                    raise wrong("content", content)
                if piece := text(part, "text"):
                    yield TextDelta(piece)
                for thought in mappings(part, "thinking"):
                    yield ReasoningDelta(text(thought, "text"))
        case _:
            raise wrong("content", content)


def _usage(counts: Mapping[str, Any]) -> Usage:
    return Usage(
        input=number(counts, "prompt_tokens"),
        output=number(counts, "completion_tokens"),
        cached=number(report(counts, "prompt_tokens_details"), "cached_tokens"),
        reasoning=number(report(counts, "completion_tokens_details"), "reasoning_tokens"),
        # OpenRouter's; it is not the whole price where the vendor's own key is used:
        # https://openrouter.ai/docs/use-cases/usage-accounting (a copy read 2026-11-24)
        cost=None if counts.get("is_byok") is True else amount(counts, "cost"),
    )

"""Gemini generateContent.

https://ai.google.dev/api/generate-content
https://ai.google.dev/gemini-api/docs/media-resolution (read 2026-11-24: each part since Gemini 3)
`extra`: the fields of the request itself (tools, safetySettings, …) go to the top level, all else
into `generationConfig`: `-o top_k=40` does what it says. snake_case is as good as camelCase.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import urlsplit

from visioncli.core import failure
from visioncli.core.body import Base64, JsonBody, given, overlay
from visioncli.core.dialect import HttpError, HttpRequest, Warnings, finished
from visioncli.core.errors import ImageProblem, ProviderFailed, VisionError
from visioncli.core.fields import count, load_object, mapping, mappings, preview, report, text, word
from visioncli.core.framing import Frame, Framing, ServerSentEvents
from visioncli.core.places import address
from visioncli.core.record import record
from visioncli.core.tables import read
from visioncli.core.target import Target
from visioncli.core.types import (
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

from .gemini_errors import said

FILTERED = (
    *("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE"),
    *("IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "IMAGE_OTHER"),
    "MODEL_ARMOR",
)
FINISH = {
    "STOP": FinishReason.STOP,
    "MAX_TOKENS": FinishReason.LENGTH,
    **dict.fromkeys(FILTERED, FinishReason.FILTER),
}

LEVELS = {
    "low": "MEDIA_RESOLUTION_LOW",
    "high": "MEDIA_RESOLUTION_HIGH",
    "original": "MEDIA_RESOLUTION_ULTRA_HIGH",  # of a part alone
}

# Files uploaded before have names like files/abc-123, and Google's address whatever ours is.
FILE, FILES = "files/", "https://generativelanguage.googleapis.com/v1beta/"

# What the end of an address says, where nobody gave the type: this wire wants one all the same.
TYPES = {"jpg": "image/jpeg"} | {
    end: f"image/{end}" for end in ("jpeg", "png", "webp", "heic", "heif")
}

# Fields of the request beside generationConfig.
TOP = {
    *("contents", "systemInstruction", "generationConfig", "tools", "toolConfig", "labels"),
    *("safetySettings", "cachedContent", "serviceTier", "store", "model", "modelArmorConfig"),
}


@record(kw_only=True)
class Quirks:
    """path: what stands before the verb, with {model} and the row's variables."""

    path: str = "/v1beta/models/{model}"


class Gemini:
    name = "gemini"
    quirks: ClassVar[type] = Quirks
    framing: ClassVar[Callable[[], Framing]] = ServerSentEvents

    def parser(self) -> Parser:
        return Parser()

    def build(self, request: Request, target: Target) -> HttpRequest:
        provider, options, warnings = target.provider, request.options, Warnings()
        quirks = read(Quirks, provider.quirks, lambda _: provider.source, ("quirks",))
        model = target.model.removeprefix("models/")
        by_part = _generation(model) >= 3
        whole = None if by_part else _level_of_all(request, warnings)
        system = [part for m in request.messages if m.role == "system" for part in m.parts]
        config = given(
            maxOutputTokens=options.max_tokens,
            temperature=options.temperature,
            topP=options.top_p,
            seed=options.seed,
            stopSequences=list(options.stop) or None,
            responseMimeType=None if options.schema is None else "application/json",
            responseJsonSchema=options.schema,
            mediaResolution=whole,
        )
        tree = given(
            systemInstruction={"parts": [_part(p, by_part) for p in system]} if system else None,
            contents=[_content(m, by_part) for m in request.messages if m.role != "system"],
            generationConfig=config or None,
        )
        verb = "streamGenerateContent?alt=sse" if request.stream else "generateContent"
        return HttpRequest(
            method="POST",
            url=address(replace(target, model=model), f"{quirks.path}:{verb}"),
            headers={"content-type": "application/json"},
            body=JsonBody(overlay(tree, _placed(options.extra))),
            warnings=tuple(warnings.texts),
        )

    def error(self, response: HttpError) -> VisionError:
        return failure.failed(response, said(failure.load(response.body)))


DIALECT = Gemini()


def _generation(model: str) -> int:
    """3 for gemini-3.1-pro; 0 where the name does not tell, as gemini-flash-latest."""
    found = re.match(r"gemini-(\d+)", model)
    return int(found[1]) if found else 0


def _level_of_all(request: Request, warnings: Warnings) -> str | None:
    """One resolution for all pictures, the highest that one of them asks for."""
    parts = [part for message in request.messages for part in message.parts]
    asked = [part.detail for part in parts if isinstance(part, ImagePart)]
    wanted = [word for word in LEVELS if word in asked]
    if not wanted:
        return None
    highest = wanted[-1]
    if len(set(asked)) > 1:
        warnings.add(f"this model looks at all pictures alike: the detail is {highest!r} for each")
    if highest == "original":
        warnings.add("the detail 'original' is not known to this model; it was sent as 'high'")
        highest = "high"
    return LEVELS[highest]


def _content(message: Message, by_part: bool) -> dict[str, Any]:
    role = "model" if message.role == "assistant" else "user"
    return {"role": role, "parts": [_part(part, by_part) for part in message.parts]}


def _part(part: Part, by_part: bool) -> dict[str, Any]:
    if not isinstance(part, ImagePart):
        return {"text": part.text}
    level = LEVELS.get(part.detail or "") if by_part else None
    resolution = {"mediaResolution": {"level": level}} if level else {}
    if not isinstance(part.source, str):
        data = {"mimeType": part.media_type, "data": Base64(part.source)}
        return {"inlineData": data, **resolution}
    if part.source.startswith(FILE):  # the server knows its type
        file = given(mimeType=part.media_type, fileUri=FILES + part.source)
        return {"fileData": file, **resolution}
    if "://" not in part.source:
        raise ImageProblem(f"{part.source!r} is no address that Gemini can fetch")
    type_ = part.media_type or TYPES.get(urlsplit(part.source).path.lower().rpartition(".")[2])
    if type_ is None:
        raise ImageProblem(
            f"Gemini must be told the type of a picture, which {part.source} does not show",
            hint="--format TYPE, or --inline",
        )
    return {"fileData": {"mimeType": type_, "fileUri": part.source}, **resolution}


def _placed(extra: Mapping[str, Any]) -> dict[str, Any]:
    """`extra` with every field where Gemini expects it; both spellings become one."""
    camel = _camel(extra)
    top = {name: value for name, value in camel.items() if name in TOP or name == "stream"}
    config = {name: value for name, value in camel.items() if name not in top}
    own = top.get("generationConfig")
    if isinstance(own, Mapping):
        config = {**config, **_camel(own)}
    elif "generationConfig" in top:
        return top
    return {**top, "generationConfig": config} if config else top


def _camel(names: Mapping[str, Any]) -> dict[str, Any]:
    return {
        re.sub(r"(?<=[a-zA-Z0-9])_([a-z0-9])", lambda m: m[1].upper(), name): value
        for name, value in names.items()
    }


class Parser:
    """Every frame is a whole response with a piece of the text; nothing marks the end."""

    ended = False

    def __init__(self) -> None:
        self._started = False
        self._counts: Mapping[str, Any] = {}

    def frame(self, frame: Frame) -> Iterator[Event]:
        if frame.data.strip():
            yield from self.whole(load_object(frame.data))

    def whole(self, data: Mapping[str, Any]) -> Iterator[Event]:
        if failure.is_error(data):
            raise failure.told(said(data))
        if not self._started:
            self._started = True
            yield Started(word(data, "responseId"), word(data, "modelVersion"))
        counts = report(data, "usageMetadata")
        if counts and counts != self._counts:  # mostly every piece repeats them
            self._counts = counts
            yield _usage(counts)
        for candidate in mappings(data, "candidates"):
            if candidate.get("index") not in (0, None):  # more were asked for
                continue
            for part in mappings(mapping(candidate, "content"), "parts"):
                if piece := text(part, "text"):
                    yield ReasoningDelta(piece) if part.get("thought") else TextDelta(piece)
            if raw := text(candidate, "finishReason"):
                yield from _finish(raw)
        if not data.get("candidates") and (
            raw := text(mapping(data, "promptFeedback"), "blockReason")
        ):
            yield Finished(FinishReason.FILTER, raw)


def _finish(raw: str) -> Iterator[Event]:
    if raw == "OTHER" or raw.startswith("MALFORMED_"):
        raise ProviderFailed(
            f"the provider failed while it answered ({preview(raw)})", code=raw, retry=False
        )
    yield from finished(FINISH, raw)


def _usage(counts: Mapping[str, Any]) -> Usage:
    return Usage(
        input=count(counts, "promptTokenCount"),
        output=count(counts, "candidatesTokenCount"),
        cached=count(counts, "cachedContentTokenCount"),
        reasoning=count(counts, "thoughtsTokenCount"),
    )

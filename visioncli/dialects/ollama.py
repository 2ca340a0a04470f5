"""Ollama's native chat API. https://github.com/ollama/ollama/blob/main/docs/api.md

`extra`: the fields of the request itself (think, keep_alive, …) go to the top level, all else into
`options`: `-o top_k=40`, `-o num_ctx=8192` do what they say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

from visioncli.core import failure
from visioncli.core.body import Base64, JsonBody, given, overlay
from visioncli.core.dialect import HttpError, HttpRequest, Warnings, finished
from visioncli.core.errors import ImageProblem, ProviderFailed, VisionError
from visioncli.core.failure import CANNOT_SEE, Said
from visioncli.core.fields import count, load_object, mapping, text, word
from visioncli.core.framing import Frame, Framing, JsonLines
from visioncli.core.record import record
from visioncli.core.target import Target
from visioncli.core.types import (
    PDF,
    Event,
    Finished,
    FinishReason,
    ImagePart,
    Message,
    ReasoningDelta,
    Request,
    Started,
    TextDelta,
    Usage,
)

FINISH = {"stop": FinishReason.STOP, "length": FinishReason.LENGTH}

# Fields of the request beside options.
TOP = {
    *("model", "messages", "tools", "format", "options", "keep_alive", "think"),
    *("logprobs", "top_logprobs", "truncate", "shift"),
}


@record(kw_only=True)
class Quirks:
    """None yet: one vendor speaks this wire."""


class Ollama:
    name = "ollama"
    quirks: ClassVar[type] = Quirks
    framing: ClassVar[Callable[[], Framing]] = JsonLines

    def parser(self) -> Parser:
        return Parser()

    def build(self, request: Request, target: Target) -> HttpRequest:
        options, warnings = request.options, Warnings()
        sampling = given(
            num_predict=options.max_tokens,
            temperature=options.temperature,
            top_p=options.top_p,
            seed=options.seed,
            stop=list(options.stop) or None,
        )
        tree = given(
            model=target.model,
            messages=[_message(message, warnings) for message in request.messages],
            format=options.schema,
            options=sampling or None,
            stream=request.stream,  # Ollama streams where nothing is said
        )
        return HttpRequest(
            method="POST",
            url=f"{target.base_url}/api/chat",
            headers={"content-type": "application/json"},
            body=JsonBody(overlay(tree, _placed(options.extra))),
            warnings=tuple(warnings.texts),
        )

    def error(self, response: HttpError) -> VisionError:
        return failure.failed(response, _said(failure.load(response.body), response.status))


DIALECT = Ollama()


def _message(message: Message, warnings: Warnings) -> dict[str, Any]:
    """Pictures stand beside the text on this wire; among themselves they keep their order."""
    pictures = [part for part in message.parts if isinstance(part, ImagePart)]
    texts = [part.text for part in message.parts if not isinstance(part, ImagePart)]
    images = []
    for picture in pictures:
        if isinstance(picture.source, str):
            raise ImageProblem(f"Ollama fetches no pictures: {picture.source}", hint="--inline")
        if picture.media_type == PDF:
            raise ImageProblem("Ollama takes no PDF", hint="FILE.pdf#1 shows a page as a picture")
        if picture.detail not in (None, "auto"):
            warnings.add("Ollama has no detail to choose; it was left out")
        images.append(Base64(picture.source))
    return given(role=message.role, content="\n".join(texts), images=images or None)


def _placed(extra: Mapping[str, Any]) -> dict[str, Any]:
    top = {name: value for name, value in extra.items() if name in TOP or name == "stream"}
    options = {name: value for name, value in extra.items() if name not in top}
    own = top.get("options", {})
    if not options or not isinstance(own, Mapping):
        return top
    return {**top, "options": {**options, **own}}


class Parser:
    def __init__(self) -> None:
        self.ended = False
        self._started = False

    def frame(self, frame: Frame) -> Iterator[Event]:
        yield from self.whole(load_object(frame.data))

    def whole(self, data: Mapping[str, Any]) -> Iterator[Event]:
        if failure.is_error(data):
            raise failure.told(_said(data, None))
        if not self._started:
            self._started = True
            yield Started(None, word(data, "model"))
        message = mapping(data, "message")
        if thought := text(message, "thinking"):
            yield ReasoningDelta(thought)
        if piece := text(message, "content"):
            yield TextDelta(piece)
        if data.get("done"):
            self.ended = True
            yield Usage(input=count(data, "prompt_eval_count"), output=count(data, "eval_count"))
            yield from _finish(data)


def _finish(data: Mapping[str, Any]) -> Iterator[Event]:
    """Old servers give no reason. "" tells of a runner that was lost, "load" of nothing asked."""
    if data.get("done_reason") is None:
        yield Finished(FinishReason.STOP)
        return
    raw = text(data, "done_reason")
    if raw in ("", "load", "unload"):
        what = f"ended with {raw!r}" if raw else "lost the model's runner"
        raise ProviderFailed(f"the answer is not complete: Ollama {what}", retry=False)
    yield from finished(FINISH, raw)


BLIND = re.compile(
    r"missing data required for image|not support (vision|images?( input|\W*$))", re.IGNORECASE
)
PICTURE = re.compile(r"\bimages?\b|base64", re.IGNORECASE)


def _said(data: object, status: int | None) -> Said:
    """{"error": "…"}, with no code: the words must tell, also with a 500."""
    error = failure.opened(data)
    words = word(error, "message") or ""
    if status not in (400, 500, None):
        return Said(words=words)
    if BLIND.search(words):
        return Said(words=words, code=CANNOT_SEE)
    return Said(words=words, kind=ImageProblem if PICTURE.search(words) else None)

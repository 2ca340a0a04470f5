"""Claude on Bedrock in Anthropic's own words: InvokeModel and InvokeModelWithResponseStream.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ResponseStream.html (read
2026-11-24), and the client for Bedrock in anthropic-sdk-python. Body and events are those of
`anthropic`; the path names the model and says whether to stream, and a frame carries an event in
base64. Addresses of pictures are not taken.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import ClassVar

from visioncli.core import failure
from visioncli.core.body import JsonBody
from visioncli.core.dialect import HttpError, HttpRequest
from visioncli.core.errors import ImageProblem, VisionError
from visioncli.core.eventstream import EventStream
from visioncli.core.fields import load_object, text, wrong
from visioncli.core.framing import Frame, Framing
from visioncli.core.record import record
from visioncli.core.target import Target
from visioncli.core.types import Event, ImagePart, Request

from . import anthropic
from .bedrock_converse import segment
from .bedrock_errors import said

VERSION = "bedrock-2023-05-31"


@record(kw_only=True)
class Quirks:
    """default_max_tokens: the wire requires a number where nobody gave one."""

    default_max_tokens: int = 4096


class BedrockInvoke:
    name = "bedrock_invoke"
    quirks: ClassVar[type] = Quirks
    framing: ClassVar[Callable[[], Framing]] = EventStream

    def parser(self) -> Parser:
        return Parser()

    def build(self, request: Request, target: Target) -> HttpRequest:
        provider = target.provider
        for part in (part for message in request.messages for part in message.parts):
            if isinstance(part, ImagePart) and isinstance(part.source, str):
                raise ImageProblem(
                    f"{part.source!r} is no address that {provider.name} can fetch for this model",
                    hint="--inline, or download it and name the file",
                )
        quirks = {**provider.quirks, "version_in_body": VERSION}
        row = replace(provider, quirks=quirks)
        built = anthropic.DIALECT.build(request, replace(target, provider=row))
        tree = {name: value for name, value in built.body.tree.items() if name != "stream"}
        verb = "invoke-with-response-stream" if request.stream else "invoke"
        url = f"{target.base_url}/model/{segment(target.model, 'invoke/')}/{verb}"
        return replace(built, url=url, body=JsonBody(tree))

    def error(self, response: HttpError) -> VisionError:
        data = failure.load(response.body)
        return failure.failed(response, said(data, response.status, response.headers))


DIALECT = BedrockInvoke()


class Parser(anthropic.Parser):
    def frame(self, frame: Frame) -> Iterator[Event]:
        data = load_object(frame.data)
        if frame.error:
            raise failure.told(said(data, None, name=frame.event))
        if frame.event != "chunk":
            return
        if "bytes" not in data:  # servers that only speak like Bedrock send the event as it is
            yield from super().frame(Frame(frame.data))
            return
        coded = text(data, "bytes")
        try:
            event = b64decode(coded, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):  # the latter for what is not ASCII
            raise wrong("chunk", coded) from None
        yield from super().frame(Frame(event))

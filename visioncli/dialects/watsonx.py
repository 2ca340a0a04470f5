"""IBM watsonx.ai text chat: OpenAI's chat in an envelope of IBM's.

https://cloud.ibm.com/apidocs/watsonx-ai#text-chat; fields and paths after ibm-watsonx-ai 1.8 and
https://ibm.github.io/watsonx-ai-node-sdk (TextChatRequest, TextChatStreamItem, read 2026-11-24).
The path says whether the answer is streamed. The work is billed to a project or a space, which the
row's variables name; `deployment/ID` asks a deployment, which knows its model and its space.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar
from urllib.parse import quote

from visioncli.core import failure
from visioncli.core.body import JsonBody
from visioncli.core.dialect import HttpError, HttpRequest
from visioncli.core.errors import UsageError, VisionError
from visioncli.core.fields import mappings, word
from visioncli.core.framing import Framing, ServerSentEvents
from visioncli.core.places import unset
from visioncli.core.target import Target
from visioncli.core.types import Event, Finished, FinishReason, Request

from . import openai_chat
from .watsonx_errors import said

VERSION = "2024-03-13"  # of the API
DEPLOYMENT = "deployment/"
PLACES = ("project_id", "space_id")

# Reasons of IBM's own, beside OpenAI's.
CUT = ("time_limit", "cancelled")


class Watsonx:
    name = "watsonx"
    quirks: ClassVar[type] = openai_chat.Quirks
    framing: ClassVar[Callable[[], Framing]] = ServerSentEvents

    def parser(self) -> Parser:
        return Parser()

    def build(self, request: Request, target: Target) -> HttpRequest:
        plain = openai_chat.DIALECT.build(replace(request, stream=False), target)
        tree = {k: v for k, v in plain.body.tree.items() if k not in ("model", "stream")}
        deployment = target.model.removeprefix(DEPLOYMENT)
        if deployment != target.model:
            path = f"deployments/{quote(deployment, safe='')}/text"
        else:
            path = "text"
            tree = {"model_id": target.model, **_billed_to(target, tree), **tree}
        verb = "chat_stream" if request.stream else "chat"
        return replace(
            plain,
            url=f"{target.base_url}/ml/v1/{path}/{verb}?version={VERSION}",
            body=JsonBody(tree),
        )

    def error(self, response: HttpError) -> VisionError:
        return failure.failed(response, said(failure.load(response.body), response.status))


DIALECT = Watsonx()


def _billed_to(target: Target, tree: Mapping[str, Any]) -> dict[str, str]:
    """One of project and space, unless `extra` says it; the service refuses both together."""
    if any(name in tree for name in PLACES):
        return {}
    for name in PLACES:
        if name in target.values:
            return {name: target.values[name]}
    missing = unset(target.provider, "project_id")
    raise UsageError(missing.message, hint=f"{missing.hint}, or the space's id: WATSONX_SPACE_ID")


class Parser(openai_chat.Parser):
    def _read(self, data: Mapping[str, Any], member: str) -> Iterator[Event]:
        if mappings(data, "errors"):
            raise failure.told(said(data, None))
        model = word(data, "model") or word(data, "model_id")
        yield from super()._read({**data, "model": model}, member)

    def _finish(self, raw: str) -> Iterator[Event]:
        if raw in CUT:
            self._finished = True
            yield Finished(FinishReason.INCOMPLETE, raw)
        else:
            yield from super()._finish(raw)

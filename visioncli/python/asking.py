"""ask: a question about pictures, in one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from visioncli import api
from visioncli import schema as schemas
from visioncli.core import openai
from visioncli.core.answer import problem
from visioncli.core.errors import UsageError
from visioncli.core.types import Answer, Detail, Request

from . import calls, pictures
from .pictures import Picture


def ask(
    images: Picture | Iterable[Picture],
    question: str,
    model: str | None = None,
    *,
    system: str | None = None,
    schema: Mapping[str, Any] | str | None = None,
    detail: Detail | None = None,
    format: str | None = None,  # noqa: A002 - as LiteLLM calls it
    api_base: str | None = None,
    api_key: str | None = None,
    timeout: float | None = None,
    **options: Any,
) -> Answer:
    """The answer to a question about one or more pictures; str() of it is its text.

    images: a file's name or path, an http(s): or data: address, the bytes of a picture, or several
    of these. model: as for `completion`; None chooses as the command line does, in the end the
    offline model local/eyes. schema: a JSON schema, or "name, age int, bio: one line". format: the
    media type of the pictures, where libmagic is wrong. options: as those of `completion`.

    Raises VisionError's tree, also for an answer that is not whole: Incomplete where it was cut or
    stopped at the token limit, Refused where the model or a filter refused, BadAnswer where it does
    not fit the schema. What was answered by then is the error's `text`.
    """
    own, fields = calls.split(options)
    asked = request(images, question, fields, system, schema, detail, format)
    call, warnings = calls.ready(
        model, asked, api_base=api_base, api_key=api_key, timeout=timeout, own=own, files=True
    )
    answer = calls.answered(call)
    error = problem(answer)
    if error is None and (form := call.asked.request.options.schema) is not None:
        error = schemas.misfit(answer.text, form)
    if error is not None:
        error.text = answer.text
        raise error
    return replace(answer, warnings=(*warnings, *answer.warnings))


def request(
    images: Picture | Iterable[Picture],
    question: str,
    fields: Mapping[str, Any],
    system: str | None,
    schema: Mapping[str, Any] | str | None,
    detail: Detail | None,
    format: str | None,  # noqa: A002 - as above
) -> Request:
    """What `ask` asks. fields: those of the request, as `calls.split` gives them."""
    if not isinstance(question, str) or not question.strip():
        raise UsageError("the question is empty", hint="what's in this?")
    said = openai.options(fields)
    if schema is not None:
        read = schemas.read(schema) if isinstance(schema, str) else schema
        said = replace(said, schema=read)
    parts = pictures.of_question(images, format, detail)
    messages = api.question(question, parts, system=system)
    return Request(messages=messages, options=said, stream=False)

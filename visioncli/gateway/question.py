"""What a caller asks, whichever API it was said in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, replace
from types import MappingProxyType
from typing import Any

from visioncli import schema
from visioncli.config import NOTHING
from visioncli.core import openai
from visioncli.core.errors import UsageError
from visioncli.core.openai import Image
from visioncli.core.record import record
from visioncli.core.types import ImagePart, Options, Request
from visioncli.images import sniff
from visioncli.python import pictures

from .body import Body
from .fields import translated

# Other gateways take these of a caller: here they are the operator's alone.
OPERATORS = {
    *("api_key", "api_base", "base_url", "api_version", "headers", "extra_headers", "timeout"),
    *("retries", "num_retries", "max_retries", "inline", "allow_private", "force", "prep"),
    *("max_side", "custom_llm_provider", "organization", "fallbacks", "mock_response"),
}
CREDENTIALS = ("aws_", "azure_", "vertex_", "watsonx_", "oci_")
TOOLS = ("tools", "functions")


@record(kw_only=True)
class Question:
    """model: as the caller names it. only: fields for one dialect alone, by its name.

    body: what was sent, for the API that repeats a part of it in its answer.
    """

    model: str
    request: Request
    include_usage: bool = False
    only: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: NOTHING)
    body: Mapping[str, Any] = field(default_factory=lambda: NOTHING)

    def for_dialect(
        self, name: str, defaults: Mapping[str, Any]
    ) -> tuple[Request, tuple[str, ...]]:
        """(the request as one dialect takes it, warnings). defaults: of what nobody asked for."""
        options = _defaulted(self.request.options, defaults) if defaults else self.request.options
        extra, left = translated(options.extra, name)
        for dialect, fields in self.only.items():
            if dialect == name:
                extra = {**extra, **fields}
            else:
                left += tuple(fields)
        if options is self.request.options and extra is options.extra and not left:
            return self.request, ()
        made = replace(options, extra=MappingProxyType(dict(extra)))
        return replace(self.request, options=made), _left_out(left, name)


def _left_out(names: tuple[str, ...], dialect: str) -> tuple[str, ...]:
    if not names:
        return ()
    if len(names) == 1:
        return (f"{names[0]} is left out: {dialect} has no such field",)
    return (f"{', '.join(names)} are left out: {dialect} has no such fields",)


def _defaulted(options: Options, defaults: Mapping[str, Any]) -> Options:
    """What the caller does not say is as the configuration says."""
    made = openai.options(defaults)
    return Options(
        max_tokens=made.max_tokens if options.max_tokens is None else options.max_tokens,
        temperature=made.temperature if options.temperature is None else options.temperature,
        top_p=made.top_p if options.top_p is None else options.top_p,
        seed=made.seed if options.seed is None else options.seed,
        stop=options.stop or made.stop,
        schema=made.schema if options.schema is None else options.schema,
        extra=MappingProxyType({**made.extra, **options.extra}),
    )


def model(body: Mapping[str, Any]) -> str:
    """Raises UsageError (2)."""
    said = body.get("model")
    if not isinstance(said, str) or not said.strip():
        raise UsageError("model must be the name of a model", hint="GET /v1/models lists them")
    return said.strip()


def check_fields(body: Mapping[str, Any]) -> None:
    """Raises UsageError (2) for what a caller may not say, and what is not done."""
    for name in body:
        if name in OPERATORS or name.startswith(CREDENTIALS):
            raise UsageError(f"{name} is the gateway's own to set, and no field of a request")
    for name in TOOLS:
        if body.get(name):
            raise UsageError(f"{name}: tools are not supported")


def checked_schema(request: Request) -> Request:
    """Raises UsageError (2) for a schema that is none."""
    if request.options.schema is None:
        return request
    options = replace(request.options, schema=schema.checked(request.options.schema))
    return replace(request, options=options)


def picturing(body: Body) -> Callable[[Image], ImagePart]:
    """What becomes of an image in a message: never a file of this machine."""

    def picture(image: Image) -> ImagePart:
        blob = body.picture(image.url)
        if blob is None:
            return pictures.in_message(image)
        return ImagePart(kind(image.format, image.where), blob, image.detail)

    return picture


def kind(said: str | None, where: str) -> str | None:
    if said is None:
        return None
    try:
        return sniff.canonical(said)
    except UsageError as error:
        raise UsageError(f"{where}: 'format': {error.message}", hint="image/jpeg") from None

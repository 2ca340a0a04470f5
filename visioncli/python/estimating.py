"""estimate: what a question would cost, without asking it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from visioncli import choice, config, costs
from visioncli.core.types import Detail
from visioncli.costs import Estimate

from . import asking, calls
from .pictures import Picture

__all__ = ("Estimate", "estimate")


def estimate(
    images: Picture | Iterable[Picture],
    question: str,
    model: str | None = None,
    *,
    system: str | None = None,
    schema: Mapping[str, Any] | str | None = None,
    detail: Detail | None = None,
    format: str | None = None,  # noqa: A002 - as `ask` calls it
    api_base: str | None = None,
    **options: Any,
) -> Estimate:
    """The tokens and US dollars that `ask` of the same arguments would take, as far as is known.

    Nothing is sent or fetched, and no key is needed. What is not known is None, and `unknown` of
    the estimate says why: no formula is published for the model's pictures, nobody gives a price, a
    picture is an address and not here, or no max_tokens limits the answer.

    Raises VisionError's tree as `ask` does before it sends: UsageError, ImageProblem, UnknownModel.
    """
    own, fields = calls.split(options)
    asked = asking.request(images, question, fields, system, schema, detail, format)
    call, _ = calls.ready(
        model,
        asked,
        api_base=api_base,
        api_key=None,
        timeout=None,
        own=own,
        files=True,
        dry=True,
    )
    known_as = choice.known_as(call.ref, config.load())
    return costs.estimate(call.ref, call.asked.request, call.pictures, known_as)

"""The forms of the providers' own lists of models.

A form is a row of SHAPES: where a list is asked for, how it goes on, and which member is the name.
What an entry states of its model is read by `entry`; a list that does not speak of pictures gives
no verdict. The forms are those of the vendors' own Python packages (openai 3.57, anthropic,
mistralai, cohere, google-genai, ollama, botocore) and of the pages that the providers' rows name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from visioncli.catalogue.making import sound
from visioncli.catalogue.making.snapshots import Stated
from visioncli.config import NOTHING
from visioncli.core.errors import BadAnswer
from visioncli.core.fields import preview, word
from visioncli.core.record import record

from .entry import Entry, stated


@record(kw_only=True)
class Shape:
    """The form of a list.

    path: behind the provider's address. entries: the member that holds the list; an answer that is
    a list itself is taken as well. name: the member that is the model's id. query: of the first
    page. next_from, next_as: the member that tells where the next page begins, and the parameter
    that asks for it; more: a member that must be true for there to be one. headers: sent along.
    price: the unit of what an entry says under PRICES, a factor to US dollars per million tokens.
    """

    path: str = "/models"
    entries: str = "data"
    name: str = "id"
    query: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    next_from: str = ""
    next_as: str = ""
    more: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    price: float | None = None


SHAPES: Mapping[str, Shape] = {
    "openai": Shape(),
    "openrouter": Shape(price=1e6),  # US dollars a token, as strings
    "together": Shape(price=1.0),  # US dollars a million tokens
    "xai": Shape(path="/language-models", entries="models", price=1e-4),  # cents a hundred million
    "anthropic": Shape(
        path="/v1/models",
        query={"limit": "1000"},
        next_from="last_id",
        next_as="after_id",
        more="has_more",
        headers={"anthropic-version": "2023-06-01"},
    ),
    "gemini": Shape(
        path="/v1beta/models",
        entries="models",
        name="name",
        query={"pageSize": "1000"},
        next_from="nextPageToken",
        next_as="pageToken",
    ),
    "cohere": Shape(
        path="/v1/models",
        entries="models",
        name="name",
        query={"page_size": "1000"},
        next_from="next_page_token",
        next_as="page_token",
    ),
    "ollama": Shape(path="/api/tags", entries="models", name="model"),
    "bedrock": Shape(path="/foundation-models", entries="modelSummaries", name="modelId"),
}
DIALECTS: Mapping[str, str] = {
    "openai_chat": "openai",
    "openai_responses": "openai",
    "anthropic": "anthropic",
    "gemini": "gemini",
    "cohere": "cohere",
    "ollama": "ollama",
    "bedrock_converse": "bedrock",
}


def entries(shape: Shape, body: bytes) -> tuple[list[Entry], dict[str, str]]:
    """The entries of one page, and the query of the next, {} at the end. Raises BadAnswer (8)."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise BadAnswer(f"its list of models is not JSON: {preview(body)!r}") from None
    found = data if isinstance(data, list) else None
    if isinstance(data, dict):
        found = data.get(shape.entries)
    if not isinstance(found, list):
        raise BadAnswer(f"its answer holds no list of models: {preview(body)!r}")
    return [entry for entry in found if isinstance(entry, dict)], _next(shape, data)


def _next(shape: Shape, data: Any) -> dict[str, str]:
    if not shape.next_from or not isinstance(data, dict):
        return {}
    cursor = word(data, shape.next_from)
    if cursor is None or (shape.more and data.get(shape.more) is not True):
        return {}
    return {shape.next_as: cursor}


def rows(shape: Shape, provider: str, listed: list[Entry]) -> Iterator[tuple[str, Stated]]:
    """(id, what is said) of every entry that can be used; names nobody could type are left out."""
    for entry in listed:
        name = (word(entry, shape.name) or "").removeprefix("models/")
        if not sound.model(f"{provider}/{name}"):
            continue
        said = stated(entry, price=shape.price)
        aliases = entry.get("aliases")  # xAI, Mistral: other names of the very same model
        others = aliases if isinstance(aliases, list) else []
        for each in dict.fromkeys((name, *(a for a in others if isinstance(a, str)))):
            if sound.model(f"{provider}/{each}"):
                yield f"{provider}/{each}", said

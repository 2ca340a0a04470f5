"""What a gateway tells of its models: OpenAI's list, and LiteLLM's tables."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from visioncli.choice import EYES
from visioncli.core.errors import VisionError

from .book import Book, Group
from .member import Member

STARTED = int(time.time())


def models(book: Book) -> Mapping[str, Any]:
    """https://platform.openai.com/docs/api-reference/models/list"""
    return {"object": "list", "data": [model(name, book) for name in book.names()]}


def model(name: str, book: Book) -> Mapping[str, Any]:
    """Raises UnknownModel (3)."""
    return {"id": name, "object": "model", "created": STARTED, "owned_by": book.owner(name)}


def groups(book: Book, wanted: str | None) -> Mapping[str, Any]:
    """https://docs.litellm.ai/docs/proxy/model_management: of one name, or of all."""
    return {"data": [_group(group) for group in _groups(book, wanted)]}


def entries(book: Book) -> Mapping[str, Any]:
    """The same of every entry by itself. No key is told."""
    return {"data": [_entry(member) for group in _groups(book, None) for member in group.members]}


def _groups(book: Book, wanted: str | None) -> tuple[Group, ...]:
    if wanted is not None:
        return (book.group(wanted),)
    return book.listed()


def _group(group: Group) -> dict[str, Any]:
    told = [_facts(member) for member in group.members]
    return {
        "model_group": group.name,
        "providers": list(dict.fromkeys(member.ref.provider for member in group.members)),
        "max_input_tokens": _most(one["max_input_tokens"] for one in told),
        "max_output_tokens": _most(one["max_output_tokens"] for one in told),
        "mode": next((one["mode"] for one in told if one["mode"]), None),
        "supports_vision": _any(one["supports_vision"] for one in told),
        "supports_function_calling": False,  # tools are not passed on
    }


def _facts(member: Member) -> dict[str, Any]:
    """What the configuration says comes before what the catalogue knows."""
    entry = member.entry
    try:
        known = member.known()
    except VisionError:  # the configuration's base_model is none, which is told when it is asked
        known = None
    chat = "chat" if known is not None or member.ref == EYES else None
    context = known.context if known else None
    max_output = known.max_output if known else None
    return {
        "max_input_tokens": context if entry.context is None else entry.context,
        "max_output_tokens": max_output if entry.max_output is None else entry.max_output,
        "mode": entry.mode or (known.mode if known else None) or chat,
        "supports_vision": member.sees()[0],
    }


def _entry(member: Member) -> dict[str, Any]:
    entry = member.entry
    id_ = hashlib.sha256(f"{entry.name}\0{entry.model}\0{entry.api_base}".encode()).hexdigest()
    params = {"model": entry.model, **({"api_base": entry.api_base} if entry.api_base else {})}
    return {
        "model_name": entry.name,
        "litellm_params": params,
        "model_info": {
            "id": id_,
            "db_model": False,
            "litellm_provider": member.ref.provider,
            **_facts(member),
            **_prices(member),
            "supports_function_calling": False,
            "why": member.sees()[1],
        },
    }


def _prices(member: Member) -> dict[str, float | None]:
    """US dollars for one token, as LiteLLM has them."""
    price = member.price()
    usd_in, usd_out = (price.usd_in, price.usd_out) if price else (None, None)
    return {"input_cost_per_token": _each(usd_in), "output_cost_per_token": _each(usd_out)}


def _each(per_million: float | None) -> float | None:
    return None if per_million is None else float(Decimal(repr(per_million)) / 1_000_000)


def _most(values: Iterable[int | None]) -> int | None:
    return max((value for value in values if value is not None), default=None)


def _any(values: Iterable[bool | None]) -> bool | None:
    """Whether one of them can; None where none is known to, and not all are known not to."""
    found = list(values)
    if True in found:
        return True
    return False if found and all(value is False for value in found) else None

"""Who answered a request, what it cost, and what is worth telling of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from visioncli.core.fields import preview
from visioncli.core.record import record
from visioncli.core.types import Usage

from .member import Member

WARNINGS = 800  # characters of a header
Headers = list[tuple[bytes, bytes]]


@record(frozen=False)
class Answering:
    """Filled in while a request is asked. member: of several that were tried, the last.

    wire: the dialect that is spoken to it. extra: names of the fields that were asked for beside
    those that every API has.
    """

    member: Member | None = None
    wire: str = ""
    extra: Collection[str] = ()

    def cost(self, usage: Usage) -> float | None:
        """US dollars; None where a count or a price is not known."""
        if self.member is None:
            return None
        return self.member.cost(usage, wire=self.wire, extra=self.extra)


@record
class Bill:
    """What no API has a place for. usd: None where it is not known."""

    usd: float | None = None
    warnings: tuple[str, ...] = ()

    def usage(self, usage: Any) -> Any:
        """An API's own usage with the cost in it, where OpenRouter puts it."""
        return usage if usage is None or self.usd is None else {**usage, "cost": self.usd}

    def member(self) -> Mapping[str, Any]:
        """A member of an answer's JSON that is ours; none where there is nothing to tell."""
        return noted(self.warnings)


def noted(warnings: tuple[str, ...]) -> Mapping[str, Any]:
    return {"vision": {"warnings": list(warnings)}} if warnings else {}


def headers(answering: Answering, warnings: tuple[str, ...], usd: float | None = None) -> Headers:
    """usd: where it is known before the first byte is sent."""
    found: Headers = []
    if answering.member is not None:
        found.append((b"x-vision-model", _ascii(str(answering.member.ref))))
    if usd is not None:
        shown = f"{Decimal(repr(usd)):f}".encode()
        # The second name is LiteLLM's: what reads the bill there finds it here.
        found += [(b"x-vision-cost-usd", shown), (b"x-litellm-response-cost", shown)]
    if warnings:
        found.append((b"x-vision-warning", _ascii("; ".join(warnings))))
    return found


def _ascii(text: str) -> bytes:
    return preview(text, WARNINGS).encode("ascii", "backslashreplace")

"""What a call costs, in words and figures. Loaded by those runs alone that are asked for it."""

from __future__ import annotations

from visioncli import choice, costs
from visioncli.api import EyesCall, HttpCall
from visioncli.config import Settings
from visioncli.core.errors import VisionError
from visioncli.core.types import Usage


def estimate(call: HttpCall | EyesCall, settings: Settings) -> costs.Estimate:
    """Before it is made."""
    known_as = choice.known_as(call.ref, settings)
    return costs.estimate(call.ref, call.asked.request, call.pictures, known_as)


def cost(call: HttpCall | EyesCall, usage: Usage, settings: Settings) -> float | None:
    """US dollars, after it was made: whatever is wrong with the catalogue or the configuration, the
    answer is there and has been paid for.
    """
    try:
        return costs.cost(
            call.ref,
            usage,
            wire=call.dialect.name if isinstance(call, HttpCall) else "",
            extra=call.asked.request.options.extra,
            known_as=choice.known_as(call.ref, settings),
        )
    except (VisionError, OSError, ValueError, LookupError):
        return None


def usage_line(usage: Usage, usd: float | None, ms: int) -> str:
    """What was not reported is left out, never shown as 0."""
    counts = {
        "in": usage.input,
        "cached": usage.cached,
        "out": usage.output,
        "reasoning": usage.reasoning,
    }
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count is not None)
    price = f" {costs.shown(usd)};" if usd is not None else ""
    return f"tokens: {told or 'not reported'};{price} {ms / 1000:.1f} s"


def estimate_line(estimate: costs.Estimate) -> str:
    """One line; what is not known comes last."""
    if estimate.usd_at_most == 0 and not estimate.input_tokens:
        return "estimate: $0; nothing is sent"
    told = []
    if estimate.input_tokens is not None:
        pictures = f"{estimate.image_tokens} of them pictures"
        price = f", {costs.shown(estimate.usd_input)}" if estimate.usd_input is not None else ""
        told.append(f"about {estimate.input_tokens} tokens in ({pictures}){price}")
    if estimate.max_output_tokens is not None:
        usd = estimate.usd_output_at_most
        price = f", {costs.shown(usd)}" if usd is not None else ""
        told.append(f"at most {estimate.max_output_tokens} out{price}")
    if estimate.priced_as is not None:
        told.append(
            f"prices of {estimate.priced_as} ({estimate.price_source}, {estimate.price_as_of})"
        )
    if estimate.unknown:
        told.append(f"not known: {', '.join(estimate.unknown)}")
    return "estimate: " + "; ".join(told)

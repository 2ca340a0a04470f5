"""Which wire a provider's batches go over, and who has none."""

from __future__ import annotations

from visioncli.core.errors import UsageError
from visioncli.core.target import Target

from .anthropic import Anthropic
from .gemini import Gemini
from .mistral import Mistral
from .openai import ENDPOINTS, OpenAI
from .wire import Wire

WIRES: dict[str, Wire] = {
    "openai": OpenAI(),
    "anthropic": Anthropic(),
    "gemini": Gemini(),
    "mistral": Mistral(),
}
TAKEN = {
    "openai": tuple(ENDPOINTS),
    "anthropic": ("anthropic",),
    "gemini": ("gemini",),
    "mistral": ("openai_chat",),
}


def of(target: Target) -> Wire:
    """Raises UsageError (2) where the provider takes no batches, or not for this model."""
    row = target.provider
    kind = row.batch.kind
    if kind not in WIRES or row.dialect not in TAKEN[kind]:
        raise UsageError(
            f"no batches are known of {target.ref}",
            hint="vision ask --from LIST -O FILE asks one by one; [providers.NAME.batch] says more",
            code="no_batches",
        )
    return WIRES[kind]

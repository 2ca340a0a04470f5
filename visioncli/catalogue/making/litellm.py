"""LiteLLM's model_prices_and_context_window.json: an object of models, each naming its provider.

Left out: search and speech services that have no models, price classes ("together-ai-up-to-4b"),
a picture model's price at one size or quality, and copies of one Bedrock model for another region
or commitment.
"""

from __future__ import annotations

import re
from typing import Any

from . import sound
from .snapshots import Snapshot, Stated

# Its names of providers, where a row is filed under another.
PROVIDERS = {
    "azure_text": "azure",
    "bedrock_converse": "bedrock",
    "cohere_chat": "cohere",
    "fireworks_ai-embedding-models": "fireworks_ai",
    "palm": "gemini",
    "text-completion-codestral": "codestral",
    "text-completion-inception": "inception",
    "text-completion-openai": "openai",
}
LEFT_OUT = re.compile(
    r"(?:aws_polly|transcribe)/"
    r"|(?:fireworks_ai|together_ai)/(?:fireworks|together)-ai-"
    r"|[^/]*/(?:low|medium|high|hd|standard)/\d"
    r"|[^/]*/(?:\d+|max)-x-(?:\d+|max)/"
    r"|bedrock/(?:\*|(?:us-gov|us|eu|ap|ca|sa|me|af|il|mx)-[a-z-]+-\d|invoke)/"
)
PER_MILLION = 1_000_000


def is_one(document: dict[str, Any]) -> bool:
    """Whether any of its members names a provider as LiteLLM does."""
    return any(
        isinstance(one, dict) and isinstance(one.get("litellm_provider"), str)
        for name, one in document.items()
        if name != "sample_spec"
    )


def read(document: dict[str, Any], as_of: str) -> Snapshot:
    rows: dict[str, Stated] = {}
    dropped = 0
    chats = _providers_of_models(document)
    for name, entry in document.items():
        if name == "sample_spec":
            continue
        provider = entry.get("litellm_provider") if isinstance(entry, dict) else None
        if not isinstance(provider, str):
            dropped += 1
            continue
        row = _row(provider, name)
        if LEFT_OUT.match(row) or (entry.get("mode") == "search" and provider not in chats):
            continue
        if sound.model(row):
            rows[row] = _stated(entry)
        else:
            dropped += 1
    return Snapshot("L", as_of, rows, dropped)


def _providers_of_models(document: dict[str, Any]) -> set[str]:
    """Those that have more than a search."""
    return {
        provider
        for entry in document.values()
        if isinstance(entry, dict)
        and isinstance(provider := entry.get("litellm_provider"), str)
        and entry.get("mode") != "search"
    }


def _row(provider: str, name: str) -> str:
    """("bedrock_converse", "us.amazon.nova-lite-v1:0") -> bedrock/us.amazon.nova-lite-v1:0"""
    filed = "vertex_ai" if provider.startswith("vertex_ai-") else PROVIDERS.get(provider, provider)
    for prefix in (f"{provider}/", f"{filed}/", f"{filed.replace('_', '-')}/"):
        if name.startswith(prefix):
            return f"{filed}/{name.removeprefix(prefix)}"
    return f"{filed}/{name}"


def _stated(entry: dict[str, Any]) -> Stated:
    mode = entry.get("mode")
    return sound.stated(
        vision=entry.get("supports_vision"),
        mode="" if mode == "chat" else mode,
        input=entry.get("supported_modalities"),
        output=entry.get("supported_output_modalities"),
        context=entry.get("max_input_tokens", entry.get("max_tokens")),
        max_output=entry.get("max_output_tokens"),
        usd_in=_per_million(entry.get("input_cost_per_token")),
        usd_out=_per_million(entry.get("output_cost_per_token")),
        usd_image=entry.get("input_cost_per_image"),
        retires=entry.get("deprecation_date"),
    )


def _per_million(price: Any) -> Any:
    return price * PER_MILLION if isinstance(price, float) else None if price != 0 else 0.0

"""models.dev's api.json: an object of providers, each with an object of models."""

from __future__ import annotations

from typing import Any

from . import sound
from .snapshots import Snapshot, Stated

# Its names of providers, where a row is filed under another.
PROVIDERS = {
    "abliteration-ai": "abliteration",
    "alibaba": "dashscope",
    "alibaba-cn": "dashscope",
    "amazon-bedrock": "bedrock",
    "azure-cognitive-services": "azure_ai",
    "cloudflare-workers-ai": "cloudflare",
    "digitalocean": "gradient_ai",
    "fireworks-ai": "fireworks_ai",
    "friendli": "friendliai",
    "github-copilot": "github_copilot",
    "github-models": "github",
    "gmicloud": "gmi",
    "google": "gemini",
    "google-vertex": "vertex_ai",
    "google-vertex-anthropic": "vertex_ai",
    "llama": "meta_llama",
    "lmstudio": "lm_studio",
    "minimax-cn": "minimax",
    "moonshotai": "moonshot",
    "moonshotai-cn": "moonshot",
    "nova": "amazon_nova",
    "novita-ai": "novita",
    "nvidia": "nvidia_nim",
    "ollama-cloud": "ollama",
    "opencode-go": "opencode_go",
    "perplexity-agent": "perplexity",
    "sap-ai-core": "sap",
    "scx": "scx-ai",
    "snowflake-cortex": "snowflake",
    "tencent-tokenhub": "tencent",
    "togetherai": "together_ai",
    "venice": "veniceai",
    "vercel": "vercel_ai_gateway",
    "xiaomi": "xiaomi_mimo",
    "zhipuai": "bigmodel",
}


def is_one(document: dict[str, Any]) -> bool:
    """Whether any of its members is a provider with models."""
    return any(isinstance(_member(one, "models"), dict) for one in document.values())


def read(document: dict[str, Any], as_of: str) -> Snapshot:
    rows: dict[str, Stated] = {}
    dropped = 0
    for name, provider in document.items():
        models = _member(provider, "models")
        if not isinstance(models, dict):
            dropped += 1
            continue
        for model, entry in models.items():
            row = f"{PROVIDERS.get(name, name)}/{model}"
            modalities = _member(entry, "modalities")
            if not isinstance(modalities, dict) or not sound.model(row):
                dropped += 1
            else:
                rows[row] = _stated(entry, modalities)
    return Snapshot("M", as_of, rows, dropped)


def _stated(entry: dict[str, Any], modalities: dict[str, Any]) -> Stated:
    taken = sound.modalities(modalities.get("input"))
    limit, cost = _member(entry, "limit"), _member(entry, "cost")
    return sound.stated(
        vision="image" in taken if taken else None,
        input=taken,
        output=modalities.get("output"),
        context=_member(limit, "context"),
        max_output=_member(limit, "output"),
        usd_in=_member(cost, "input"),
        usd_out=_member(cost, "output"),
        released=entry.get("release_date"),
        knowledge=entry.get("knowledge"),
        status=entry.get("status"),
    )


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None

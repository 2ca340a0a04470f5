"""The two registries' documents, made of what the packaged catalogue says they list."""

from __future__ import annotations

from functools import cache
from typing import Any

from visioncli.catalogue import current, facts

FACTS = current.BUNDLED + facts.NAME


def litellm(**more: Any) -> dict[str, Any]:
    """LiteLLM's form. more: further members, or others in the place of these."""
    document: dict[str, Any] = {}
    for row, vision in _listed("litellm"):
        provider = row.model.partition("/")[0]
        entry = {"litellm_provider": provider, "mode": row.mode or "chat"}
        if vision is not None:
            entry["supports_vision"] = vision
        document[row.model] = entry
    return document | more


def models_dev(**more: Any) -> dict[str, Any]:
    """models.dev's form. more: further members, or others in the place of these."""
    document: dict[str, Any] = {}
    for row, vision in _listed("models.dev"):
        provider, _, model = row.model.partition("/")
        taken = {True: ["text", "image"], False: ["text"], None: []}[vision]
        models = document.setdefault(provider, {"models": {}})["models"]
        models[model] = {"modalities": {"input": taken, "output": list(row.output) or ["text"]}}
    return document | more


@cache
def _listed(source: str) -> list[tuple[facts.Facts, bool | None]]:
    """(row, what this source says of pictures) of each model that it still lists."""
    found = []
    for row in facts.all(FACTS):
        said = [vision for who, _, vision in row.says if who == source]
        if said and source not in row.missing_in:
            found.append((row, said[-1]))
    return found

"""What one entry of a provider's list states of its model, in so many words.

One table serves all lists, since vendors copy each other's members; each is named by who has it. A
member of a wrong type says nothing, and neither does a model's name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from visioncli.catalogue.making.snapshots import Stated

Entry = Mapping[str, Any]
DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
WORD = re.compile(r"[!-~]{1,40}")
MOST = 10**9  # tokens; what is above is no size of a context

# Where an entry states what goes in and comes out; paths of members.
INPUTS = (
    ("architecture", "input_modalities"),  # OpenRouter, and routers like it
    ("input_modalities",),  # xAI
    ("supported_input_modalities",),  # GitHub
    ("inputModalities",),  # Bedrock
    ("modalities", "input"),
)
OUTPUTS = (
    ("architecture", "output_modalities"),
    ("output_modalities",),
    ("supported_output_modalities",),
    ("outputModalities",),
    ("modalities", "output"),
)
FLAGS = (
    ("capabilities", "image_input", "supported"),  # Anthropic
    ("capabilities", "vision"),  # Mistral
    ("supports_image_input",),  # Fireworks
    ("supports_vision",),
)
CONTEXTS = (
    ("max_input_tokens",),  # Anthropic
    ("inputTokenLimit",),  # Gemini
    ("context_length",),  # OpenRouter, Together, Cohere, xAI
    ("context_window",),  # Groq
    ("max_context_length",),  # Mistral
    ("max_model_len",),  # vLLM
    ("limits", "max_input_tokens"),  # GitHub
)
OUTPUT_LIMITS = (
    ("outputTokenLimit",),
    ("max_completion_tokens",),
    ("top_provider", "max_completion_tokens"),
    ("limits", "max_output_tokens"),
)
PRICES = (
    (("pricing", "prompt"), ("pricing", "completion")),
    (("pricing", "input"), ("pricing", "output")),
    (("prompt_text_token_price",), ("completion_text_token_price",)),
)
ENDS = (
    ("retires_at",),  # Anthropic
    ("shutdown_date",),  # OpenAI
    ("deprecation",),  # Mistral
    ("expiration_date",),  # OpenRouter
    ("modelLifecycle", "endOfLifeTime"),  # Bedrock
)
PURPOSES: Mapping[str, str] = {  # what an entry calls its purpose -> the mode
    "embedding": "embedding",
    "embed": "embedding",
    "embedcontent": "embedding",
    "rerank": "rerank",
    "moderation": "moderation",
    "image": "image_generation",
    "classify": "classify",
}
CHATS = ("chat", "generatecontent")
WHOLE = (
    "completion",
    "embedding",
)  # Ollama names one always; others' capabilities leave things out


def stated(entry: Entry, *, price: float | None = None) -> Stated:
    """What an entry says in so many words. price: a factor to US dollars per million tokens."""
    inputs, outputs = _words(entry, INPUTS), _words(entry, OUTPUTS)
    usd_in, usd_out = _prices(entry, price)
    return Stated(
        vision=_vision(entry, inputs),
        mode=_mode(entry, outputs),
        input=inputs,
        output=() if outputs == ("text",) else outputs,
        context=_first_count(entry, CONTEXTS),
        max_output=_first_count(entry, OUTPUT_LIMITS),
        usd_in=usd_in,
        usd_out=usd_out,
        retires=next((date for path in ENDS if (date := _date(_at(entry, path)))), ""),
        status="deprecated" if _is_deprecated(entry) else "",
    )


def _vision(entry: Entry, inputs: tuple[str, ...]) -> bool | None:
    if inputs:
        return "image" in inputs
    for path in FLAGS:
        if isinstance(flag := _at(entry, path), bool):
            return flag
    capabilities = entry.get("capabilities")
    if isinstance(capabilities, list):
        if "vision" in capabilities:
            return True
        if any(word in capabilities for word in WHOLE):
            return False
    features = entry.get("features")  # Cohere's may leave things out
    return True if isinstance(features, list) and "vision" in features else None


def _mode(entry: Entry, outputs: tuple[str, ...]) -> str:
    """What it is for, where that is said and is not to answer in text."""
    if "embedding" in outputs or "embeddings" in outputs:
        return "embedding"
    listed = entry.get("endpoints") or entry.get("supportedGenerationMethods") or entry.get("type")
    purposes = [listed] if isinstance(listed, str) else listed if isinstance(listed, list) else []
    small = [purpose.lower() for purpose in purposes if isinstance(purpose, str)]
    if any(chat in small for chat in CHATS):
        return ""
    return next((PURPOSES[purpose] for purpose in small if purpose in PURPOSES), "")


def _is_deprecated(entry: Entry) -> bool:
    return (
        entry.get("is_deprecated") is True
        or entry.get("lifecycle") in ("deprecated", "retired")
        or _at(entry, ("modelLifecycle", "status")) == "LEGACY"
    )


def _prices(entry: Entry, factor: float | None) -> tuple[float | None, float | None]:
    if factor is None:
        return None, None
    for path_in, path_out in PRICES:
        usd_in, usd_out = _number(_at(entry, path_in)), _number(_at(entry, path_out))
        if usd_in is not None or usd_out is not None:
            return _scaled(usd_in, factor), _scaled(usd_out, factor)
    return None, None


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else round(value * factor, 6)


def _at(entry: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if not isinstance(entry, dict):
            return None
        entry = entry.get(step)
    return entry


def _words(entry: Entry, paths: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    for path in paths:
        found = _at(entry, path)
        if isinstance(found, list) and found:
            return tuple(w.lower() for w in found if isinstance(w, str) and WORD.fullmatch(w))
    return ()


def _first_count(entry: Entry, paths: tuple[tuple[str, ...], ...]) -> int | None:
    for path in paths:
        number = _number(_at(entry, path))
        if number and number < MOST:
            return int(number)
    return None


def _number(value: Any) -> float | None:
    """A number that is not negative, also one written as a string, as prices are."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _date(value: Any) -> str:
    found = DATE.match(value) if isinstance(value, str) else None
    return found.group() if found else ""

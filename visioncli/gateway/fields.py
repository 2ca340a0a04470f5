"""Fields of OpenAI's requests before a model that is asked in other words.

What has another name there is given that name; what nobody there knows is left out, and told of: a
vendor refuses a request with a field that it does not know.
https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# What tells OpenAI something and the model nothing, and what its own models alone are asked for.
OPENAIS = {
    *("user", "store", "metadata", "service_tier", "parallel_tool_calls", "prompt_cache_key"),
    *("safety_identifier", "prompt_cache_retention", "tool_choice", "function_call"),
    *("frequency_penalty", "presence_penalty", "logit_bias", "logprobs", "top_logprobs"),
    *("reasoning_effort", "verbosity", "modalities", "audio", "prediction"),
    *("response_format", "web_search_options"),
}
PENALTIES = {"frequency_penalty", "presence_penalty"}
# Of them, those that a dialect has by the same name.
KNOWN: Mapping[str, set[str]] = {
    "cohere": {*PENALTIES, "logprobs", "response_format"},
    "gemini": PENALTIES,
    "ollama": {*PENALTIES, "logprobs", "top_logprobs"},
    "watsonx": {*PENALTIES, "logit_bias", "logprobs", "top_logprobs", "response_format"},
    "openai_responses": {
        *("user", "store", "metadata", "service_tier", "prompt_cache_key", "safety_identifier"),
        *("prompt_cache_retention", "top_logprobs", "parallel_tool_calls"),
    },
}
JSON = {"type": "json_object"}  # an answer that is some JSON, whatever its form


def translated(extra: Mapping[str, Any], dialect: str) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """(the fields as the dialect has them, names of those that it has not)."""
    if dialect == "openai_chat" or not OPENAIS & extra.keys():
        return extra, ()
    known = KNOWN.get(dialect, set())
    kept: dict[str, Any] = {}
    left: list[str] = []
    for name, value in extra.items():
        if name not in OPENAIS or name in known:
            kept[name] = value
        elif (theirs := _named(name, value, dialect)) is not None:
            kept = _merged(kept, theirs)
        else:
            left.append(name)
    return kept, tuple(left)


def _named(name: str, value: Any, dialect: str) -> Mapping[str, Any] | None:
    """The same in the dialect's words; None where it has none for it."""
    match dialect, name:
        case "openai_responses", "reasoning_effort":
            return {"reasoning": {"effort": value}}
        case "openai_responses", "verbosity":
            return {"text": {"verbosity": value}}
        case "openai_responses", "response_format" if value == JSON:
            return {"text": {"format": JSON}}
        case "gemini", "response_format" if value == JSON:
            return {"responseMimeType": "application/json"}
        case "ollama", "response_format" if value == JSON:
            return {"format": "json"}
    return None


def _merged(fields: dict[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(fields)
    for name, value in more.items():
        old = made.get(name)
        made[name] = {**old, **value} if isinstance(old, Mapping) else value
    return made

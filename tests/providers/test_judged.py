"""Every provider's every request, judged by the types of the vendor whose wire it is."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from openai.types.chat import completion_create_params as openai
from pydantic import TypeAdapter, ValidationError

from tests.dialects import test_oracles as oracles
from tests.dialects.scenarios import SCENARIOS
from visioncli import dialects, providers
from visioncli.core.target import ModelRef, Target

from .places import NAMES, NONE, filled

pytestmark = pytest.mark.vendor_sdk


def target(name: str) -> Target:
    model = providers.provider(name, NONE).default_model or "m"
    return providers.resolve(ModelRef(name, model), NONE, env=filled(name))


@cache
def chat(stream: bool) -> TypeAdapter[Any]:
    streamed = openai.CompletionCreateParamsStreaming
    return TypeAdapter(streamed if stream else openai.CompletionCreateParamsNonStreaming)


def judge(at: Target, body: dict[str, Any]) -> None:
    """OpenAI's types for all who call themselves compatible, a row's own words aside."""
    dialect = at.provider.dialect
    untyped = oracles.UNTYPED.get(dialect, set()) | {at.provider.quirks.get("seed_field")}
    typed = {key: value for key, value in body.items() if key not in untyped}
    if dialect == "openai_chat":
        oracles.whole(chat(body["stream"]).validate_python(typed, extra="forbid"))
    else:
        oracles.judge(dialect, typed)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_sent_to_it_is_of_its_wire(name: str) -> None:
    at = target(name)
    dialect = dialects.load(at.provider.dialect)
    for scenario, request in SCENARIOS.items():
        if scenario == "address" and "https" not in at.provider.urls:
            continue  # the picture is fetched, and then it is one of the others
        sent = dialect.build(request, at)
        judge(at, sent.body.readable(full=True))


def test_an_unknown_word_would_be_seen() -> None:
    at = target("openai")
    body = dialects.load("openai_chat").build(SCENARIOS["picture"], at).body.readable(full=True)
    judge(at, body)
    with pytest.raises(ValidationError, match="media_typo"):
        judge(at, {**body, "media_typo": 1})

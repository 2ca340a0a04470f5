"""What the golden requests and the oracles ask: the same questions on every wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from visioncli import dialects, providers
from visioncli.config import Settings
from visioncli.core.dialect import HttpRequest
from visioncli.core.target import ModelRef, Target
from visioncli.core.types import BytesBlob, ImagePart, Message, Options, Request, TextPart

PNG = ImagePart("image/png", BytesBlob(b"\x89PNG\r\n\x1a\nnot really"))
JPEG = ImagePart("image/jpeg", BytesBlob(b"\xff\xd8\xffnot really either"))
ADDRESS = ImagePart("image/png", "https://example.org/cat.png?a=1&b=ü")
ASK = TextPart("what's in this? 🐈")
SCHEMA = {
    "type": "object",
    "properties": {"animal": {"type": "string"}},
    "required": ["animal"],
    "additionalProperties": False,
}
ENV = {  # what an address or a body cannot do without
    "AWS_REGION": "us-east-1",
    "WATSONX_URL": "https://us-south.ml.cloud.ibm.com",
    "WATSONX_PROJECT_ID": "63dc4cf1-252f-424b-b52d-5cdd9814987f",
}
MODELS = {
    "openai_chat": ModelRef("openai", "gpt-4.1"),
    "anthropic": ModelRef("anthropic", "claude-sonnet-4-6"),
    "bedrock_converse": ModelRef("bedrock", "us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    "bedrock_invoke": ModelRef("bedrock", "invoke/us.anthropic.claude-sonnet-4-5-20250929-v1:0"),
    "cohere": ModelRef("cohere", "command-a-vision-07-2025"),
    "gemini": ModelRef("gemini", "gemini-3.1-flash"),
    "ollama": ModelRef("ollama", "llava:7b"),
    "openai_responses": ModelRef("openai", "gpt-4.1"),
    "watsonx": ModelRef("watsonx", "meta-llama/llama-3-2-11b-vision-instruct"),
}


def user(*parts: ImagePart | TextPart) -> Message:
    return Message("user", parts)


def one(options: Options | None = None, **more: Any) -> Request:
    return Request(messages=(user(PNG, ASK),), options=options or Options(), **more)


SCENARIOS: Mapping[str, Request] = {
    "picture": one(),
    "address": Request(messages=(user(ADDRESS, ASK),)),
    "two_pictures": Request(messages=(user(JPEG, PNG, ASK),)),
    "system": Request(messages=(Message("system", (TextPart("Be brief."),)), user(PNG, ASK))),
    "talk": Request(
        messages=(user(PNG, ASK), Message("assistant", (TextPart("A cat."),)), user(JPEG, ASK))
    ),
    "options": one(
        Options(max_tokens=64, temperature=0.5, top_p=0.9, seed=7, stop=("\n\n", "END"))
    ),
    "detail": Request(
        messages=(user(replace(PNG, detail="low"), replace(JPEG, detail="high"), ASK),)
    ),
    "detail_original": Request(messages=(user(replace(PNG, detail="original"), ASK),)),
    "schema": one(Options(schema=SCHEMA)),
    "plain": one(stream=False),
    "extra": one(Options(temperature=0.9, extra={"top_k": 40, "temperature": 0.1})),
}


def target(dialect: str, model: str | None = None) -> Target:
    """The packaged row of the vendor whose wire it is."""
    ref = MODELS[dialect]
    return providers.resolve(ref._replace(model=model or ref.model), Settings(), env=ENV)


def build(dialect: str, request: Request, model: str | None = None) -> HttpRequest:
    return dialects.load(dialect).build(request, target(dialect, model))

"""Cohere's own SDK as a judge of what we send, and as a reader of what we read."""

from __future__ import annotations

from typing import Any, get_type_hints

import cohere
from cohere.v2.client import V2Client
from pydantic import BaseModel, TypeAdapter


def judge(body: dict[str, Any]) -> None:
    """Every field is a parameter of the SDK's call, of its type, without members unknown to it."""
    rest = dict(body)
    hints = get_type_hints(V2Client.chat_stream if rest.pop("stream") else V2Client.chat)
    for name, value in rest.items():
        assert name in hints
        _no_extras(TypeAdapter(hints[name]).validate_python(value))


def _no_extras(value: Any) -> None:
    if isinstance(value, BaseModel):
        assert not value.model_extra
        for name in type(value).model_fields:
            _no_extras(getattr(value, name))
    elif isinstance(value, list):
        for item in value:
            _no_extras(item)


def hear(base: str, *, stream: bool) -> Any:
    """(text, finish, tokens in, tokens out)"""
    client = cohere.ClientV2(api_key="test-0123456789abcdef", base_url=base)
    asked: Any = {"model": "m", "messages": [{"role": "user", "content": "?"}]}
    if not stream:
        got = client.chat(**asked)
        blocks = got.message.content or ()
        text = "".join(block.text for block in blocks if block.type == "text")
        return text, got.finish_reason, *_tokens(got.usage)
    text, finish, usage = "", "", None
    for event in client.chat_stream(**asked):
        delta: Any = getattr(event, "delta", None)
        if event.type == "content-delta":
            text += delta.message.content.text or ""
        elif event.type == "message-end":
            finish, usage = delta.finish_reason, delta.usage
    return text, finish, *_tokens(usage)


def _tokens(usage: Any) -> tuple[int | None, int | None]:
    return (usage.tokens.input_tokens, usage.tokens.output_tokens) if usage else (None, None)

"""Never run: checked by mypy, which also tells of an ignored error that is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any, assert_type

import visioncli
from visioncli import (
    Answer,
    AsyncStream,
    ChatCompletion,
    ChatCompletionChunk,
    Stream,
    acompletion,
    ask,
    completion,
    supports_vision,
)

MESSAGES: list[dict[str, Any]] = [{"role": "user", "content": "hello"}]


def plain() -> None:
    response = completion("openai/gpt-4o", MESSAGES, timeout=3, temperature=0.5)
    assert_type(response, ChatCompletion)
    assert_type(response.choices[0].message.content, str | None)
    assert_type(response.warnings, tuple[str, ...])
    response.choices[0].message.content = "x"  # type: ignore[misc]  # an answer is not changed
    completion(3, MESSAGES)  # type: ignore[call-overload]
    completion("openai/gpt-4o", MESSAGES, timeout="soon")  # type: ignore[call-overload]
    assert_type(supports_vision("openai/gpt-4o"), bool)


def streamed(stream: bool) -> None:
    chunks = completion("openai/gpt-4o", MESSAGES, stream=True)
    assert_type(chunks, Stream)
    for chunk in chunks:
        assert_type(chunk, ChatCompletionChunk)
        assert_type(chunk.choices[0].delta.content, str | None)
    assert_type(completion("openai/gpt-4o", MESSAGES, stream), ChatCompletion | Stream)


async def awaited() -> None:
    assert_type(await acompletion("openai/gpt-4o", MESSAGES), ChatCompletion)
    chunks = await acompletion("openai/gpt-4o", MESSAGES, stream=True)
    assert_type(chunks, AsyncStream)
    async for chunk in chunks:
        assert_type(chunk, ChatCompletionChunk)
    for _ in chunks:  # type: ignore[attr-defined]
        pass


def asked() -> None:
    answer = ask([Path("a.png"), "https://example.org/b.png", b"c"], "what?", schema="name")
    assert_type(answer, Answer)
    assert_type(answer.usage.input, int | None)
    ask("a.png", "what?", detail="most")  # type: ignore[arg-type]
    try:
        ask(3, "what?")  # type: ignore[arg-type]
    except visioncli.RateLimited as error:
        assert_type(error.wait, float | None)

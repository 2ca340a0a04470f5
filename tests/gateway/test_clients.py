"""Official clients in front of every wire, with a picture, streamed and plain."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import anthropic
import httpx
import openai
import pytest

from tests import vendors
from tests.mock import Mock
from tests.program import HORSE

from .entries import one
from .running import Served, question, serving

DATA = base64.b64encode(Path(HORSE).read_bytes()).decode()
ADDRESS = f"data:image/png;base64,{DATA}"
SOURCE = {"type": "base64", "media_type": "image/png", "data": DATA}
BLOCKS = [
    {"type": "image", "source": SOURCE},
    {"type": "text", "text": "What is it?"},
]


@pytest.fixture(params=vendors.WIRES)
def wire(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def served(mock: Mock, wire: str) -> Iterator[Served]:
    with serving(one(mock, wire)) as running:
        yield running


def openai_client(served: Served) -> openai.OpenAI:
    return openai.OpenAI(
        api_key="any",
        base_url=f"{served.url}/v1",
        max_retries=0,
        http_client=httpx.Client(trust_env=False),
    )


def anthropic_client(served: Served) -> anthropic.Anthropic:
    return anthropic.Anthropic(
        api_key="any",
        base_url=served.url,
        max_retries=0,
        http_client=anthropic.DefaultHttpxClient(trust_env=False),
    )


def came(mock: Mock) -> None:
    """The picture reached the provider as it was sent, once."""
    (sent,) = mock.posts
    assert sent.body.count(DATA.encode()) == 1
    assert b"any" not in sent.headers.get("authorization", "").encode()


def test_openais_chat(served: Served, mock: Mock) -> None:
    with openai_client(served) as client:
        answer = client.chat.completions.create(**question(image={"url": ADDRESS}), max_tokens=99)
    assert answer.choices[0].message.content == vendors.TEXT
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (85, 9)
    came(mock)


def test_openais_chat_streamed(served: Served, mock: Mock) -> None:
    with openai_client(served) as client:
        chunks = list(
            client.chat.completions.create(**question(image={"url": ADDRESS}), stream=True)
        )
    pieces = [c.choices[0].delta.content for c in chunks]
    assert [piece for piece in pieces if piece] == list(vendors.PIECES)
    assert chunks[-1].choices[0].finish_reason == "stop"
    came(mock)


def test_openais_responses(served: Served, mock: Mock) -> None:
    parts = [
        {"type": "input_text", "text": "What is it?"},
        {"type": "input_image", "image_url": ADDRESS, "detail": "auto"},
    ]
    with openai_client(served) as client:
        answer = client.responses.create(
            model="m",
            instructions="Be brief.",
            input=[{"role": "user", "content": parts}],
            max_output_tokens=99,
        )
    assert answer.output_text == vendors.TEXT
    assert (answer.status, answer.usage.input_tokens, answer.usage.total_tokens) == (
        *("completed", 85, 94),
    )
    assert answer.instructions == "Be brief."
    assert b"Be brief." in mock.posts[0].body
    came(mock)


def test_openais_responses_streamed(served: Served, mock: Mock) -> None:
    parts = [{"type": "input_image", "image_url": ADDRESS, "detail": "auto"}]
    with (
        openai_client(served) as client,
        client.responses.stream(model="m", input=[{"role": "user", "content": parts}]) as stream,
    ):
        events = list(stream)
        final = stream.get_final_response()
    deltas = [e.delta for e in events if e.type == "response.output_text.delta"]
    assert deltas == list(vendors.PIECES)
    assert [e.sequence_number for e in events] == list(range(len(events)))
    assert (final.output_text, final.status, final.usage.output_tokens) == (
        *(vendors.TEXT, "completed", 9),
    )
    came(mock)


def test_anthropics_messages(served: Served, mock: Mock) -> None:
    with anthropic_client(served) as client:
        answer = client.messages.create(
            model="m",
            max_tokens=99,
            system="Be brief.",
            messages=[{"role": "user", "content": BLOCKS}],
        )
    assert [block.text for block in answer.content] == [vendors.TEXT]
    assert (answer.stop_reason, answer.usage.input_tokens, answer.usage.output_tokens) == (
        *("end_turn", 85, 9),
    )
    assert b"Be brief." in mock.posts[0].body
    came(mock)


def test_anthropics_messages_streamed(served: Served, mock: Mock) -> None:
    with (
        anthropic_client(served) as client,
        client.messages.stream(
            model="m", max_tokens=99, messages=[{"role": "user", "content": BLOCKS}]
        ) as stream,
    ):
        pieces = list(stream.text_stream)
        final = stream.get_final_message()
    assert pieces == list(vendors.PIECES)
    assert (final.content[0].text, final.stop_reason) == (vendors.TEXT, "end_turn")
    assert (final.usage.input_tokens, final.usage.output_tokens) == (85, 9)
    came(mock)

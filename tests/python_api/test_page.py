"""The calls that LiteLLM's page on vision models shows, as they stand there, the import changed."""

from __future__ import annotations

from typing import Any

import pytest

import visioncli
from tests.mock import Mock
from tests.program import CAT, KEY
from tests.vendors import TEXT
from visioncli import completion

BOARDWALK = "https://example.org/Gfp-wisconsin-madison-the-nature-boardwalk.jpg"


def test_send_a_picture(addressed: Mock) -> None:
    response = completion(
        model="gpt-4-vision-preview",
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What's in this image?"},
                    {"type": "image_url", "image_url": {"url": BOARDWALK}},
                ],
            }
        ],
    )
    assert response.choices[0].message.content == TEXT
    (sent,) = addressed.posts
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.json["model"] == "gpt-4-vision-preview"
    assert sent.json["messages"][0]["content"] == [
        {"type": "text", "text": "What's in this image?"},
        {"type": "image_url", "image_url": {"url": BOARDWALK}},
    ]


def test_does_a_model_see() -> None:
    assert visioncli.supports_vision(model="openai/gpt-4-vision-preview") == True  # noqa: E712 - as the page has it
    assert visioncli.supports_vision(model="vertex_ai/gemini-1.0-pro-vision") == True  # noqa: E712
    assert visioncli.supports_vision(model="openai/gpt-3.5-turbo") == False  # noqa: E712
    assert visioncli.supports_vision(model="xai/grok-2-vision-latest") == True  # noqa: E712
    assert visioncli.supports_vision(model="xai/grok-2-latest") == False  # noqa: E712


def test_say_the_type_explicitly(addressed: Mock) -> None:
    response = completion(
        model="claude-3-7-sonnet-latest",
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What's in this image?"},
                    {
                        "type": "image_url",
                        "image_url": {"url": BOARDWALK, "format": "image/jpeg"},
                    },
                ],
            }
        ],
    )
    assert response.choices[0].message.content == TEXT
    (sent,) = addressed.posts
    assert sent.headers["x-api-key"] == KEY
    picture = sent.json["messages"][0]["content"][1]
    assert picture == {"type": "image", "source": {"type": "url", "url": BOARDWALK}}


def test_a_bucket_whose_type_only_the_format_tells(
    mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_ACCESS_TOKEN", KEY)
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "mine")
    image = {"url": "gs://my-gs-image", "format": "image/jpeg"}
    messages = [{"role": "user", "content": [{"type": "image_url", "image_url": image}]}]
    response = completion("vertex_ai/gemini-2.5-flash", messages, api_base=mock.url)
    assert response.choices[0].message.content == TEXT
    assert mock.posts[0].json["contents"][0]["parts"] == [
        {"fileData": {"mimeType": "image/jpeg", "fileUri": "gs://my-gs-image"}}
    ]


@pytest.mark.parametrize("form", ["string", "object"])
@pytest.mark.parametrize("said", [None, "image/png"])
def test_an_image_as_string_or_object_in_base64(form: str, said: str | None, mock: Mock) -> None:
    """A bare one, too; `format` is what counts where the wire takes a media type."""
    from base64 import b64encode
    from pathlib import Path

    digits = b64encode(Path(CAT).read_bytes()).decode()
    wanted = said or "image/jpeg"
    for url in (f"data:image/jpeg;base64,{digits}", digits):
        image: Any = url if form == "string" and not said else {"url": url}
        if said:
            image["format"] = said
        completion(
            model="anthropic/claude-sonnet-4-6",
            messages=[{"role": "user", "content": [{"type": "image_url", "image_url": image}]}],
            api_base=mock.url,
            api_key=KEY,
        )
        (part,) = mock.posts[-1].json["messages"][0]["content"]
        assert part["source"] == {"type": "base64", "media_type": wanted, "data": digits}


def test_a_custom_endpoint_that_speaks_as_openai_does(mock: Mock) -> None:
    """An api_base is used as it is given: paths are appended to it."""
    completion(
        model="openai/llava-hf/llava-v1.6-vicuna-7b-hf",
        messages=[{"role": "user", "content": "hello"}],
        api_base=mock.url,
        api_key="fake-key",
    )
    (sent,) = mock.posts
    assert sent.path == "/chat/completions"
    assert sent.json["model"] == "llava-hf/llava-v1.6-vicuna-7b-hf"
    assert sent.headers["authorization"] == "Bearer fake-key"

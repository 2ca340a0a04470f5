"""`vision serve` before llama.cpp's own server: a real picture all the way."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.running import serving
from tests.program import CAT
from visioncli.gateway.settings import Entry, Gateway

from .test_ask import plain_chat

DATA = base64.b64encode(Path(CAT).read_bytes()).decode()
TEXT = "what is it?"
SHORT = {"model": "tiny", "temperature": 0}
ADDRESS = f"data:image/jpeg;base64,{DATA}"
CHAT = [
    {"type": "image_url", "image_url": {"url": ADDRESS}},
    {"type": "text", "text": TEXT},
]
INPUT = [{"type": "input_image", "image_url": ADDRESS}, {"type": "input_text", "text": TEXT}]
BLOCKS = [
    {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": DATA}},
    {"type": "text", "text": TEXT},
]


@pytest.mark.parametrize("wire", ["openai", "anthropic"])
def test_all_three_apis_give_what_the_server_says(llama: str, wire: str) -> None:
    base = f"{llama}/v1" if wire == "openai" else llama
    entry = Entry(
        name="tiny", model=f"{wire}/tiny", api_base=base, api_key="any-0123456789", vision=True
    )
    expected = plain_chat(llama, CAT)
    with serving(Gateway(models=(entry,), retries=0)) as served:

        def ask(path: str, **fields: Any) -> Any:
            said = served.post({**SHORT, **fields}, path)
            assert said.status_code == 200, said.text
            return said.json()

        chat = ask("/chat/completions", messages=[{"role": "user", "content": CHAT}], max_tokens=12)
        responses = ask(
            "/responses", input=[{"role": "user", "content": INPUT}], max_output_tokens=12
        )
        messages = ask(
            "/v1/messages", messages=[{"role": "user", "content": BLOCKS}], max_tokens=12
        )
    assert chat["choices"][0]["message"]["content"] == expected
    assert responses["output"][0]["content"][0]["text"] == expected
    assert messages["content"][0]["text"] == expected
    assert chat["usage"]["completion_tokens"] == messages["usage"]["output_tokens"] == 12

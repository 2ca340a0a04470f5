"""The data URLs that OpenAI's dialects make, at llama.cpp's server, which looks into them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.dialects.scenarios import ASK, build, user
from tests.program import CAT
from visioncli.core.types import BytesBlob, ImagePart, Options, Request

ROUTES = {"openai_chat": "/v1/chat/completions", "openai_responses": "/v1/responses"}


def status(address: str, dialect: str, media_type: str) -> int:
    part = ImagePart(media_type, BytesBlob(Path(CAT).read_bytes()))
    asked = Request(messages=(user(part, ASK),), options=Options(max_tokens=4), stream=False)
    body: Any = build(dialect, asked).body.readable(full=True)
    request = urllib.request.Request(
        address + ROUTES[dialect], json.dumps(body).encode(), {"content-type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.parametrize("dialect", ROUTES)
def test_it_reads_the_address_we_make(llama: str, dialect: str) -> None:
    assert status(llama, dialect, "image/jpeg") == 200
    assert status(llama, dialect, "text/plain") == 400

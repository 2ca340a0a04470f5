"""The walk-through of test_walkthrough.py with the official client for Node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests import vendors
from tests.mock import Mock
from tests.program import environment

from .running import Program
from .test_walkthrough import URL, proxy

__all__ = ["proxy"]  # a fixture

SCRIPT = Path(__file__).with_name("client.mjs")
NODE = shutil.which("node")
PACKAGE = os.environ.get("VISION_OPENAI_NPM")  # where npm has put it: …/node_modules/openai
pytestmark = [
    pytest.mark.needs_tool("node"),
    pytest.mark.skipif(NODE is None, reason="node is not there: apt install nodejs npm"),
    pytest.mark.skipif(
        PACKAGE is None,
        reason="VISION_OPENAI_NPM does not say where it is: npm install openai, CONTRIBUTING.md",
    ),
]


def walked(proxy: Program) -> Any:
    """What the script saw; the key it has is the gateway's."""
    assert NODE
    assert PACKAGE
    done = subprocess.run(
        [NODE, SCRIPT, Path(PACKAGE).absolute(), proxy.url, "sk-1234", URL],
        capture_output=True,
        text=True,
        check=False,
        env=environment(),
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_the_walk_through(proxy: Program, mock: Mock) -> None:
    seen = walked(proxy)
    assert (seen["models"], seen["one"]) == (
        ["gpt-4-vision-preview", "llava-hf", "claude"],
        "openai",
    )
    for step, name in (("alias", "gpt-4-vision-preview"), ("custom", "llava-hf")):
        answer = seen[step]["answer"]
        assert answer["choices"][0]["message"]["content"] == vendors.TEXT
        assert (answer["model"], answer["usage"]["total_tokens"]) == (name, 94)
        assert seen[step]["warning"] is None
    assert (seen["streamed"]["text"], seen["streamed"]["usage"]["total_tokens"]) == (
        *(vendors.TEXT, 94),
    )
    assert seen["responded"] == {"text": vendors.TEXT, "total": 94, "last": "response.completed"}
    assert seen["unknown"] == {"name": "NotFoundError", "status": 404, "code": "model_not_found"}
    assert seen["locked"] == {
        "name": "AuthenticationError",
        "status": 401,
        "code": "invalid_api_key",
    }

    sent = [post.json for post in mock.posts]
    assert len(sent) == 5  # of the two that are refused nothing is sent on
    assert [body["model"] for body in sent[:2]] == [
        *("gpt-4-vision-preview", "llava-hf/llava-v1.6-vicuna-7b-hf"),
    ]
    for body in sent:
        parts = body["messages"][-1]["content"]
        assert [p["image_url"]["url"] for p in parts if p["type"] == "image_url"] == [URL]
    keys = {post.headers["authorization"] for post in mock.posts}
    assert keys == {"Bearer sk-openai-0123456789", "Bearer fake-key"}

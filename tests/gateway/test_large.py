"""Large requests: held on disk, parsed a few at a time, none of them lost."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from tests.batch.server import serving as counting
from tests.mock import Mock
from visioncli.gateway.body import LONG, SMALL

from .entries import one
from .running import Served, program, question, serving

# VISION_LARGE=200x10 measures what the README says; the suite asks less.
MANY, MEGABYTES = map(int, os.environ.get("VISION_LARGE", "24x4").split("x"))
MOST = 400  # MB of memory


def noise(size: int) -> bytes:
    """A PNG of about that size, which no compression makes smaller."""
    from PIL import Image

    side = int((size / 3) ** 0.5)
    made = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(3 * side * side)).save(
        made, "png", compress_level=0
    )
    return made.getvalue()


def highest(pid: int) -> int:
    """MB of memory that a process has held at most."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) // 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_many_large_pictures_at_once_take_little_memory() -> None:
    picture = noise(MEGABYTES << 20)
    letters = base64.b64encode(picture).decode()
    body = json.dumps(question("openai/gpt-4o", f"data:image/png;base64,{letters}")).encode()
    start = threading.Barrier(MANY)
    with counting() as provider:
        provider.delay = 0.5
        with program(env=provider.env()) as running:
            served = Served(running.url)

            def ask(_: int) -> int:
                start.wait(60)
                return served.send(body).status_code

            with ThreadPoolExecutor(MANY) as threads:
                said = list(threads.map(ask, range(MANY)))
            memory = highest(running.process.pid)
    sys.stderr.write(f"\n{MANY} x {MEGABYTES} MB: {memory} MB\n")
    assert said == [200] * MANY
    assert provider.pictures == {letters.encode(): MANY}
    assert memory < MOST


def test_a_large_picture_arrives_as_it_was_sent(mock: Mock) -> None:
    picture = noise(2 << 20)
    letters = base64.b64encode(picture).decode()
    with serving(one(mock)) as served:
        assert served.post(question(image=f"data:image/png;base64,{letters}")).status_code == 200
        assert served.post(question(image=letters)).status_code in (200, 400)
        source = {"type": "base64", "data": letters}
        messages = [{"role": "user", "content": [{"type": "image", "source": source}]}]
        said = served.post({"model": "m", "max_tokens": 9, "messages": messages}, "/v1/messages")
        assert said.status_code == 200
    for sent in mock.posts:
        (found,) = re.findall(rb"base64,([A-Za-z0-9+/=]+)", sent.body)
        assert sha256(base64.b64decode(found)).digest() == sha256(picture).digest()


@pytest.mark.parametrize("text", ["data:image/png;base64," + "QUJD" * LONG, "QUJD" * LONG])
def test_a_text_that_looks_like_a_picture_stays_a_text(mock: Mock, text: str) -> None:
    body = question()
    body["messages"][0]["content"][0]["text"] = text
    assert len(json.dumps(body)) > SMALL
    body["data"] = text
    with serving(one(mock)) as served:
        assert served.post(body).status_code == 200
    sent = mock.posts[0].json
    assert sent["messages"][0]["content"][0]["text"] == text
    assert sent["data"] == text


def test_a_large_picture_that_is_none_is_400(mock: Mock) -> None:
    with serving(one(mock)) as served:
        said = served.post(question(image="data:image/png;base64," + "QUJD" * LONG))
        broken = served.post(question(image="data:image/png;base64," + "QUJD" * LONG + "="))
    assert (said.status_code, broken.status_code) == (400, 400)
    assert mock.received == []

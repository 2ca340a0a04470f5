"""Signing in does not hold up others, and a key that ends is looked for again."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from visioncli import aim, dialects
from visioncli.auth import headers, keys
from visioncli.batch import credentials
from visioncli.batch.credentials import Credentials
from visioncli.config import Settings
from visioncli.core.dialect import HttpRequest
from visioncli.core.secret import Secret
from visioncli.core.target import ModelRef
from visioncli.core.types import Message, Request, TextPart


@pytest.fixture
def target() -> aim.Aim:
    env = {"OPENAI_API_KEY": "sk-test-0123456789"}
    return aim.take(ModelRef("openai", "gpt-4o"), Settings(), pictures=True, env=env)


def request(of: aim.Aim) -> HttpRequest:
    said = Request(messages=(Message("user", (TextPart("Hi"),)),), stream=False)
    return dialects.load(of.target.provider.dialect).build(said, of.target)


def fleeting(of: aim.Aim, auth: str, key: keys.Key | None) -> aim.Aim:
    provider = replace(of.target.provider, auth=auth)
    return replace(of, target=replace(of.target, provider=provider), key=key)


async def longest_pause(work: object) -> float:
    """Seconds for which nothing else was done."""
    assert asyncio.iscoroutine(work)
    task, longest, last = asyncio.create_task(work), 0.0, time.monotonic()
    while not task.done():
        await asyncio.sleep(0.005)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    await task
    return longest


def test_a_signature_is_made_aside(target: aim.Aim) -> None:
    def sign(unsigned: HttpRequest) -> HttpRequest:
        time.sleep(0.5)
        return replace(unsigned, headers={**unsigned.headers, "authorization": "signed"})

    signing = fleeting(target, "sigv4", keys.Key(Secret("x" * 20), "test", sign=sign))

    async def run() -> float:
        return await longest_pause(Credentials(signing, Settings()).authorised(request(target)))

    assert asyncio.run(run()) < 0.3


def test_a_token_is_fetched_once_for_all_and_again_when_it_is_old(
    target: aim.Aim, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def exchanged(_provider: object, key: keys.Key | None, *_: object) -> keys.Key:
        if key is not None and key.bearer:
            return key
        time.sleep(0.2)
        made.append(key)
        return keys.Key(Secret(f"token-{len(made)}-0123456789"), "test", bearer=True)

    monkeypatch.setattr(headers, "exchanged", exchanged)
    monkeypatch.setattr(keys, "find", lambda *_: target.key)
    fresh = fleeting(target, "ibm", target.key)

    async def run() -> list[str]:
        signing = Credentials(fresh, Settings())
        asked = [signing.authorised(request(target)) for _ in range(8)]
        first = await asyncio.gather(*asked)
        late = time.monotonic() + credentials.AGE + 1
        monkeypatch.setattr(time, "monotonic", lambda: late)
        later = await signing.authorised(request(target))
        return [r.headers["authorization"] for r in (*first, later)]

    assert asyncio.run(run()) == ["Bearer token-1-0123456789"] * 8 + ["Bearer token-2-0123456789"]


def test_a_key_that_lasts_is_put_in_at_once(target: aim.Aim) -> None:
    signed = asyncio.run(Credentials(target, Settings()).authorised(request(target)))
    assert signed.headers["authorization"] == "Bearer sk-test-0123456789"

"""A request to sign, and whether a server would find its signature right."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import pytest

from tests.aws_signature import ACCESS, SECRET, check
from visioncli import providers
from visioncli.auth import headers, keys
from visioncli.config import Settings
from visioncli.core.body import Base64, JsonBody
from visioncli.core.dialect import HttpRequest
from visioncli.core.types import BytesBlob

ROW = providers.provider("bedrock", Settings())
URL = "https://bedrock-runtime.eu-west-1.amazonaws.com/model/arn%3Aaws%3Ax%2Fy.v1%3A0/converse"
KEYS = {"AWS_ACCESS_KEY_ID": ACCESS, "AWS_SECRET_ACCESS_KEY": SECRET}


def request(url: str = URL) -> HttpRequest:
    body = JsonBody({"image": Base64(BytesBlob(b"\x89PNG" * 50_000))})
    kind = {"content-type": "application/json"}
    return HttpRequest(method="POST", url=url, headers=kind, body=body)


def signed(env: Mapping[str, str] | None = None, url: str = URL) -> dict[str, str]:
    """The headers as they are sent."""
    env = env or {}
    key = keys.find(ROW, Settings(), env)
    return dict(headers.authorise(request(url), ROW, key, env).headers)


def checked(sent: Mapping[str, str], url: str = URL, region: str = "eu-west-1") -> None:
    parts = urlsplit(url)
    check(
        "POST",
        parts.path,
        {**sent, "host": parts.netloc},
        b"".join(request().body),
        region=region,
    )


def set_keys(monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    for name, value in {**KEYS, **more}.items():
        monkeypatch.setenv(name, value)

"""Configurations that the tests share."""

from __future__ import annotations

from typing import Any

from tests import vendors
from tests.mock import Mock
from visioncli.gateway.settings import Entry, Gateway

KEY = "sk-provider-0123456789abcdef"


def entry(mock: Mock, wire: str = "openai", name: str = "m", **more: Any) -> Entry:
    base = {"openai": f"{mock.url}/v1"}.get(wire, mock.url)
    key = None if wire == "ollama" else KEY
    said = {"name": name, "model": vendors.MODELS[wire], "api_base": base, "api_key": key}
    return Entry(**{**said, **more})


def one(mock: Mock, wire: str = "openai", name: str = "m", **more: Any) -> Gateway:
    """A gateway of one entry. more: fields of the gateway, and in `entry` of the entry."""
    own = more.pop("entry", {})
    return Gateway(models=(entry(mock, wire, name, **own),), **{"retries": 0, **more})

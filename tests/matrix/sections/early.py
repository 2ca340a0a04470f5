"""Rows of what ends before anything is sent."""

from __future__ import annotations

from typing import Any

from tests.matrix.rows import Row

UNSET = {"OPENAI_API_KEY": "UNSET"}


def early(id_: str, exit_: int, case: str, *lines: str, **more: Any) -> Row:
    """Nothing is sent, nothing is read."""
    return Row(id=id_, case=case, exit=exit_, says=lines, **more)


def configured(text: str) -> dict[str, Any]:
    """A configuration file, and no key in the environment."""
    return {"files": {"c.toml": text.encode()}, "env": {"VISION_CONFIG": "c.toml", **UNSET}}

"""--schema: the short form, JSON, or @FILE with either."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from visioncli import schema
from visioncli.core.errors import UsageError


def said(text: str) -> dict[str, Any]:
    """Raises UsageError (2)."""
    if not text.startswith("@"):
        return schema.read(text)
    try:
        written = Path(text[1:]).read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise UsageError(f"the schema in {text[1:]} cannot be read: {reason}") from None
    return schema.read(written)

"""How long a server asks us to wait before the next attempt."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping


def asked(headers: Mapping[str, str]) -> float | None:
    """Seconds the server asks us to wait; None for what is past, zero, or no time at all."""
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds:
        return milliseconds / 1000
    text = headers.get("retry-after", "")
    seconds = _number(text)
    return seconds or _until(text)


def _number(text: str) -> float | None:
    text = text.strip()  # of more than float() strips
    if not re.fullmatch(r"[0-9]+(\.[0-9]*)?", text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def _until(date: str) -> float | None:
    """Seconds from now to an HTTP date that lies ahead."""
    if not date.strip():
        return None
    from email.utils import parsedate_to_datetime  # rarely needed, and slow to load

    try:
        seconds = parsedate_to_datetime(date).timestamp() - time.time()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return seconds if seconds > 0 else None


def duration(text: str) -> float | None:
    """Seconds in a protobuf duration as JSON writes it: "7s", "0.5s"."""
    return _number(text[:-1]) if text.endswith("s") else None

"""How a rule declines: it says why, and what could be asked instead."""

from __future__ import annotations

from visioncli.eyes.seen import Reply

CAN = (
    "What it can do: find, count and place everyday objects, read text, name colours, and measure"
    " sharpness, light, size and EXIF."
)


def refuse(why: str, kind: str) -> Reply:
    """why: a sentence."""
    return Reply("out", f"Out of reach for local/eyes: {why} {CAN}", kind)

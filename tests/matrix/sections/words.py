"""Words and options of the rows about networks."""

from __future__ import annotations

SOON = {"deadlines": {"connect": 1.0, "idle": 1.0}}


ONCE = ("--retries", "0")


TWICE = ("--retries", "1")

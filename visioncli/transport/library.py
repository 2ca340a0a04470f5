"""Imports httpx: the one line to change for its successor.

Where click is installed httpx loads a command line of its own with it, and rich: as much again as
all the rest of it. A None in sys.modules is the import system's own way to say that there is none.
"""

from __future__ import annotations

import sys

OWN_COMMAND = "httpx._main"

sys.modules.setdefault(OWN_COMMAND, None)  # type: ignore[arg-type]  # see above
import httpx  # noqa: E402 - after that line

if sys.modules[OWN_COMMAND] is None:
    del sys.modules[OWN_COMMAND]

__all__ = ["httpx"]

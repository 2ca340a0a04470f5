"""The system's keyring (extra `[keyring]`), for keys of which the store says that it has them."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from typing import Any

TIMEOUT = 10.0  # seconds
ASKED = 60.0  # seconds, where its window may ask a person
ABSENT = ("the package keyring is not installed", "this machine has no keyring")
AGE = 300.0  # seconds for which a key is kept in memory: a server asks often
LATER = 30.0  # seconds for which one that failed is not asked again: others wait meanwhile

_kept: dict[str, tuple[str, float]] = {}
_failed: dict[str, tuple[str, float]] = {}
_one = threading.Lock()


class Unavailable(Exception):
    """Absent, locked, failing or too slow; its text says which, and holds no key."""


def get(provider: str) -> str:
    """Raises Unavailable, also where the keyring has no such key."""
    with _one:
        text, until = _kept.get(provider, ("", 0.0))
        if time.monotonic() < until:
            return text
        why, until = _failed.get(provider, ("", 0.0))
        if time.monotonic() < until:
            raise Unavailable(why)
        try:
            found = _found(provider)
        except Unavailable as error:
            _failed[provider] = str(error), time.monotonic() + LATER
            raise
        _kept[provider] = found, time.monotonic() + AGE
        return found


def put(provider: str, text: str) -> str:
    """The name of what keeps it now. Raises Unavailable."""
    with _one:
        _forget(provider)
        return str(_asked("set", provider, text).get("backend"))


def delete(provider: str) -> None:
    """Raises Unavailable; a key that is not there is none."""
    with _one:
        _forget(provider)
        _asked("delete", provider)


def _found(provider: str) -> str:
    found = _asked("get", provider).get("key")
    if not isinstance(found, str) or not found:
        raise Unavailable("it has no such key")
    return found


def _forget(provider: str) -> None:
    _kept.pop(provider, None)
    _failed.pop(provider, None)


def _asked(operation: str, provider: str, text: str = "") -> dict[str, Any]:
    """-P: nothing in the folder somebody happens to be in is imported."""
    asking = sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()
    wait = ASKED if asking else TIMEOUT
    module = "visioncli.auth.keyring_process"
    how = "ask" if asking else "silent"
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", module, operation, provider, how],
            input=text.encode(),
            capture_output=True,
            timeout=wait,
            check=False,
            start_new_session=True,  # without a terminal, on which some would ask for a password
        )
        said = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"it gave no answer within {wait:g} s") from None
    except (OSError, ValueError):
        raise Unavailable("it cannot be asked") from None
    if not isinstance(said, dict) or "error" in said:
        why = said.get("error") if isinstance(said, dict) else None
        raise Unavailable(str(why or "it cannot be asked"))
    return said

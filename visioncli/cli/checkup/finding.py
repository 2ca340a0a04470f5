"""One thing that was looked at, and what it is like."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any, NamedTuple

from visioncli.config import NOTHING, Settings
from visioncli.core.errors import VisionError
from visioncli.core.record import record

PASSWORD = re.compile(r"[^\s/@'\"=]*:[^\s/@'\"]*@")  # user:password@ of an address
QUERY = re.compile(r"(\w+://[^\s'\"?]*\?)[^\s'\"]+")  # which keys are put into, too


class Status(StrEnum):
    """WARN: it works, and might not do what is wanted. WRONG: something does not work."""

    OK = "ok"
    WARN = "warn"
    WRONG = "wrong"


class Finding(NamedTuple):
    """check: what was looked at; name: which of several. detail: one line. facts: for --json."""

    check: str
    status: Status
    detail: str
    remedy: str | None = None
    name: str | None = None
    facts: Mapping[str, Any] = NOTHING

    def as_object(self) -> dict[str, Any]:
        return {
            "check": self.check,
            "name": self.name,
            "status": str(self.status),
            "detail": self.detail,
            "remedy": self.remedy,
            "facts": dict(self.facts),
        }


@record(kw_only=True)
class Patient:
    """What the checks are told. settings: without anything where `trouble` says what is wrong with
    the configuration. size: columns and lines of stdout where it is a terminal.
    """

    env: Mapping[str, str] = field(default_factory=lambda: os.environ)
    settings: Settings = field(default_factory=Settings)
    trouble: VisionError | None = None
    size: tuple[int, int] | None = None


def wrong(check: str, error: Exception, name: str | None = None) -> Finding:
    """Of an error, be it one of ours or one that nobody foresaw."""
    if isinstance(error, VisionError):
        return Finding(check, Status.WRONG, error.message, error.hint, name)
    what = f"this could not be looked at: {type(error).__name__}: {error}"
    return Finding(check, Status.WRONG, what, "please report it, with this line", name)


def masked(text: str) -> str:
    """Without the user, the password and the query of any address in it."""
    return QUERY.sub(r"\1…", PASSWORD.sub("…@", text))

"""One row of the matrix: a fault, and all that a user sees of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests import vendors
from tests.faults.peer import Peer

if TYPE_CHECKING:
    from .place import Done, Place

PICTURE = "p.png"  # stands in every row's folder
WORDS = (PICTURE, "q")
ANSWER = vendors.TEXT + "\n"

Act = Callable[["Place"], "Done"]


@dataclass(frozen=True, kw_only=True)
class Row:
    """id: the number of the fault and a letter for the case. case: in a few words.

    exit: the status. says: the lines of stderr, a regular expression each, with SERVER for the
    server's host and port and PLACE for the row's folder. again: how many lines there tell of a
    further attempt. requests: how many reach the server; None where
    `act` counts them. out: stdout, or an expression for it; None
    is a good answer where `exit` is 0, and nothing elsewhere.

    answer: the fault, by its name and arguments, or what does it. wire, model: who is asked.
    options, words: of `vision ask`. files: put into the folder. env: on top of the usual. inside:
    what tests/matrix/site changes within the process. act: runs the program in place of
    `vision ask`, and may look at more than the row does. needs: what not every machine has, by its
    name in needs.py. verdict: its status is an answer, and no error is told.
    """

    id: str
    case: str
    exit: int
    says: tuple[str, ...] = ()
    again: int = 0
    requests: int | None = 0
    out: str | re.Pattern[str] | None = None
    answer: str | tuple[str | float, ...] | Callable[[Peer], None] = "ok"
    wire: str = "openai"
    model: str = ""
    options: tuple[str, ...] = ()
    words: tuple[str, ...] = WORDS
    files: Mapping[str, bytes | Callable[[], bytes]] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    inside: Mapping[str, Any] = field(default_factory=dict)
    stdin: bytes | None = None
    act: Act | None = None
    needs: tuple[str, ...] = ()
    verdict: bool = False

    @property
    def number(self) -> int:
        """Of the fault: 26 of "26c"."""
        return int(self.id.rstrip("abcdefghijklmnopqrstuvwxyz"))

    @property
    def asked(self) -> str:
        return self.model or vendors.MODELS[self.wire]

    @property
    def expected(self) -> str | re.Pattern[str]:
        if self.out is None:
            return ANSWER if self.exit == 0 else ""
        return self.out


def error(what: str) -> str:
    """The line that says it."""
    return f"error: {what}"


def remedy(what: str) -> str:
    return f"  try: {what}"


def warning(what: str) -> str:
    return f"warning: {what}"

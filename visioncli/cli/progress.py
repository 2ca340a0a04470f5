"""How far a batch is: a line that is drawn over on a terminal, a line now and then in a file."""

from __future__ import annotations

import asyncio
import os
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import IO

from visioncli.core.record import record
from visioncli.costs import shown

from .terminal import Notes, clean_line

OFTEN, SELDOM = 0.2, 30.0  # seconds between two looks: of a person, in a file
WINDOW = 20.0  # seconds over which the rate is taken
BAR = 20  # columns
WIPE = "\r\x1b[K"


@record(kw_only=True)
class State:
    """What there is to tell. total: of all items, None where it is not known. usd: so far.

    unknown: answers whose cost nobody knows. paused: seconds until anything is asked again.
    provider: who is asked.
    """

    answered: int
    skipped: int
    failed: int
    total: int | None
    usd: float
    unknown: int
    paused: float = 0.0
    provider: str = ""

    @property
    def done(self) -> int:
        return self.answered + self.skipped + self.failed


class Progress(Notes):
    """stderr of a batch. Notes stand above the line that is drawn over."""

    def __init__(
        self,
        stream: IO[str] | None,
        *,
        quiet: bool = False,
        now: Callable[[], float] = time.monotonic,
        env: Mapping[str, str] = os.environ,
    ) -> None:
        super().__init__(stream, quiet=quiet)
        self._silent, self._now = quiet, now
        self._draws = self.is_terminal and env.get("TERM", "") not in ("", "dumb", "unknown")
        self._drawn = False
        self._began = now()
        self._seen: deque[tuple[float, int]] = deque([(self._began, 0)])

    async def show(self, state: Callable[[], State]) -> None:
        """Until it is cancelled."""
        if self._silent:
            return
        while True:
            await asyncio.sleep(OFTEN if self._draws else SELDOM)
            self.tell(state())

    def tell(self, state: State) -> None:
        rate = self._rate(state)
        if not self._draws:
            self.note(line(state, rate))
            return
        text = line(state, rate, bar=True)
        self.draw(text if len(text) < self._columns() else line(state, rate))

    def draw(self, text: str) -> None:
        """On a terminal alone, and without --quiet."""
        if self._draws and not self._silent:
            self._put(f"{WIPE}{text[: self._columns() - 1]}")
            self._drawn = True

    def clear(self) -> None:
        """Takes the line away, so that something else can stand there."""
        if self._drawn:
            self._put(WIPE)
            self._drawn = False

    def error(self, text: str) -> None:
        self.clear()
        super().error(text)

    @property
    def seconds(self) -> float:
        return self._now() - self._began

    def _rate(self, state: State) -> float:
        """Of what was asked, lately: what is skipped takes no time."""
        now, asked = self._now(), state.answered + state.failed
        self._seen.append((now, asked))
        while len(self._seen) > 2 and now - self._seen[0][0] > WINDOW:
            self._seen.popleft()
        (then, before), *_ = self._seen
        return (asked - before) / (now - then) if now > then else 0.0

    def _put(self, text: str) -> None:
        try:
            self._send(text.encode(), 0.0)
        except (OSError, ValueError):
            self._draws = False

    def _columns(self) -> int:
        try:
            return os.get_terminal_size(2 if self._fd is None else self._fd).columns or 80
        except OSError:
            return 80


def line(state: State, rate: float, *, bar: bool = False) -> str:
    """One line, the most important first: a narrow terminal cuts its end off."""
    told = []
    total = state.total and max(state.total, state.done)  # lines may come while it runs
    if total:
        part = state.done / total
        if bar:
            told.append("━" * int(part * BAR) + "─" * (BAR - int(part * BAR)))
        told.append(f"{state.done:,}/{total:,}")
        told.append(f"{part:.0%}")
    else:
        told.append(f"{state.done:,}")
    told.append(f"{rate:,.1f}/s")
    if state.paused >= 1:
        told.append(f"paused {state.paused:.0f} s by {clean_line(state.provider)} (429)")
    elif total and rate > 0:
        told.append(f"ETA {_left((total - state.done) / rate)}")
    if state.failed:
        told.append(f"{state.failed:,} failed")
    if state.usd:
        told.append(f"{shown(state.usd)}{'+' if state.unknown else ''}")
    if state.skipped:
        told.append(f"{state.skipped:,} skipped")
    return "  ".join(told)


def summary(state: State, seconds: float, tokens: str = "") -> str:
    """One line at the end. What is not known is counted apart, and is never $0."""
    told = [
        f"answered {state.answered:,}",
        f"skipped {state.skipped:,}",
        f"failed {state.failed:,}",
    ]
    if state.unknown:
        known = f"{shown(state.usd)} and " if state.usd else ""
        cost = f"{known}the cost of {state.unknown:,} not known"
    else:
        cost = shown(state.usd)
    return f"{', '.join(told)}; {cost}; {tokens}{_clock(seconds)}"


def _clock(seconds: float) -> str:
    """12.3 s, 4:05, 3:04:05."""
    return f"{seconds:.1f} s" if seconds < 60 else _left(seconds)


def _left(seconds: float) -> str:
    """0:12, 4:05, 3:04:05."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

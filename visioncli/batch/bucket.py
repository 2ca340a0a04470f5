"""A rate that the user gave, kept to."""

from __future__ import annotations

BURST = 1.0  # seconds of a given rate (--rpm, --tpm) that may go at once


class Bucket:
    """A rate that was given: so many a minute, a little of it at once."""

    def __init__(self, per_minute: float, now: float) -> None:
        self.rate = per_minute / 60
        self._most = max(1.0, self.rate * BURST)
        self._level, self._at = self._most, now

    def wait(self, amount: float, now: float) -> float:
        """Seconds until `amount` may be taken; more than all of it has to wait for all of it."""
        self._level = min(self._most, self._level + (now - self._at) * self.rate)
        self._at = now
        return max(0.0, (min(amount, self._most) - self._level) / self.rate)

    def take(self, amount: float) -> None:
        """Also more than there is: who comes next waits for it."""
        self._level -= amount

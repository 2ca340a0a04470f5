"""One model behind a name: where it is, its key, how busy it is, and the connections to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from visioncli import choice, costs
from visioncli.aim import Aim, take
from visioncli.auth import keys
from visioncli.batch.credentials import AGE, Credentials
from visioncli.catalogue import facts, prices
from visioncli.choice import EYES, known_as
from visioncli.config import Settings
from visioncli.core.errors import KeyProblem, RateLimited, VisionError
from visioncli.core.target import ModelRef
from visioncli.core.types import Usage
from visioncli.transport.channel import Channel, Channels, opened

from .settings import Entry

LONGEST_REST = 60.0  # seconds for which an entry is passed over at most
REFUSED = (401, 403)  # what a provider says to a key that it takes no more
RENEWAL = 5.0  # seconds in which a key that was refused is looked for once


class Member:
    """Lives in one event loop. active: requests on their way. ref: the model that is asked."""

    def __init__(
        self,
        entry: Entry,
        ref: ModelRef,
        settings: Settings,
        env: Mapping[str, str],
        told: Callable[[str], None],
    ) -> None:
        """told: a line for whoever runs the gateway."""
        self.entry, self.ref, self._told = entry, ref, told
        self._said: set[str] = set()
        self._settings, self._env = settings, env
        self._aim: Aim | None = None
        self._credentials: Credentials | None = None
        self._until = 0.0
        self._lock = asyncio.Lock()
        self._channels: Channels | None = None
        self._free: list[Channel] = []
        self.active = 0
        self.last_used = 0.0
        self._rests_until = 0.0
        self._verdict: tuple[bool | None, str] | None = None
        self._judged_until = 0.0
        self._price: prices.Price | None = None
        self._priced_until = 0.0
        self._renewed_at = float("-inf")

    async def aim(self) -> Aim:
        """Raises KeyProblem (4), UsageError (2). A key command takes its time: in a thread."""
        if self._aim is None:
            async with self._lock:
                if self._aim is None:
                    self._aim = await asyncio.to_thread(self._taken)
        return self._aim

    def _taken(self) -> Aim:
        """What is worth telling of a key, or of where it goes, is the operator's to know."""
        aim = take(
            self.ref,
            self._settings,
            pictures=False,  # whether it can see is asked for each request, and may be configured
            base_url=self.entry.api_base,
            key=self.entry.key(self._env),
            env=self._env,
        )
        for warning in aim.warnings:
            if warning not in self._said:
                self._said.add(warning)
                self._told(f"{self.ref}: {warning}")
        return replace(aim, warnings=())

    def credentials(self, aim: Aim) -> Credentials:
        """A key that was given is given anew to each of them: they look for others in time."""
        now = time.monotonic()
        if self._credentials is None or (self.entry.api_key and now > self._until):
            self._credentials = Credentials(aim, self._settings, self._env)
            self._until = now + AGE
        return self._credentials

    async def renewed(self, error: KeyProblem, used: keys.Key | None) -> bool:
        """Whether there is another key now than the one that the provider refused: a token that
        has ended, or a key that was replaced while this gateway runs.
        """
        if error.status not in REFUSED or self.entry.api_key or used is None:
            return False
        async with self._lock:
            now = time.monotonic()
            if now >= self._renewed_at + RENEWAL:
                self._renewed_at = now
                found = await asyncio.to_thread(self._taken)
                self._aim, self._credentials = found, None
        return self.credentials(await self.aim()).key != used

    @contextmanager
    def channel(self, url: str) -> Iterator[Channel]:
        """One to this model's host, for one exchange. Raises NetworkProblem (7)."""
        if self._channels is None:
            self._channels = opened(url)
        made = self._free.pop() if self._free else self._channels.channel()
        try:
            yield made
        finally:
            self._free.append(made)

    @contextmanager
    def busy(self) -> Iterator[None]:
        self.active += 1
        self.last_used = time.monotonic()
        try:
            yield
        finally:
            self.active -= 1

    def failed(self, error: VisionError, cooldown: float) -> None:
        """It is passed over for a while, where there are others."""
        rest = max(cooldown, error.wait or 0.0) if isinstance(error, RateLimited) else cooldown
        self._rests_until = time.monotonic() + min(rest, LONGEST_REST)

    def answered(self) -> None:
        self._rests_until = 0.0

    @property
    def rests(self) -> bool:
        return time.monotonic() < self._rests_until

    def sees(self) -> tuple[bool | None, str]:
        """(whether it can see, who says so): the gateway's configuration before the catalogue."""
        if self.entry.vision is not None:
            return self.entry.vision, "the gateway's configuration says so"
        if self.ref == EYES:
            return True, "it is made for it"
        now = time.monotonic()
        if self._verdict is None or now > self._judged_until:  # a refresh may say more in time
            self._verdict = choice.sees(self.ref, self._settings)
            self._judged_until = now + AGE
        return self._verdict

    def cost(self, usage: Usage, *, wire: str, extra: Collection[str]) -> float | None:
        """US dollars; None where it is not known: whatever is wrong there, it is paid for."""
        price = self.price()
        try:
            return costs.cost(self.ref, usage, wire=wire, extra=extra, find=lambda _: price)
        except (VisionError, OSError, ValueError, LookupError):
            return None

    def price(self) -> prices.Price | None:
        """The configuration's before the catalogue's."""
        try:
            return self.entry.price() or self._listed()
        except (VisionError, OSError, ValueError, LookupError):
            return None

    def _listed(self) -> prices.Price | None:
        now = time.monotonic()
        if now > self._priced_until:  # a refresh may say more in time
            self._price = prices.find(known_as(self.ref, self._settings))
            self._priced_until = now + AGE
        return self._price

    def known(self) -> facts.Facts | None:
        """What the catalogue knows of it."""
        base = known_as(self.ref, self._settings)
        own = choice.is_own(base.provider, self._settings)
        return None if own else facts.find(str(base))

    async def close(self) -> None:
        if self._channels is not None:
            await self._channels.close()

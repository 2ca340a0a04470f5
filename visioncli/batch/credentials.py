"""The key of a run that may last longer than the key does."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Mapping

from visioncli.aim import Aim
from visioncli.auth import headers, keys
from visioncli.config import Settings
from visioncli.core.dialect import HttpRequest

AGE = 300.0  # seconds after which a key that does not last is looked for again
FLEETING = ("google", "ibm", "sigv4")  # ways to sign in whose tokens and credentials end


class Credentials:
    """Signs the requests of one event loop; what may wait for others is done in a thread."""

    def __init__(self, aim: Aim, settings: Settings, env: Mapping[str, str] = os.environ) -> None:
        self._aim, self._settings, self._env = aim, settings, env
        self._key = aim.key
        self._ready = aim.target.provider.auth not in FLEETING
        self._until = float("inf")
        self._lock = asyncio.Lock()
        self._last: tuple[keys.Key | None, Mapping[str, str], Mapping[str, str]] | None = None

    @property
    def key(self) -> keys.Key | None:
        """What goes into requests now."""
        return self._key

    async def authorised(self, request: HttpRequest) -> HttpRequest:
        """Raises KeyProblem (4)."""
        if not self._is_fresh():
            async with self._lock:
                if not self._is_fresh():
                    self._key = await asyncio.to_thread(self._found, first=not self._ready)
                    self._ready, self._until = True, time.monotonic() + AGE
        if self._key is not None and self._key.sign is not None:
            return await asyncio.to_thread(self._signed, request)
        return self._signed(request)

    def _is_fresh(self) -> bool:
        return self._ready and time.monotonic() <= self._until

    def _signed(self, request: HttpRequest) -> HttpRequest:
        """A signature is over all of the body, and may need credentials that are to be renewed."""
        if self._key is not None and self._key.sign is not None:
            signed = headers.authorise(request, self._aim.target.provider, self._key, self._env)
            len(signed.headers)  # those of a signature are made when they are first looked at
            return signed
        last = self._last  # the headers are mostly the same for the whole run
        if last is None or last[0] is not self._key or last[1] != request.headers:
            signed = headers.authorise(request, self._aim.target.provider, self._key, self._env)
            self._last = last = self._key, request.headers, signed.headers
        return HttpRequest(
            method=request.method,
            url=request.url,
            headers=last[2],
            body=request.body,
            warnings=request.warnings,
        )

    def _found(self, *, first: bool) -> keys.Key | None:
        provider = self._aim.target.provider
        key = self._aim.key if first else keys.find(provider, self._settings, self._env)
        return headers.exchanged(provider, key, self._env)

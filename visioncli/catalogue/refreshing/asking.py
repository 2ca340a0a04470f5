"""Asks providers for their own lists of models: those whose key is set, and local servers whose
address is. A list is asked for with the provider's own key, at the provider's own address.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from visioncli import config, dialects, providers
from visioncli.auth import headers, keys
from visioncli.catalogue.making.snapshots import Snapshot, Stated
from visioncli.config import Settings
from visioncli.core.body import JsonBody
from visioncli.core.dialect import HttpError, HttpRequest
from visioncli.core.errors import (
    BadAnswer,
    KeyProblem,
    ProviderFailed,
    UnknownModel,
    UsageError,
    VisionError,
)
from visioncli.core.fields import load_object
from visioncli.core.record import record
from visioncli.core.secret import Secret
from visioncli.core.target import Provider
from visioncli.providers.address import base_url, given
from visioncli.transport.clock import Clock, Deadlines
from visioncli.transport.whole import fetch

from . import fetching, lists
from .entry import Entry

PAGES = 50  # of one list
SHOWN = 500  # models of one Ollama server that are asked what they can do
AWS = ("AWS_ACCESS_KEY_ID", "AWS_PROFILE")
NONE = "none"


class Skipped(Exception):
    """There is nothing to ask, and why."""


@record
class Answered:
    """warnings: for the user."""

    snapshot: Snapshot
    warnings: tuple[str, ...]


class _NoBody(JsonBody):
    """A GET has none, and a signature wants to read it."""

    def __init__(self) -> None:
        super().__init__({})
        self.length = 0

    def __iter__(self) -> Iterator[bytes]:
        return iter(())


def to_ask(settings: Settings, env: Mapping[str, str] = os.environ) -> Iterator[Provider]:
    """The rows whose list may be asked for, the user's own first."""
    return (row for row in providers.rows(settings) if _is_meant(row, settings, env))


def _is_meant(row: Provider, settings: Settings, env: Mapping[str, str]) -> bool:
    if row.auth == "none" or not row.key_required:  # a local server: asked where it is named
        own = row.name in map(config.provider_name, settings.providers)
        return given(row, None, env) is not None or (own and row.base_url is not None)
    if row.auth == "sigv4" and any(env.get(name) for name in AWS):
        return True
    return keys.present(row, settings, env)


def ask(
    row: Provider,
    settings: Settings,
    today: str,
    timeout: float,
    env: Mapping[str, str] = os.environ,
) -> Answered:
    """What the provider lists now. Raises Skipped, or a VisionError in which no key is."""
    listing = row.listing
    kind = listing.shape or lists.DIALECTS.get(row.dialect, NONE)
    if kind == NONE:
        raise Skipped("it has no list of models that is read here")
    if kind not in lists.SHAPES:
        raise UsageError(
            f"'listing.shape' is {kind!r}, {row.source}",
            hint=f"known: {', '.join(sorted(lists.SHAPES))}, none",
        )
    if listing.base_url is not None:
        row = replace(row, base_url=listing.base_url, base_url_env=listing.base_url_env)
    try:
        address = base_url(row, None, env)
    except UsageError as error:
        raise Skipped(error.message) from None
    try:
        key = keys.find(row, settings, env)
    except KeyProblem as error:
        if error.code == "extra":
            raise Skipped(error.message) from None
        raise
    asking = _Asking(row, key, Clock(Deadlines(idle=fetching.IDLE, total=timeout)), env)
    try:
        rows = asking.rows(lists.SHAPES[kind], address)
    except VisionError as error:
        raise _told(error, row, key.secret if key else None) from None
    warnings = headers.exposed(address) if key else ()
    return Answered(Snapshot("P", today, rows, asking.dropped), warnings)


def _told(error: VisionError, row: Provider, secret: Secret | None) -> VisionError:
    """As transport tells of its errors: no key is in them."""
    error = fetching.readable(error)
    error.provider = row.name
    if secret is not None:
        error.message = secret.hide(error.message)
        error.hint = secret.hide(error.hint) if error.hint else None
        error.code = secret.hide(error.code)
    error.args = (error.message,)
    return error


class _Asking:
    """The requests for one provider's list. dropped: entries that could not be used."""

    def __init__(
        self, row: Provider, key: keys.Key | None, clock: Clock, env: Mapping[str, str]
    ) -> None:
        self._row, self._clock, self._env = row, clock, env
        self._key = headers.exchanged(row, key, env, clock.left())
        self._dialect = dialects.load(row.dialect)
        self.dropped = self._shows = 0

    def rows(self, shape: lists.Shape, address: str) -> dict[str, Stated]:
        listed = list(self._entries(shape, address))
        found = dict(self._unspoilt(lists.rows(shape, self._row.name, listed)))
        self.dropped = max(0, len(listed) - len(found))
        if not found and self._row.key_required and self._row.auth != "none":
            raise BadAnswer("the provider lists no model at all")
        return found

    def _unspoilt(self, rows: Iterator[tuple[str, Stated]]) -> Iterator[tuple[str, Stated]]:
        """Without ids in which a server repeats the key it was sent."""
        secret = self._key.secret if self._key else None
        for model, stated in rows:
            if secret is None or secret.hide(model) == model:
                yield model, stated

    def _entries(self, shape: lists.Shape, address: str) -> Iterator[Entry]:
        url = address + (shape.path if self._row.listing.path is None else self._row.listing.path)
        query: Mapping[str, str] = shape.query
        for _ in range(PAGES):
            body = self._get(url, query, shape.headers)
            listed, more = lists.entries(shape, body)
            for entry in listed:
                yield self._shown(address, entry) if shape is lists.SHAPES["ollama"] else entry
            if not more or not listed:
                return
            query = {**shape.query, **more}
        raise BadAnswer(f"the provider's list of models has more than {PAGES} pages")

    def _shown(self, address: str, entry: Entry) -> Entry:
        """Ollama's list says nothing of what a model can do; it tells that of each one asked."""
        name = entry.get("model")
        self._shows += 1
        if not isinstance(name, str) or self._shows > SHOWN:
            return entry
        body = JsonBody({"model": name})
        try:
            said = load_object(self._send(self._request("POST", f"{address}/api/show", {}, body)))
        except (ProviderFailed, UnknownModel):
            return entry
        told = said.get("model_info")
        pairs = told.items() if isinstance(told, dict) else ()
        sizes = [v for k, v in pairs if k.endswith(".context_length")]
        more: dict[str, Any] = {"context_length": sizes[0]} if sizes else {}
        return {**entry, **more, "capabilities": said.get("capabilities")}

    def _get(self, url: str, query: Mapping[str, str], more: Mapping[str, str]) -> bytes:
        full = f"{url}?{urlencode(query)}" if query else url
        return self._send(self._request("GET", full, more, _NoBody()))

    def _request(
        self, method: str, url: str, more: Mapping[str, str], body: JsonBody
    ) -> HttpRequest:
        kind = {"content-type": "application/json"} if body.length else {}
        plain = {"accept": "application/json", "accept-encoding": "gzip", **kind, **more}
        request = HttpRequest(method=method, url=url, headers=plain, body=body)
        return headers.authorise(request, self._row, self._key, self._env)

    def _send(self, request: HttpRequest) -> bytes:
        got = fetch(
            request,
            self._clock,
            cap=fetching.CAP,
            refused=self._refused,
            retries=fetching.RETRIES,
            body=b"".join(request.body),
        )
        if got.body is None:
            raise BadAnswer("the provider says that nothing has changed, and was not asked that")
        return fetching.readable_size(got.body)

    def _refused(self, response: HttpError) -> VisionError:
        error = self._dialect.error(response)
        if isinstance(error, UnknownModel):  # there is no model in the question
            return ProviderFailed(
                f"the provider has no list of models there (HTTP {response.status})",
                hint="check the provider's address",
                status=response.status,
                retry=False,
            )
        return error

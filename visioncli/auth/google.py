"""Google's own chain of credentials, by google-auth, over our own transport.

https://docs.cloud.google.com/docs/authentication/application-default-credentials: the file that
GOOGLE_APPLICATION_CREDENTIALS names (a service account's key, workload identity federation), what
gcloud left in its folder, and the metadata server of Google's machines. Tokens are kept in memory
until shortly before they expire, and written nowhere. This file needs the extra `vertex`.
"""

from __future__ import annotations

import logging
import os
import re
import threading
import warnings
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import google.auth
import google.auth.credentials
from google.auth import exceptions

from visioncli.core.errors import KeyProblem, ProviderFailed, VisionError
from visioncli.core.fields import preview
from visioncli.core.record import record
from visioncli.transport.client import exchange
from visioncli.transport.clock import Clock, Deadlines

from .keys import Key, checked

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
PATIENCE = 30.0  # seconds for a token
CAP = 1 << 20  # bytes of an answer about one
LOGIN = "gcloud auth application-default login"
CLOCK = re.compile(r"short-lived token|reasonable timeframe|\biat\b|too early", re.IGNORECASE)
WHERE = f"{LOGIN}, or name a key file in GOOGLE_APPLICATION_CREDENTIALS"

logging.getLogger("google.auth").addHandler(logging.NullHandler())  # what matters is raised

_one = threading.Lock()
_kept: dict[str, tuple[google.auth.credentials.Credentials, str | None]] = {}


def find() -> Key:
    """A token, and the project that the credentials belong to, from this process's environment.

    Raises KeyProblem (4) where there are no credentials or Google refuses them, NetworkProblem (7)
    where it cannot be reached, ProviderFailed (8) where it fails.
    """
    named = os.environ.get("GOOGLE_APPLICATION_CREDENTIALS", "")
    request: Any = Request(Clock(Deadlines(total=PATIENCE), "Google's token service"))
    with _one, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # google-auth's, of credentials without a quota project
        try:
            if named not in _kept:
                _kept[named] = google.auth.default(scopes=[SCOPE], request=request)
            credentials, project = _kept[named]
            if not credentials.valid:
                credentials.refresh(request)  # type: ignore[no-untyped-call]  # google-auth's own
        except (exceptions.GoogleAuthError, OSError, ValueError) as error:
            raise _told(error) from None
    quota = getattr(credentials, "quota_project_id", None)
    return Key(
        checked(str(credentials.token), "Google's answer"),
        "Google's credentials",
        bearer=True,
        values=MappingProxyType({"project": project} if project else {}),
        headers=MappingProxyType({"x-goog-user-project": quota} if quota else {}),
    )


def _told(error: Exception) -> VisionError:
    """One of ours, in one line; what google-auth quotes of a key file stays out of it."""
    if isinstance(error, exceptions.TransportError):
        return _cause(error) or ProviderFailed(f"Google gives no token: {_words(error)}")
    if not isinstance(error, exceptions.RefreshError):
        return KeyProblem(f"no usable Google credentials: {_words(error)}", hint=WHERE)
    if error.retryable:
        return ProviderFailed(f"Google's token service failed: {_words(error)}", retry=False)
    skewed = CLOCK.search(_words(error))
    return KeyProblem(
        f"Google gives no token: {_words(error)}",
        hint="check the clock of this machine: it must be right to a few minutes"
        if skewed
        else LOGIN,
        code="clock" if skewed else None,
    )


def _cause(error: BaseException | None) -> VisionError | None:
    """Ours, which the adapter below wrapped for google-auth."""
    while error is not None and not isinstance(error, VisionError):
        error = error.__cause__ or error.__context__
    if error is not None and error.code == "timeout":
        error.hint = "try again; --timeout is for the answer, not for this"
    return error


def _words(error: Exception) -> str:
    first = str(error) if isinstance(error, OSError) else str(next(iter(error.args), error))
    return preview(" ".join(first.split()))


@record
class Reply:
    """What google-auth reads of a response (google.auth.transport.Response)."""

    status: int
    headers: Mapping[str, str]
    data: bytes


@record
class _Sent:
    method: str
    url: str
    headers: Mapping[str, str]


class Request:
    """What google-auth calls for a request (google.auth.transport.Request): our transport."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_more: Any,
    ) -> Reply:
        """Raises TransportError from an error of ours; a redirect is one, too."""
        clock = self._clock if timeout is None else self._clock.within(timeout)
        data = body.encode() if isinstance(body, str) else body
        sent = _Sent(method, url, headers or {})
        try:
            with exchange(
                sent,
                clock,
                body=None if data is None else [data],
                length=None if data is None else len(data),
            ) as response:
                whole = b"".join(response.chunks(CAP))
                return Reply(response.status, response.headers, whole)
        except VisionError as error:
            raise exceptions.TransportError(error.message) from error  # type: ignore[no-untyped-call]  # its own

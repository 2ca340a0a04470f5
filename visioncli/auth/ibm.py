"""IBM Cloud's tokens: an API key is exchanged for one, which is good for an hour or so.

https://cloud.ibm.com/apidocs/iam-identity-token-api (read 2026-11-24)
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import field, replace
from threading import Lock
from urllib.parse import urlencode, urlsplit

from visioncli import retry
from visioncli.core import failure
from visioncli.core.dialect import HttpError
from visioncli.core.errors import BadAnswer, KeyProblem, UsageError, VisionError
from visioncli.core.failure import Said
from visioncli.core.fields import count, load_object, word
from visioncli.core.record import record
from visioncli.core.secret import Secret
from visioncli.transport.client import exchange
from visioncli.transport.clock import Clock, Deadlines

from .keys import Key

ADDRESS = "https://iam.cloud.ibm.com/identity/token"
VARIABLE = "WATSONX_IAM_URL"  # another address, for IBM's other clouds
GRANT = "urn:ibm:params:oauth:grant-type:apikey"
LONGEST, RETRIES = 30.0, 2  # seconds; attempts after the first
CAP = 1 << 20  # bytes of an answer; a token has 1 to 2 kB
MARGIN = 60.0  # seconds before its end in which a token is not used any more
WHO = "IBM's identity service"


@record
class Token:
    """until: when it is too old, in monotonic seconds."""

    secret: Secret
    until: float


@record
class Form:
    """What transport sends."""

    url: str
    method: str = "POST"
    headers: Mapping[str, str] = field(
        default_factory=lambda: {
            "content-type": "application/x-www-form-urlencoded",
            "accept": "application/json",
        }
    )


_tokens: dict[tuple[str, Secret], Token] = {}
_lock = Lock()  # of several threads the first asks, and the others take its token


def exchanged(key: Key, env: Mapping[str, str] = os.environ, within: float = LONGEST) -> Key:
    """The key's token, as a key of its own; the one of before while that is good.

    within: seconds that the caller has left; LONGEST are waited at the most. Raises KeyProblem (4)
    for a key that IBM rejects, and what transport raises.
    """
    url = _address(env)
    with _lock:
        token = _tokens.get((url, key.secret))
        if token is None or token.until <= time.monotonic():
            token = _tokens[url, key.secret] = _patiently(url, key, min(within, LONGEST))
    both = Secret(token.secret.reveal(), key.secret.reveal())  # neither is to be seen
    return replace(key, secret=both, bearer=True)


def _address(env: Mapping[str, str]) -> str:
    url = env.get(VARIABLE, "").strip() or ADDRESS
    try:
        parts = urlsplit(url)
        local = parts.hostname in ("127.0.0.1", "::1", "localhost")
        good = parts.scheme == "https" or (parts.scheme == "http" and local)
    except ValueError:
        good = False
    if good:
        return url
    raise UsageError(
        f"{VARIABLE} is {url!r}, and a key goes over https alone", hint=f"for example {ADDRESS}"
    )


def _patiently(url: str, key: Key, total: float) -> Token:
    """Asks again where that may help. total: seconds."""
    clock, attempt = Clock(Deadlines(total=total), WHO), 0
    while True:
        attempt += 1
        try:
            return _ask(url, key, clock)
        except VisionError as error:
            elapsed = time.monotonic() - clock.began
            delay = retry.next_delay(error, attempt, elapsed, retries=RETRIES, total=total)
            if delay is None:
                raise
            clock.sleep(delay)


def _ask(url: str, key: Key, clock: Clock) -> Token:
    now = time.monotonic()
    form = urlencode({"grant_type": GRANT, "apikey": key.secret.reveal()}).encode("ascii")
    with exchange(Form(url), clock, body=(form,), length=len(form)) as response:
        if response.status != 200:
            told = HttpError(
                status=response.status, headers=response.headers, body=response.read(CAP)
            )
            raise _refused(told, key)
        body = b"".join(response.chunks(CAP))
    try:
        data = load_object(body)
    except BadAnswer:  # which shows what came: half a token, it may be
        data = {}
    text = word(data, "access_token")
    if text is None or not text.isascii() or not text.isprintable():
        raise BadAnswer(f"{WHO} answers without a token")
    return Token(Secret(text), now + (count(data, "expires_in") or 0) - MARGIN)


def _refused(response: HttpError, key: Key) -> VisionError:
    """{"errorCode", "errorMessage"}: a key that is not known is a 400."""
    data = failure.load(response.body)
    known = data if isinstance(data, dict) else {}
    error = failure.failed(
        response,
        Said(
            words=word(known, "errorMessage") or "",
            code=word(known, "errorCode"),
            kind=KeyProblem if response.status in (400, 401, 403) else None,
            hint=f"check the key in {key.source}, or set WATSONX_TOKEN",
        ),
    )
    error.message = key.secret.hide(error.message.replace("the provider", WHO, 1))
    error.args = (error.message,)
    return error

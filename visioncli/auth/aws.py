"""Signs requests for AWS with the credentials that its own tools would find (extra `[bedrock]`).

botocore looks for them: environment, profile, SSO, web identity, container, instance; and makes the
signature (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html). It is loaded when
a request is to be signed, and only then.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import KeyProblem, UsageError
from visioncli.core.fields import preview
from visioncli.core.secret import Secret
from visioncli.core.target import Provider

from .keys import Key

SERVICE = "bedrock"
FRESH = 60.0  # seconds; AWS takes a signature for five minutes
HOST = re.compile(r"//(?:[^/]*\.)?bedrock-runtime(?:-fips)?\.([a-z]+(?:-[a-z]+)+-\d+)\.")


def find(provider: Provider, env: Mapping[str, str]) -> Key:
    """A key that signs, out of the first credentials of AWS's own chain; secret: their secret half.

    It may run a process, read files, and ask the machine's own metadata service. Raises KeyProblem
    (4), also where botocore is not installed.
    """
    try:
        from botocore.exceptions import BotoCoreError, ClientError  # the extra; it is slow to load
        from botocore.session import Session
    except ModuleNotFoundError:
        raise KeyProblem(
            f"{provider.name} needs botocore to sign requests",
            hint="pip install 'visioncli[bedrock]', or export AWS_BEARER_TOKEN_BEDROCK=…",
            code="extra",
            provider=provider.name,
        ) from None
    try:
        session = Session()
        _never_prompting(session)
        found = session.get_credentials()
        known = found.get_frozen_credentials() if found else None
        where = session.get_config_variable("region")
    except (BotoCoreError, ClientError, OSError, ValueError) as error:
        raise _unusable(error) from None
    if known is None or not known.access_key or not known.secret_key:
        raise KeyProblem(
            f"{provider.name} needs a key: there are no AWS credentials",
            hint="export AWS_BEARER_TOKEN_BEDROCK=…, or aws configure, or export AWS_PROFILE=…",
            code="key_missing",
            provider=provider.name,
        )

    def sign(request: HttpRequest) -> HttpRequest:
        if at := region(request.url, provider, env) or where:
            return replace(request, headers=Signed(_digested(request), found, at))
        raise UsageError(
            f"{provider.name} needs its region to sign for: AWS_REGION is not set",
            hint="export AWS_REGION=us-east-1",
        )

    secret = Secret(known.secret_key, known.token or "")
    return Key(secret, f"AWS ({found.method})", sign=sign)


def _never_prompting(session: Any) -> None:
    """Only on a terminal is a person asked for the code that a profile's role may want."""
    if sys.stdin is not None and sys.stdin.isatty():
        return

    def refuse(prompt: str) -> str:
        raise KeyProblem(
            f"the AWS profile asks for a code, and nobody is here to answer: {preview(prompt)}",
            hint="run it on a terminal, or export AWS_SESSION_TOKEN=… with its keys",
            code="aws_credentials",
        )

    roles = session.get_component("credential_provider").get_provider("assume-role")
    roles._prompter = refuse  # noqa: SLF001 - botocore leaves no other way in


def _unusable(error: Exception) -> KeyProblem:
    return KeyProblem(
        f"the AWS credentials cannot be used: {preview(' '.join(str(error).split()), 400)}",
        hint="aws sso login, or check AWS_PROFILE and the files in ~/.aws",
        code="aws_credentials",
    )


def _digested(request: HttpRequest) -> HttpRequest:
    """With the body's hash in a header; the body is read for it, piece by piece."""
    digest = sha256()
    for chunk in request.body:
        digest.update(chunk)
    headers = {**request.headers, "x-amz-content-sha256": digest.hexdigest()}
    return replace(request, headers=headers)


def masked(request: HttpRequest, provider: Provider, env: Mapping[str, str]) -> dict[str, str]:
    """The headers for people: nothing is looked up, and nothing secret is in them."""
    where = region(request.url, provider, env) or "REGION"
    scope = f"DATE/{where}/{SERVICE}/aws4_request"
    token = {"x-amz-security-token": "$AWS_SESSION_TOKEN"} if env.get("AWS_SESSION_TOKEN") else {}
    names = sorted({*request.headers, *token, "host", "x-amz-content-sha256", "x-amz-date"})
    return {
        "x-amz-content-sha256": "…",
        "x-amz-date": "…",
        **token,
        "authorization": f"AWS4-HMAC-SHA256 Credential=$AWS_ACCESS_KEY_ID/{scope}, "
        f"SignedHeaders={';'.join(names)}, Signature=…",
    }


def region(url: str, provider: Provider, env: Mapping[str, str]) -> str | None:
    """The region in the address; at another address the one that the row's variables name."""
    if found := HOST.search(url):
        return found[1]
    names = provider.variables.get("region", ())
    return next((value for name in names if (value := env.get(name, "").strip())), None)


class Signed(Mapping[str, str]):
    """A request's headers with a signature never older than a minute.

    An attempt after a long wait would be refused with the signature of the first.
    """

    def __init__(self, request: HttpRequest, credentials: Any, where: str) -> None:
        self._request, self._credentials, self._region = request, credentials, where
        self._made: dict[str, str] = {}
        self._until = float("-inf")

    def _now(self) -> dict[str, str]:
        if time.monotonic() >= self._until:
            self._made = _sign(self._request, self._credentials, self._region)
            self._until = time.monotonic() + FRESH
        return self._made

    def __getitem__(self, name: str) -> str:
        return self._now()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())


def _sign(request: HttpRequest, credentials: Any, where: str) -> dict[str, str]:
    """The path in the address is encoded; botocore encodes it once more, as AWS does to compare."""
    from botocore.auth import SigV4Auth  # find() has loaded most of it
    from botocore.awsrequest import AWSRequest
    from botocore.exceptions import BotoCoreError, ClientError

    sent = AWSRequest(method=request.method, url=request.url, headers=dict(request.headers))
    try:  # those that expire are renewed here
        SigV4Auth(credentials.get_frozen_credentials(), SERVICE, where).add_auth(sent)
    except (BotoCoreError, ClientError, OSError, ValueError) as error:
        raise _unusable(error) from None
    return {name.lower(): str(value) for name, value in sent.headers.items()}

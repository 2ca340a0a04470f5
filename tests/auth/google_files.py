"""Key files as Google's console and gcloud write them, with everything at a loopback server."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.mock import Reply

TOKEN = "ya29.canary-0123456789-abcdefWXYZ"
PROJECT = "example-of-the-file"


@cache
def private_key() -> str:
    """One for the whole run: making it takes a moment."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


def service_account(folder: Path, server: str, **other: Any) -> Path:
    """https://cloud.google.com/iam/docs/keys-create-delete: a service account's key."""
    return _written(
        folder / "service-account.json",
        {
            "type": "service_account",
            "project_id": PROJECT,
            "private_key_id": "k1",
            "private_key": private_key(),
            "client_email": "vision@example.iam.gserviceaccount.com",
            "client_id": "1",
            "token_uri": f"{server}/token",
            **other,
        },
    )


def external_account(folder: Path, server: str) -> Path:
    """https://google.aip.dev/auth/4117: workload identity federation, with a token in a file."""
    subject = folder / "subject-token"
    subject.write_text("subject-canary")
    pool = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q"
    return _written(
        folder / "external-account.json",
        {
            "type": "external_account",
            "audience": pool,
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "token_url": f"{server}/sts",
            "credential_source": {"file": str(subject)},
        },
    )


def _written(file: Path, content: dict[str, Any]) -> Path:
    file.write_text(json.dumps(content))
    return file


def token(text: str = TOKEN, seconds: int = 3600, **other: Any) -> Reply:
    """What a token service answers."""
    return answer(access_token=text, expires_in=seconds, token_type="Bearer", **other)


def answer(status: int = 200, **content: Any) -> Reply:
    return Reply(json.dumps(content).encode(), status=status)

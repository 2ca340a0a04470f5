"""The signature, the region it is for, and what people see of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.auth.signing import KEYS, ROW, URL, checked, request, set_keys, signed
from tests.aws_signature import ACCESS, SECRET, TOKEN
from visioncli import providers
from visioncli.auth import aws, headers, keys
from visioncli.config import Settings
from visioncli.core.errors import UsageError
from visioncli.core.target import ModelRef

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.vendor_sdk,
]


def test_a_server_finds_the_signature_right(monkeypatch: pytest.MonkeyPatch) -> None:
    set_keys(monkeypatch)
    sent = signed()
    checked(sent)
    assert "x-amz-security-token" not in sent
    assert SECRET not in str(sent)


def test_a_sessions_token_goes_along_and_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    set_keys(monkeypatch, AWS_SESSION_TOKEN=TOKEN)
    sent = signed()
    assert sent["x-amz-security-token"] == TOKEN
    assert "x-amz-security-token" in sent["authorization"]
    checked(sent)


def test_the_signature_covers_the_body_the_path_and_the_host(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_keys(monkeypatch)
    sent = signed()
    for url in (URL.replace("%3A0", "%3A1"), URL.replace("%2F", "/"), URL.replace("eu-w", "eu-n")):
        with pytest.raises(AssertionError):
            checked(sent, url)
    with pytest.raises(AssertionError):
        checked({**sent, "x-amz-content-sha256": "0" * 64})


def test_botocore_signs_the_same_request_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own way: the whole body in memory, its hash taken by itself."""
    set_keys(monkeypatch)
    sent = signed()
    theirs = AWSRequest(
        method="POST",
        url=URL,
        headers={n: sent[n] for n in ("content-type", "x-amz-content-sha256", "x-amz-date")},
        data=b"".join(request().body),
    )
    theirs.context["timestamp"] = sent["x-amz-date"]
    signer = botocore.auth.SigV4Auth(Credentials(ACCESS, SECRET), "bedrock", "eu-west-1")
    assert signer.payload(theirs) == sent["x-amz-content-sha256"]
    text = signer.string_to_sign(theirs, signer.canonical_request(theirs))
    assert sent["authorization"].endswith(f"Signature={signer.signature(text, theirs)}")
    assert "/model/arn%253Aaws%253Ax%252Fy.v1%253A0/converse" in signer.canonical_request(theirs)


def test_an_attempt_after_a_minute_is_signed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    set_keys(monkeypatch)
    now = [1000.0]
    monkeypatch.setattr(aws.time, "monotonic", lambda: now[0])
    made: list[Any] = []
    monkeypatch.setattr(aws, "_sign", lambda *args: made.append(args) or {"a": str(len(made))})
    sent = headers.authorise(request(), ROW, keys.find(ROW, Settings(), {}), {}).headers
    assert (dict(sent), dict(sent), len(sent)) == ({"a": "1"}, {"a": "1"}, 1)
    now[0] += 61
    assert dict(sent) == {"a": "2"}


@pytest.mark.parametrize(
    ("url", "env", "region"),
    [
        (URL, {"AWS_REGION": "us-west-2"}, "eu-west-1"),
        (
            "https://bedrock-runtime-fips.us-gov-west-1.amazonaws.com/model/m/converse",
            {},
            "us-gov-west-1",
        ),
        ("https://vpce-1.bedrock-runtime.us-east-2.vpce.amazonaws.com/m", {}, "us-east-2"),
        ("http://127.0.0.1:4010/model/m/converse", {"AWS_REGION": "us-west-2"}, "us-west-2"),
        ("http://127.0.0.1:4010/m", {"AWS_DEFAULT_REGION": "ap-south-1"}, "ap-south-1"),
        (
            "http://127.0.0.1:4010/m",
            {"AWS_REGION": "a-b-1", "AWS_DEFAULT_REGION": "c-d-2"},
            "a-b-1",
        ),
    ],
)
def test_the_region_is_the_addresss_or_the_environments(
    monkeypatch: pytest.MonkeyPatch, url: str, env: dict[str, str], region: str
) -> None:
    set_keys(monkeypatch)
    checked(signed(env, url), url, region)


def test_the_region_of_the_profile_comes_last(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    set_keys(monkeypatch)
    url = "http://127.0.0.1:4010/model/m/converse"
    with pytest.raises(UsageError, match="AWS_REGION") as caught:
        signed(url=url)
    assert caught.value.exit == 2
    (home / "config").write_text("[default]\nregion = sa-east-1\n")
    checked(signed(url=url), url, "sa-east-1")


@pytest.mark.parametrize(
    ("config", "env", "region"),
    [
        ("[default]\nregion = sa-east-1\n", {}, "sa-east-1"),
        ("[default]\nregion=x\n[profile w]\nregion=ca-west-1\n", {"AWS_PROFILE": "w"}, "ca-west-1"),
        ("[default]\nregion = x\n", {"AWS_REGION": "eu-north-1"}, "eu-north-1"),
        ("[default]\ns3 =\n  max = 1\nregion = ap-east-1 \n", {}, "ap-east-1"),
    ],
)
def test_the_address_too_takes_the_profiles_region(
    home: Path, config: str, env: dict[str, str], region: str
) -> None:
    (home / "config").write_text(config)
    (home / ".aws").mkdir()
    (home / "config").rename(home / ".aws" / "config")
    env = {"HOME": str(home), **env}
    target = providers.resolve(ModelRef("bedrock", "m"), Settings(), env=env)
    assert target.base_url == f"https://bedrock-runtime.{region}.amazonaws.com"


@pytest.mark.parametrize("config", ["", "[profile x]\nregion = y\n", "no ini\n", "\xff", None])
def test_no_region_anywhere_says_where_one_may_stand(home: Path, config: str | None) -> None:
    if config is not None:
        (home / "config").write_text(config, "latin-1")
    env = {"AWS_CONFIG_FILE": str(home / "config")}
    with pytest.raises(UsageError, match="AWS_REGION") as caught:
        providers.resolve(ModelRef("bedrock", "m"), Settings(), env=env)
    assert "~/.aws/config" in caught.value.message
    assert "export AWS_REGION=" in (caught.value.hint or "")


# --- for people


def test_people_see_what_would_be_signed_and_nothing_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "botocore", None)
    env = {**KEYS, "AWS_SESSION_TOKEN": TOKEN, "AWS_REGION": "us-east-1"}
    shown = headers.masked(request(), ROW, env).headers
    assert shown["authorization"].startswith(
        "AWS4-HMAC-SHA256 Credential=$AWS_ACCESS_KEY_ID/DATE/eu-west-1/bedrock/aws4_request"
    )
    assert shown["x-amz-security-token"] == "$AWS_SESSION_TOKEN"
    for secret in (ACCESS, SECRET, TOKEN):
        assert secret not in str(shown)


def test_what_people_see_names_the_headers_that_are_signed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_keys(monkeypatch)
    shown = headers.masked(request(), ROW, {}).headers
    sent = signed()
    assert set(shown) == set(sent)
    names = shown["authorization"].partition("SignedHeaders=")[2].partition(",")[0]
    assert f"SignedHeaders={names}," in sent["authorization"]


def test_the_bearer_tokens_variable_is_shown_where_it_is_set() -> None:
    shown = headers.masked(request(), ROW, {"AWS_BEARER_TOKEN_BEDROCK": "absk-1"}).headers
    assert shown["authorization"] == "Bearer $AWS_BEARER_TOKEN_BEDROCK"

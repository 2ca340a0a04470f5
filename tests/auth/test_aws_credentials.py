"""Credentials from AWS's own chain, and what is said where there are none."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.auth.signing import KEYS, ROW, checked, request, set_keys, signed
from tests.aws_signature import ACCESS, SECRET, TOKEN
from tests.mock import Reply, serving
from visioncli.auth import headers, keys
from visioncli.config import KeySource, Settings
from visioncli.core.errors import KeyProblem, VisionError

pytestmark = [
    pytest.mark.usefixtures("home"),
    pytest.mark.vendor_sdk,
]

SSO = """\
[default]
sso_session = s
sso_account_id = 1
sso_role_name = r
[sso-session s]
sso_start_url = https://x.test
sso_region = us-east-1
"""


def test_a_profile(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    (home / "credentials").write_text(
        f"[default]\naws_access_key_id = no\naws_secret_access_key = no\n"
        f"[work]\naws_access_key_id = {ACCESS}\naws_secret_access_key = {SECRET}\n"
    )
    monkeypatch.setenv("AWS_PROFILE", "work")
    checked(signed())


def test_a_process_of_the_profile(home: Path) -> None:
    made = {"Version": 1, "AccessKeyId": ACCESS, "SecretAccessKey": SECRET, "SessionToken": TOKEN}
    script = home / "print.py"
    script.write_text(f"print({json.dumps(json.dumps(made))})")
    (home / "config").write_text(f"[default]\ncredential_process = {sys.executable} {script}\n")
    sent = signed()
    assert sent["x-amz-security-token"] == TOKEN
    checked(sent)


def test_the_credentials_of_a_container(monkeypatch: pytest.MonkeyPatch) -> None:
    made = {"AccessKeyId": ACCESS, "SecretAccessKey": SECRET, "Token": TOKEN}
    made["Expiration"] = "2999-01-01T00:00:00Z"
    with serving() as mock:
        mock.files["/creds"] = json.dumps(made).encode()
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{mock.url}/creds")
        checked(signed())


ROLE = """\
[default]
role_arn = arn:aws:iam::123456789012:role/seer
source_profile = me
region = us-east-1
[profile me]
aws_access_key_id = AKIDME
aws_secret_access_key = x
"""
ASSUMED = f"""\
<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>
<Credentials><AccessKeyId>{ACCESS}</AccessKeyId><SecretAccessKey>{SECRET}</SecretAccessKey>
<SessionToken>{TOKEN}</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>
</AssumeRoleResult></AssumeRoleResponse>"""
DENIED = """\
<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
<Code>AccessDenied</Code><Message>me may not be seer</Message></Error></ErrorResponse>"""


def test_a_role_is_assumed(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    (home / "config").write_text(ROLE)
    with serving() as mock:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", mock.url)
        mock.replies = [Reply(ASSUMED.encode(), "text/xml")]
        checked(signed())


def test_a_role_that_is_denied_is_exit_4(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    (home / "config").write_text(ROLE)
    with serving() as mock:
        monkeypatch.setenv("AWS_ENDPOINT_URL_STS", mock.url)
        mock.replies = [Reply(DENIED.encode(), "text/xml", 403)]
        with pytest.raises(KeyProblem, match="me may not be seer"):
            signed()


def test_nobody_is_asked_for_a_code_off_a_terminal(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setattr("sys.stdin", None)
    serial = "mfa_serial = arn:aws:iam::123456789012:mfa/me"
    (home / "config").write_text(ROLE.replace("region", f"{serial}\nregion"))
    with pytest.raises(KeyProblem, match=r"nobody is here to answer: .*mfa/me") as caught:
        signed()
    assert caught.value.exit == 4


@pytest.mark.parametrize(
    ("config", "words", "hint"),
    [
        ("", "there are no AWS credentials", "AWS_BEARER_TOKEN_BEDROCK"),
        ("[profile other]\nregion = x\n", "gone", "AWS_PROFILE"),
        (SSO, "SSO", "aws sso login"),
        ("[default]\ncredential_process = false\n", "process", "~/.aws"),
        ("[default\n", "parse", "~/.aws"),
    ],
)
def test_what_is_missing_or_expired_is_exit_4_with_a_remedy(
    monkeypatch: pytest.MonkeyPatch, home: Path, config: str, words: str, hint: str
) -> None:
    (home / "config").write_text(config)
    if words == "gone":
        monkeypatch.setenv("AWS_PROFILE", "gone")
    with pytest.raises(KeyProblem) as caught:
        keys.find(ROW, Settings(), {})
    assert caught.value.exit == 4
    assert words in caught.value.message
    assert "\n" not in caught.value.message
    assert hint in (caught.value.hint or "")


# --- without botocore


def test_without_botocore_one_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    set_keys(monkeypatch)
    for name in ("botocore", "botocore.exceptions", "botocore.session"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(VisionError, match="botocore") as caught:
        keys.find(ROW, Settings(), KEYS)
    assert "pip install 'visioncli[bedrock]'" in (caught.value.hint or "")
    assert SECRET not in str(caught.value)


def test_a_bearer_token_comes_first_and_needs_no_botocore() -> None:
    code = (
        "import sys; from visioncli import providers; from visioncli.config import Settings;"
        "from visioncli.auth import headers, keys;"
        "from visioncli.core.dialect import HttpRequest; from visioncli.core.body import JsonBody;"
        "row = providers.provider('bedrock', Settings());"
        "env = {'AWS_BEARER_TOKEN_BEDROCK': 'absk-1', 'AWS_ACCESS_KEY_ID': 'x'};"
        "key = keys.find(row, Settings(), env);"
        "made = HttpRequest(method='POST', url='https://h/', headers={}, body=JsonBody({}));"
        "print(dict(headers.authorise(made, row, key, env).headers),"
        "     [m for m in sys.modules if 'botocore' in m or m == 'visioncli.auth.aws'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{'authorization': 'Bearer absk-1'} []"


def test_a_token_from_the_keys_command_is_a_bearer_token() -> None:
    command = KeySource(cmd=(sys.executable, "-c", "print('absk-2')"))
    key = keys.find(ROW, replace(Settings(), keys={"bedrock": command}), {})
    assert headers.authorise(request(), ROW, key, {}).headers["authorization"] == "Bearer absk-2"

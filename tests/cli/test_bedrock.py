"""Bedrock from the command line: signed requests, binary frames, and no secret anywhere."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.aws_frames import event, exception
from tests.aws_signature import ACCESS, SECRET, TOKEN, check
from tests.mock import Mock, Received, Reply
from tests.program import CAT, Done, environment, vision

MODEL = "bedrock/us.amazon.nova-lite-v1:0"
PATH = "/model/us.amazon.nova-lite-v1%3A0/converse-stream"
BEARER = "bedrock-api-key-CANARY0123456789"
FRAMES = "application/vnd.amazon.eventstream"
SECRETS = (ACCESS, SECRET, TOKEN, BEARER)


def text(piece: str) -> bytes:
    return event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}})


START = event("messageStart", {"role": "assistant"})
STOP = event("messageStop", {"stopReason": "end_turn"})
USAGE = {"inputTokens": 85, "outputTokens": 9, "totalTokens": 94}
METADATA = event("metadata", {"usage": USAGE, "metrics": {"latencyMs": 9}})
ANSWER = [START, text("A **red**"), text(" square."), STOP, METADATA]
THROTTLED = exception("throttlingException", "Too many tokens, please wait before trying again.")


def refusal(name: str, words: str, status: int) -> Reply:
    body = json.dumps({"message": words}).encode()
    named = {"x-amzn-errortype": f"{name}:http://internal.amazon.com/coral/"}
    return Reply(body, status=status, headers=named)


@pytest.fixture
def env(mock: Mock, tmp_path: Path) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": ACCESS,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_SESSION_TOKEN": TOKEN,
        "AWS_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": mock.url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(tmp_path / "none"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "none"),
    }


def ask(env: Mapping[str, str], *words: str) -> Done:
    done = vision("ask", "-m", MODEL, *words, CAT, "what is it?", env=env)
    for secret in SECRETS:
        assert secret not in done.out + done.err
    return done


def checked(received: Received) -> None:
    check("POST", received.path, received.headers, received.body, region="eu-central-1")


def test_a_signed_request_and_its_frames(mock: Mock, env: dict[str, str]) -> None:
    mock.replies = [Reply(ANSWER, FRAMES)]
    done = ask(env, "-u")
    assert (done.status, done.out) == (0, "A **red** square.\n")
    assert "85 in, 9 out" in done.err
    (sent,) = mock.posts
    assert sent.path == PATH
    checked(sent)
    assert sent.headers["x-amz-security-token"] == TOKEN
    image, question = sent.json["messages"][0]["content"]
    assert (image["image"]["format"], question) == ("jpeg", {"text": "what is it?"})


def test_a_plain_answer_as_json(mock: Mock, env: dict[str, str]) -> None:
    message = {"role": "assistant", "content": [{"text": "A cat."}]}
    whole = {"output": {"message": message}, "stopReason": "end_turn", "usage": USAGE}
    mock.replies = [Reply(json.dumps(whole).encode())]
    done = ask(env, "--json")
    assert done.status == 0
    assert done.json["answer"] == "A cat."
    assert done.json["usage"]["input"] == 85
    (sent,) = mock.posts
    assert sent.path.endswith("/converse")
    checked(sent)


def test_frames_in_pieces_of_seven_bytes(mock: Mock, env: dict[str, str]) -> None:
    data = b"".join(ANSWER)
    mock.replies = [Reply([data[n : n + 7] for n in range(0, len(data), 7)], FRAMES)]
    assert ask(env).out == "A **red** square.\n"


def test_the_answer_is_done_at_its_last_frame(mock: Mock, env: dict[str, str]) -> None:
    never = threading.Event()
    mock.replies = [Reply(ANSWER, FRAMES, hang=never)]
    began = time.monotonic()
    try:
        assert ask(env).status == 0
    finally:
        never.set()
    assert time.monotonic() - began < 20  # and not when the server would hang up, at 30


def test_claude_in_anthropics_own_words(mock: Mock, env: dict[str, str]) -> None:
    answer = {"id": "msg_1", "type": "message", "role": "assistant", "stop_reason": "end_turn"}
    answer |= {"content": [{"type": "text", "text": "A cat."}], "model": "claude"}
    mock.replies = [Reply(json.dumps(answer).encode())]
    model = "bedrock/invoke/us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    done = vision("ask", "-m", model, "--no-stream", CAT, "q", env=env)
    assert (done.status, done.out) == (0, "A cat.\n")
    (sent,) = mock.posts
    assert sent.path == "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/invoke"
    assert sent.json["anthropic_version"] == "bedrock-2023-05-31"
    assert not {"model", "stream"} & sent.json.keys()
    checked(sent)


# --- what goes wrong


def test_throttled_before_text_it_is_sent_again_and_signed_again(
    mock: Mock, env: dict[str, str]
) -> None:
    mock.replies = [Reply([START, THROTTLED], FRAMES), Reply(ANSWER, FRAMES)]
    done = ask(env)
    assert (done.status, done.out) == (0, "A **red** square.\n")
    assert len(mock.posts) == 2
    for sent in mock.posts:
        checked(sent)


def test_throttled_without_end_is_exit_6(mock: Mock, env: dict[str, str]) -> None:
    mock.replies = [Reply([START, THROTTLED], FRAMES)]
    done = ask(env, "--retries", "0")
    assert (done.status, done.out) == (6, "")
    assert "bedrock's rate limit is reached: Too many tokens" in done.err


@pytest.mark.parametrize(
    ("frames", "status", "words"),
    [
        ([START, text("A cat"), THROTTLED], 8, "Too many tokens"),
        ([START, text("A cat"), text(".")[:-4] + b"\0\0\0\0"], 8, "damaged"),
        ([START, text("A cat")], 10, "cut off"),
        ([START, text("A cat"), text(".")[:20]], 10, "cut off"),
    ],
)
def test_after_text_the_text_stays(
    mock: Mock, env: dict[str, str], frames: list[bytes], status: int, words: str
) -> None:
    mock.replies = [Reply(frames, FRAMES)]
    done = ask(env)
    assert (done.status, done.out) == (status, "A cat\n")
    assert words in done.err
    assert len(mock.posts) == 1


def test_a_damaged_frame_before_text_is_tried_again(mock: Mock, env: dict[str, str]) -> None:
    bad = START[:-1] + bytes([START[-1] ^ 1])
    mock.replies = [Reply([bad], FRAMES), Reply(ANSWER, FRAMES)]
    assert ask(env).out == "A **red** square.\n"


def test_a_clock_that_is_off_is_said(mock: Mock, env: dict[str, str]) -> None:
    words = "Signature expired: 20261124T190501Z is now earlier than 20261124T205612Z"
    mock.replies = [refusal("InvalidSignatureException", words, 403)]
    done = ask(env)
    assert done.status == 4
    assert "try: check your clock" in done.err
    assert len(mock.posts) == 1


@pytest.mark.parametrize("debug", [(), ("--debug",), ("--json", "--debug")])
def test_what_aws_repeats_of_the_request_is_not_shown(
    mock: Mock, env: dict[str, str], debug: tuple[str, ...]
) -> None:
    echo = f"{SECRET} {TOKEN}: no. The Canonical String for this request should have been {ACCESS}"
    mock.replies = [refusal("InvalidSignatureException", echo, 403)]
    done = ask(env, *debug)
    assert done.status == 4
    assert "…WXYZ …EN==: no. (HTTP 403)" in done.err


@pytest.mark.parametrize("address", ["https://example.org/cat.png", "gs://bucket/cat.png"])
def test_only_s3_is_passed_on(mock: Mock, env: dict[str, str], address: str) -> None:
    shown = vision("ask", "--dry-run", "--json", "-m", MODEL, address, "q", env=env)
    assert mock.posts == []
    if address.startswith("gs"):
        assert shown.status == 5
    else:
        assert "base64 of https://example.org" in shown.out
    place = vision("ask", "--dry-run", "--json", "-m", MODEL, "s3://b/cat.png", "q", env=env)
    assert place.json["body"]["messages"][0]["content"][0] == {
        "image": {"format": "png", "source": {"s3Location": {"uri": "s3://b/cat.png"}}}
    }


# --- who asks


def test_a_bearer_token_comes_before_the_credentials(mock: Mock, env: dict[str, str]) -> None:
    mock.replies = [Reply(ANSWER, FRAMES)]
    assert ask(env | {"AWS_BEARER_TOKEN_BEDROCK": BEARER}).status == 0
    assert mock.posts[0].headers["authorization"] == f"Bearer {BEARER}"
    assert "x-amz-date" not in mock.posts[0].headers


@pytest.fixture
def without_botocore(tmp_path: Path) -> dict[str, str]:
    folder = tmp_path / "shadow" / "botocore"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise ModuleNotFoundError('botocore', name='botocore')")
    return {"PYTHONPATH": str(folder.parent)}


def test_without_botocore_the_remedy_is_a_line_of_pip(
    mock: Mock, env: dict[str, str], without_botocore: dict[str, str]
) -> None:
    done = ask(env | without_botocore)
    assert done.status == 4
    assert "try: pip install 'visioncli[bedrock]'" in done.err
    assert mock.posts == []
    mock.replies = [Reply(ANSWER, FRAMES)]
    assert ask(env | without_botocore | {"AWS_BEARER_TOKEN_BEDROCK": BEARER}).status == 0


def test_no_credentials_is_exit_4_before_the_picture_is_read(
    mock: Mock, env: dict[str, str], tmp_path: Path
) -> None:
    bare = {name: value for name, value in env.items() if "ACCESS_KEY" not in name}
    file = tmp_path / "no_picture.png"
    file.write_text("no picture")
    done = vision("ask", "-m", MODEL, file, "q", env=bare)
    assert done.status == 4
    assert "AWS_BEARER_TOKEN_BEDROCK" in done.err
    assert mock.posts == []


def test_no_region_is_exit_2(env: dict[str, str]) -> None:
    bare = {
        n: v for n, v in env.items() if n not in ("AWS_REGION", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME")
    }
    done = ask(bare)
    assert done.status == 2
    assert "AWS_REGION" in done.err


# --- for people


def test_the_curl_command_signs_when_pasted(mock: Mock, env: dict[str, str]) -> None:
    """Of an id without a colon: an old curl does not encode the path a second time."""
    mock.replies = [Reply(ANSWER, FRAMES)]
    words = ("-m", "bedrock/global.anthropic.claude-sonnet-4-6", CAT, "what's `this`?")
    done = vision("ask", "--dry-run", "--curl", *words, env=env)
    assert done.status == 0
    subprocess.run(["bash", "-c", done.out], env=environment(env), capture_output=True, check=True)
    (sent,) = mock.posts
    checked(sent)
    assert sent.headers["x-amz-security-token"] == TOKEN
    assert sent.json["messages"][0]["content"][1] == {"text": "what's `this`?"}


@pytest.mark.parametrize("form", [(), ("--json",), ("--full",), ("--curl",), ("--debug",)])
def test_a_dry_run_needs_no_credentials_and_no_botocore(
    mock: Mock, env: dict[str, str], without_botocore: dict[str, str], form: tuple[str, ...]
) -> None:
    for more in (env, {"AWS_REGION": "eu-central-1"}):
        done = ask(more | without_botocore, "--dry-run", *form)
        assert done.status == 0
        assert PATH.removesuffix("-stream") in done.out
        assert "AWS_ACCESS_KEY_ID" in done.out
    assert mock.posts == []

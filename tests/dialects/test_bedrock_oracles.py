"""botocore and Anthropic's client for Bedrock as judges of what we send and read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from anthropic.lib.bedrock._stream_decoder import AWSEventStreamDecoder

from tests.dialects import bedrock_judge as judge
from tests.dialects.replay import WIRE, play
from tests.dialects.scenarios import MODELS, SCENARIOS, build, user
from visioncli.core.types import ImagePart, Request, TextPart

FETCHED = [name for name in SCENARIOS if name != "address"]
CONVERSE = WIRE / "answers" / "bedrock_converse"
INVOKE = WIRE / "answers" / "bedrock_invoke"
SENT_BY_AWS = sorted(
    file for file in INVOKE.glob("*.eventstream") if file.stem not in ("aimock", "not_base64")
)
WHOLE = "text thinking cached window filtered stop_sequence router aimock"
STREAMED = "text thinking cached max_tokens guardrail router no_metadata"


@pytest.mark.parametrize("scenario", FETCHED)
def test_botocore_would_send_the_same_body_to_the_same_path(scenario: str) -> None:
    request = SCENARIOS[scenario]
    ours = build("bedrock_converse", request)
    model = MODELS["bedrock_converse"].model
    theirs = judge.converse(ours.body.readable(full=True), model, stream=request.stream)
    assert json.loads(theirs["body"]) == json.loads(b"".join(ours.body))
    assert ours.url == "https://bedrock-runtime.us-east-1.amazonaws.com" + theirs["url_path"]
    assert (ours.method, theirs["method"]) == ("POST", "POST")


@pytest.mark.parametrize(
    "model",
    [
        "amazon.nova-lite-v1:0",
        "eu.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "global.anthropic.claude-sonnet-4-6",
        "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab12cd34ef56",
        "arn:aws:sagemaker:us-east-1:123456789012:endpoint/my-own",
    ],
)
@pytest.mark.parametrize("prefix", ["", "converse/"])
def test_ids_and_arns_go_verbatim_into_the_path(model: str, prefix: str) -> None:
    request = Request(messages=(user(TextPart("?")),))
    ours = build("bedrock_converse", request, prefix + model)
    theirs = judge.converse(ours.body.readable(full=True), model)
    assert ours.url.endswith(theirs["url_path"])
    assert "%2F" in ours.url or "/" not in model


def test_a_place_in_s3_is_one_that_botocore_takes() -> None:
    part = ImagePart("image/webp", "s3://bucket/pictures/cat.webp")
    body = build("bedrock_converse", Request(messages=(user(part, TextPart("?")),))).body
    sent = body.readable(full=True)
    image = {"format": "webp", "source": {"s3Location": {"uri": "s3://bucket/pictures/cat.webp"}}}
    assert sent["messages"][0]["content"][0] == {"image": image}
    judge.converse(sent)


@pytest.mark.parametrize("name", WHOLE.split())
def test_we_read_of_a_whole_answer_what_botocore_reads(name: str) -> None:
    data = (CONVERSE / f"{name}.json").read_bytes()
    theirs = judge.whole(data)
    answer, _ = play("bedrock_converse", [data], stream=False)
    content = theirs["output"]["message"]["content"]
    assert answer.text == "".join(block.get("text", "") for block in content)
    assert answer.finish_raw == theirs["stopReason"]
    assert answer.usage.output == theirs["usage"]["outputTokens"]
    assert answer.usage.input == theirs["usage"]["totalTokens"] - theirs["usage"]["outputTokens"]
    assert answer.usage.cached == theirs["usage"].get("cacheReadInputTokens")


@pytest.mark.parametrize("name", STREAMED.split())
def test_we_read_of_a_stream_what_botocore_reads(name: str) -> None:
    data = (CONVERSE / f"{name}.eventstream").read_bytes()
    answer, _ = play("bedrock_converse", [data], stream=True)
    text, thought, stop, usage = "", "", "", {}
    for event in judge.frames(data):
        delta = event.get("contentBlockDelta", {}).get("delta", {})
        text += delta.get("text", "")
        thought += delta.get("reasoningContent", {}).get("text", "")
        stop = event.get("messageStop", {}).get("stopReason", stop)
        usage = event.get("metadata", {}).get("usage", usage)
    assert (answer.text, answer.reasoning, answer.finish_raw) == (text, thought, stop)
    assert answer.usage.output == usage.get("outputTokens")


@pytest.mark.parametrize(
    "name", ["throttled", "stream_error", "validation", "unavailable", "unmodelled"]
)
def test_an_error_frame_has_the_name_and_words_that_botocore_reads(name: str) -> None:
    data = (CONVERSE / f"{name}.eventstream").read_bytes()
    theirs: dict[str, Any] = judge.frames(data)[-1]["Error"]
    _, error = play("bedrock_converse", [data], stream=True)
    assert error is not None
    assert error.code.lower() == theirs["Code"].lower()
    assert theirs["Message"] in error.message


@pytest.mark.parametrize("file", SENT_BY_AWS, ids=lambda file: file.stem)
def test_anthropics_client_reads_the_same_events_of_invoke(file: Path) -> None:
    data = file.read_bytes()
    text, stop, failed = "", None, None
    for sse in AWSEventStreamDecoder().iter_bytes(iter([data])):
        event = json.loads(sse.data)
        text += event.get("delta", {}).get("text", "")
        stop = event.get("delta", {}).get("stop_reason", stop)
        failed = event.get("error", failed)
    answer, error = play("bedrock_invoke", [data], stream=True)
    assert (answer.text, answer.finish_raw) == (text, stop)
    if failed is not None:
        assert error is not None
        assert failed["message"] in error.message

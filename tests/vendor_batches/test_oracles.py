"""The vendors' own SDKs as judges: of what we hand in, of the addresses we ask, and of the mock."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anthropic as anthropic_sdk
import openai as openai_sdk
import pytest
from anthropic.types.messages import MessageBatch, MessageBatchIndividualResponse
from anthropic.types.messages.batch_create_params import BatchCreateParams as AnthropicBatch
from google import genai
from google.genai import types as google
from mistralai.client import Mistral
from mistralai.client.models import (
    BatchJob,
    BatchRequest,
    ChatCompletionRequest,
    CreateBatchJobRequest,
)
from openai.types import Batch as OpenAIBatch
from openai.types.batch_create_params import BatchCreateParams as OpenAIParams
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from pydantic import TypeAdapter, ValidationError

from tests.dialects.test_oracles import gemini_judge, typed
from tests.program import CAT, CUP, KEY

from .conftest import Batch
from .test_way import submitted
from .vendor import Call, Vendor

# The SDKs' own warnings are theirs to mend.
pytestmark = [
    pytest.mark.vendor_sdk,
    pytest.mark.filterwarnings("ignore::UserWarning"),
]
ASKED = ("-s", "Be brief.", "--max-tokens", "64", "--schema", "animal", "--detail", "low")


def judge_request(kind: str, request: dict[str, Any]) -> None:
    """One line of what is handed in."""
    match kind:
        case "openai":
            assert request.keys() == {"custom_id", "method", "url", "body"}
            assert (request["method"], request["url"]) == ("POST", "/v1/chat/completions")
            typed(CompletionCreateParamsNonStreaming)(request["body"])
        case "mistral":
            assert request.keys() <= BatchRequest.model_fields.keys()
            BatchRequest.model_validate(request)
            assert request["body"].keys() <= fields(ChatCompletionRequest)
            ChatCompletionRequest.model_validate(request["body"])
        case "anthropic":
            typed(AnthropicBatch)({"requests": [request]})
        case "gemini":
            assert request.keys() == {"key", "request"}
            gemini_judge(request["request"])


def fields(model: Any) -> set[str]:
    return {info.alias or name for name, info in model.model_fields.items()}


def judge_create(kind: str, asked: dict[str, Any]) -> None:
    match kind:
        case "openai":
            typed(OpenAIParams)(asked)
        case "mistral":
            assert asked.keys() <= CreateBatchJobRequest.model_fields.keys()
            CreateBatchJobRequest.model_validate(asked)
        case "anthropic":
            typed(AnthropicBatch)(asked)
        case "gemini":  # google-genai has no type of it: its client is asked for the same below
            assert asked.keys() == {"batch"}


def test_the_vendors_types_take_what_we_hand_in(batch: Batch, vendor: Vendor) -> None:
    words = (CAT, "https://example.org/cat.png") if vendor.kind != "gemini" else (CAT, CUP)
    submitted(batch, vendor, *ASKED, *words)
    assert len(vendor.requests) == 2
    for request in vendor.requests:
        assert "Be brief." in json.dumps(request)
        assert "animal" in json.dumps(request)
        judge_request(vendor.kind, request)
    (create,) = vendor.named("create")
    judge_create(vendor.kind, create.json)


def test_the_judges_refuse_what_is_wrong(batch: Batch, vendor: Vendor) -> None:
    submitted(batch, vendor, CAT)
    request = vendor.requests[0]
    body = request.get("body") or request.get("params") or request["request"]
    body["media_typo"] = 1
    with pytest.raises((ValidationError, AssertionError)):
        judge_request(vendor.kind, request)


# --- the same with the vendor's own client


def with_openai(vendor: Vendor, content: bytes) -> None:
    client = openai_sdk.OpenAI(base_url=f"{vendor.url}/v1", api_key=KEY, max_retries=0)
    file = client.files.create(file=("x.jsonl", content), purpose="batch")
    made = client.batches.create(
        input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h"
    )
    client.batches.list(limit=100)
    vendor.at_once = True
    seen = client.batches.retrieve(made.id)
    assert seen.status == "completed"
    lines = client.files.content(seen.output_file_id or "").text.splitlines()
    assert len(lines) == len(content.splitlines())
    client.batches.cancel(made.id)


def with_mistral(vendor: Vendor, content: bytes) -> None:
    client = Mistral(api_key=KEY, server_url=vendor.url)
    file = client.files.upload(
        file={"file_name": "x.jsonl", "content": io.BytesIO(content)}, purpose="batch"
    )
    made = client.batch.jobs.create(
        input_files=[file.id],
        model="mistral-small-latest",
        endpoint="/v1/chat/completions",
        timeout_hours=24,
    )
    client.batch.jobs.list(page=0, page_size=100)
    vendor.at_once = True
    seen = client.batch.jobs.get(job_id=made.id)
    assert seen.status == "SUCCESS"
    client.files.download(file_id=str(seen.output_file)).read()
    client.batch.jobs.cancel(job_id=made.id)


def with_anthropic(vendor: Vendor, content: bytes) -> None:
    client = anthropic_sdk.Anthropic(base_url=vendor.url, api_key=KEY, max_retries=0)
    made = client.messages.batches.create(requests=json.loads(content)["requests"])
    client.messages.batches.list(limit=100)
    vendor.at_once = True
    seen = client.messages.batches.retrieve(made.id)
    assert seen.processing_status == "ended"
    client.messages.batches.cancel(made.id)


def with_gemini(vendor: Vendor, content: bytes) -> None:
    vendor.elsewhere = vendor.url
    options = google.HttpOptions(base_url=vendor.url, api_version="v1beta")  # else v1
    client = genai.Client(api_key=KEY, http_options=options)
    config = google.UploadFileConfig(display_name="x", mime_type="application/jsonl")
    file = client.files.upload(file=io.BytesIO(content), config=config)
    made = client.batches.create(
        model="gemini-flash-latest", src=file.name or "", config={"display_name": "x"}
    )
    client.batches.list(config={"page_size": 100})
    vendor.at_once = True
    seen = client.batches.get(name=made.name or "")
    assert seen.state == google.JobState.JOB_STATE_SUCCEEDED
    assert seen.dest is not None
    data = client.files.download(file=seen.dest.file_name or "")
    assert len(data.splitlines()) == len(content.splitlines())
    client.batches.cancel(name=made.name or "")


CLIENTS: dict[str, Callable[[Vendor, bytes], None]] = {
    "openai": with_openai,
    "mistral": with_mistral,
    "anthropic": with_anthropic,
    "gemini": with_gemini,
}


def asked(calls: list[Call]) -> dict[str, tuple[str, str, frozenset[str]]]:
    """By the name of a call: method, path, and the query's parts."""
    told = {}
    for call in calls:
        path, _, query = call.path.partition("?")
        told[call.name] = (call.method, path, frozenset(filter(None, query.split("&"))))
    return told


def test_the_vendors_own_client_asks_the_same(batch: Batch, vendor: Vendor, tmp_path: Path) -> None:
    vendor.at_once = False
    vendor.faults["create"] = []
    id_ = submitted(batch, vendor, CAT, CUP)
    content = (
        vendor.named("create")[0].body
        if vendor.kind == "anthropic"
        else next(iter(vendor.files.values()))
    )
    ours_create = vendor.named("create")[0].json
    from visioncli import aim, config, providers

    taken = aim.take(
        providers.parse(vendor.model), config.Settings(), pictures=False, env=vendor.env
    )
    from visioncli.vendor_batches import kinds
    from visioncli.vendor_batches.calls import Calls
    from visioncli.vendor_batches.wire import Wanted

    wanted = Wanted(name="n", target=taken.target, requests=99, since=0.0, file="other")
    assert kinds.of(taken.target).find(Calls(taken), wanted) is None
    vendor.at_once = True
    assert batch(vendor, "fetch", id_).status == 0
    assert batch(vendor, "cancel", id_).status == 0
    made = next(iter(vendor.batches.values()))
    kinds.of(taken.target).cancel(Calls(taken), made.id)
    ours = asked(vendor.calls)
    vendor.calls.clear()
    vendor.batches.clear()
    vendor.files.clear()
    vendor.at_once = False
    CLIENTS[vendor.kind](vendor, content)
    theirs = asked(vendor.calls)
    theirs_create = vendor.named("create")[0].json
    if vendor.kind == "anthropic":  # its client asks for results where the answer says they are
        ours.pop("results")
    assert ours.keys() == theirs.keys()
    for name, (method, path, query) in theirs.items():
        assert ours[name][:2] == (method, path), name
        if name in ("list", "results"):
            assert ours[name][2] <= query, name
    if vendor.kind == "gemini":
        ours_create["batch"]["displayName"] = theirs_create["batch"]["displayName"]
    assert ours_create == theirs_create


def test_what_the_mock_answers_is_what_the_vendors_types_hold(vendor: Vendor) -> None:
    """Or it would judge us by something that nobody sends."""
    from .vendor import Batch as Made

    request = {"custom_id": "c-0", "key": "c-0"}
    for status in ("working", "ended", "failed", "expired", "cancelled"):
        made = Made("b0" if vendor.kind == "mistral" else "b", "f", [request], 1e9, "n", status, 0)
        shown = vendor._shown(made)
        line = vendor._result(request, made=True)
        match vendor.kind:
            case "openai":
                TypeAdapter(OpenAIBatch).validate_python(shown, strict=True, extra="forbid")
            case "mistral":
                assert shown.keys() <= BatchJob.model_fields.keys()
                BatchJob.model_validate(shown)
            case "anthropic":
                adapter = TypeAdapter(MessageBatch)
                adapter.validate_json(json.dumps(shown), extra="forbid")
                one = TypeAdapter(MessageBatchIndividualResponse)
                one.validate_json(line, extra="forbid")
                other = vendor._result(request, made=False, why=status)
                one.validate_json(other, extra="forbid")
            case "gemini":
                google.GenerateContentResponse.model_validate(json.loads(line)["response"])

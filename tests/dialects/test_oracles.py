"""The vendors' own SDKs as judges: of what we send, and of what we make of their streams."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import anthropic
import ollama
import openai
import pytest
from anthropic.types import message_create_params as anthropic_params
from google import genai
from google.genai import types as google
from openai.types.chat import completion_create_params as openai_params
from openai.types.responses import response_create_params as responses_params
from pydantic import TypeAdapter, ValidationError

from tests.dialects import bedrock_judge, cohere_oracle
from tests.dialects.replay import WIRE, play
from tests.dialects.scenarios import SCENARIOS, build
from visioncli import dialects
from visioncli.core.types import Answer

# The SDKs' own warnings are theirs to mend.
pytestmark = pytest.mark.vendor_sdk

KEY = "sk-test-0123456789abcdef"


# --- requests


def whole(value: Any) -> Any:
    """Everything in a validated value: pydantic checks the members of an Iterable when asked."""
    if isinstance(value, dict):
        return {name: whole(item) for name, item in value.items()}
    if isinstance(value, str | bytes | int | float) or value is None:
        return value
    return [whole(item) for item in value]


def typed(cls: Any) -> Callable[[dict[str, Any]], None]:
    adapter: TypeAdapter[Any] = TypeAdapter(cls)
    return lambda body: whole(adapter.validate_python(body, extra="forbid"))


def gemini_judge(body: dict[str, Any]) -> None:
    """google-genai has no type of the whole request, only of its parts; they forbid extras."""
    rest = dict(body)
    for content in rest.pop("contents"):
        google.Content.model_validate(content)
    if "systemInstruction" in rest:
        google.Content.model_validate(rest.pop("systemInstruction"))
    google.GenerationConfig.model_validate(rest.pop("generationConfig", {}))
    assert not rest


def ollama_judge(body: dict[str, Any]) -> None:
    """What the SDK would send for the same messages is what we send."""
    request = ollama._types.ChatRequest.model_validate(body, extra="forbid")
    assert request.stream is body["stream"]
    ollama.Options.model_validate(body.get("options", {}), extra="forbid")
    for message in body["messages"]:
        images = [{"value": data} for data in message.get("images", ())]
        theirs = {**message, **({"images": images} if images else {})}
        checked = ollama.Message.model_validate(theirs, extra="forbid")
        assert checked.model_dump(exclude_none=True) == message


def watsonx_judge(body: dict[str, Any]) -> None:
    """OpenAI's types, for the chat inside IBM's envelope: IBM's own SDK brings pandas along."""
    envelope = {"model_id", "project_id"}
    assert envelope <= body.keys()
    chat = {name: value for name, value in body.items() if name not in envelope}
    typed(openai_params.CompletionCreateParamsNonStreaming)({**chat, "model": body["model_id"]})


def judge(dialect: str, body: dict[str, Any]) -> None:
    stream = body.get("stream", True)
    match dialect:
        case "openai_chat" if stream:
            typed(openai_params.CompletionCreateParamsStreaming)(body)
        case "openai_chat":
            typed(openai_params.CompletionCreateParamsNonStreaming)(body)
        case "anthropic" if stream:
            typed(anthropic_params.MessageCreateParamsStreaming)(body)
        case "anthropic":
            typed(anthropic_params.MessageCreateParamsNonStreaming)(body)
        case "gemini":
            gemini_judge(body)
        case "ollama":
            ollama_judge(body)
        case "openai_responses" if stream:
            typed(responses_params.ResponseCreateParamsStreaming)(body)
        case "openai_responses":
            typed(responses_params.ResponseCreateParamsNonStreaming)(body)
        case "cohere":
            cohere_oracle.judge(body)
        case "watsonx":
            watsonx_judge(body)
        case "bedrock_converse":
            bedrock_judge.converse(body)
        case "bedrock_invoke":  # the client puts this in place of the model, which the path names
            assert body.pop("anthropic_version") == "bedrock-2023-05-31"
            typed(anthropic_params.MessageCreateParamsNonStreaming)({**body, "model": "m"})


# What an SDK's types lack though its server takes it: this SDK speaks the version of the API that
# dropped the sampling options; top_k of the scenario "extra" is for OpenAI's relatives.
UNTYPED = {
    "anthropic": {"temperature", "top_p", "top_k"},
    "bedrock_invoke": {"temperature", "top_p", "top_k"},
    "cohere": {"top_k"},
    "openai_chat": {"top_k"},
    "openai_responses": {"top_k"},
    "watsonx": {"top_k"},
}
INLINE = {"ollama", "bedrock_converse", "bedrock_invoke"}  # fetch no pictures: nothing is built

SENT = [
    (dialect, scenario)
    for dialect in dialects.NAMES
    for scenario in SCENARIOS
    if scenario != "address" or dialect not in INLINE
]


@pytest.mark.parametrize(("dialect", "scenario"), SENT)
def test_the_vendors_types_take_what_we_send(dialect: str, scenario: str) -> None:
    body = build(dialect, SCENARIOS[scenario]).body.readable(full=True)
    untyped = UNTYPED.get(dialect, set())
    judge(dialect, {name: value for name, value in body.items() if name not in untyped})


@pytest.mark.parametrize("dialect", dialects.NAMES)
@pytest.mark.parametrize("depth", ["top", "message"])
def test_the_judges_refuse_what_is_wrong(dialect: str, depth: str) -> None:
    body = build(dialect, SCENARIOS["picture"]).body.readable(full=True)
    name = {"gemini": "contents", "openai_responses": "input"}.get(dialect, "messages")
    message = body[name][0]
    (body if depth == "top" else message)["media_typo"] = 1
    with pytest.raises((ValidationError, AssertionError)):
        judge(dialect, body)


# --- answers

Heard = tuple[str, str, int | None, int | None]  # text, finish, tokens in, tokens out


class Loopback(ThreadingHTTPServer):
    answer = b""
    kind = ""


class Handler(BaseHTTPRequestHandler):
    server: Loopback

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        self.send_response(200)
        self.send_header("content-type", self.server.kind)
        self.send_header("content-length", str(len(self.server.answer)))
        self.end_headers()
        self.wfile.write(self.server.answer)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        pass


KINDS = {
    ".json": "application/json",
    ".sse": "text/event-stream",
    ".ndjson": "application/x-ndjson",
}


@contextmanager
def served(raw: Path) -> Iterator[str]:
    with Loopback(("127.0.0.1", 0), Handler) as server:
        server.answer, server.kind = raw.read_bytes(), KINDS[raw.suffix]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def hear_openai(base: str, *, stream: bool) -> Heard:
    with openai.OpenAI(api_key=KEY, base_url=f"{base}/v1", max_retries=0) as client:
        asked = {"model": "m", "messages": [{"role": "user", "content": "?"}], "stream": stream}
        got: Any = client.chat.completions.create(**asked)
        text, finish, usage = "", "", None
        for chunk in got if stream else [got]:
            usage = chunk.usage or usage
            for choice in chunk.choices:
                said = choice.delta if stream else choice.message
                text += said.content or said.refusal or ""
                finish = choice.finish_reason or finish
    return text, finish, usage and usage.prompt_tokens, usage and usage.completion_tokens


def hear_responses(base: str, *, stream: bool) -> Heard:
    with openai.OpenAI(api_key=KEY, base_url=f"{base}/v1", max_retries=0) as client:
        asked: Any = {"model": "m", "input": "?", "stream": stream}
        got: Any = client.responses.create(**asked)
        pieces, response = "", None if stream else got
        for event in got if stream else ():
            if event.type in ("response.output_text.delta", "response.refusal.delta"):
                pieces += event.delta
            response = getattr(event, "response", response)
    parts = [p for item in response.output if item.type == "message" for p in item.content]
    text = "".join(part.text if part.type == "output_text" else part.refusal for part in parts)
    assert not stream or pieces == text
    cut, usage = getattr(response, "incomplete_details", None), response.usage
    finish = cut.reason if cut else response.status
    return text, finish, usage and usage.input_tokens, usage and usage.output_tokens


def hear_anthropic(base: str, *, stream: bool) -> Heard:
    with anthropic.Anthropic(api_key=KEY, base_url=base, max_retries=0) as client:
        asked: Any = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": "?"}]}
        if stream:
            with client.messages.stream(**asked) as got:
                message: Any = got.get_final_message()
        else:
            message = client.messages.create(**asked)
    text = "".join(block.text for block in message.content if block.type == "text")
    cached = message.usage.cache_read_input_tokens or 0
    written = message.usage.cache_creation_input_tokens or 0
    tokens = message.usage.input_tokens + cached + written
    return text, message.stop_reason, tokens, message.usage.output_tokens


def hear_gemini(base: str, *, stream: bool) -> Heard:
    with genai.Client(api_key=KEY, http_options=google.HttpOptions(base_url=base)) as client:
        ask = client.models.generate_content_stream if stream else client.models.generate_content
        got: Any = ask(model="m", contents="?")
        text, finish, counts = "", "", None
        for chunk in got if stream else [got]:
            counts = chunk.usage_metadata or counts
            for candidate in chunk.candidates or ():
                parts = (candidate.content and candidate.content.parts) or ()
                text += "".join(part.text for part in parts if part.text and not part.thought)
                finish = candidate.finish_reason.value if candidate.finish_reason else finish
    return (
        text,
        finish,
        counts and counts.prompt_token_count,
        counts and counts.candidates_token_count,
    )


def hear_ollama(base: str, *, stream: bool) -> Heard:
    with ollama.Client(host=base) as client:
        asked = {"model": "m", "messages": [{"role": "user", "content": "?"}], "stream": stream}
        got: Any = client.chat(**asked)
        lines = list(got) if stream else [got]
    text = "".join(line.message.content or "" for line in lines)
    last = lines[-1]
    return text, last.done_reason, last.prompt_eval_count, last.eval_count


EARS = {
    "anthropic": hear_anthropic,
    "cohere": cohere_oracle.hear,
    "gemini": hear_gemini,
    "ollama": hear_ollama,
    "openai_chat": hear_openai,
    "openai_responses": hear_responses,
    "watsonx": hear_openai,
}
# Complete answers; what the SDKs make of cut or broken ones is no example.
HEARD = {
    "anthropic": "text.sse text.json cached.sse thinking.sse thinking.json max_tokens.sse"
    " window.json refusal.sse refusal.json pause.json llama_cpp.sse llama_cpp.json",
    "gemini": "text.sse text.json thought.sse thought.json max_tokens.json safety.sse"
    " recitation.json",
    "ollama": "text.ndjson text.json length.ndjson thinking.ndjson thinking.json",
    "cohere": "text.sse text.json done.sse stop.json length.sse length.json thinking.sse"
    " thinking.json unknown_finish.json no_usage.json",
    "openai_chat": "text.sse text.json length.sse length.json filter.sse filter.json refusal.sse"
    " refusal.json azure.sse openrouter.sse no_done.sse reasoning_vllm.sse llama_cpp.sse"
    " llama_cpp.json",
    "openai_responses": "text.sse text.json length.sse length.json length_no_text.json filter.sse"
    " filter.json refusal.sse refusal.json reasoning.sse reasoning.json two_messages.json"
    " steered.json llama_cpp.sse llama_cpp.json",
    "watsonx": "text.sse text.json length.sse length.json time_limit.sse cancelled.json"
    " reasoning.json refusal.json old_server.json",
}
# A refusal in words ends as an answer does on OpenAI's wires; ours is called what it is.
REFUSED = {"openai_chat": "stop", "openai_responses": "completed", "watsonx": "stop"}
CASES = [(dialect, name) for dialect, names in HEARD.items() for name in names.split()]


def ours(answer: Answer) -> Heard:
    return answer.text, answer.finish_raw or "", answer.usage.input, answer.usage.output


@pytest.mark.parametrize(("dialect", "name"), CASES)
def test_we_read_what_the_vendors_sdk_reads(dialect: str, name: str) -> None:
    raw = WIRE / "answers" / dialect / name
    stream = raw.suffix != ".json"
    with served(raw) as base:
        theirs = EARS[dialect](base, stream=stream)
    answer, _ = play(dialect, [raw.read_bytes()], stream=stream)
    text, finish, *counts = ours(answer)
    if finish == "refusal":
        finish = REFUSED.get(dialect, finish)
    assert (text, finish) == theirs[:2]
    assert tuple(counts) == theirs[2:]


def test_every_answer_file_of_a_vendor_is_json_that_can_be_checked() -> None:
    for dialect, name in CASES:
        raw = (WIRE / "answers" / dialect / name).read_text("utf-8-sig")
        lines = raw.splitlines() if not name.endswith(".json") else [raw]
        data = [line.removeprefix("data: ") for line in lines if line.startswith(("data: {", "{"))]
        assert all(isinstance(json.loads(text), dict) for text in data)
        assert data

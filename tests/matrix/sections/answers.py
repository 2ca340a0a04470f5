"""Answers that are none, that are empty, filtered or cut."""

from __future__ import annotations

import json
import re
from typing import Any

from tests import vendors
from tests.faults.peer import Peer, whole
from tests.matrix.rows import Row, error, remedy, warning

from .said import PLAIN, again, fails, refusal, says


def good(change: dict[str, Any] | None = None, **message: Any):
    """A plain answer of OpenAI's with parts of it changed."""

    def answer(peer: Peer) -> None:
        body = json.loads(vendors.plain("openai")) | (change or {})
        for choice in body["choices"] if message else ():
            choice["message"] |= {k: v for k, v in message.items() if k != "finish_reason"}
            choice["finish_reason"] = message.get("finish_reason", choice["finish_reason"])
        peer.send(whole(json.dumps(body).encode()))

    return answer


def deep(peer: Peer) -> None:
    peer.send(whole(b'{"choices":' + b"[" * 100_000 + b"]" * 100_000 + b"}"))


def latin(peer: Peer) -> None:
    body = vendors.plain("openai", "A caf\u00e9").replace(b"\\u00e9", "\u00e9".encode())
    peer.send(whole(body, kind="application/json; charset=iso-8859-1"))


def marked(peer: Peer) -> None:
    peer.send(whole(b"\xef\xbb\xbf" + vendors.plain("openai")))


def nan(peer: Peer) -> None:
    """NaN is no JSON, though Python writes and reads it."""
    peer.send(
        whole(vendors.plain("openai").replace(b'"prompt_tokens": 85', b'"prompt_tokens": NaN'))
    )


def bad(what: str) -> str:
    return error(rf"openai's answer is not {what}")


NONE = (
    fails("41a", 8, "a login page", "html200", bad(r"JSON: <!doctype html>.+")),
    fails("41b", 8, "an empty body", "empty200", error(r"openai sent an empty answer")),
    fails("41c", 8, "null", "null200", bad(r"a JSON object: null")),
    fails("41d", 8, "a list", "list200", bad(r"a JSON object: \[1, 2\]")),
    fails(
        "41e",
        8,
        "an error object in a 200",
        says(200, {"error": {"message": "engine down", "type": "server_error"}}),
        error(r"openai failed: engine down"),
    ),
    fails(
        "41f",
        8,
        "JSON a hundred thousand levels deep",
        deep,
        bad(r"JSON: .+|.+nested too deeply.*"),
    ),
    fails(
        "41g",
        8,
        "choices that are a number",
        good({"choices": 7}),
        error(r"openai's answer .*choices.*"),
    ),
    fails(
        "41h", 8, "content that is a number", good(content=7), error(r"openai's answer .*content.*")
    ),
    fails("41i", 8, "204 without a body", says(204, b""), error(r"openai sent an empty answer")),
    Row(
        id="41j",
        case="a good answer labelled text/plain",
        exit=0,
        requests=1,
        options=PLAIN,
        answer=lambda peer: peer.send(whole(peer.answer, kind="text/plain")),
    ),
    Row(
        id="41k",
        case="NaN for a number of tokens",
        exit=0,
        requests=1,
        answer=nan,
        options=(*PLAIN, "--json"),
        out=re.compile(r'\{.*"input":null.*\}\n'),
    ),
    Row(
        id="42a",
        case="a byte order mark before the JSON",
        exit=0,
        requests=1,
        answer=marked,
        options=PLAIN,
    ),
    Row(
        id="42b",
        case="UTF-8 that is labelled latin-1",
        exit=0,
        requests=1,
        answer=latin,
        options=PLAIN,
        out="A caf\u00e9\n",
    ),
    Row(
        id="42c",
        case="invalid UTF-8 in a stream",
        exit=0,
        requests=1,
        answer="badutf8",
        out=vendors.TEXT.replace("square", "squ\ufffd\ufffdre") + "\n",
        says=(warning(r"the answer held bytes that are not UTF-8; they are shown as U\+FFFD"),),
    ),
    fails("42d", 8, "invalid UTF-8 in JSON", "badutf8", bad(r"JSON.*")),
)


EMPTY = (
    fails("43a", 8, "no choices", good({"choices": []}), error(r"the model gave an empty answer")),
    fails(
        "43b", 8, "empty text with stop", good(content=""), error(r"the model gave an empty answer")
    ),
    fails(
        "43c",
        8,
        "no candidates",
        says(200, {"candidates": []}),
        error(r"the model gave an empty answer"),
        wire="gemini",
    ),
    fails(
        "43d",
        8,
        "content that is null",
        good(content=None),
        error(r"the model gave an empty answer"),
    ),
    fails(
        "44a",
        9,
        "a prompt that is blocked",
        says(200, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}),
        error(r".*PROHIBITED_CONTENT.*"),
        wire="gemini",
    ),
    fails(
        "44b",
        9,
        "content_filter",
        good(content="", finish_reason="content_filter"),
        error(r"a filter of the provider stopped the answer.*"),
    ),
    fails(
        "44c",
        9,
        "SAFETY",
        says(200, {"candidates": [{"index": 0, "finishReason": "SAFETY"}]}),
        error(r"a filter of the provider stopped the answer.*SAFETY.*"),
        wire="gemini",
    ),
    fails(
        "44d",
        9,
        "a refusal in words",
        good(content=None, refusal="I cannot look at that."),
        error(r"the model refused to answer.*"),
        out="I cannot look at that.\n",
    ),
    fails(
        "44e",
        9,
        "Azure's filter, with a 400",
        refusal(400, "Filtered", "content_filter"),
        error(r"a filter of openai refuses the question: Filtered \(HTTP 400\)"),
    ),
    fails(
        "45a",
        10,
        "length",
        good(finish_reason="length"),
        error(r"the answer stopped at the token limit"),
        remedy(r"--max-tokens N, or a shorter question"),
        out=vendors.TEXT + "\n",
    ),
    fails(
        "45b",
        10,
        "max_tokens of Anthropic",
        lambda peer: peer.send(
            whole(vendors.plain("anthropic").replace(b"end_turn", b"max_tokens"))
        ),
        error(r"the answer stopped at the token limit"),
        remedy(r"--max-tokens N, or a shorter question"),
        out=vendors.TEXT + "\n",
        wire="anthropic",
    ),
    Row(
        id="46a",
        case="a finish reason never seen before",
        exit=0,
        requests=1,
        options=PLAIN,
        answer=good(finish_reason="moon_phase"),
        says=(warning(r".*moon_phase.*"),),
    ),
    fails(
        "47a",
        1,
        "an error body with the key and ESC",
        "echo",
        error(r"openai refuses the request: bad request of Bearer \S*…\S*\\x1b\[31m \(HTTP 400\)"),
    ),
    again(
        "47b",
        8,
        "an error body with OSC 52",
        says(500, {"error": {"message": "\x1b]52;c;ZXZpbA==\x07"}}),
        error(r"openai failed: \\x1b\]52;c;ZXZpbA==\\x07 \(HTTP 500\)"),
    ),
    fails(
        "54a",
        8,
        "reasoning only",
        good(content="", reasoning_content="I think"),
        error(r"the model gave only its reasoning and no answer text"),
    ),
)

ROWS = (
    *NONE,
    *EMPTY,
)

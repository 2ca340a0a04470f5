"""OpenAI Responses: files by their ids, what the wire cannot say, and how a response ends."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.dialects.replay import play
from tests.dialects.scenarios import ASK, PNG, build, one, target, user
from visioncli import dialects
from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import ImageProblem, UsageError
from visioncli.core.types import FinishReason, ImagePart, Message, Options, Request, TextPart


def sent(request: Request) -> Any:
    return build("openai_responses", request).body.readable(full=True)


def picture(source: str) -> Any:
    return sent(Request(messages=(user(ImagePart(None, source), ASK),)))["input"][0]["content"][0]


@pytest.mark.parametrize("id_", ["file-abc", "file-AbC_123-x", "assistant-7f", "file_01"])
def test_the_id_of_a_file_is_no_address(id_: str) -> None:
    assert picture(id_) == {"type": "input_image", "detail": "auto", "file_id": id_}


@pytest.mark.parametrize("address", ["https://example.org/file-abc", "HTTP://example.org/a.png"])
def test_an_address_is_passed_through_as_it_is(address: str) -> None:
    assert picture(address) == {"type": "input_image", "detail": "auto", "image_url": address}


@pytest.mark.parametrize("source", ["gs://b/file-abc", "s3://b/x.png", "cat.png", "files/abc", ""])
def test_what_is_neither_is_refused_not_dropped(source: str) -> None:
    with pytest.raises(ImageProblem, match="no address that openai can fetch") as caught:
        picture(source)
    assert caught.value.exit == 5


def test_nothing_is_stored_unless_asked_for() -> None:
    assert sent(one())["store"] is False
    assert sent(one(Options(extra={"store": True})))["store"] is True


def test_system_prompts_become_the_instructions() -> None:
    first, second = (Message("system", (TextPart(text),)) for text in ("Be brief.", "In German."))
    body = sent(Request(messages=(first, second, user(PNG, ASK))))
    assert body["instructions"] == "Be brief.\n\nIn German."
    assert [message["role"] for message in body["input"]] == ["user"]


@pytest.mark.parametrize(
    ("role", "where"), [("system", "a system prompt"), ("assistant", "an earlier answer")]
)
def test_a_picture_where_the_wire_has_no_place_for_one(role: Any, where: str) -> None:
    with pytest.raises(UsageError, match=f"no picture in {where}"):
        sent(Request(messages=(Message(role, (PNG,)), user(PNG, ASK))))


def test_what_it_cannot_say_is_left_out_with_a_warning() -> None:
    request = build("openai_responses", one(Options(stop=("END",), seed=0)))
    assert not {"stop", "seed"} & request.body.readable(full=True).keys()
    assert [text.split("take no ")[1] for text in request.warnings] == [
        "stop sequences; they were left out",
        "seed; it was left out",
    ]


def azure(path: str) -> HttpRequest:
    at = target("openai_responses", "my model")
    row = replace(at.provider, quirks={"path": path})
    at = replace(at, provider=row, values={"api_version": "2025-04-01-preview"})
    return dialects.load("openai_responses").build(one(), at)


def test_the_path_may_be_another() -> None:
    url = azure("/openai/responses?api-version={api_version}").url
    assert url == "https://api.openai.com/v1/openai/responses?api-version=2025-04-01-preview"


def streamed(*events: dict[str, Any]) -> list[bytes]:
    return [f"data: {json.dumps(event)}\n\n".encode() for event in events]


def delta(text: str, kind: str = "output_text") -> dict[str, Any]:
    return {"type": f"response.{kind}.delta", "delta": text}


def done(**members: Any) -> dict[str, Any]:
    return {"type": "response.completed", "response": {"status": "completed", **members}}


def test_the_text_of_the_last_event_is_not_said_twice() -> None:
    output = [{"type": "message", "content": [{"type": "output_text", "text": "A cat."}]}]
    answer, error = play(
        "openai_responses", streamed(delta("A "), delta("cat."), done(output=output)), stream=True
    )
    assert answer.text == "A cat."
    assert error is None


def test_what_comes_after_the_end_does_not_count() -> None:
    answer, error = play(
        "openai_responses", streamed(delta("A cat."), done(), delta(" Or a dog.")), stream=True
    )
    assert answer.text == "A cat."
    assert error is None


def test_events_may_be_named_beside_their_data() -> None:
    frames = [
        b'event: response.output_text.delta\ndata: {"delta": "A cat."}\n\n',
        b'event: response.completed\ndata: {"response": {"status": "completed"}}\n\n',
    ]
    answer, error = play("openai_responses", frames, stream=True)
    assert (answer.text, error) == ("A cat.", None)


def test_unknown_events_and_calls_of_tools_are_passed_over() -> None:
    call = {"type": "function_call", "name": "f", "arguments": "{}"}
    shell = {"type": "shell_call_output", "output": [], "content": "not parts"}
    events = streamed(
        {"type": "response.web_search_call.searching", "item_id": "ws_1"},
        {"type": "keepalive"},
        {"type": "response.function_call_arguments.delta", "delta": "{}"},
        delta("A cat."),
        done(output=[call, shell]),
    )
    answer, error = play("openai_responses", events, stream=True)
    assert (answer.text, error) == ("A cat.", None)


@pytest.mark.parametrize("status", ["in_progress", "queued", "cancelled"])
def test_a_response_that_is_not_done_is_not_complete(status: str) -> None:
    whole = json.dumps({"id": "resp_1", "status": status, "output": []}).encode()
    answer, error = play("openai_responses", [whole], stream=False)
    assert answer.finish is FinishReason.INCOMPLETE
    assert error is not None
    assert error.exit == 10
    assert status in error.message


@pytest.mark.parametrize(
    ("code", "status"),
    [
        *[(code, 5) for code in ("invalid_image", "invalid_base64_image", "image_parse_error")],
        *[(code, 5) for code in ("image_too_small", "image_file_not_found", "empty_image_file")],
        *[(code, 5) for code in ("unsupported_image_media_type", "failed_to_download_image")],
        ("image_content_policy_violation", 9),
        ("bio_policy", 9),
        ("server_error", 8),
    ],
)
@pytest.mark.parametrize("stream", [True, False])
def test_a_failed_response_is_the_error_its_code_names(
    code: str, status: int, stream: bool
) -> None:
    failed = {"status": "failed", "error": {"code": code, "message": "No."}, "output": []}
    event = {"type": "response.failed", "response": failed}
    data = streamed(event) if stream else [json.dumps(failed).encode()]
    _, error = play("openai_responses", data, stream=stream)
    assert error is not None
    assert error.exit == status
    assert error.code == code
    assert error.message.endswith(": No.")

"""completion: messages out, answers back, on every wire."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

import visioncli
from tests.mock import Mock, Reply
from tests.program import CAT, HORSE, KEY
from tests.vendors import MODELS, PIECES, TEXT, WIRES, plain, streamed
from visioncli import ChatCompletion, VisionError, completion

MODEL = "openai/gpt-4o"
HELLO = [{"role": "user", "content": "hello"}]
SCHEMA = {
    "type": "object",
    "properties": {"animal": {"type": "string"}},
    "required": ["animal"],
    "additionalProperties": False,
}


def data_url(file: str) -> str:
    from base64 import b64encode

    kind = "png" if file.endswith("png") else "jpeg"
    return f"data:image/{kind};base64,{b64encode(Path(file).read_bytes()).decode()}"


def picture(url: str, **more: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url, **more}}


def one(*content: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": list(content)}]


@pytest.fixture
def ask(mock: Mock) -> Iterator[Any]:
    def call(messages: Any = HELLO, model: str = MODEL, **options: Any) -> Any:
        given = {"api_base": mock.url, "api_key": KEY, **options}
        return completion(model, messages, **given)

    return call


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("stream", [False, True])
def test_every_wire_answers(wire: str, stream: bool, addressed: Mock) -> None:
    messages = one({"type": "text", "text": "what is it?"}, picture(data_url(CAT)))
    response = completion(MODELS[wire], messages, stream)
    if isinstance(response, ChatCompletion):
        assert response.choices[0].message.content == TEXT
        assert response.choices[0].finish_reason == "stop"
        assert response.usage is not None
        assert response.usage.total_tokens == 94
        return
    chunks = list(response)
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks]
    assert "".join(pieces) == TEXT
    assert [p for p in pieces if p] == list(PIECES)
    assert chunks[0].choices[0].delta.role == "assistant"
    assert [c.choices[0].finish_reason for c in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert len({(c.id, c.created) for c in chunks}) == 1


def test_a_stream_ends_with_its_usage_where_that_is_asked_for(ask: Any) -> None:
    *_, finish, last = ask(stream=True, stream_options={"include_usage": True})
    assert finish.choices[0].finish_reason == "stop"
    assert finish.usage is None
    assert last.choices == ()
    assert last.usage.prompt_tokens == 85


def test_the_conversation_arrives_in_its_order(ask: Any, mock: Mock) -> None:
    messages = [
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [picture(data_url(CAT)), {"type": "text", "text": "this?"}]},
        {"role": "assistant", "content": "A cat."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "and these?"},
                picture(data_url(HORSE), detail="low"),
                picture("https://example.org/a.png"),
            ],
        },
    ]
    before = deepcopy(messages)
    ask(messages)
    assert messages == before
    assert mock.posts[0].json["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [picture(data_url(CAT)), {"type": "text", "text": "this?"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "A cat."}]},
        messages[3],
    ]


def test_an_answer_goes_into_the_next_call_as_it_is(ask: Any, mock: Mock) -> None:
    answer = ask().choices[0].message
    ask([*HELLO, answer, {"role": "user", "content": "more"}])
    said = mock.posts[1].json["messages"][1]
    assert said == {"role": "assistant", "content": [{"type": "text", "text": TEXT}]}


def test_options_reach_the_request_and_others_too(ask: Any, mock: Mock) -> None:
    ask(
        max_tokens=64,
        temperature=0.5,
        top_p=0.9,
        seed=7,
        stop="END",
        user="somebody",
        logit_bias=None,
        response_format={"type": "json_object"},
    )
    sent = mock.posts[0].json
    assert sent["max_tokens"] == 64
    assert sent["stop"] == ["END"]
    assert (sent["temperature"], sent["top_p"], sent["seed"]) == (0.5, 0.9, 7)
    assert sent["user"] == "somebody"
    assert sent["response_format"] == {"type": "json_object"}
    assert "logit_bias" not in sent


def test_a_json_schema_is_said_as_each_wire_says_it(addressed: Mock) -> None:
    form = {"type": "json_schema", "json_schema": {"name": "answer", "schema": SCHEMA}}
    before = deepcopy(form)
    response = completion("ollama/llava", HELLO, response_format=form)
    assert addressed.posts[0].json["format"] == SCHEMA
    assert form == before
    assert response.choices[0].message.content == TEXT
    assert response.warnings == ("the answer does not fit the schema: it is no JSON",)


def test_what_was_known_before_is_a_warning_of_the_answer(
    ask: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    messages = one(picture(data_url(CAT)))
    (warning,) = ask(messages, model="openai/nobody-knows-it").warnings
    assert "whether openai/nobody-knows-it sees pictures is not known" in warning
    stream = ask(messages, model="openai/nobody-knows-it", stream=True)
    assert warning in stream.warnings
    assert capfd.readouterr() == ("", "")


def test_a_model_known_not_to_see_is_asked_about_text_alone(ask: Any) -> None:
    assert ask(model="openai/gpt-3.5-turbo").choices[0].message.content == TEXT
    with pytest.raises(visioncli.UnknownModel, match="cannot see"):
        ask(one(picture(data_url(CAT))), model="openai/gpt-3.5-turbo")
    response = ask(one(picture(data_url(CAT))), model="openai/gpt-3.5-turbo", force=True)
    assert response.choices[0].message.content == TEXT


def reply(finish: str, text: str | None = TEXT, **message: Any) -> Reply:
    answer = json.loads(plain("openai"))
    answer["choices"][0]["message"] |= {"content": text, **message}
    answer["choices"][0]["finish_reason"] = finish
    return Reply(json.dumps(answer).encode())


def test_an_answer_that_a_limit_or_a_filter_ended_is_one(ask: Any, mock: Mock) -> None:
    mock.replies += [reply("length"), reply("content_filter"), reply("stop", None, refusal="No.")]
    length, filtered, refused = ask().choices[0], ask().choices[0], ask().choices[0]
    assert (length.finish_reason, length.message.content) == ("length", TEXT)
    assert (filtered.finish_reason, filtered.message.content) == ("content_filter", TEXT)
    assert (refused.finish_reason, refused.message.refusal) == ("content_filter", "No.")


def test_what_is_out_of_reach_of_local_eyes_is_refused_in_words() -> None:
    messages = one({"type": "text", "text": "why is it sad?"}, picture(data_url(CAT)))
    choice = completion("local/eyes", messages).choices[0]
    assert choice.finish_reason == "content_filter"
    assert choice.message.refusal
    *pieces, last = completion("local/eyes", messages, stream=True)
    said = "".join(chunk.choices[0].delta.content or "" for chunk in pieces)
    assert said == choice.message.content
    assert last.choices[0].finish_reason == "content_filter"


def test_local_eyes_answers_what_was_asked_last_and_says_what_it_leaves_out() -> None:
    messages = [
        {"role": "system", "content": "Be brief."},
        *one({"type": "text", "text": "why is it sad?"}, picture(data_url(CAT), detail="low")),
        {"role": "assistant", "content": "I cannot tell."},
        {"role": "user", "content": "How many cats are there?"},
    ]
    response = completion("local/eyes", messages, max_tokens=9)
    assert "cat" in (response.choices[0].message.content or "")
    assert response.choices[0].finish_reason == "stop"
    assert response.warnings == (
        "local/eyes does not use the system prompt",
        "local/eyes does not use what was said before",
        "local/eyes does not use the detail",
        "local/eyes does not use the options of the answer",
    )
    with pytest.raises(visioncli.UsageError, match="answers about pictures, and there is none"):
        completion("local/eyes", HELLO)


REJECTED = {"error": {"message": f"Incorrect API key provided: {KEY}.", "code": "invalid_api_key"}}
LIMITED = {"error": {"message": "slow down", "type": "rate_limit_error"}}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, REJECTED, visioncli.KeyProblem),
        (429, LIMITED, visioncli.RateLimited),
        (500, {"error": {"message": "oh"}}, visioncli.ProviderFailed),
        (404, {"error": {"message": "no such model"}}, visioncli.UnknownModel),
    ],
)
def test_errors_are_those_of_the_tree_and_raised_by_the_call_itself(
    status: int, body: Any, kind: type[VisionError], stream: bool, ask: Any, mock: Mock
) -> None:
    mock.replies.append(Reply(json.dumps(body).encode(), status=status))
    with pytest.raises(kind) as caught:
        ask(stream=stream, retries=0)
    assert caught.value.status == status
    assert caught.value.provider == "openai"
    assert KEY not in str(caught.value)


def test_a_stream_that_is_cut_raises_after_its_text(ask: Any, mock: Mock) -> None:
    mock.replies.append(Reply(streamed("openai", whole=False), "text/event-stream"))
    stream = ask(stream=True)
    text = ""
    with pytest.raises(visioncli.Incomplete):  # noqa: PT012 - what came before it counts
        for chunk in stream:
            text += chunk.choices[0].delta.content or ""
    assert text == TEXT


def test_attempts_are_told_as_a_warning(ask: Any, mock: Mock) -> None:
    busy = Reply(b"{}", status=503, headers={"retry-after-ms": "1"})
    mock.replies += [busy, busy]
    assert ask().warnings == ("the request was sent 3 times, and may be billed as often",)


def test_no_key_and_no_server() -> None:
    with pytest.raises(visioncli.KeyProblem, match="OPENAI_API_KEY is not set"):
        completion(MODEL, HELLO)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
        with pytest.raises(visioncli.NetworkProblem):
            completion(MODEL, HELLO, api_base=base, api_key=KEY, retries=0, timeout=5)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": 3}, "model must be text, not 3"),
        ({"timeout": "soon"}, "timeout must be a number of seconds, not 'soon'"),
        ({"timeout": 0}, "timeout must be a number of seconds, not 0"),
        ({"api_key": 7}, "api_key must be text, not 7"),
        ({"retries": "many"}, "retries must be a number of attempts, not 'many'"),
        ({"force": 1}, "force must be true or false, not 1"),
        ({"max_tokens": "many"}, "max_tokens must be a whole number, not 'many'"),
        ({"max_tokens": 1, "max_completion_tokens": 2}, "differ"),
        ({"temperature": "hot"}, "temperature must be a number, not 'hot'"),
        ({"stop": 3}, "stop must be text or a list of texts, not 3"),
        ({"n": 2}, "n: one answer is read of each request"),
        ({"stream_options": 3}, "stream_options must be an object"),
        ({"stream": "yes"}, "stream must be true or false, not 'yes'"),
        ({"response_format": {"type": "json_schema"}}, r"response_format.json_schema.schema must"),
        (
            {"response_format": {"type": "json_schema", "json_schema": {"schema": {"type": 3}}}},
            "the schema.type is not right",
        ),
    ],
)
def test_an_option_that_is_wrong_is_named(
    options: dict[str, Any], message: str, ask: Any, mock: Mock
) -> None:
    with pytest.raises(visioncli.UsageError, match=message):
        ask(**({"stream": True} if "stream_options" in options else {}), **options)
    assert not mock.received


def test_a_key_that_would_break_a_header_is_refused(ask: Any) -> None:
    with pytest.raises(visioncli.KeyProblem, match="api_key holds white space"):
        ask(api_key="sk-1\r\nx: y")


@pytest.mark.parametrize(
    ("url", "error", "message"),
    [
        (CAT, visioncli.UsageError, r"messages\[0\].content\[0\].image_url.url is no address"),
        ("-", visioncli.UsageError, "is no address, nor a picture in base64"),
        ("file:///etc/passwd", visioncli.UsageError, "file: is not fetched"),
        ("bm8gcGljdHVyZSwgYnV0IGJhc2U2NA==", visioncli.UsageError, "nor a picture in base64"),
        ("data:image/png;base64,bm8gcGljdHVyZSwgYnV0IGxvbmc=", visioncli.ImageProblem, "not an im"),
        ("data:image/png;base64,%%%", visioncli.ImageProblem, "is not valid base64"),
        ("s3://bucket/key.png", visioncli.ImageProblem, "takes no s3:// addresses"),
        ("openai:x.png", visioncli.VisionError, "openai:x.png"),
    ],
)
def test_messages_open_no_file_and_name_what_is_no_picture(
    url: str, error: type[VisionError], message: str, ask: Any, mock: Mock
) -> None:
    with pytest.raises(error, match=message):
        ask(one(picture(url)))
    assert not mock.received


def test_a_file_named_like_an_address_is_not_opened(
    ask: Any, mock: Mock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "https:" / "example.org").mkdir(parents=True)
    (tmp_path / "https:" / "example.org" / "a.png").write_bytes(Path(HORSE).read_bytes())
    ask(one(picture("https://example.org/a.png")))
    sent = mock.posts[0].json["messages"][0]["content"]
    assert sent == [picture("https://example.org/a.png")]


def test_a_format_that_is_none_is_named(ask: Any) -> None:
    message = r"messages\[0\].content\[0\].image_url.url: 'format': 'text/plain' is no media type"
    with pytest.raises(visioncli.UsageError, match=message):
        ask(one(picture("https://example.org/a", format="text/plain")))

"""`vision check --live`: a model that really reads the picture that it was sent, or does not."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests import vendors
from tests.mock import Mock, Reply
from tests.program import CAT, KEY, Done, vision
from tests.seer import Seer
from visioncli.images.proof import COLOURS, SHAPES, WORDS

MODEL = "openai/gpt-4o"
BLIND = (
    b'{"error":{"message":"Invalid content type. image_url is only supported by certain models.",'
    b'"type":"invalid_request_error","param":"messages.[0].content.[0].type","code":null}}'
)


def other(word: str) -> str:
    return next(name for name in WORDS if name != word)


def check(mock: Mock, *words: str, env: dict[str, str] | None = None, **more: Any) -> Done:
    return vision("check", "--live", *words, env=mock.env(KEY) | (env or {}), **more)


def seeing(mock: Mock, seer: Seer) -> Seer:
    mock.reply = seer  # type: ignore[method-assign]  # it answers instead
    return seer


@pytest.mark.parametrize("wire", vendors.WIRES)
def test_a_model_that_reads_the_picture_sees_over_every_wire(mock: Mock, wire: str) -> None:
    seer = seeing(mock, Seer())
    done = check(mock, vendors.MODELS[wire])
    (seen,) = seer.seen
    assert done.status == 0, done
    assert done.out.startswith(f'yes      {vendors.MODELS[wire]}  it read "{seen.word}" and saw a')
    assert f"{seen.colour} {seen.shape}" in done.out
    assert f"(asked just now, {time.strftime('%Y-%m-%d')})" in done.out
    assert seen.word not in str(mock.posts[-1].headers)
    assert seen.word.encode() not in mock.posts[-1].body


def test_the_question_does_not_tell_what_is_on_the_picture(mock: Mock) -> None:
    seeing(mock, Seer())
    check(mock, MODEL)
    (request,) = mock.posts
    content = request.json["messages"][0]["content"]
    (question,) = [part["text"].upper() for part in content if part["type"] == "text"]
    for told in (*WORDS, *map(str.upper, COLOURS), *map(str.upper, SHAPES)):
        assert told not in question


def test_each_model_gets_a_picture_of_its_own(mock: Mock) -> None:
    seer = seeing(mock, Seer())
    assert check(mock, *[MODEL] * 8).status == 0
    assert len({(seen.word, seen.shape, seen.colour) for seen in seer.seen}) > 3


def test_a_wrong_word_is_no_whatever_the_registries_say(mock: Mock) -> None:
    seer = seeing(mock, Seer(lambda seen: f"{other(seen.word)}, nothing else"))
    done = check(mock, MODEL)
    word = seer.seen[0].word
    assert done.status == 1
    assert done.out.startswith(f'no       {MODEL}  it was sent a picture of "{word}" and a')
    assert f'answered "{other(word)}, nothing else"; before: yes, ' in done.out


def test_the_word_decides_and_the_shape_is_told(mock: Mock) -> None:
    seeing(mock, Seer(lambda seen: f"I see a {seen.colour} {seen.shape} and no word."))
    done = check(mock, MODEL)
    assert done.status == 1
    assert "it saw a" in done.out
    assert "but did not read" in done.out
    seeing(mock, Seer(lambda seen: f"**{seen.word.title()}** it says"))
    done = check(mock, MODEL)
    assert done.status == 0
    assert 'it read "' in done.out
    assert "but not a" in done.out


def test_a_word_spelled_letter_by_letter_was_read(mock: Mock) -> None:
    seeing(mock, Seer(lambda seen: "The letters are " + "-".join(seen.word) + "."))
    assert check(mock, MODEL).status == 0


@pytest.mark.parametrize("answer", ["I cannot see images.", "\x1b]0;x\x07\x1b[2J" + "z" * 500])
def test_any_other_answer_is_no_and_is_cut_and_cleaned(mock: Mock, answer: str) -> None:
    seeing(mock, Seer(lambda _: answer))
    done = check(mock, MODEL)
    assert done.status == 1
    assert done.out.startswith("no  ")
    assert "\x1b" not in done.out
    assert "\x07" not in done.out
    assert len(done.out) < 400


def test_a_provider_that_says_it_takes_no_pictures_has_given_a_verdict(mock: Mock) -> None:
    mock.replies.append(Reply(BLIND, status=400))
    done = check(mock, MODEL, "--json")
    assert done.status == 1
    assert done.json["vision"] is False
    assert done.json["source"] == "live"
    assert "cannot see pictures" in done.json["why"]


@pytest.mark.parametrize(
    ("status", "body", "exit_status", "words"),
    [
        (401, b'{"error":{"message":"Incorrect API key"}}', 4, "rejects the key"),
        (404, b'{"error":{"message":"no such model"}}', 3, "does not have the model"),
        (500, b"{}", 8, "failed"),
        (400, b'{"error":{"message":"bad thing"}}', 1, "refuses the request"),
        (200, b"<html>", 8, "answer"),
    ],
)
def test_an_error_is_told_with_its_status_and_is_no_verdict(
    mock: Mock, status: int, body: bytes, exit_status: int, words: str
) -> None:
    mock.replies += [Reply(body, status=status) for _ in range(3)]
    done = check(mock, MODEL)
    assert done.status == exit_status
    assert done.out == ""
    assert words in done.err


def test_the_other_models_are_checked_all_the_same_and_the_first_error_counts(mock: Mock) -> None:
    mock.replies.append(Reply(b'{"error":{"message":"Incorrect API key"}}', status=401))
    done = check(mock, MODEL, "anthropic/claude-sonnet-4-6", "nope/nothing")
    assert done.status == 4
    first, second = done.out.splitlines()
    assert first.startswith("no ")  # this mock's answer fits no picture
    assert second.startswith("unknown  nope/nothing  nothing is listed")
    assert f"error: {MODEL}: openai rejects the key" in done.err


def test_an_error_in_json_stands_in_its_models_place(mock: Mock) -> None:
    mock.replies.append(Reply(b'{"error":{"message":"Incorrect API key"}}', status=401))
    done = check(mock, "--json", MODEL, "anthropic/claude-sonnet-4-6")
    failed, answered = done.objects
    assert set(failed) == {"error"}
    assert failed["error"]["exit"] == 4
    assert set(answered) == {"model", "vision", "retired", "source", "as_of", "why"}
    assert done.status == 4


def test_without_a_key_nothing_is_sent(mock: Mock) -> None:
    done = check(mock, MODEL, env={"OPENAI_API_KEY": ""})
    assert done.status == 4
    assert mock.posts == []


def test_no_server_is_a_network_error() -> None:
    done = vision("check", "--live", "vllm/x", "--base-url", "http://127.0.0.1:9/v1", "-q")
    assert done.status == 7
    assert done.out == ""
    assert "127.0.0.1" in done.err  # errors are told with -q too


def test_a_timeout_is_kept(mock: Mock) -> None:
    mock.delay = 3
    began = time.monotonic()
    done = check(mock, MODEL, "--timeout", "0.3")
    assert done.status == 7
    assert time.monotonic() - began < 3


def test_base_url_and_timeout_are_for_live_alone() -> None:
    for words in (("--base-url", "http://127.0.0.1:9"), ("--timeout", "3")):
        done = vision("check", MODEL, *words)
        assert done.status == 2
        assert f"{words[0]} is for --live" in done.err


def test_the_key_is_nowhere_to_be_seen(mock: Mock) -> None:
    seeing(mock, Seer(lambda _: f"your key is {KEY}"))
    mock_done = check(mock, MODEL, "--debug")
    assert mock.posts[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in mock_done.out + mock_done.err
    mock.reply = Mock.reply.__get__(mock)  # type: ignore[method-assign]
    mock.replies.append(Reply(f'{{"error":{{"message":"bad key {KEY}"}}}}'.encode(), status=401))
    done = check(mock, MODEL, "--json", "--debug")
    assert done.status == 4
    assert KEY not in done.out + done.err


# ------------------------------------------------------------------------------- local servers


def test_ollama_says_what_it_knows_and_the_picture_decides(mock: Mock) -> None:
    seer = seeing(mock, Seer(show={"capabilities": ["completion", "vision"]}))
    done = check(mock, "ollama/my-own:7b")
    assert done.status == 0, done
    assert "; ollama lists vision among its capabilities (asked just now" in done.out
    assert [post.path for post in mock.posts] == ["/api/show", "/api/chat"]
    assert mock.posts[0].json == {"model": "my-own:7b"}
    seer.show = {"capabilities": ["completion"]}
    done = check(mock, "ollama/my-own:7b")
    assert done.status == 0
    assert "ollama does not list vision" in done.out


@pytest.mark.parametrize("show", [None, {}, {"capabilities": "vision"}, {"capabilities": None}])
def test_an_ollama_that_does_not_say_is_shown_the_picture(
    mock: Mock, show: dict[str, Any] | None
) -> None:
    seeing(mock, Seer(show=show))
    done = check(mock, "ollama/my-own:7b")
    assert done.status == 0
    assert "capabilities" not in done.out


def test_an_ollama_without_the_model_says_so(mock: Mock) -> None:
    missing = Reply(b'{"error":"model \'x\' not found"}', status=404)
    mock.replies += [missing, missing]
    done = check(mock, "ollama/x")
    assert done.status == 3
    assert "not found" in done.err


def test_a_server_of_your_own_is_asked_at_its_address(mock: Mock) -> None:
    seeing(mock, Seer())
    for model in ("vllm/llava-hf/llava-1.5-7b-hf", "lm_studio/qwen2.5-vl-7b"):
        done = check(mock, model, "--base-url", f"{mock.url}/v1")
        assert done.status == 0, done
    done = vision("check", "--live", "vllm/x")
    assert done.status == 2
    assert "no default address" in done.err


def test_local_eyes_looks_at_the_picture_itself() -> None:
    pytest.importorskip("onnxruntime")
    done = vision("check", "--live", "local/eyes")
    assert done.status == 0, done
    assert 'it read "' in done.out


# ------------------------------------------------------------------------------- a picture of yours


def test_a_picture_of_yours_is_shown_after_the_proof(mock: Mock) -> None:
    seeing(mock, Seer())
    done = check(mock, MODEL, "--image", CAT)
    assert done.status == 0
    assert f'of {CAT} it says "A cat looks into the camera."' in done.out
    assert len(mock.posts) == 2


def test_a_picture_that_is_refused_leaves_the_verdict(mock: Mock) -> None:
    seeing(mock, Seer())
    done = check(mock, MODEL, "--image", "/no/such.png", "--json")
    assert done.status == 5
    assert done.json["vision"] is True
    assert done.json["error"]["exit"] == 5
    assert "/no/such.png" in done.err


def test_the_picture_may_come_from_stdin(mock: Mock) -> None:
    seeing(mock, Seer())
    with open(CAT, "rb") as file:  # noqa: PTH123 - read whole
        done = check(mock, MODEL, "anthropic/claude-sonnet-4-6", "--image", "-", stdin=file.read())
    assert done.status == 0
    assert done.out.count("A cat looks into the camera.") == 2

"""ask: a question about pictures, in one call."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

import visioncli
from tests.mock import Mock, Reply
from tests.program import CAT, CUP, HORSE, KEY
from tests.vendors import MODELS, TEXT, WIRES, plain
from visioncli import ask

MODEL = "openai/gpt-4o"


@pytest.mark.parametrize("wire", WIRES)
def test_every_wire_answers(wire: str, addressed: Mock) -> None:
    answer = ask(CAT, "what is it?", MODELS[wire])
    assert str(answer) == answer.text == TEXT
    assert answer.finish is visioncli.FinishReason.STOP
    assert answer.usage == visioncli.Usage(input=85, output=9)


def test_pictures_come_first_in_their_order_however_they_are_named(addressed: Mock) -> None:
    address = "https://example.org/a.png"
    ask([CAT, Path(HORSE), Path(CUP).read_bytes(), address], "what?", MODEL, detail="high")
    *images, text = addressed.posts[0].json["messages"][0]["content"]
    assert text == {"type": "text", "text": "what?"}
    urls = [image["image_url"]["url"] for image in images]
    assert urls.pop() == address
    for url, file in zip(urls, (CAT, HORSE, CUP), strict=True):
        assert b64decode(url.partition(",")[2]) == Path(file).read_bytes()
    assert {image["image_url"]["detail"] for image in images} == {"high"}


def test_options_reach_the_request(addressed: Mock) -> None:
    ask(CAT, "what?", MODEL, system="Be brief.", max_tokens=5, temperature=0, seed=3, user="me")
    sent = addressed.posts[0].json
    assert sent["messages"][0] == {"role": "system", "content": "Be brief."}
    assert (sent["temperature"], sent["seed"], sent["user"]) == (0, 3, "me")
    assert sent["stream"] is False


def test_format_is_what_counts(addressed: Mock) -> None:
    answer = ask(CAT, "what?", MODEL, format="png")
    (image, _) = addressed.posts[0].json["messages"][0]["content"]
    assert image["image_url"]["url"].startswith("data:image/png;base64,")
    assert any("it is sent as image/png" in warning for warning in answer.warnings)


def test_without_a_model_and_a_key_the_offline_one_answers(
    capfd: pytest.CaptureFixture[str],
) -> None:
    answer = ask(CUP, "what's in this?")
    assert "cup" in answer.text
    assert answer.model == "local/eyes"
    assert answer.warnings == ("local/eyes answers: no key is set",)
    assert capfd.readouterr() == ("", "")


def test_a_question_out_of_its_reach_is_refused_with_its_words() -> None:
    with pytest.raises(visioncli.Refused) as caught:
        ask(CAT, "why is it sad?", "local/eyes")
    assert caught.value.text


def reply(finish: str, text: str = TEXT) -> Reply:
    answer = json.loads(plain("openai", text))
    answer["choices"][0]["finish_reason"] = finish
    return Reply(json.dumps(answer).encode())


@pytest.mark.parametrize(
    ("finish", "kind"),
    [("length", visioncli.Incomplete), ("content_filter", visioncli.Refused)],
)
def test_an_answer_that_is_not_whole_is_an_error_that_has_its_text(
    finish: str, kind: type[visioncli.VisionError], addressed: Mock
) -> None:
    addressed.replies.append(reply(finish))
    with pytest.raises(kind) as caught:
        ask(CAT, "what?", MODEL)
    assert caught.value.text == TEXT


def test_an_answer_by_a_schema(addressed: Mock) -> None:
    addressed.replies += [reply("stop", '{"name": "Chelsea", "age": 3}')]
    answer = ask(CAT, "who?", MODEL, schema="name, age int")
    assert json.loads(answer.text) == {"name": "Chelsea", "age": 3}
    form = addressed.posts[0].json["response_format"]["json_schema"]["schema"]
    assert form["properties"] == {"name": {"type": "string"}, "age": {"type": "integer"}}


def test_one_that_does_not_fit_is_an_error_that_has_its_text(addressed: Mock) -> None:
    said = '{"name": "Chelsea", "age": "three"}'
    addressed.replies += [reply("stop", said)]
    schema = {"properties": {"age": {"type": "integer"}}}
    with pytest.raises(
        visioncli.BadAnswer, match="age: 'three' is not of type 'integer'"
    ) as caught:
        ask(CAT, "who?", MODEL, schema=schema)
    assert caught.value.text == said
    assert caught.value.exit == 8


def test_no_answer_by_a_schema_from_the_offline_model() -> None:
    with pytest.raises(visioncli.Refused, match="out of reach"):
        ask(CUP, "what's in this?", "local/eyes", schema="name")


@pytest.mark.parametrize(
    ("images", "question", "error", "message"),
    [
        ("nowhere.png", "what?", visioncli.ImageProblem, "no such file: nowhere.png"),
        (
            b"no picture, but bytes of some length",
            "what?",
            visioncli.ImageProblem,
            "image 1 is not",
        ),
        ([CAT, b""], "what?", visioncli.ImageProblem, "image 2 is empty"),
        (3, "what?", visioncli.UsageError, "a int is no image"),
        ([CAT, None], "what?", visioncli.UsageError, "a NoneType is no image"),
        ("-", "what?", visioncli.UsageError, "no picture comes from stdin"),
        (CAT, " ", visioncli.UsageError, "the question is empty"),
    ],
)
def test_what_is_no_picture_or_no_question_is_refused(
    images: Any,
    question: str,
    error: type[visioncli.VisionError],
    message: str,
    addressed: Mock,
) -> None:
    with pytest.raises(error, match=message):
        ask(images, question, MODEL)
    assert not addressed.received


def test_a_private_address_is_fetched_only_where_that_is_allowed(
    mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OLLAMA_HOST", mock.url)
    mock.files["/cat.jpg"] = Path(CAT).read_bytes()
    with pytest.raises(visioncli.ImageProblem, match=r"private|loopback|public"):
        ask(f"{mock.url}/cat.jpg", "what?", "ollama/llava")
    assert ask(f"{mock.url}/cat.jpg", "what?", "ollama/llava", allow_private=True).text == TEXT


def test_the_users_configuration_names_models_and_keys(
    tmp_path: Path, mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        f"""
        default_model = "quick"
        [aliases]
        quick = "mine/model"
        [keys]
        mine = {{ cmd = ["echo", "{KEY}"] }}
        [ask]
        system = "the command line's alone"
        [providers.mine]
        dialect = "openai_chat"
        base_url = "{mock.url}/v1"
        [models."mine/model"]
        vision = true
        [models."mine/blind"]
        vision = false
        """
    )
    monkeypatch.setenv("VISION_CONFIG", str(file))
    assert ask(CAT, "what?").warnings == (f"mine/model answers: the default of {file}",)
    (sent,) = mock.posts
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert [message["role"] for message in sent.json["messages"]] == ["user"]
    assert visioncli.supports_vision("quick")
    assert not visioncli.supports_vision("mine/blind")

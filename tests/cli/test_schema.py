"""--schema: said in each wire's own form, and held to when the answer is there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.screen import TERMINAL, Screen, asked
from tests.cli.test_startup import loaded
from tests.mock import Mock, Reply
from tests.program import CAT, Done
from tests.vendors import MODELS, WIRES, plain, streamed
from visioncli.cli import render

Ask = Callable[..., Done]
FITS = '{"animal": "cat", "legs": 4}'
UNFIT = '{"animal": "cat", "legs": "four"}'
WHY = "the answer does not fit the schema: legs: 'four' is not of type 'integer'"
SHORT = "animal, legs int"
LONG = {
    "type": "object",
    "properties": {"animal": {"type": "string"}, "legs": {"type": "integer"}},
    "required": ["animal", "legs"],
    "additionalProperties": False,
}


def said(wire: str, body: Any) -> Any:
    """The schema where the wire has it."""
    match wire:
        case "openai":
            return body["response_format"]["json_schema"]["schema"]
        case "anthropic":
            return body["output_config"]["format"]["schema"]
        case "gemini":
            return body["generationConfig"]["responseJsonSchema"]
    return body["format"]


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("stream", [True, False])
def test_the_answer_is_asked_for_by_it_and_fits(
    wire: str, stream: bool, ask: Ask, mock: Mock
) -> None:
    mock.text, mock.pieces = FITS, (FITS[:9], FITS[9:])
    how = "--stream" if stream else "--no-stream"
    done = ask("-m", MODELS[wire], how, "--schema", SHORT, CAT, "which?")
    assert (done.status, done.out, done.err) == (0, FITS + "\n", "")
    assert said(wire, mock.posts[0].json) == LONG


@pytest.mark.parametrize("form", ["json", "file", "short file"])
def test_the_forms_in_which_it_can_be_given(
    form: str, ask: Ask, mock: Mock, tmp_path: Path
) -> None:
    mock.text, mock.pieces = FITS, (FITS,)
    file = tmp_path / "schema.json"
    file.write_text("animal\nlegs int\n" if form == "short file" else json.dumps(LONG), "utf-8")
    value = json.dumps(LONG) if form == "json" else f"@{file}"
    assert ask("-m", MODELS["openai"], "--schema", value, CAT, "which?").status == 0
    assert said("openai", mock.posts[0].json) == LONG


@pytest.mark.parametrize("stream", [True, False])
def test_an_answer_that_does_not_fit_is_8_and_stays(stream: bool, ask: Ask, mock: Mock) -> None:
    body = streamed("openai", [UNFIT]) if stream else plain("openai", UNFIT)
    mock.replies.append(Reply(body, "text/event-stream" if stream else "application/json"))
    how = "--stream" if stream else "--no-stream"
    done = ask("-m", MODELS["openai"], how, "--schema", SHORT, CAT, "which?")
    assert (done.status, done.out) == (8, UNFIT + "\n")
    assert done.err.splitlines()[0] == f"error: {WHY}"
    assert len(mock.posts) == 1


def test_with_json_the_object_holds_answer_and_error(ask: Ask, mock: Mock) -> None:
    mock.replies.append(Reply(plain("openai", UNFIT)))
    done = ask("-m", MODELS["openai"], "--json", "--schema", SHORT, CAT, "which?")
    assert done.status == 8
    assert done.json["answer"] == UNFIT
    assert done.json["finish"] == "stop"
    assert done.json["error"]["message"] == WHY
    assert (done.json["error"]["code"], done.json["error"]["exit"]) == ("schema", 8)


def test_a_cut_answer_is_said_to_be_cut_not_to_be_unfit(ask: Ask, mock: Mock) -> None:
    cut = streamed("openai", [UNFIT[:9]], whole=False)
    mock.replies.append(Reply(cut, "text/event-stream"))
    done = ask("-m", MODELS["openai"], "--schema", SHORT, CAT, "which?")
    assert (done.status, done.out) == (10, UNFIT[:9] + "\n")


@pytest.mark.parametrize(
    ("schema", "why"),
    [
        ("legs many", "'legs many' is no member of a schema"),
        ('{"type": "thing"}', "the schema.type is not right"),
        ("{", "the schema is no JSON"),
        ("@nowhere.json", "the schema in nowhere.json cannot be read: No such file or directory"),
        (f"@{CAT}", "cannot be read: it is not UTF-8 text"),
    ],
)
def test_one_that_is_none_is_2_and_nothing_is_sent(
    schema: str, why: str, ask: Ask, mock: Mock
) -> None:
    done = ask("-m", MODELS["openai"], "--schema", schema, CAT, "which?")
    assert done.status == 2
    assert why in done.err
    assert not mock.received


def test_the_offline_model_says_that_it_knows_no_schemas(ask: Ask) -> None:
    done = ask("-m", "local/eyes", "--schema", SHORT, CAT, "which?")
    assert (done.status, done.out) == (9, "")
    assert "error: an answer by a schema is out of reach of local/eyes" in done.err


def test_json_is_not_drawn_as_markdown() -> None:
    screen = Screen()
    sink = render.open_answer(screen, asked(schema=SHORT), verbatim=True, env=TERMINAL)
    sink.add('{"a": "*b*", "c": ["_d_"]}')
    sink.close()
    assert screen.written == '{"a": "*b*", "c": ["_d_"]}\n'


def test_its_library_is_loaded_with_it_alone() -> None:
    words = ["ask", "--dry-run", "-m", "openai/gpt-4o", CAT, "which?"]
    assert "jsonschema" not in loaded(words)
    assert "jsonschema" in loaded([*words, "--schema", SHORT])

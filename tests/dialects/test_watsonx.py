"""watsonx: the path, who pays, deployments, and what IBM adds to OpenAI's chat."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.dialects.replay import play
from tests.dialects.scenarios import MODELS, one
from visioncli import dialects, providers
from visioncli.config import Settings
from visioncli.core.dialect import HttpRequest
from visioncli.core.errors import UsageError
from visioncli.core.types import FinishReason, Options, Request

HOST = "https://eu-de.ml.cloud.ibm.com"
PROJECT, SPACE = {"WATSONX_PROJECT_ID": "p-1"}, {"WATSONX_SPACE_ID": "s-1"}


def built(
    env: dict[str, str], request: Request | None = None, model: str | None = None
) -> HttpRequest:
    ref = MODELS["watsonx"]
    target = providers.resolve(
        ref._replace(model=model or ref.model), Settings(), env={"WATSONX_URL": HOST, **env}
    )
    return dialects.load("watsonx").build(request or one(), target)


@pytest.mark.parametrize(("stream", "verb"), [(True, "chat_stream"), (False, "chat")])
def test_the_path_says_whether_it_streams(stream: bool, verb: str) -> None:
    request = built(PROJECT, one(stream=stream))
    assert request.url == f"{HOST}/ml/v1/text/{verb}?version=2024-03-13"
    assert not {"stream", "stream_options", "model"} & request.body.readable(full=False).keys()


@pytest.mark.parametrize(
    ("env", "paid"),
    [
        (PROJECT, {"project_id": "p-1"}),
        (SPACE, {"space_id": "s-1"}),
        ({**PROJECT, **SPACE}, {"project_id": "p-1"}),
        ({"WATSONX_DEPLOYMENT_SPACE_ID": "s-2"}, {"space_id": "s-2"}),
    ],
    ids=str,
)
def test_a_project_or_a_space_pays(env: dict[str, str], paid: dict[str, str]) -> None:
    body = built(env).body.readable(full=False)
    assert {name: body[name] for name in ("project_id", "space_id") if name in body} == paid


def test_an_option_says_it_too() -> None:
    body = built(PROJECT, one(Options(extra={"space_id": "mine"}))).body.readable(full=False)
    assert body["space_id"] == "mine"
    assert "project_id" not in body


def test_nobody_who_pays_is_a_usage_error_that_says_what_to_set() -> None:
    with pytest.raises(UsageError, match="WATSONX_PROJECT_ID is not set") as caught:
        built({})
    assert caught.value.exit == 2
    assert "WATSONX_SPACE_ID" in (caught.value.hint or "")


@pytest.mark.parametrize(("name", "path"), [("abc-1", "abc-1"), ("a/../b", "a%2F..%2Fb")])
def test_a_deployment_knows_its_model_and_who_pays(name: str, path: str) -> None:
    request = built({}, model=f"deployment/{name}")
    assert request.url == f"{HOST}/ml/v1/deployments/{path}/text/chat_stream?version=2024-03-13"
    assert request.body.readable(full=False).keys() == {"messages"}


def chunk(**choice: Any) -> bytes:
    data = {"id": "c", "model_id": "ibm/m", "choices": [{"index": 0, "delta": {}, **choice}]}
    return f"id: 1\nevent: message\ndata: {json.dumps(data)}\n\n".encode()


def test_a_stream_ends_with_its_reason_and_needs_no_marker() -> None:
    chunks = [chunk(delta={"content": "A cat."}), chunk(finish_reason="stop")]
    answer, error = play("watsonx", chunks, stream=True)
    assert (answer.text, answer.model, error) == ("A cat.", "ibm/m", None)


@pytest.mark.parametrize("reason", ["time_limit", "cancelled"])
def test_a_reason_that_cut_the_answer_is_told(reason: str) -> None:
    chunks = [chunk(delta={"content": "A c"}), chunk(finish_reason=reason)]
    answer, error = play("watsonx", chunks, stream=True)
    assert answer.finish is FinishReason.INCOMPLETE
    assert error is not None
    assert error.exit == 10
    assert reason in error.message

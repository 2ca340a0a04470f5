"""What an answer cost, who gave it, and what is worth telling of it: in each API's own place."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anthropic
import httpx
import openai
import pytest

from tests import vendors
from tests.mock import Mock, Reply
from tests.program import CAT
from visioncli.gateway.settings import Gateway

from .entries import entry, one
from .running import Served, question, serving
from .test_answers import ASKED, MESSAGES, RESPONSES, events

COUNTS = {"usd_in": 2.0, "usd_out": 10.0}
USD = (85 * 2 + 9 * 10) / 1_000_000  # what the mock reports, at these prices
PRICED = {"entry": COUNTS}
CHAT = "/v1/chat/completions"
PICTURE = "https://example.com/x.png"
UNKNOWN = "whether openai/nobody-knows-it sees pictures is not known"


@pytest.fixture
def served(mock: Mock) -> Iterator[Served]:
    with serving(one(mock, name="mine", **PRICED)) as running:
        yield running


@pytest.fixture
def doubtful(mock: Mock) -> Iterator[Served]:
    """A model of which nobody knows whether it sees."""
    with serving(one(mock, entry={"model": "openai/nobody-knows-it"})) as running:
        yield running


def asked(api: str, stream: bool, model: str = "mine", image: Any = None) -> dict[str, Any]:
    body: dict[str, Any]
    match api:
        case "chat":
            body = question(model, image)
            body |= {"stream_options": {"include_usage": True}} if stream else {}
        case "responses":
            parts: list[Any] = [{"type": "input_text", "text": "hi"}]
            if image is not None:
                parts.append({"type": "input_image", "image_url": image})
            body = {"model": model, "input": [{"role": "user", "content": parts}]}
        case _:
            blocks: list[Any] = [{"type": "text", "text": "hi"}]
            if image is not None:
                blocks.append({"type": "image", "source": {"type": "url", "url": image}})
            body = {**ASKED, "model": model, "messages": [{"role": "user", "content": blocks}]}
    return {**body, "stream": stream}


PATHS = {"chat": CHAT, "responses": RESPONSES, "messages": MESSAGES}
each_api = pytest.mark.parametrize("api", PATHS)


def last(api: str, text: str) -> dict[str, Any]:
    """Where a stream of each API tells its usage."""
    told = events(text)
    match api:
        case "chat":
            return told[-1]
        case "responses":
            return dict(told[-1]["response"])
    return next(event for event in told if event["type"] == "message_delta")


@each_api
def test_the_cost_is_in_the_usage_and_in_a_header(served: Served, api: str) -> None:
    said = served.post(asked(api, stream=False), PATHS[api])
    assert said.json()["usage"]["cost"] == pytest.approx(USD)
    assert said.headers["x-vision-cost-usd"] == "0.00026"
    assert said.headers["x-litellm-response-cost"] == "0.00026"  # by which LiteLLM tells it
    assert said.headers["x-vision-model"] == "openai/gpt-4o"


@each_api
def test_a_stream_tells_the_cost_with_its_usage(served: Served, api: str) -> None:
    said = served.post(asked(api, stream=True), PATHS[api])
    assert last(api, said.text)["usage"]["cost"] == pytest.approx(USD)
    assert said.headers["x-vision-model"] == "openai/gpt-4o"
    assert "x-vision-cost-usd" not in said.headers  # nobody knows it yet


def test_it_is_counted(served: Served) -> None:
    for stream in (True, False):
        served.post(asked("chat", stream=stream))
    (line,) = [
        line
        for line in served.get("/metrics").text.splitlines()
        if line.startswith('vision_cost_usd_total{model="mine"}')
    ]
    assert float(line.split()[-1]) == pytest.approx(2 * USD)


@each_api
@pytest.mark.parametrize("stream", [False, True])
def test_the_model_is_called_what_the_caller_calls_it(
    served: Served, mock: Mock, api: str, stream: bool
) -> None:
    """Some servers answer with the path of the file that their model is in."""
    path = "/home/somebody/models/tiny.gguf"
    if stream:
        frames = [frame.replace(b"gpt-4o", path.encode()) for frame in vendors.streamed("openai")]
        mock.replies.append(Reply(frames, "text/event-stream"))
    else:
        answer = json.loads(vendors.plain("openai")) | {"model": path}
        mock.replies.append(Reply(json.dumps(answer).encode()))
    said = served.post(asked(api, stream=stream), PATHS[api])
    assert path not in said.text
    found = said.json() if not stream else events(said.text)[0]
    found = found.get("response") or found.get("message") or found
    assert found["model"] == "mine"


@each_api
def test_warnings_are_in_a_header_and_in_the_answer(doubtful: Served, api: str) -> None:
    body = asked(api, stream=False, model="m", image=PICTURE)
    said = doubtful.post(body, PATHS[api])
    (warning,) = said.json()["vision"]["warnings"]
    assert warning.startswith(UNKNOWN)
    assert said.headers["x-vision-warning"] == warning
    assert said.json()["usage"].get("cost") is None  # no price is known, and none is made up
    assert "x-vision-cost-usd" not in said.headers
    streamed = doubtful.post({**body, "stream": True}, PATHS[api])
    assert streamed.headers["x-vision-warning"] == warning
    told = events(streamed.text)
    (noted,) = [e for e in told if e.get("vision") or e.get("response", {}).get("vision")]
    assert (noted.get("vision") or noted["response"]["vision"]) == {"warnings": [warning]}


def test_what_is_known_only_at_the_end_of_a_stream_is_in_it(served: Served, mock: Mock) -> None:
    frames = [f.replace(b'"stop"', b'"odd_reason"') for f in vendors.streamed("openai")]
    mock.replies.append(Reply(frames, "text/event-stream"))
    said = served.post(question("mine", stream=True))
    assert "x-vision-warning" not in said.headers
    (noted,) = [event for event in events(said.text) if "vision" in event]
    assert noted["choices"][0]["finish_reason"] == "stop"
    assert "odd_reason" in noted["vision"]["warnings"][0]


def test_where_nothing_is_to_be_told_nothing_of_ours_is_there(served: Served) -> None:
    assert "vision" not in served.post(question("mine")).json()
    assert '"vision"' not in served.post(question("mine", stream=True)).text


def test_the_official_clients_read_it(served: Served) -> None:
    http = httpx.Client(trust_env=False)
    with openai.OpenAI(api_key="any", base_url=served.url, http_client=http) as client:
        raw = client.chat.completions.with_raw_response.create(**question("mine"))
        answer = raw.parse()
        assert raw.headers["x-vision-cost-usd"] == "0.00026"
        assert (answer.model, answer.usage.total_tokens) == ("mine", 94)
        assert answer.usage.model_extra["cost"] == pytest.approx(USD)
        chunks = list(client.chat.completions.create(**asked("chat", stream=True)))
        assert chunks[-1].usage.model_extra["cost"] == pytest.approx(USD)
        response = client.responses.create(**asked("responses", stream=False))
        assert response.usage.model_extra["cost"] == pytest.approx(USD)
    plain = anthropic.DefaultHttpxClient(trust_env=False)
    with anthropic.Anthropic(api_key="any", base_url=served.url, http_client=plain) as other:
        message = other.messages.create(**asked("messages", stream=False))
        assert message.usage.model_extra["cost"] == pytest.approx(USD)
        body = {k: v for k, v in asked("messages", stream=False).items() if k != "stream"}
        with other.messages.stream(**body) as stream:
            assert stream.get_final_message().usage.output_tokens == 9


def test_the_catalogues_price_is_the_default_and_the_providers_own_figure_counts(
    mock: Mock,
) -> None:
    answer = json.loads(vendors.plain("openai"))
    answer["usage"]["cost"] = 0.125
    router = {"name": "router", "model": "openrouter/openai/gpt-4o"}
    with serving(Gateway(models=(entry(mock), entry(mock, **router)))) as served:
        listed = served.post(question()).json()["usage"]["cost"]
        mock.replies.append(Reply(json.dumps(answer).encode()))
        own = served.post(question("router")).json()["usage"]["cost"]
    assert listed == pytest.approx((85 * 2.5 + 9 * 10) / 1_000_000)
    assert own == 0.125


def test_who_stood_in_is_who_is_paid(mock: Mock) -> None:
    mock.replies.append(Reply(b"", status=500))
    dear = entry(mock, usd_in=900.0, usd_out=900.0)
    with serving(Gateway(models=(dear, entry(mock, "anthropic", **COUNTS)), retries=0)) as served:
        said = served.post(question())
    assert said.headers["x-vision-model"] == "anthropic/claude-sonnet-4-6"
    assert said.json()["usage"]["cost"] == pytest.approx(USD)


def test_what_is_looked_at_here_costs_nothing() -> None:
    picture = base64.b64encode(Path(CAT).read_bytes()).decode()
    asked = question("local/eyes", f"data:image/jpeg;base64,{picture}")
    with serving(Gateway()) as served:
        said = served.post(asked)
    assert said.headers["x-vision-cost-usd"] == "0.0"
    assert said.json()["usage"]["cost"] == 0


def test_a_picture_that_was_made_smaller_is_told_of(mock: Mock) -> None:
    picture = base64.b64encode(Path(CAT).read_bytes()).decode()
    with serving(one(mock, prep=True, max_side=100)) as served:
        said = served.post(question(image=f"data:image/jpeg;base64,{picture}"))
    assert any("100" in warning for warning in said.json()["vision"]["warnings"])

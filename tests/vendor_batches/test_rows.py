"""Which providers take batches, and what their rows say about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.providers.places import NAMES, NONE, filled
from visioncli import providers
from visioncli.aim import take
from visioncli.auth.keys import given
from visioncli.core.errors import ProviderFailed, UsageError, VisionError
from visioncli.core.target import ModelRef, Target
from visioncli.vendor_batches import kinds, openai
from visioncli.vendor_batches.calls import Calls
from visioncli.vendor_batches.spool import Spool

from .server import serving
from .vendor import Answer, Call, Vendor

TAKERS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "gemini": "gemini",
    "mistral": "mistral",
    "groq": "openai",
    "deepinfra": "openai",
    "dashscope": "openai",
    "parasail": "openai",
    "nebius": "openai",
}
DATED = "https://x.openai.azure.com"


def target(name: str, model: str = "m", address: str | None = None) -> Target:
    return providers.resolve(ModelRef(name, model), NONE, address=address, env=filled(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_row_says_how_it_takes_batches_or_that_it_takes_none(name: str) -> None:
    at = target(name)
    batch = at.provider.batch
    if name in TAKERS:
        assert batch.kind == TAKERS[name]
        assert batch.max_bytes is not None
        assert 100_000_000 <= batch.max_bytes <= 1_000_000_000
        assert batch.max_requests is None or batch.max_requests >= 50_000
        assert batch.price is None or 0.5 <= batch.price < 1
        assert kinds.of(at) is kinds.WIRES[batch.kind]
    else:
        assert batch.kind == "none"
        with pytest.raises(UsageError, match="no batches are known") as caught:
            kinds.of(at)
        assert caught.value.exit == 2


def test_azure_takes_them_at_its_v1_address_alone() -> None:
    for model in ("gpt-5.4", "o4-mini", "my-deployment"):
        new = target("azure", model, f"{DATED}/openai/v1")
        assert kinds.of(new) is kinds.WIRES["openai"]
        assert openai.endpoint(new) == "/v1/chat/completions"
        with pytest.raises(UsageError, match="no batches"):
            kinds.of(target("azure", model, DATED))


@pytest.mark.parametrize(
    ("model", "endpoint"),
    [("gpt-4o", "/v1/chat/completions"), ("o3-pro", "/v1/responses")],
)
def test_a_model_is_asked_by_the_route_that_it_has(model: str, endpoint: str) -> None:
    at = target("openai", model)
    assert openai.endpoint(at) == endpoint
    line = kinds.of(at).line("c", {"model": model}, at)
    assert line == {"custom_id": "c", "method": "POST", "url": endpoint, "body": {"model": model}}


# --- Azure looks a file through before a batch may be made of it


@pytest.fixture
def azure() -> Iterator[Vendor]:
    with serving("openai") as server:
        yield server


def upload(vendor: Vendor, statuses: list[str]) -> str:
    answer = vendor.answer
    left = iter(statuses)

    def answered(call: Call) -> Answer:
        if call.name in ("upload", "look"):
            file = {"id": "file-1", "status": next(left), "status_details": "line 3"}
            return Answer(json.dumps(file).encode())
        return answer(call)

    vendor.answer = answered  # type: ignore[method-assign]
    aim = take(
        ModelRef("azure", "my-deployment"),
        NONE,
        pictures=False,
        base_url=f"{vendor.url}/openai/v1",
        key=given("sk-test-0123456789", "test"),
        env={},
    )
    calls = Calls(aim)
    spool = Spool()
    spool.add([b"{}\n"])
    with closing(spool):
        return openai.posted_file(calls, spool, "name")


def test_a_file_that_is_pending_is_waited_for(
    azure: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai, "PAUSE", 0.0)
    assert upload(azure, ["pending", "Running", "processed"]) == "file-1"
    assert [call.path for call in azure.calls][1:] == ["/openai/v1/files/file-1"] * 2
    assert all(call.headers["api-key"] == "sk-test-0123456789" for call in azure.calls)


def test_one_that_is_refused_is_an_error(azure: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai, "PAUSE", 0.0)
    with pytest.raises(VisionError, match="refuses the file: line 3"):
        upload(azure, ["pending", "error"])


def test_one_that_stays_pending_is_given_up(azure: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openai, "PAUSE", 0.0)
    monkeypatch.setattr(openai, "LOOKS", 3)
    with pytest.raises(ProviderFailed, match="does not come to look"):
        upload(azure, ["pending"] * 9)

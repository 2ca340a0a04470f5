"""The OpenAPI document, and what comes of everything that it allows, and of more."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error

from tests.mock import serving as mocking
from visioncli.gateway.openapi import document

from .entries import one
from .running import MASTER, Served, serving


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with mocking() as mock, serving(one(mock, master_key=MASTER)) as running:
        running.key = MASTER
        yield running


SAME = r"^/(chat/completions|responses|models)$"  # other names of what stands below /v1
schema = schemathesis.openapi.from_dict(document()).exclude(path_regex=SAME)


@schema.parametrize()
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_that_is_allowed_breaks_it(case: schemathesis.Case, served: Served) -> None:
    if isinstance(case.body, dict) and case.body.get("model"):
        case.body["model"] = "m"
    case.call_and_validate(
        base_url=served.url,
        headers={"x-api-key": MASTER},
        checks=[not_a_server_error],
    )


def test_it_names_every_route(served: Served) -> None:
    paths = served.get("/openapi.json").json()["paths"]
    for path, methods in paths.items():
        said = served.get(path) if "get" in methods else served.post({}, path)
        assert said.status_code in (200, 400), path


def test_the_page_of_it_loads_nothing_from_elsewhere(served: Served) -> None:
    said = served.get("/docs")
    assert "POST /v1/chat/completions" in said.text
    assert "<script" not in said.text
    assert "default-src 'none'" in said.headers["content-security-policy"]

"""Places in an address: filled, encoded, and named where nothing fills them."""

from __future__ import annotations

import pytest

from visioncli.core.errors import UsageError
from visioncli.core.places import address
from visioncli.core.target import ModelRef, Provider, Target

ROW = Provider(
    name="cloud",
    dialect="openai_chat",
    variables={"project": ("C_PROJECT", "C_ID"), "region": ("C_REGION", "=eu"), "odd": ("=",)},
    source="providers/cloud.toml",
)


def target(model: str, **values: str) -> Target:
    return Target(
        ref=ModelRef("cloud", model),
        provider=ROW,
        model=model,
        base_url="https://cloud.test",
        values=values,
    )


def test_a_path_without_places_is_kept() -> None:
    at = "/v1/chat?api-version=1&x={"
    assert address(target("m"), at) == f"https://cloud.test{at}"


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("m", "m"),
        ("claude-x@20250929", "claude-x@20250929"),
        ("a/b", "a%2Fb"),
        ("arn:aws:x", "arn%3Aaws%3Ax"),
        ("ü ?#;%{project}", "%C3%BC%20%3F%23%3B%25%7Bproject%7D"),
    ],
)
def test_a_model_is_one_segment_of_a_path(model: str, said: str) -> None:
    assert address(target(model), "/models/{model}:go") == f"https://cloud.test/models/{said}:go"


def test_variables_are_filled_and_encoded() -> None:
    found = target("m", project="example.com:p/1", region="eu west")
    assert address(found, "/{project}/{region}/{project}").endswith(
        "/example.com:p%2F1/eu%20west/example.com:p%2F1"
    )


@pytest.mark.parametrize(
    ("path", "words", "hint"),
    [
        ("/{project}", "cloud needs its project: C_PROJECT or C_ID is not set", "export C_PROJECT"),
        ("/{nowhere}", r"\{nowhere\} is no variable of cloud, providers/cloud.toml", ""),
        ("/{odd}", r"\{odd\} is no variable of cloud", ""),
    ],
)
def test_a_place_that_nothing_fills_is_named(path: str, words: str, hint: str) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        address(target("m"), path)
    assert hint in (caught.value.hint or "")

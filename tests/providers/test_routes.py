"""[[routes]]: which of them is laid over a row, and what is said of one that is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from visioncli.core.errors import UsageError
from visioncli.providers.routes import applied

ROW: dict[str, Any] = {
    "dialect": "gemini",
    "auth": "google",
    "urls": ["gs"],
    "quirks": {"path": "/a"},
    "limits": {"images_per_request": 9},
    "variables": {"project": ["P"], "location": ["L"]},
    "routes": [
        {"match": "claude-*", "dialect": "anthropic", "quirks": {"path": "/c"}},
        {"match": "*", "address": "*/v1", "quirks": {"other": 1}},
        {"match": "*", "set": ["K1", "K2"], "unset": ["P", "Q"], "auth": "bearer"},
        {"match": "old-*", "limits": {"image_side": 5}, "variables": {"location": ["=x"]}},
    ],
}


def laid(model: str, address: str = "", **env: str) -> dict[str, Any]:
    return applied(ROW, lambda _: "here", model=model, address=address, env=env)


@pytest.mark.parametrize(
    ("model", "address", "env", "changed"),
    [
        ("new", "", {}, {}),
        ("", "https://x.test/v1", {"K1": "x"}, {}),
        ("new", "https://x.test/v1", {}, {"quirks": {"path": "/a", "other": 1}}),
        ("new", "https://x.test/v1/more", {}, {}),
        ("new", "", {"K2": "x"}, {"auth": "bearer"}),
        ("new", "", {"K2": " "}, {}),
        ("new", "", {"K2": "x", "Q": "y"}, {}),
        ("new", "", {"P": "y"}, {}),
        ("new", "https://x.test/v1", {"K2": "x"}, {"quirks": {"path": "/a", "other": 1}}),
        (
            "old-1",
            "",
            {},
            {
                "limits": {"images_per_request": 9, "image_side": 5},
                "variables": {"project": ["P"], "location": ["=x"]},
            },
        ),
    ],
)
def test_the_first_route_that_holds_is_laid_over(
    model: str, address: str, env: dict[str, str], changed: dict[str, Any]
) -> None:
    plain = {name: value for name, value in ROW.items() if name != "routes"}
    assert laid(model, address, **env) == plain | changed


def test_a_route_to_another_wire_inherits_nothing_of_the_first() -> None:
    assert laid("claude-x", "https://x.test/v1", K1="x") == {
        "dialect": "anthropic",
        "auth": "google",
        "variables": ROW["variables"],
        "quirks": {"path": "/c"},
    }


@pytest.mark.parametrize(
    ("route", "words"),
    [
        ({"auth": "none"}, "route 1 has no 'match'"),
        ("*", "route 1 has no 'match'"),
        ({"match": "*", "address": 1}, "'address' of route 1 must be a string"),
        ({"match": "*", "set": "K"}, "'set' of route 1 must be a list of strings"),
        ({"match": "*", "unset": [1]}, "'unset' of route 1 must be a list of strings"),
    ],
)
def test_a_route_that_is_wrong_says_where(route: Any, words: str) -> None:
    table = {**ROW, "routes": [route]}
    with pytest.raises(UsageError, match=words) as caught:
        applied(table, lambda path: f"FILE, {path[0]}", model="", address="", env={})
    assert caught.value.message.endswith("FILE, routes")

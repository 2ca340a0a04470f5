"""Gemini: addresses, where options go, and how closely a picture is looked at."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.dialects.scenarios import ASK, JPEG, PNG, build, one, user
from visioncli.core.errors import ImageProblem
from visioncli.core.types import Detail, ImagePart, Options, Request


def body(request: Request, model: str | None = None) -> dict[str, Any]:
    return dict(json.loads(b"".join(build("gemini", request, model).body)))


@pytest.mark.parametrize(
    ("model", "path"),
    [
        ("gemini-3.1-flash", "models/gemini-3.1-flash:"),
        ("models/gemini-3.1-flash", "models/gemini-3.1-flash:"),
        ("a/b?c#d", "models/a%2Fb%3Fc%23d:"),
        ("../../v1/files", "models/..%2F..%2Fv1%2Ffiles:"),
    ],
)
def test_the_model_stands_in_the_path(model: str, path: str) -> None:
    url = build("gemini", one(stream=False), model).url
    base = "https://generativelanguage.googleapis.com/v1beta/"
    assert url == f"{base}{path}generateContent"


@pytest.mark.parametrize(
    ("extra", "config", "top"),
    [
        ({"top_k": 40}, {"topK": 40}, {}),
        ({"topK": 40}, {"topK": 40}, {}),
        ({"max_output_tokens": 7}, {"maxOutputTokens": 7}, {}),
        ({"generationConfig": {"topK": 1}}, {"maxOutputTokens": 5, "topK": 1}, {}),
        ({"generation_config": {"max_output_tokens": 7}}, {"maxOutputTokens": 7}, {}),
        ({"generationConfig": {"topK": 1}, "top_k": 2}, {"maxOutputTokens": 5, "topK": 1}, {}),
        ({"thinking_config": {"x": 1}}, {"maxOutputTokens": 5, "thinkingConfig": {"x": 1}}, {}),
        ({"safety_settings": []}, {"maxOutputTokens": 5}, {"safetySettings": []}),
        ({"generationConfig": None}, None, {}),
    ],
    ids=str,
)
def test_an_extra_field_goes_where_gemini_expects_it(
    extra: Mapping[str, Any], config: Any, top: dict[str, Any]
) -> None:
    sent = body(one(Options(max_tokens=5, extra=extra)))
    expected = config if config is None else {"maxOutputTokens": 5, **config}
    assert sent["generationConfig"] == expected
    assert {name: value for name, value in sent.items() if name not in CORE} == top


CORE = ("contents", "generationConfig")


def levels(sent: dict[str, Any]) -> list[str | None]:
    parts = sent["contents"][0]["parts"]
    return [part.get("mediaResolution", {}).get("level") for part in parts if "text" not in part]


def two(first: Detail | None, second: Detail | None) -> Request:
    return Request(messages=(user(replace(PNG, detail=first), replace(JPEG, detail=second), ASK),))


@pytest.mark.parametrize("model", ["gemini-3.1-flash", "models/gemini-4-argon"])
def test_since_gemini_3_each_picture_has_its_detail(model: str) -> None:
    sent = body(two("low", "auto"), model)
    assert levels(sent) == ["MEDIA_RESOLUTION_LOW", None]
    assert "generationConfig" not in sent
    assert levels(body(two("original", "high"), model)) == [
        "MEDIA_RESOLUTION_ULTRA_HIGH",
        "MEDIA_RESOLUTION_HIGH",
    ]


@pytest.mark.parametrize("model", ["gemini-2.5-flash", "gemini-flash-latest", "gemma-3-27b-it"])
@pytest.mark.parametrize(
    ("details", "level", "warnings"),
    [
        (("low", "low"), "MEDIA_RESOLUTION_LOW", 0),
        (("low", "high"), "MEDIA_RESOLUTION_HIGH", 1),
        (("high", None), "MEDIA_RESOLUTION_HIGH", 1),
        (("original", "original"), "MEDIA_RESOLUTION_HIGH", 1),
        (("auto", "auto"), None, 0),
        ((None, None), None, 0),
    ],
)
def test_before_that_the_highest_detail_holds_for_all(
    model: str, details: tuple[Detail | None, Detail | None], level: str | None, warnings: int
) -> None:
    built = build("gemini", two(*details), model)
    sent = built.body.readable(full=True)
    assert levels(sent) == [None, None]
    assert sent.get("generationConfig", {}).get("mediaResolution") == level
    assert len(built.warnings) == warnings


def test_an_address_whose_type_nobody_knows_is_refused_not_dropped() -> None:
    part = ImagePart(None, "https://example.org/cat")
    with pytest.raises(ImageProblem, match=r"https://example\.org/cat") as caught:
        build("gemini", Request(messages=(user(part, ASK),)))
    assert caught.value.exit == 5
    assert "--inline" in str(caught.value.hint)

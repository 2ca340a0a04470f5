"""Configurations of any shape, names of models of any form, schemas: told, or understood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visioncli import choice, config, plain_config, providers, schema
from visioncli.catalogue import lookup
from visioncli.cli import values
from visioncli.config import Settings
from visioncli.core.errors import UsageError, VisionError
from visioncli.core.target import ModelRef
from visioncli.models.patterns import matcher

from .bounds import tried, within
from .changes import ODD, Change, changed, changes, rebuilt

WHOLE: dict[str, Any] = {
    "default_model": "openai/gpt-4o",
    "aliases": {"fast": "groq/qwen/qwen3.8-27b"},
    "keys": {"openai": {"cmd": ["pass", "show"]}},
    "ask": {"max_side": 1568, "detail": "high", "temperature": 0.5, "stream": True, "rpm": 7.5},
    "catalogue": {"sources": ["a"], "timeout": 3},
    "providers": {
        "mine": {
            "dialect": "openai_chat",
            "base_url": "http://{place}.test/v1",
            "auth": "header:x-key",
            "key_env": ["MINE_KEY"],
            "headers": {"x-a": "b"},
            "variables": {"place": ["PLACE", "=here"]},
            "quirks": {"max_tokens_field": "max_completion_tokens"},
            "limits": {"request_bytes": 4000, "images_per_request": 2},
            "media_types": ["image/png"],
            "wire_model": "m/{1}",
            "routes": [{"match": "a-*", "urls": ["https"]}],
        }
    },
    "models": {"mine/m": {"vision": True}, "azure/d": {"base_model": "azure/gpt-4o"}},
}


def toml(value: Any, depth: int = 0) -> str:
    """As inline TOML, which says all that JSON does but null."""
    match value:
        case dict() if depth == 0:
            return "".join(f"{json.dumps(_text(k))} = {toml(v, 1)}\n" for k, v in value.items())
        case dict():
            inside = (f"{json.dumps(_text(k))} = {toml(v, depth + 1)}" for k, v in value.items())
            return f"{{ {', '.join(inside)} }}"
        case list():
            return f"[{', '.join(toml(item, depth + 1) for item in value)}]"
        case None:
            return '"null"'
        case float():
            return repr(value)
        case str():
            return json.dumps(_text(value)).replace("\x7f", "\\u007f")
    return json.dumps(value)


def _text(value: Any) -> str:
    return str(value).encode("utf-8", "replace").decode()


def looked_at(file: Path) -> None:
    """All that a command does with its configuration before it asks anything."""
    env = {"VISION_CONFIG": str(file), "HOME": "/nowhere"}
    with within(20):
        try:
            settings = config.load(env)
        except UsageError as error:
            assert plain_config.read(str(file)) is None
            assert str(file) in error.message  # noqa: PT017
            return
        try:
            providers.check(settings)
            for name in (*settings.aliases, "mine/m", "mine/a-b", "azure/d", *settings.models):
                ref, _ = choice.named(name, settings)
                if ref is not None and ref.provider != "local":
                    providers.resolve(ref, settings, env=env)
        except VisionError as error:
            assert error.exit in (2, 3)  # noqa: PT017


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


@given(hows=changes)
@tried(120)
def test_a_configuration_with_any_values(file: Path, hows: list[Change]) -> None:
    tree = rebuilt(json.loads(json.dumps(WHOLE)), hows)
    file.write_text(toml(tree) if isinstance(tree, dict) else toml({"ask": tree}))
    looked_at(file)


@given(hows=changes, data=st.binary(max_size=40))
@tried(120)
def test_a_configuration_of_any_bytes(file: Path, hows: list[Change], data: bytes) -> None:
    file.write_bytes(changed(toml(WHOLE).encode(), hows, [data]))
    looked_at(file)
    file.write_bytes(data)
    looked_at(file)


MODELS = (
    "openai/gpt-4o", "gpt-4o", "ft:gpt-4o:org::id", "bedrock/us.anthropic.claude-3-5-sonnet-20241022-v2:0",  # noqa: E501
    "bedrock/arn:aws:bedrock:us-east-1:1:inference-profile/x", "vertex_ai/claude-3-5-sonnet@20240620",  # noqa: E501
    "openrouter/openai/gpt-4o:free", "azure/gpt-4o", "ollama/llava:7b", "gemini/models/gemini-2.5-flash",  # noqa: E501
    "huggingface/a/b:c", "local/eyes", "anthropic", "vllm/x", "accounts/fireworks/models/x",
)  # fmt: skip
name = st.one_of(
    st.text(max_size=30),
    st.text(st.sampled_from("/:@.-_*[]?~abgpt4o \udcff"), max_size=20),
    st.builds(
        lambda model, hows: changed(model.encode(), hows, [m.encode() for m in MODELS]).decode(
            "latin-1"
        ),
        st.sampled_from(MODELS),
        changes,
    ),
)


@given(name=name)
@tried(200)
def test_any_name_of_a_model(name: str) -> None:
    settings = Settings()
    with within(10):
        ref, verdict = choice.named(name, settings)
        assert verdict.vision in (True, False, None)
        assert isinstance(verdict.why, str)
        again = lookup.verdict(ModelRef(*name.split("/", 1)) if "/" in name else ModelRef("", name))
        assert again.vision in (True, False, None)
        try:
            choice.resolve(name, settings)
        except VisionError as error:
            assert error.exit in (2, 3)  # noqa: PT017
        if ref is not None and ref.provider != "local":
            try:
                providers.resolve(ref, settings, env={})
            except VisionError as error:
                assert error.exit in (2, 3)  # noqa: PT017


@given(patterns=st.lists(name, max_size=3))
@tried(100)
def test_any_pattern_over_models(patterns: list[str]) -> None:
    with within(10):
        fits = matcher(patterns)
        for model in MODELS:
            fits(model)


SCHEMAS = (
    '{"type":"object","properties":{"a":{"$ref":"#/$defs/b"}},"$defs":{"b":{"enum":[1]}}}',
    "name, age int, bio: one line",
    '{"$schema":"https://json-schema.org/draft/2020-12/schema","items":{"pattern":"a+"}}',
)


@given(
    which=st.sampled_from(SCHEMAS),
    hows=changes,
    answer=st.sampled_from(["{}", "[", '{"a":1}', "NaN"]),
)
@tried(100)
def test_a_schema_and_an_answer(which: str, hows: list[Change], answer: str) -> None:
    text = changed(which.encode(), hows).decode("utf-8", "surrogateescape")
    with within(20):
        try:
            said = schema.read(text)
        except UsageError:
            return
        schema.misfit(answer, said)


@given(hows=changes)
@tried(100)
def test_a_schema_of_any_values(hows: list[Change]) -> None:
    tree = rebuilt(json.loads(SCHEMAS[0]), [how for how in hows if "\0" not in str(ODD[how.odd])])
    if isinstance(tree, dict):
        with within(20):
            try:
                schema.misfit("{}", schema.checked(tree))
            except UsageError:
                return


@given(words=st.lists(st.text(max_size=20), max_size=3))
@tried(100)
def test_fields_and_formats(words: list[str]) -> None:
    for read in (values.fields, lambda given: values.formats(given, ["a"])):
        try:
            read(words)
        except UsageError as error:
            assert error.message  # noqa: PT017

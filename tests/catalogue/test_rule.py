"""How an id becomes a verdict: every step is named in the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from visioncli.catalogue import index, rule, said, spelling

DAY = "2026-11-22"


def judge(model: str) -> rule.Judgement:
    provider, slash, name = model.partition("/")
    return rule.judge(provider if slash else "", name if slash else provider, DAY)


@pytest.mark.parametrize(
    ("model", "begins"),
    [
        ("google/gemini-2.5-flash", "listed as gemini/gemini-2.5-flash ("),
        ("openai/GPT-4o", "letter case aside: openai/gpt-4o ("),
        ("openai/gpt-4o-2099-01-01", "a dated version of openai/gpt-4o ("),
        ("openai/ft:gpt-4o:org::id", "a fine-tuned copy of openai/gpt-4o ("),
        ("ft:gpt-4o-2024-08-06:org::id", "a fine-tuned copy of openai/gpt-4o-2024-08-06 ("),
        ("ft:gpt-4o:org::id", "a fine-tuned copy of openai/gpt-4o ("),
        ("ft:gpt-4o-2024-08-06", "stated"),
        ("ft:gpt-4o-2099-01-01:org::id", "no provider in the id"),
        ("ft:open-mistral-7b:1:2:3", "no provider in the id"),
        ("ft:", "no provider in the id"),
        ("ft:claude-3-haiku-20240307:org::id", "no provider in the id"),
        (
            "bedrock/us-east-1/anthropic.claude-3-haiku-20240307-v1:0",
            "without its route or region: bedrock/anthropic.claude-3-haiku",
        ),
        ("ollama/llava:13b", "without its tag: ollama/llava ("),
        (
            "openrouter/x-ai/grok-2-vision-latest",
            "openrouter passes it on to xai/grok-2-vision-latest (",
        ),
        (
            "vertex_ai/publishers/google/models/gemini-2.5-flash",
            "without its resource path: vertex_ai/gemini-2.5-flash (",
        ),
        ("azure/mine", "a deployment may have any name"),
        ("lm_studio/mine", "whoever runs that server chooses its models"),
        ("ollama/someone/mine", "not listed under ollama; check --live asks the server"),
    ],
)
def test_the_reason_names_the_row_and_how_it_was_reached(model: str, begins: str) -> None:
    vision, why, source, as_of, retired = judge(model)
    assert why.startswith(begins), why
    assert (vision is None) == (source is None) == (as_of is None)
    assert retired is None


def test_every_row_of_the_index_is_judged_as_it_stands() -> None:
    """Agreement with every fact: no spelling of one row hides another."""
    index.use(index.PATH)
    index.hold()
    try:
        for row in index.rows():
            model, verdict, source, as_of, retires, gone, why = row
            past = retires if retires and retires <= DAY else gone
            expected = (rule.VISION[verdict], why, index.SOURCES[source], as_of, past or None)
            assert judge(model) == expected, model
    finally:
        index.use()


def test_a_router_names_its_makers_model_only_where_it_lists_none_itself() -> None:
    assert index.find("openrouter/openai/gpt-4o") is not None
    assert "passes it on" not in judge("openrouter/openai/gpt-4o")[1]
    assert spelling.behind("openrouter", "x-ai/grok") == ("xai", "grok")
    assert spelling.behind("openrouter", "nobody/grok") == ("", "")
    assert spelling.behind("openrouter", "auto") == ("", "")
    assert spelling.behind("together_ai", "openai/gpt-4o") == ("", "")
    retired = judge("openrouter/x-ai/grok-2-vision-latest")
    assert retired[4] is None  # a retirement belongs to the id typed


def test_a_source_of_another_name_is_shown_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "index.tsv"
    file.write_text("#\na/b\ty\topenai-list\t2026-11-24\t\t\tlisted\n")
    index.use(str(file))
    try:
        assert judge("a/b") == (True, "listed", "openai-list", "2026-11-24", None)
    finally:
        index.use()


def test_the_line_has_the_verdict_first_and_says_who_and_when() -> None:
    known = said.line("a/b", True, "stated", "litellm", "2026-11-12", None)
    assert known == "yes      a/b  stated (LiteLLM, 2026-11-12)"
    gone = said.line("a/b", False, "stated", "models.dev", "2026-01-15", "2026-05-21")
    assert gone == "no       a/b  stated (models.dev, 2026-01-15); retired since 2026-05-21"
    assert said.line("a/b", None, "not listed", None, None, None) == "unknown  a/b  not listed"


def test_the_status_of_several() -> None:
    assert said.status([]) == said.status([True]) == 0
    assert said.status([True, False]) == 1
    assert said.status([False, None, True]) == 3

"""Verdicts: the cases of record, spellings, retirement, makers, remedies."""

import json
from pathlib import Path

import pytest

from visioncli.catalogue import index, lookup
from visioncli.core.target import ModelRef

CASES = [
    json.loads(line)
    for line in Path(__file__).with_name("cases.jsonl").read_text("utf-8").splitlines()
]
WORDS = {True: "yes", False: "no", None: "unknown"}
DAY = "2026-11-22"


def ref(model: str) -> ModelRef:
    provider, slash, name = model.partition("/")
    return ModelRef(provider, name) if slash else ModelRef("", provider)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["model"] or "empty")
def test_the_cases_of_record(case):
    verdict = lookup.verdict(ref(case["model"]), today=DAY)
    assert WORDS[verdict.vision] == case["verdict"], verdict


@pytest.mark.parametrize(
    "model",
    [
        "bedrock/arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-lite-v1:0",
        "bedrock/us-gov-west-1/anthropic.claude-3-haiku-20240307-v1:0",
        "bedrock/invoke/us-east-1/us.anthropic.claude-3-haiku-20240307-v1:0:48k",
        "aws/global.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "vertex_ai/publishers/google/models/gemini-2.5-flash",
        "gemini/models/gemini-2.5-flash-preview-05-06",
        "vertex/claude-sonnet-4-5@20990101",
        "Together/META-LLAMA/llama-4-maverick-17b-128e-instruct-fp8",
        "openrouter/openai/gpt-4o-2099-01-01:nitro",
        "nano_gpt/gemini-2.5-flash",
        "NANO-GPT/gemini-2.5-flash",
        "z.ai/glm-4.5v",
        "local/eyes",
        "ollama/gemma3:27b-it-q4_K_M",
    ],
)  # fmt: skip
def test_spellings_that_name_the_same_model(model):
    assert lookup.verdict(ref(model), today=DAY).vision is True


@pytest.mark.parametrize(
    "model",
    [
        "openai/gpt-4o-vision", "openai/gpt-4o-mini2", "openai/my-gpt-4o", "openai/gpt-4o-20",
        "openai/gpt-4o-9999", "openai/ft:", "openai/gpt-4o/", "openai//gpt-4o", "openai/ gpt-4o",
        "xai/-latest", "bedrock/xx.anthropic.claude-3-haiku-20240307-v1:0", "ollama/:13b",
        "openai/gpt-4o\tx", "openai/gpt-4o:free:x", "openai/gpt-4o-v", "openai/gpt-4o-v:1",
        "openai/\udcff\u202e", "eyes",
    ],
)  # fmt: skip
def test_what_only_resembles_a_model_is_unknown(model):
    assert lookup.verdict(ref(model), today=DAY).vision is None


def test_a_verdict_says_who_and_when():
    verdict = lookup.verdict(ModelRef("openai", "gpt-4o"), today=DAY)
    assert verdict == lookup.Verdict(
        "openai/gpt-4o", True, "stated by both", "litellm", "2026-11-12", None
    )
    shortened = lookup.verdict(ModelRef("openai", "gpt-4o-2099-01-01"), today=DAY)
    assert shortened.why == "a dated version of openai/gpt-4o (stated by both)"
    cased = lookup.verdict(ModelRef("openai", "GPT-4o"), today=DAY)
    assert cased.why == "letter case aside: openai/gpt-4o (stated by both)"


def test_an_unknown_model_has_no_source_and_says_what_is_unknown():
    for model, why in (
        ("openai/nothing", "not listed under openai"),
        ("google/nothing", "not listed under gemini"),
        ("nope/nothing", "nothing is listed under 'nope'"),
        ("nothing", "no provider in the id: write provider/model"),
    ):
        assert lookup.verdict(ref(model)) == lookup.Verdict(model, None, why)


def test_the_reason_holds_no_control_character_of_the_id():
    for model in ("no\x1b[31mpe/x", "no\u202epe/x", "openai/\x1b]0;x\x07"):
        assert lookup.verdict(ref(model)).why.isprintable()


def test_a_retired_model_keeps_its_verdict_and_says_since_when():
    gone = lookup.verdict(ref("xai/grok-2-vision-latest"), today=DAY)
    assert gone.vision is True
    assert gone.retired == index.find("xai/grok-2-vision-latest")[5]


def test_a_date_of_retirement_counts_from_that_day_on():
    row = next(row for row in index.rows("openai") if row[4] > "2026-12" and not row[5])
    before, on = (lookup.verdict(ref(row[0]), today=day) for day in ("2026-11-22", row[4]))
    assert (before.retired, on.retired) == (None, row[4])
    assert before.vision == on.vision


def test_a_retirement_belongs_to_the_id_typed():
    row = next(
        row for row in index.rows("openai") if row[5] and row[1] == "y" and row[0][-1].isalpha()
    )
    assert lookup.verdict(ref(row[0]), today=DAY).retired
    assert lookup.verdict(ref(row[0].upper()), today=DAY).retired
    for other in (row[0] + "-2099-01-01", row[0].replace("/", "/ft:") + ":org::id"):
        verdict = lookup.verdict(ref(other), today=DAY)
        assert verdict.vision is True
        assert verdict.retired is None


def test_without_a_day_today_counts():
    row = next(row for row in index.rows("openai") if "" < row[4] < "2026-11" and not row[5])
    assert lookup.verdict(ref(row[0])).retired == row[4]


def test_a_bare_name_is_its_makers_where_exactly_one_lists_it():
    assert lookup.maker("gpt-4o") == "openai"
    assert lookup.maker("gemini-2.5-flash") == "gemini"
    for bare in ("", "eyes", "GPT-4o", "gpt-4o-2099-01-01", "llava-hf-local", "gpt-4o\tx"):
        assert lookup.maker(bare) is None


def test_a_name_that_two_makers_list_is_nobodys():
    makers = [m for m in lookup.MAKERS if index.find(f"{m}/deepseek-r1")]
    assert len(makers) != 1
    assert lookup.maker("deepseek-r1") is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("openai/gpt4o", "openai/gpt-4o"),
        ("opanai/gpt-4o", "openai/gpt-4o"),
        ("gtp-4o", "openai/gpt-4o"),
        ("google/gemini-2.5-flsh", "gemini/gemini-2.5-flash"),
    ],
)
def test_a_remedy_names_models_that_can_see(typed, meant):
    found = lookup.near(ref(typed), today=DAY)
    assert meant in found
    seeing = {line.decode() for line in index.seeing(DAY)}
    assert set(found) <= seeing


@pytest.mark.parametrize("provider", ["", "openai"])
def test_a_copys_remedy_is_a_copy_too(provider):
    found = lookup.near(ModelRef(provider, "ft:gpt-4x:org:name:id"), today=DAY)
    assert "openai/ft:gpt-4o:org:name:id" in found
    assert all(model.endswith(":org:name:id") for model in found)
    assert lookup.near(ModelRef(provider, "ft:"), today=DAY) == ()
    assert not any("/ft:" in model for model in lookup.near(ref("openai/gpt-4o-2024-08-7")))


def test_a_server_of_the_users_own_gets_no_remedy_of_others():
    assert lookup.near(ModelRef("vllm", "gpt-4o")) == ()


def test_a_remedy_for_nothing_in_particular_is_none():
    assert lookup.near(ref("openai/qqqqqqqqqqqqqqqqqqqqqqqqqqqqq")) == ()

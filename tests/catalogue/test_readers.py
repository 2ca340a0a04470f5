"""Lists of models are told apart by their form; what is hostile in them goes nowhere."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from visioncli.catalogue.making import readers, sound
from visioncli.catalogue.making.known import Collected
from visioncli.catalogue.making.snapshots import Snapshot, Stated
from visioncli.core.errors import VisionError

LITELLM = {
    "sample_spec": {"litellm_provider": "one of …", "max_tokens": "max"},
    "gpt-4o": {
        "litellm_provider": "openai", "mode": "chat", "supports_vision": True,
        "max_input_tokens": 128000, "max_output_tokens": 16384,
        "input_cost_per_token": 2.5e-06, "output_cost_per_token": 1e-05,
        "deprecation_date": "2027-01-01",
    },
    "us.amazon.nova-lite-v1:0": {"litellm_provider": "bedrock_converse", "supports_vision": True},
    "bedrock/eu-west-1/meta.llama3-8b": {"litellm_provider": "bedrock"},
    "bedrock/*/1-month-commitment/cohere.command-text-v14": {"litellm_provider": "bedrock"},
    "bedrock/invoke/anthropic.claude-v3": {"litellm_provider": "bedrock"},
    "low/1024-x-1024/gpt-image-1": {"litellm_provider": "openai", "mode": "image_generation"},
    "1024-x-1024/dall-e-2": {"litellm_provider": "openai", "mode": "image_generation"},
    "dall-e-3": {"litellm_provider": "openai", "mode": "image_generation"},
    "together-ai-up-to-4b": {"litellm_provider": "together_ai"},
    "vertex_ai/imagegeneration@006": {"litellm_provider": "vertex_ai-image-models"},
    "text-embedding-ada": {"litellm_provider": "azure_text", "input_cost_per_image": 0.0001},
    "voyage/x": {"litellm_provider": "voyage", "input_cost_per_image": 2.5e-07, "mode": "rerank"},
    "amazon-nova/nova-lite-v1": {"litellm_provider": "amazon_nova"},
    "tavily/search": {"litellm_provider": "tavily", "mode": "search"},
    "perplexity/search": {"litellm_provider": "perplexity", "mode": "search"},
    "perplexity/sonar": {"litellm_provider": "perplexity", "input_cost_per_token": 0},
    "aws_polly/neural": {"litellm_provider": "aws_polly", "mode": "audio_speech"},
    "fallback_generalizations": {"any": "thing"},
}  # fmt: skip
MODELS_DEV = {
    "google": {
        "id": "google",
        "models": {
            "gemini-x": {
                "id": "gemini-x",
                "modalities": {"input": ["text", "image", "pdf"], "output": ["text"]},
                "limit": {"context": 1000, "output": 100},
                "cost": {"input": 0.3, "output": 2.5},
                "release_date": "2026-01",
                "knowledge": "2025-06-30",
                "status": "beta",
            },
            "blind": {"modalities": {"input": ["text"], "output": ["text"]}},
            "silent": {"modalities": {}},
            "broken": "a word",
        },
    },
    "moonshotai-cn": {"models": {"kimi": {"modalities": {"input": ["text"]}}}},
    "unheard-of": {"models": {"a/b": {"modalities": {"input": ["image"]}}}},
}
FACT = {
    "model": "a/b", "says": {"L3": True, "M3": None, "X9": True}, "verdict": "no",
    "context": 1000, "context_other": 2000, "usd_in": 0.0, "usd_in_other": 1.5,
    "gone": ["2026-08-18", "2026-11-12"],
}  # fmt: skip


def read(document, **options):
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return readers.read(data, as_of="2026-11-24", name="FILE", **options)


def test_litellm_is_read_into_the_provider_and_name_that_a_user_types():
    snapshot = read(LITELLM)
    assert isinstance(snapshot, Snapshot)
    assert (snapshot.source, snapshot.as_of, snapshot.dropped) == ("L", "2026-11-24", 1)
    assert set(snapshot.rows) == {
        "openai/gpt-4o", "bedrock/us.amazon.nova-lite-v1:0", "openai/dall-e-3",
        "vertex_ai/imagegeneration@006", "azure/text-embedding-ada", "voyage/x",
        "amazon_nova/nova-lite-v1", "perplexity/search", "perplexity/sonar",
    }  # fmt: skip
    assert snapshot.rows["openai/gpt-4o"] == Stated(
        vision=True, context=128000, max_output=16384, usd_in=2.5, usd_out=10.0,
        retires="2027-01-01",
    )  # fmt: skip
    assert snapshot.rows["perplexity/sonar"].usd_in == 0.0
    assert snapshot.rows["azure/text-embedding-ada"].usd_image == 0.0001
    assert snapshot.rows["voyage/x"].usd_image is None  # a price per token in the wrong place


def test_models_dev_is_read_under_the_names_that_its_providers_have_here():
    snapshot = read(MODELS_DEV)
    assert isinstance(snapshot, Snapshot)
    assert (snapshot.source, snapshot.dropped) == ("M", 1)
    assert set(snapshot.rows) == {
        "gemini/gemini-x", "gemini/blind", "gemini/silent", "moonshot/kimi", "unheard-of/a/b",
    }  # fmt: skip
    assert snapshot.rows["gemini/gemini-x"] == Stated(
        vision=True, input=("text", "image", "pdf"), output=("text",), context=1000,
        max_output=100, usd_in=0.3, usd_out=2.5, released="2026-01", knowledge="2025-06-30",
        status="beta",
    )  # fmt: skip
    assert snapshot.rows["gemini/blind"].vision is False
    assert snapshot.rows["gemini/silent"].vision is None


def test_collected_facts_bear_their_own_dates_and_may_be_gzipped():
    lines = b"\n".join([json.dumps(FACT).encode(), b"", b"{", json.dumps(FACT).encode()])
    for data in (lines, gzip.compress(lines, mtime=0)):
        collected = read(data)
        assert isinstance(collected, Collected)
        assert collected.dropped == 3  # an empty line, half a line, the same model again
        known = collected.rows["a/b"]
        assert [(one.source, one.as_of, one.vision) for one in known.heard] == [
            ("M", "2026-08-18", None),
            ("L", "2026-11-12", True),
        ]
        assert known.context == (("L", 1000), ("M", 2000))
        assert known.usd_in == (("L", 0.0), ("M", 1.5))
        assert (known.gone, known.missing) == ("2026-11-12", "LM")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (json.dumps(LITELLM).encode()[:-40], "not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b"[]", "not a list of models"),
        (b"7", "not a list of models"),
        (b"null", "not a list of models"),
        (b"{}", "not a list of models"),
        (b'{"error": {"message": "no"}}', "not a list of models"),
        (b"<html>\x1b[31m", "not JSON"),
        (b'{"model": 1, "says": 2}', "no line of it"),
        (gzip.compress(b"{}", mtime=0)[:-9], "not a whole gzip file"),
        (b"\x1f\x8b\x08\x00", "not a whole gzip file"),
        (gzip.compress(b" " * 3_000_000, mtime=0), "more than 2 MB"),
    ],
)
def test_what_is_no_list_is_one_clear_error_that_names_it(data, words, monkeypatch):
    monkeypatch.setattr(readers, "MOST", 2 * 1024 * 1024)
    with pytest.raises(VisionError, match=words) as caught:
        read(data)
    assert caught.value.message.startswith("FILE: ")
    assert caught.value.message.isprintable()


HOSTILE = ["", "\x1b[31m", "a\tb", "a\nb", "\u202e", "\ud800", "é", "x" * 999, "#", " ", "a\x00"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_id_is_dropped_and_counted(name):
    fine = {"litellm_provider": "openai"}
    for document in (
        {"good": fine, name + "\x07": fine},
        {"good": fine, "x": {"litellm_provider": name + "\x07"}},
        {"openai": {"models": {"good": {"modalities": {}}, name + "\x07": {"modalities": {}}}}},
    ):
        snapshot = read(document)
        assert list(snapshot.rows) == ["openai/good"]
        assert snapshot.dropped == 1


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(HOSTILE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
FIELDS = st.dictionaries(
    st.sampled_from(sorted({*LITELLM["gpt-4o"], *MODELS_DEV["google"]["models"]["gemini-x"]})),
    ANYTHING,
)


@given(FIELDS, ANYTHING, ANYTHING)
def test_whatever_a_field_holds_the_row_is_one_that_a_model_could_have(fields, models, extra):
    for document in (
        {"m": fields | {"litellm_provider": "openai"}, "n": extra},
        {"openai": {"models": {"m": fields, "k": extra}}, "p": models},
    ):
        snapshot = read(document)
        assert isinstance(snapshot, Snapshot)
        for model, stated in snapshot.rows.items():
            assert sound.model(model)
            assert stated == sound.again(stated)
            assert stated.context is None or 0 < stated.context <= sound.MOST_TOKENS
            assert stated.usd_in is None or 0 <= stated.usd_in <= sound.MOST_USD
            for word in (stated.mode, stated.status, stated.retires, stated.released):
                assert word.isascii()
                assert word == "" or word.isprintable()


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("context", 10**400, None), ("context", -1, None), ("context", 0, None),
        ("context", 1.5, None), ("context", 128000.0, 128000), ("context", "128000", None),
        ("context", True, None), ("context", float("nan"), None), ("context", [1], None),
        ("usd_in", float("inf"), None), ("usd_in", -0.1, None), ("usd_in", 0, 0.0),
        ("usd_in", 1e300, None), ("usd_in", 2.4999999999, 2.5), ("usd_image", 5e-06, None),
        ("vision", "yes", None), ("vision", 1, None), ("mode", "a\tb", ""), ("mode", {}, ""),
        ("retires", "2026-13-01", ""), ("retires", "2026-11-24\n", ""),
        ("released", "2026-05", "2026-05"), ("status", "alpha", ""),
        ("input", ["text", "TEXT", "smell", 7, "image"], ("text", "image")),
        ("input", "text", ()), ("output", [["text"]], ()),
    ],
)  # fmt: skip
def test_a_value_that_no_model_could_have_counts_as_unsaid(field, value, kept):
    assert getattr(sound.stated(**{field: value}), field) == kept

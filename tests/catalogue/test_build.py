"""The index is built from facts, and from the facts alone."""

import gzip
import json
from pathlib import Path

import pytest

from visioncli.catalogue import build, index
from visioncli.core.errors import UsageError

FACTS = Path(__file__).with_name("facts.jsonl").read_text("utf-8").splitlines()
GOOD = {
    "model": "a/b",
    "verdict": "yes",
    "source": "litellm",
    "as_of": "2026-11-12",
    "why": "stated",
}


def test_the_same_facts_give_the_same_bytes_in_any_order():
    data = build.index(FACTS)
    assert build.index(reversed(FACTS)) == data
    assert len(data.splitlines()) == len(FACTS) + 1


def test_the_command_writes_what_the_index_reads(tmp_path, capsys):
    facts, out = tmp_path / "facts.jsonl.gz", tmp_path / "index.tsv"
    facts.write_bytes(gzip.compress("\n".join(FACTS).encode()))
    assert build.main([str(facts), str(out)]) == 0
    assert f"{len(FACTS) + 1} models" in capsys.readouterr().out  # local/eyes is ours
    for fact in map(json.loads, FACTS):
        row = index.find(fact["model"], str(out))
        assert row is not None
        assert row[0] == fact["model"]
        if index.SOURCES[row[2]] != "visioncli":
            assert row[1] == fact["verdict"][0]
            assert index.SOURCES[row[2]] == fact["source"]
            assert row[3:] == (
                fact["as_of"],
                fact.get("retires", ""),
                fact.get("gone", [None, ""])[1],
                fact["why"],
            )


def test_every_correction_is_in_the_index_as_shipped():
    corrections = build.CORRECTIONS.read_text("utf-8").splitlines()[1:]
    assert corrections
    for line in corrections:
        model, verdict, as_of, _was, why = line.split("\t")
        row = index.find(model)
        assert row is not None
        assert (row[1], index.SOURCES[row[2]], row[3], row[6]) == (verdict, "visioncli", as_of, why)


def test_a_correction_that_the_facts_have_overtaken_stops_the_build():
    with pytest.raises(UsageError, match="expects 'n'"):
        build.index(FACTS, ["openai/gpt-4o\ty\t2026-11-24\tn\tcorrected"])
    with pytest.raises(UsageError, match="no row"):
        build.index(FACTS, ["openai/gpt-4o\ty\t2026-11-24\t\tours"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": "a"}, {"model": "/b"}, {"model": "a/"}, {"model": "#/b"}, {"model": "a/b\tc"},
        {"model": "a/\u212a"}, {"verdict": "maybe"}, {"why": ""}, {"why": "a\x1bb"},
        {"as_of": ""}, {"as_of": "today"}, {"retires": "soon"},
        {"gone": ["2026-01-15", "2026"]}, {"why": "x" * index.LONGEST},
    ],
)  # fmt: skip
def test_a_fact_that_would_break_the_file_is_refused(wrong):
    with pytest.raises(UsageError, match="cannot be written"):
        build.index([json.dumps(GOOD | wrong)])


def test_a_model_listed_twice_is_refused():
    with pytest.raises(UsageError, match="twice"):
        build.index([json.dumps(GOOD), json.dumps(GOOD)])


def test_wrong_arguments_are_a_usage_error():
    with pytest.raises(UsageError, match="FACTS"):
        build.main([])

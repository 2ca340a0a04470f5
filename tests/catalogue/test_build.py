"""The packaged catalogue is what the build makes of the collected facts and the corrections."""

import gzip
import json
from pathlib import Path

import pytest

from visioncli.catalogue import current, facts, index
from visioncli.catalogue.making import build
from visioncli.core.errors import UsageError, VisionError

HERE = Path(__file__).parent
FACTS = (HERE / "facts.jsonl.gz").read_bytes()
CORRECTIONS = build.CORRECTIONS.read_text("ascii").splitlines()
SHIPPED = Path(current.BUNDLED)


@pytest.fixture(scope="module")
def made():
    return build.built(FACTS, CORRECTIONS)


def test_the_shipped_files_are_those_bytes(made):
    assert made.index == (SHIPPED / "index.tsv").read_bytes()
    assert made.facts == (SHIPPED / "facts.tsv").read_bytes()


def test_the_same_facts_in_another_order_are_the_same_bytes(made):
    lines = gzip.decompress(FACTS).splitlines()
    assert build.built(b"\n".join(reversed(lines)), CORRECTIONS[::-1]) == made


def test_the_command_writes_both_files_and_says_what_is_in_them(made, tmp_path, capsys):
    assert build.main([str(HERE / "facts.jsonl.gz"), str(tmp_path)]) == 0
    assert (tmp_path / "index.tsv").read_bytes() == made.index
    assert (tmp_path / "facts.tsv").read_bytes() == made.facts
    assert capsys.readouterr().out.startswith("11574 models: ")


def test_the_first_line_names_the_form_the_day_its_length_the_columns_and_whose_facts_they_are(
    made,
):
    for data in (made.index, made.facts):
        mark, day, size, columns, credit = data.partition(b"\n")[0].split(b"\t")
        assert (mark, day, int(size)) == (current.MARK, b"2026-11-24", len(data))
        assert columns.startswith(b"id ")
        assert len(columns.split()) == len(data.splitlines()[1].split(b"\t"))
        for word in (b"LiteLLM", b"Berri AI", b"models.dev", b"MIT"):
            assert word in credit
        assert len(data.partition(b"\n")[0]) < index.LONGEST


def test_every_fact_is_in_the_files_and_every_retirement(made):
    held = {row.model: row for row in map(facts.Facts, made.facts.splitlines()[1:])}
    dated = {line.split("\t")[0]: line.split("\t") for line in made.index.decode().splitlines()}
    for line in gzip.decompress(FACTS).splitlines():
        fact = json.loads(line)
        model = fact["model"]
        assert (held[model].context, held[model].max_output) == (
            fact.get("context"),
            fact.get("max_output"),
        )
        assert held[model].usd_in == pytest.approx(fact.get("usd_in"))
        assert held[model].usd_out == pytest.approx(fact.get("usd_out"))
        assert held[model].context_other == fact.get("context_other")
        assert set(held[model].differs) == set(fact.get("differs", ()))
        assert dated[model][4:6] == [fact.get("retires", ""), fact.get("gone", [0, ""])[1]]
        if "gone" not in fact:
            assert set(held[model].missing_in) == set(fact.get("missing_in", ()))


def test_every_correction_is_in_the_index_as_shipped():
    for line in CORRECTIONS[1:]:
        model, verdict, as_of, _was, why = line.split("\t")
        row = index.find(model, index.PATH)
        assert row is not None
        assert (row[1], index.SOURCES[row[2]], row[3], row[6]) == (verdict, "visioncli", as_of, why)


def test_a_correction_that_the_facts_have_overtaken_stops_the_build():
    with pytest.raises(UsageError, match="expects 'n'"):
        build.built(FACTS, ["openai/gpt-4o\ty\t2026-11-24\tn\tcorrected"])


@pytest.mark.parametrize(
    "data",
    [
        b'{"openai": {"models": {"a": {"modalities": {}}}}}',
        b'{"model": "a/b", "says": {"L3": true}}\n{"model": "a/b", "says": {"L3": true}}',
        b'{"model": "a/b\\u001b", "says": {"L3": true}}',
    ],
)
def test_facts_of_which_a_line_cannot_be_used_stop_the_build(data):
    with pytest.raises(VisionError, match="FACTS"):
        build.built(data, [])


def test_wrong_arguments_are_a_usage_error():
    with pytest.raises(UsageError, match="FACTS"):
        build.main([])

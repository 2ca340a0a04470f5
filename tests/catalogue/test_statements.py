"""The rule for a row, held against every row of the collected facts."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from visioncli.catalogue import index
from visioncli.catalogue.making import readers, siblings
from visioncli.catalogue.making.known import Collected, Heard, Known, heard
from visioncli.catalogue.making.statements import judged

DATA = Path(__file__).with_name("facts.jsonl.gz").read_bytes()
FACTS = [json.loads(line) for line in gzip.decompress(DATA).splitlines()]
COLLECTED = readers.read(DATA, as_of="")
assert isinstance(COLLECTED, Collected)
ROWS = COLLECTED.rows
VERDICTS = siblings.judge(ROWS)

# LiteLLM lists text and video as its answer, models.dev video alone: the facts hold one of both.
TOLD_APART = {"gemini/gemini-omni-flash-preview"}


def test_the_facts_are_all_there():
    assert len(FACTS) == len(ROWS) == len(VERDICTS) == 11_573
    assert COLLECTED.dropped == 0


def test_every_verdict_of_the_facts_follows_from_what_they_state():
    other = {
        fact["model"] for fact in FACTS if VERDICTS[fact["model"]].verdict != fact["verdict"][0]
    }
    assert other == TOLD_APART


def test_where_the_sources_agree_the_verdict_is_theirs():
    """Every row that a source speaks of and none contradicts, if it can answer in text at all."""
    alone = both = 0
    for fact in FACTS:
        said = {code[0]: vision for code, vision in fact["says"].items() if vision is not None}
        stated = {vision for vision in fact["says"].values() if vision is not None}
        if len(stated) == 1 and not fact["why"].startswith(("answers with", "not a chat model")):
            assert (VERDICTS[fact["model"]].verdict == "y") == stated.pop(), fact
            alone, both = alone + (len(said) == 1), both + (len(said) == 2)
    assert (alone, both) == (8_589, 632)


def test_the_reason_names_the_source_and_its_day():
    """Of all rows; a source of a model that cannot answer in text may be the other one."""
    different = Counter(
        fact["why"].split(" ")[0]
        for fact in FACTS
        if (index.SOURCES[VERDICTS[fact["model"]].source], VERDICTS[fact["model"]].as_of)
        != (fact["source"], fact["as_of"])
    )
    assert different.total() < 40


def test_a_reason_that_leans_on_another_row_names_one_that_is_there():
    for model, said in VERDICTS.items():
        for opening in ("same as ", "same model at its maker: "):
            if said.why.startswith(opening):
                base = said.why.removeprefix(opening)
                assert VERDICTS[base].verdict == said.verdict, model


def row(*said, **rest):
    """row("L2026-11-12+") is a model of which LiteLLM said on that day that it sees."""
    signs = {"+": True, "-": False, "?": None}
    return Known(heard=heard(Heard(one[0], one[1:-1], signs[one[-1]]) for one in said), **rest)


@pytest.mark.parametrize(
    ("known", "verdict", "why"),
    [
        (row("L2026-11-12+"), "y", "stated"),
        (row("L2026-11-12+", "M2026-08-18+"), "y", "stated by both"),
        (row("L2026-11-12+", "M2026-11-20-"), "n", "stated; litellm says yes (2026-11-12)"),
        (row("L2026-11-12-", "P2026-11-12+"), "y", "stated; litellm says no (2026-11-12)"),
        (row("P2026-11-20?", "M2026-08-18-"), "n", "stated"),
        (row("L2025-06-01+", "L2026-11-12-"), "n", "stated"),
        (row("L2026-11-12+", output=(("L", ("image",)),)), "n", "answers with image, not text"),
        (row("L2026-11-12+", output=(("L", ("text", "image")),)), "y", "stated"),
        (row("L2026-11-12+", mode="embedding"), "n", "not a chat model (embedding)"),
        (row("L2026-11-12+", "M2026-08-18+", mode="embedding"), "y", "stated by both"),
        (row("L2026-11-12?", input=(("L", ("text", "image")),)), "y", "modalities list"),
        (row("L2026-11-12?", input=(("L", ("text",)),)), "n", "modalities list"),
        (row("L2026-11-12?", mode="completion"), "n", "text-completion endpoint"),
        (row("L2026-11-12+", mode="responses"), "y", "stated"),
    ],
)  # fmt: skip
def test_the_first_rule_that_applies_gives_the_verdict(known, verdict, why):
    said = judged(known)
    assert said is not None
    assert said.verdict == verdict
    assert said.why.startswith(why)


def test_a_silent_row_takes_what_its_undated_name_its_maker_or_all_others_say():
    silent = row("L2026-11-12?")
    rows = {
        "azure/m-2025-01-02": silent,
        "azure/m": row("L2026-11-12-"),
        "openai/m": row("M2026-08-18+"),
        "zerogpu/m": silent,
        "a/other": row("M2026-08-18+"),
        "b/vendor/Other:free": row("L2026-11-12+"),
        "c/other": silent,
        "a/split": row("M2026-08-18+"),
        "b/split": row("M2026-08-18-"),
        "c/split": silent,
        "c/mm": silent,
        "a/one": row("M2026-08-18+"),
        "b/one": silent,
    }
    said = siblings.judge(rows)
    assert (said["azure/m-2025-01-02"].verdict, said["azure/m-2025-01-02"].why) == (
        "n",
        "same as azure/m",
    )
    assert said["zerogpu/m"].why == "same model at its maker: openai/m"
    assert (said["c/other"].verdict, said["c/other"].source) == ("y", "L")
    assert said["c/other"].why == "same model at 2 other providers, all agree"
    for model in ("c/split", "c/mm", "b/one"):
        assert (said[model].verdict, said[model].why) == ("u", "listed, image input not stated")


def test_a_fine_tuned_copy_is_not_its_base():
    rows = {"openai/ft:m-2025-01-02": row("L2026-11-12?"), "openai/m": row("M2026-08-18+")}
    assert siblings.judge(rows)["openai/ft:m-2025-01-02"].verdict == "u"


def test_what_is_repeated_is_kept_once_and_what_changed_twice():
    known = row("M2026-01-15+", "M2026-05-21+", "M2026-08-18-", "L2026-11-12?", "L2025-06-01?")
    assert [(one.source, one.as_of) for one in known.heard] == [
        ("M", "2026-05-21"),
        ("M", "2026-08-18"),
        ("L", "2026-11-12"),
    ]

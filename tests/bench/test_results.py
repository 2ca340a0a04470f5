"""The page of results and its picture: figures drawn, goals judged, nothing beside its card."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.program import CAT, vision

from . import page, plot, proxy
from .__main__ import kept_in, main, write
from .figures import Figure, Topic, as_json, from_json
from .setting import HERE
from .streams import streaming, tokens

SVG = "{http://www.w3.org/2000/svg}"
START = Topic(
    "start-up",
    "Start-up",
    "Whole processes.",
    (
        Figure("vision check M", 1.1, "x", "9 ms", 2.0),
        Figure("vision --help", 7.2, "x", "61 ms", 7.0),
        Figure("llm models", 48.3, "x", "430 ms", beside=True),
    ),
    missing=("litellm",),
    others=0.4,
    peers={"llm": "0.36"},
)
RICH = Topic("rendering", "Drawing", "Programs.", (Figure("modules of rich", 0, "", goal=0),))
TOPICS = {"start-up": START, "rendering": RICH}


def test_a_figure_is_judged_by_its_goal_and_one_without_is_not() -> None:
    assert [figure.met for figure in START.figures] == [True, False, None]
    assert RICH.figures[0].met is True  # a goal of nothing at all is one
    assert [figure.name for figure in page.missed(TOPICS)] == ["vision --help"]


def test_the_page_has_every_figure_with_its_verdict_and_how_to_measure_it_again() -> None:
    text = page.page(TOPICS)
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert "| vision check M | 1.10 x | 9 ms | ≤ 2.00 | met |" in rows
    assert "| vision --help | 7.20 x | 61 ms | ≤ 7.00 | **missed** |" in rows
    assert "| *llm models* | 48.3 x | 430 ms |  |  |" in rows
    assert "| modules of rich | 0 |  | ≤ 0 | met |" in rows
    assert "2 of 3 goals met" in text
    assert "`python -m tests.bench --only start-up`" in text
    assert "not there: litellm" in text
    assert "others used 40% of the machine" in text


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0"),
        (0.0341, "0.034"),
        (0.35, "0.35"),
        (9.996, "10.00"),
        (48.3, "48.3"),
        (2015, "2,015"),
    ],
)
def test_numbers_have_the_digits_that_count(value: float, written: str) -> None:
    assert page.number(value) == written


def test_what_is_kept_gives_the_same_topics_again() -> None:
    assert from_json(json.loads(json.dumps(as_json(TOPICS)))) == TOPICS


def test_one_topic_is_measured_again_and_the_others_stay(tmp_path: Path) -> None:
    write({"start-up": START}, tmp_path)
    write(kept_in(tmp_path) | {"rendering": RICH}, tmp_path)
    assert kept_in(tmp_path) == TOPICS


def test_the_picture_is_a_card_with_its_bars_and_their_numbers_inside() -> None:
    root = ET.fromstring(plot.drawn(kept_in(HERE)))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    card, *bars = root.iter(f"{SVG}rect")
    assert card.attrib["class"] == "card"
    assert len(bars) >= 3
    for bar in bars:
        x, y, wide, high = (float(bar.attrib[name]) for name in ("x", "y", "width", "height"))
        assert 0 < x < x + wide < width
        assert 0 < y < y + high < height
    for text in root.iter(f"{SVG}text"):
        x, long = float(text.attrib["x"]), len(text.text or "") * plot.CHARACTER
        left = x - long if text.attrib.get("text-anchor") == "end" else x
        assert 0 < left < left + long < width, text.text


def test_the_picture_is_drawn_of_what_there_is_and_ours_is_told_apart() -> None:
    root = ET.fromstring(plot.drawn(TOPICS))
    kinds = [rect.attrib["class"] for rect in root.iter(f"{SVG}rect")]
    assert kinds == ["card", "ours", "others"]
    assert "vision check 9.00 ms" in (root.findtext(f"{SVG}title") or "")
    assert not list(ET.fromstring(plot.drawn({})).iter(f"{SVG}text"))


def test_page_and_picture_are_those_of_the_figures_that_are_kept(tmp_path: Path) -> None:
    """python -m tests.bench --draw"""
    write(kept_in(HERE), tmp_path)
    for name in ("RESULTS.md", "results.json", "results.svg"):
        assert (tmp_path / name).read_text("utf-8") == (HERE / name).read_text("utf-8"), name


def test_a_topic_that_is_not_there_is_named_with_those_that_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--only", "start-up,nothing"]) == 2
    assert re.search(r"not a topic: nothing; there are start-up, ", capsys.readouterr().out)


def test_what_the_gateways_measurement_prints_becomes_figures() -> None:
    printed = (
        "mock       1 connections:    9000/s  median     0.10 ms  processor   0.09 ms\n"
        "vision     1 connections:    1100/s  median     0.90 ms  processor   0.80 ms\n"
        "vision     1 connections:    1100/s  median     1.10 ms  processor   0.80 ms\n"
        "litellm   64 connections:     100/s  median   600.00 ms  processor   9.00 ms\n"
    )
    rows = {(figure.name, figure.note): figure for figure in proxy.rows(printed)}
    assert rows["vision: added to a request", "one at a time"].value == pytest.approx(0.9)
    assert rows["litellm: requests a second", "64 at once"].value == 100
    assert rows["litellm: requests a second", "64 at once"].beside
    assert not any(name.startswith("mock") for name, _ in rows)


def test_the_long_answer_that_is_measured_arrives_whole() -> None:
    said = tokens(900)
    with streaming(said) as server:
        env = {"OPENAI_BASE_URL": f"http://127.0.0.1:{server.port}/v1", "OPENAI_API_KEY": "sk-x"}
        done = vision("ask", "-m", "openai/gpt-4o", CAT, "q", env=env)
    assert (done.status, done.out.rstrip("\n")) == (0, "".join(said).rstrip("\n"))
    assert len(server.sent) == 1

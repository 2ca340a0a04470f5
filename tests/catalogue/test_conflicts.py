"""Where the sources disagree stays visible, and the page about it counts right."""

import re
from collections import Counter
from pathlib import Path

import pytest

from visioncli.catalogue import current, index
from visioncli.catalogue.making.conflicts import RULES, conflicts, main

SHIPPED = Path(current.BUNDLED)
PAGE = Path(__file__).parents[2] / ".github" / "CATALOGUE.md"
needs_page = pytest.mark.skipif(not PAGE.parent.is_dir(), reason="a source archive has no .github")
REASONS = {
    "stated by one source": "stated",
    "stated by both, who agree": "stated by both",
    "stated; the sources differ": "stated; ",
    "answers without text": "answers with ",
    "not for chat": "not a chat model ",
    "list of modalities": "modalities list ",
    "text completion": "text-completion endpoint",
    "the same without date, region or geography": "same as ",
    "the same at its maker": "same model at its maker: ",
    "the same at other providers": "same model at ",
    "listed, and nothing is stated": "listed, image input not stated",
    "corrected by hand": "corrected: ",
    "the built-in model": "the built-in offline model",
}


@pytest.fixture(scope="module")
def found():
    return list(conflicts(SHIPPED))


@pytest.fixture(scope="module")
def rows():
    return index.rows(path=index.PATH)


def table(*heads):
    """The page's table with these columns: first cell -> the others."""
    lines = PAGE.read_text("utf-8").split("| " + " | ".join(heads) + " |\n", 1)[1].splitlines()[1:]
    cells = {}
    for line in lines:
        if not line.startswith("|"):
            break
        first, *rest = (cell.strip() for cell in line.strip("|").split("|"))
        cells[first] = rest
    return cells


def number(cell):
    return 0 if cell == "-" else int(cell.strip("*").replace(",", ""))


def test_a_conflict_says_who_says_what_and_what_became_of_it(found):
    by = {(one.kind, one.model): one for one in found}
    one = by["vision", "openai/o1-mini"]
    assert one.said == ("litellm: yes (2025-11-16)", "models.dev: no (2026-05-21)")
    assert one.resolved == "no: stated; litellm says yes (2025-11-16)"
    one = by["price", "deepseek/deepseek-v4-flash"]
    assert any(said.startswith("models.dev: ") for said in one.said)
    one = by["listing", "azure/gpt-4"]
    assert one.said[0] == "models.dev: last listed (2026-05-21)"
    assert by["change", "gemini/gemini-2.5-pro-preview-tts"].resolved.startswith("no: ")


def test_every_conflict_of_a_verdict_follows_the_rule(found):
    for one in found:
        if one.kind == "vision" and "stated" in one.resolved:
            newest = max(one.said, key=lambda said: said[-11:])
            assert one.resolved.startswith(newest.split(": ")[1].split(" ")[0]), one


@needs_page
def test_the_page_counts_each_class_of_conflict(found):
    page = table("class", "models", "what differs", "how it is resolved")
    assert {kind: number(cells[0]) for kind, cells in page.items()} == Counter(
        one.kind for one in found
    )
    assert set(page) == set(RULES)


@needs_page
def test_the_page_counts_each_reason_and_verdict(rows):
    page = table("reason", "yes", "no", "unknown")
    counted = Counter()
    longest = sorted(REASONS, key=lambda name: -len(REASONS[name]))
    for _, verdict, *_, why in rows:
        fits = (
            name
            for name in longest
            if (why.startswith(REASONS[name]) if REASONS[name] != "stated" else why == "stated")
        )
        counted[next(fits), verdict] += 1
    for name, cells in page.items():
        if name in REASONS:
            assert [number(cell) for cell in cells] == [counted[name, letter] for letter in "ynu"]
    assert set(page) - set(REASONS) == {f"**all {len(rows):,}**"}
    total = Counter(row[1] for row in rows)
    assert [number(cell) for cell in page[f"**all {len(rows):,}**"]] == [total[v] for v in "ynu"]


@needs_page
def test_the_page_counts_what_is_gone(rows):
    gone = [row for row in rows if row[5]]
    seeing = sum(row[1] == "y" for row in gone)
    assert f"({len(gone):,} models, {seeing:,} of them yes)" in PAGE.read_text("utf-8")


@needs_page
def test_the_page_names_every_source():
    assert set(table("key", "source", "as of", "licence")) == set(index.SOURCES)


def test_the_command_prints_a_line_a_conflict(found, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(found)
    assert all(re.fullmatch(r"[^\t]+(?:\t[^\t]+){3}", line) for line in lines)

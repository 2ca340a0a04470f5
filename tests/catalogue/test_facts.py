"""What is known beside the verdict: found by bisection, read in one go, quick."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from visioncli.catalogue import current, facts, index

PATH = current.BUNDLED + facts.NAME


def test_a_row_holds_what_the_sources_say():
    row = facts.find("openai/gpt-4o", PATH)
    assert row is not None
    assert row.model == "openai/gpt-4o"
    assert row.says == (("models.dev", "2026-08-18", True), ("litellm", "2026-11-12", True))
    assert (row.context, row.max_output) == (128_000, 16_384)
    assert (row.usd_in, row.usd_out, row.usd_image) == (2.5, 10.0, None)
    assert row.input == ("text", "image", "pdf")
    assert (row.output, row.mode, row.status) == ((), None, None)
    assert (row.missing_in, row.differs) == ((), ())
    assert repr(row) == "Facts('openai/gpt-4o')"


def test_what_the_sources_differ_in_stands_beside():
    row = facts.find("deepseek/deepseek-v4-flash", PATH)
    assert row is not None
    assert row.differs == ("vision", "price")
    assert None not in (row.usd_in, row.usd_in_other)
    assert {vision for _, _, vision in row.says} == {True, False}


def test_what_is_not_known_is_none_and_never_nought():
    row = facts.find("local/eyes", PATH)
    assert row is not None
    assert (row.context, row.usd_in, row.usd_image, row.released) == (None, None, None, None)
    assert (row.says, row.input) == ((), ())
    assert facts.find("nope/nothing", PATH) is None
    free = next(one for one in facts.all(PATH) if one.usd_in == 0)
    assert free.usd_in is not None


def test_an_id_in_other_letters_is_found_as_in_the_index():
    row = facts.find("OpenAI/GPT-4o", PATH)
    assert row is not None
    assert row.model == "openai/gpt-4o"


def test_prices_per_picture_that_are_prices_per_token_are_left_out():
    prices = [one.usd_image for one in facts.all(PATH) if one.usd_image is not None]
    assert len(prices) == 71
    assert min(prices) >= 0.00001


def test_a_row_is_frozen_and_equal_to_itself():
    row, same = facts.find("openai/gpt-4o", PATH), facts.find("openai/gpt-4o", PATH)
    assert row == same
    assert len({row, same}) == 1
    with pytest.raises(AttributeError, match="frozen"):
        row.context = 1  # type: ignore[misc]


def test_every_row_is_found_and_every_cell_can_be_read():
    properties = [name for name, one in vars(facts.Facts).items() if isinstance(one, property)]
    for row in list(facts.all(PATH))[::17]:
        assert facts.find(row.model, PATH) == row
        for name in properties:
            getattr(row, name)


def test_both_files_are_of_the_same_models_in_the_same_order():
    rows = [row[0] for row in index.rows(path=index.PATH)]
    assert [row.model for row in facts.all(PATH)] == rows
    lines = Path(PATH).read_bytes().splitlines()
    assert max(map(len, lines)) < index.LONGEST


def test_all_rows_are_read_in_one_pass():
    """Beside what splitting the file's lines takes, in the same run."""

    def taken(reads) -> float:
        best = 1e9
        for _ in range(5):
            started = time.process_time()
            assert sum(1 for _ in reads()) > 11_000
            best = min(best, time.process_time() - started)
        return best

    plain = taken(lambda: [line.split("\t") for line in Path(PATH).read_text("utf-8").splitlines()])
    whole = taken(lambda: [(row.context, row.usd_in, row.usd_out) for row in facts.all(PATH)])
    assert whole < 10 * plain


def test_reading_facts_loads_no_parser():
    code = (
        "import sys; before = set(sys.modules)\n"
        "from visioncli.catalogue import facts\n"
        f"facts.find('openai/gpt-4o', {PATH!r}); list(facts.all({PATH!r}))\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    out = subprocess.run(
        [sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()
    assert not {"re", "json", "dataclasses", "inspect", "pathlib", "typing"} & set(out)


@pytest.mark.parametrize("damage", [b"openai/gpt-4o\tshort\n", b"\xff" * 40 + b"\n"])
def test_a_damaged_file_in_use_gives_way_to_the_packages_own(damage, tmp_path, monkeypatch):
    path = tmp_path / facts.NAME
    path.write_bytes(Path(PATH).read_bytes().partition(b"\n")[0] + b"\n" + damage)
    monkeypatch.setattr(current, "file", lambda name: str(path))
    if b"gpt-4o" in damage:
        assert facts.find("openai/gpt-4o") == facts.find("openai/gpt-4o", PATH)
    assert list(facts.all()) == list(facts.all(PATH))
    with pytest.raises(ValueError, match=r"short|xff"):
        list(facts.all(str(path)))

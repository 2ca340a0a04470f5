"""The index as it is shipped: sorted, whole, found by bisection, quick."""

import time
from pathlib import Path

import pytest

from visioncli.catalogue import index

IDS = [row[0] for row in index.rows()]


def test_the_file_is_sorted_by_its_ids_letter_case_aside_and_holds_none_twice():
    lines = Path(index.PATH).read_bytes().splitlines()[1:]
    keys = [line.partition(b"\t")[0].lower() + b"\t" for line in lines]
    assert keys == sorted(keys)
    assert len(set(IDS)) == len(IDS) == len(lines) > 11_000
    assert max(map(len, lines)) < index.LONGEST


def test_the_file_names_the_projects_its_facts_come_from_and_their_licence():
    with Path(index.PATH).open(encoding="ascii") as file:
        head = file.readline()
    for word in ("LiteLLM", "Berri AI", "models.dev", "MIT"):
        assert word in head


def test_every_id_is_found_and_none_other():
    known = {model.lower() for model in IDS}
    for model in IDS:
        row = index.find(model)
        assert row is not None
        assert row[0] == model
    for model in IDS[::7]:
        for other in (
            model + "x",
            model[:-1],
            "!" + model,
            "~" + model,
            model.replace("/", "0", 1),
        ):
            assert (index.find(other) is not None) == (other.lower() in known), other


def test_an_id_is_found_in_any_letter_case_the_exact_one_first():
    for model in IDS[::11]:
        row = index.find(model.upper())
        assert row is not None
        assert row[0].lower() == model.lower()
    upper, lower = (
        "azure_ai/Llama-3.2-11B-Vision-Instruct",
        "azure_ai/llama-3.2-11b-vision-instruct",
    )
    for typed in (upper, lower):
        row = index.find(typed)
        assert row is not None
        assert row[0] == typed


@pytest.mark.parametrize(
    "model",
    [
        "",
        "/",
        "#id",
        "openai/",
        "openai/gpt-4o\ty",
        "a\nb",
        "openai/\udcff",
        "openai/\u212a",
        "\x7f" * 5000,
    ],
)
def test_what_is_no_id_is_not_found(model):
    assert index.find(model) is None


def test_the_rows_of_one_provider_are_those_that_begin_with_its_name():
    for provider in ("302ai", "openai", "zenmux", "nano-gpt", "bedrock", "local"):
        rows = [row[0] for row in index.rows(provider)]
        assert rows == [model for model in IDS if model.startswith(provider + "/")]
        assert index.knows(provider)
    assert index.rows("open") == []
    assert not index.knows("open")
    assert set(index.providers()) == {model.partition("/")[0] for model in IDS}


def test_seeing_leaves_out_the_blind_and_the_retired():
    seeing = {line.decode() for line in index.seeing("2026-11-22")}
    assert {"openai/gpt-4o", "local/eyes", "ollama/llava"} <= seeing
    assert not {"openai/gpt-3.5-turbo", "openai/gpt-4-vision-preview", "#id"} & seeing
    for model, verdict, _source, _as_of, retires, gone, _why in index.rows():
        alive = not gone and not (retires and retires <= "2026-11-22")
        assert (model in seeing) == (verdict == "y" and alive), model


def test_a_model_that_retires_later_is_offered_until_that_day():
    dated = next(row for row in index.rows() if row[1] == "y" and row[4] > "2027" and not row[5])
    assert dated[0].encode() in index.seeing("2026-11-24")
    assert dated[0].encode() in index.seeing(dated[4][:-2] + "00")
    assert dated[0].encode() not in index.seeing(dated[4])


def test_a_search_reads_little():
    """Twenty reads of 2 kB at most: counted in time with a wide margin, against reading it all."""
    started = time.perf_counter()
    for model in IDS[::60]:
        index.find(model)
    one = (time.perf_counter() - started) / len(IDS[::60])
    started = time.perf_counter()
    index.rows()
    assert one < (time.perf_counter() - started) / 4

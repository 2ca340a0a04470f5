"""New lists are laid over what is known: nothing is lost, and the newest statement counts."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from visioncli.catalogue import facts, index
from visioncli.catalogue.making import cells, merge, readers
from visioncli.catalogue.making.known import Collected
from visioncli.catalogue.making.snapshots import Snapshot, Stated
from visioncli.core.errors import UsageError, VisionError

TODAY = "2026-11-24"
SEES, BLIND, SILENT = Stated(vision=True), Stated(vision=False), Stated()


def listed(source, as_of, provider="p", /, **models):
    return Snapshot(source, as_of, {f"{provider}/{name}": said for name, said in models.items()})


def made(*lists, base=None, today=TODAY, corrections=(), **options):
    return merge.merge(lists, base=base, today=today, corrections=corrections, **options)


def folder(built, path):
    path.mkdir(exist_ok=True)
    (path / "index.tsv").write_bytes(built.index)
    (path / "facts.tsv").write_bytes(built.facts)
    return path


def row(built, model):
    """verdict, source, as of, retires, gone, why"""
    lines = [line.split("\t") for line in built.index.decode().splitlines()[1:]]
    return next((tuple(line[1:]) for line in lines if line[0] == model), None)


def fact(built, model):
    lines = built.facts.splitlines()[1:]
    return next(facts.Facts(line) for line in lines if line.startswith(model.encode() + b"\t"))


def over(tmp_path, *lists):
    """The result of laying each list over the result of the one before."""
    base = None
    for number, one in enumerate(lists):
        built = made(one, base=base)
        base = folder(built, tmp_path / str(number))
    return built


def test_the_newest_statement_of_any_source_counts_in_whatever_order_lists_come(tmp_path):
    old, new = listed("M", "2026-08-18", m=SEES), listed("L", "2026-11-12", m=BLIND)
    expected = ("n", "L", "2026-11-12", "", "", "stated; models.dev says yes (2026-08-18)")
    for lists in ((old, new), (new, old)):
        assert row(made(*lists), "p/m") == expected
        assert row(over(tmp_path, *lists), "p/m") == expected
    assert fact(made(old, new), "p/m").differs == ("vision",)


def test_a_providers_own_list_is_the_newest_word_and_comes_first_on_the_same_day():
    built = made(listed("L", "2026-11-24", m=SEES), listed("P", "2026-11-24", m=BLIND))
    assert row(built, "p/m")[:3] == ("n", "P", "2026-11-24")
    built = made(listed("L", "2026-11-24", m=SEES), listed("P", "2026-11-20", m=BLIND))
    assert row(built, "p/m")[:3] == ("y", "L", "2026-11-24")
    built = made(listed("L", "2026-08-24", m=SEES), listed("P", "2026-11-20", m=SILENT))
    assert row(built, "p/m")[:3] == ("y", "L", "2026-08-24")
    assert index.SOURCES["P"] == "provider"


def test_a_model_is_gone_from_the_day_on_which_no_source_lists_it_any_more(tmp_path):
    built = over(
        tmp_path,
        listed("L", "2026-01-01", a=SEES, b=SEES, c=SEES),
        listed("M", "2026-02-01", a=SEES, b=SEES, c=SEES),
        listed("L", "2026-03-01", a=SEES, b=SEES),
    )
    assert row(built, "p/c")[4] == ""
    assert fact(built, "p/c").missing_in == ("litellm",)
    built = made(listed("M", "2026-04-01", a=SEES, b=SEES), base=tmp_path / "2")
    assert row(built, "p/c") == ("y", "M", "2026-02-01", "", "2026-04-01", "stated by both")
    assert built.counts.gone == 1
    again = made(listed("M", "2026-05-01", a=SEES, b=SEES), base=folder(built, tmp_path / "3"))
    assert row(again, "p/c")[4] == "2026-04-01"  # still since then
    back = made(listed("M", "2026-06-01", a=SEES, c=BLIND), base=folder(again, tmp_path / "4"))
    assert row(back, "p/c")[:5] == ("n", "M", "2026-06-01", "", "")
    assert fact(back, "p/b").missing_in == ("models.dev",)
    assert fact(back, "p/c").missing_in == ("litellm",)


def test_a_source_that_drops_a_whole_provider_says_nothing_about_its_models():
    built = made(
        listed("L", "2026-01-01", a=SEES),
        listed("L", "2026-01-01", "q", a=SEES, b=SEES),
        listed("L", "2026-02-01", "q", a=SEES, b=SEES),
    )
    assert row(built, "p/a")[4] == ""
    assert fact(built, "p/a").missing_in == ()


def test_a_list_half_as_long_as_the_one_before_adds_and_takes_nothing_away(tmp_path):
    base = folder(made(listed("L", "2026-01-01", a=SEES, b=SEES, c=SEES, d=SEES)), tmp_path)
    built = made(listed("L", "2026-02-01", a=BLIND), base=base)
    assert built.counts.partial == ("L 2026-02-01",)
    assert built.counts.gone == 0
    assert row(built, "p/a")[:3] == ("n", "L", "2026-02-01")
    assert row(built, "p/d")[4] == ""
    assert made(listed("L", "2026-02-01", a=BLIND, b=SEES), base=base).counts.gone == 2


def test_a_providers_list_speaks_for_that_provider_alone(tmp_path):
    base = folder(
        made(listed("P", "2026-01-01", a=SEES, b=SEES), listed("P", "2026-01-01", "q", a=SEES)),
        tmp_path,
    )
    built = made(listed("P", "2026-02-01", a=SEES), base=base)
    assert row(built, "p/b")[4] == "2026-02-01"
    assert row(built, "q/a")[4] == ""
    assert row(made(listed("P", "2026-02-01"), base=base), "p/a")[4] == ""  # an empty list


def test_an_older_list_adds_what_it_knows_and_changes_nothing_newer(tmp_path):
    base = folder(made(listed("L", "2026-06-01", a=SEES, b=SEES)), tmp_path)
    built = made(listed("L", "2026-01-01", a=BLIND, c=BLIND), base=base)
    assert row(built, "p/a")[:3] == ("y", "L", "2026-06-01")
    assert row(built, "p/b")[4] == ""
    assert row(built, "p/c")[:3] == ("n", "L", "2026-01-01")


def test_a_list_from_the_future_is_of_today():
    built = made(listed("M", "2099-01-01", a=SEES), listed("L", "2026-11-24", a=BLIND))
    assert row(built, "p/a")[2] == "2026-11-24"


def test_figures_are_the_first_sources_and_the_other_stands_beside_them_where_it_is_far():
    first = Stated(context=100_000, usd_in=1.0, usd_out=2.0, max_output=10)
    near = Stated(context=104_000, usd_in=1.01, usd_out=3.0, max_output=20, released="2026-01")
    known = fact(made(listed("M", "2026-01-01", m=near), listed("L", "2026-01-01", m=first)), "p/m")
    assert (known.context, known.context_other) == (100_000, None)
    assert (known.usd_in, known.usd_in_other) == (1.0, None)
    assert (known.usd_out, known.usd_out_other) == (2.0, 3.0)
    assert (known.max_output, known.released) == (10, "2026-01")
    assert known.differs == ("price",)
    own = listed("P", "2025-01-01", m=Stated(usd_out=2.5))
    both = made(listed("M", "2026-01-01", m=near), listed("L", "2026-01-01", m=first), own)
    assert (fact(both, "p/m").usd_out, fact(both, "p/m").usd_out_other) == (2.5, 2.0)


def test_a_figure_that_only_the_second_source_has_stays_its_own(tmp_path):
    built = over(
        tmp_path,
        listed("L", "2026-01-01", m=SILENT),
        listed("M", "2026-01-01", m=Stated(context=5)),
        listed("M", "2026-02-01", m=Stated(context=9)),
    )
    assert (fact(built, "p/m").context, fact(built, "p/m").context_other) == (9, None)


def test_what_the_registry_takes_back_is_taken_back():
    old = Stated(vision=True, mode="responses", retires="2026-12-01")
    built = made(listed("L", "2026-01-01", m=old), listed("L", "2026-02-01", m=Stated(mode="chat")))
    assert row(built, "p/m")[:5] == ("y", "L", "2026-01-01", "", "")
    assert fact(built, "p/m").mode is None


def test_corrections_stay_on_top_and_tell_the_maintainer_when_they_are_overtaken(tmp_path):
    correction = "p/m\ty\t2026-10-01\tn\tcorrected: its page says so"
    blind = listed("L", "2026-09-01", m=BLIND)
    built = made(blind, corrections=[correction], strict=True)
    expected = ("y", "V", "2026-10-01", "", "", "corrected: its page says so")
    assert row(built, "p/m") == expected
    sees, base = listed("L", "2026-11-01", m=SEES), folder(built, tmp_path)
    after = made(sees, base=base, corrections=[correction])
    assert row(after, "p/m") == expected
    assert after.counts.changed == 0
    with pytest.raises(UsageError, match="expects 'n'"):
        made(sees, base=base, corrections=[correction], strict=True)
    with pytest.raises(UsageError, match="no row"):
        made(blind, corrections=["p/m\ty\t2026-10-01\t\tours"], strict=True)


def test_the_built_in_model_is_in_every_catalogue():
    assert row(merge.merge([], base=None, today=TODAY), "local/eyes")[:2] == ("y", "V")


@pytest.mark.parametrize(
    ("source", "as_of"), [("X", TODAY), ("L", ""), ("L", "today"), ("L", "2026-11-24\n")]
)
def test_a_list_without_a_source_or_a_day_is_refused(source, as_of):
    with pytest.raises(VisionError, match="known source and its day"):
        made(listed(source, as_of, m=SEES))


def test_what_a_list_may_not_hold_does_not_reach_the_files():
    hostile = {
        "p/good": Stated(mode="\x1b[31m", retires="soon\n", released="\t", context=-4, status="x"),
        "p/a\tb": SEES, "p/a\nb": SEES, "p/\x1b[2J": SEES, "p/é": SEES, "#/x": SEES, "p": SEES,
        "p/": SEES, "/x": SEES, "p/" + "x" * 500: SEES,
    }  # fmt: skip
    built = made(Snapshot("P", TODAY, hostile))
    assert [line.split(b"\t")[0] for line in built.index.splitlines()[1:]] == [b"p/good"]
    assert built.counts.dropped == len(hostile) - 1
    for data in (built.index, built.facts):
        assert data.isascii()
        assert data.replace(b"\n", b"").replace(b"\t", b"").decode().isprintable()


@pytest.mark.parametrize("damage", ["no head", "other ids", "short", "garbage", "absent"])
def test_a_base_that_is_no_catalogue_is_one_clear_error(damage, tmp_path):
    base = folder(made(listed("L", "2026-01-01", a=SEES, b=SEES)), tmp_path)
    path = base / "facts.tsv"
    data = path.read_bytes()
    path.write_bytes(
        {
            "no head": data.partition(b"\n")[2],
            "other ids": data.replace(b"p/a", b"p/z"),
            "short": data[: data.rindex(b"p/b")],
            "garbage": data.replace(b"L2026", b"L20x6"),
            "absent": b"",
        }[damage]
    )
    with pytest.raises(VisionError, match="catalogue"):
        made(base=base)


MODELS = st.dictionaries(
    st.sampled_from(["p/a", "p/b", "p/c-2026-01-01", "q/a", "openai/a"]),
    st.builds(
        Stated,
        vision=st.sampled_from([None, True, False]),
        mode=st.sampled_from(["", "chat", "embedding", "completion"]),
        input=st.sampled_from([(), ("text",), ("text", "image")]),
        output=st.sampled_from([(), ("text",), ("audio",)]),
        context=st.sampled_from([None, 10, 1000]),
        usd_in=st.sampled_from([None, 0.0, 0.5, 2.5]),
        retires=st.sampled_from(["", "2026-12-01"]),
    ),
)
LISTS = st.lists(
    st.builds(
        Snapshot,
        st.sampled_from("LMP"),
        st.sampled_from(["2026-01-01", "2026-05-01", "2026-11-24"]),
        MODELS,
    ),
    max_size=4,
)


@settings(max_examples=60)
@given(LISTS, LISTS)
def test_no_merge_ever_loses_a_model_and_what_was_written_is_read_again(first, second):
    def collected(built):
        with_lines = zip(
            built.index.decode().splitlines()[1:],
            built.facts.decode().splitlines()[1:],
            strict=True,
        )
        return {index_line.partition("\t")[0]: line for index_line, line in with_lines}

    one = made(*first)
    base = Collected(_reread(one))
    two = made(*second, base=base)
    assert set(collected(one)) <= set(collected(two))
    assert set(collected(two)) == {m for each in (*first, *second) for m in each.rows}
    again = made(base=Collected(_reread(two)))
    assert (again.index, again.facts) == (two.index, two.facts)
    assert made(*second, base=base) == two
    counts = two.counts
    assert counts.models == counts.yes + counts.no + counts.unknown == len(collected(two))


def _reread(built):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as path:
        return cells.read(folder(built, Path(path))).rows


def test_collected_facts_are_joined_with_what_is_known():
    line = {
        "model": "p/m",
        "says": {"L2": False, "M3": True},
        "context": 10,
        "missing_in": ["litellm"],
    }
    old = readers.read(json.dumps(line).encode(), as_of="")
    base = Collected(_reread(made(listed("L", "2026-10-01", m=SEES, n=SEES))))
    built = made(old, base=base)
    assert row(built, "p/m")[:3] == ("y", "L", "2026-10-01")
    assert fact(built, "p/m").context == 10
    assert fact(built, "p/m").missing_in == ()  # its newest list has it
    assert row(built, "p/n") is not None
    assert built.counts.new == 0

"""Which file the catalogue is read from; and that a damaged cache takes no answer away."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import platformdirs
import pytest

from visioncli.catalogue import current, index, rule
from visioncli.catalogue.refreshing import refresh
from visioncli.config import Settings

MARK = current.MARK.decode()


@pytest.fixture(autouse=True)
def _chosen_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    index.use()
    yield
    index.use()


def cached(text: str | bytes, name: str = "index.tsv") -> Path:
    file = Path(current.cache()) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def refreshed(*changes: str, date: str = "2099-01-01") -> bytes:
    """The package's own file of a later day, some rows laid over it."""
    lines = Path(index.PATH).read_bytes().splitlines()[1:]
    table = {line.partition(b"\t")[0]: line for line in lines}
    table.update({line.encode().partition(b"\t")[0]: line.encode() for line in changes})
    rows = sorted(table.values(), key=lambda row: (row.partition(b"\t")[0].lower() + b"\t", row))
    return sealed(b"\n".join((*rows, b"")), date)


def sealed(rows: bytes, date: str = "2099-01-01") -> bytes:
    """A file whose first line says how long it is."""
    return current.head(date, "etc", len(rows)).encode() + b"\n" + rows


@pytest.mark.parametrize(
    "env",
    [
        {}, {"XDG_CACHE_HOME": "", "XDG_CONFIG_HOME": ""}, {"XDG_CACHE_HOME": "/a b/c"},
        {"XDG_CONFIG_HOME": "/c d/e"}, {"XDG_CONFIG_HOME": "", "HOME": "/h"},
        {"XDG_CONFIG_HOME": " /c "}, {"XDG_CONFIG_HOME": "c"},
    ],
)  # fmt: skip
def test_the_folders_are_those_of_platformdirs(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert Path(current.cache()) == platformdirs.user_cache_path("visioncli") / "catalogue"
    assert current.cache().endswith(os.sep)
    config = platformdirs.user_config_path("visioncli") / "config.toml"
    assert config in [Path(place) for place in current.configurations()]


def test_the_folders_of_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "C:\\Users\\me\\AppData\\Local")
    folder = "C:\\Users\\me\\AppData\\Local\\visioncli\\visioncli"
    assert current.cache() == f"{folder}\\Cache\\catalogue\\"
    assert current.configurations() == [f"{folder}\\config.toml"]


def test_without_a_cache_the_packages_own_is_read() -> None:
    assert current.file("index.tsv") == index.PATH
    assert index.find("openai/gpt-4o") is not None
    assert index.damaged() == ""


def test_a_refreshed_file_is_read_and_an_older_one_is_not() -> None:
    row = "openai/brand-new\ty\tM\t2099-01-01\t\t\tstated"
    file = cached(refreshed(row))
    assert current.file("index.tsv") == str(file)
    found = index.find("openai/brand-new")
    assert found is not None
    assert found[1] == "y"
    assert b"openai/brand-new" in index.seeing("2099-01-02", "openai")
    cached(refreshed(row, date="2001-01-01"))
    index.use()
    assert index.find("openai/brand-new") is None


def test_a_refresh_counts_where_the_clock_is_behind_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "strftime", lambda *_: "2026-01-01")  # datetime asks it, too
    fact = {"model": "openai/brand-new", "says": {"L1": True}}
    (tmp_path / "facts.jsonl").write_text(json.dumps(fact))
    done = refresh.run(
        [str(tmp_path / "facts.jsonl")], Settings(), begun=lambda _: None, told=lambda _: None
    )
    index.use()
    assert (done.worst, done.new) == (0, 1)
    assert current.file(index.NAME) == current.cache() + index.NAME
    assert index.find("openai/brand-new") is not None


def test_a_name_means_after_a_refresh_what_it_meant_before() -> None:
    said = "\tu\tP\t2099-01-01\t\t\tlisted, image input not stated"
    proxied = [f"openai/{name}{said}" for name in ("claude-sonnet-4-5", "brand-new")]
    cached(refreshed(*proxied, f"xai/brand-new{said}"))
    assert index.find("openai/claude-sonnet-4-5") is not None
    assert rule.makers("claude-sonnet-4-5") == ["anthropic"]
    assert rule.makers("brand-new") == ["openai", "xai"]


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "x", "#id\tverdict\n", f"{MARK}\t2099-01-01", f"{MARK}\ttoday\n", f"{MARK}\n",
        f"{MARK}\t2099-01-01\ta/b\ty", "\0" * 5000, "#visioncli catalogue 2\t2099-01-01\tx\n",
    ],
)  # fmt: skip
def test_what_is_no_such_file_is_not_used(text: str) -> None:
    cached(text)
    assert current.file("index.tsv") == index.PATH
    assert index.find("openai/gpt-4o") is not None


def test_a_folder_in_its_place_is_not_used() -> None:
    (Path(current.cache()) / "index.tsv").mkdir(parents=True)
    assert current.file("index.tsv") == index.PATH


def broken(kind: str) -> bytes:
    whole = refreshed()
    rows = whole.partition(b"\n")[2]
    match kind:
        case "cut":
            return whole[: whole.index(b"\n", len(whole) * 3 // 4) + 1]
        case "empty":
            return whole.partition(b"\n")[0] + b"\n"
        case "noise":
            return sealed(bytes(range(1, 256)) * 4000 + b"\n")
        case "cells":
            return sealed(rows.replace(b"\ty\t", b"\ty"))
        case "verdict":
            return sealed(rows.replace(b"\ty\t", b"\tperhaps\t"))
        case "escapes":
            return sealed(rows.replace(b"stated", b"st\x1b[2Jated"))
        case "long":
            return sealed(rows.replace(b"\n", b" ") + b"\n")
    raise AssertionError(kind)


KINDS = ("cut", "empty", "noise", "cells", "verdict", "escapes", "long")
SAMPLE = [*[row[0] for row in index.rows(path=index.PATH)][::501], "openai/gpt-4o"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("held", [False, True])
def test_a_damaged_file_takes_no_answer_away_and_is_told_of(kind: str, held: bool) -> None:
    file = cached(broken(kind))
    cut = kind in ("cut", "empty")  # its first line says so
    assert current.file("index.tsv") == (index.PATH if cut else str(file))
    if held:
        index.hold()
    for model in SAMPLE:
        assert index.find(model) == index.find(model, index.PATH), model
    if held or kind != "noise":  # a search does not come by everything
        assert index.damaged() == str(file)
    assert index.find("nope/nothing") is None


def test_what_a_newer_package_knows_is_added_to_an_older_ones_refresh() -> None:
    whole = refreshed("openai/brand-new\ty\tM\t2099-01-01\t\t\tstated").split(b"\n")
    cached(sealed(b"\n".join(x for x in whole[1:] if not x.startswith(b"openai/gpt-4o\t"))))
    for _ in range(2):
        for model in ("openai/gpt-4o", "openai/brand-new"):
            assert index.find(model) is not None
        index.hold()
    assert index.damaged() == ""


@pytest.mark.parametrize("kind", ["noise", "cells", "long", "cut", "empty"])
def test_a_list_from_a_damaged_file_is_the_packages_own(kind: str) -> None:
    file = cached(broken(kind))
    assert index.seeing("2026-11-24") == index.seeing("2026-11-24", path=index.PATH)
    assert index.damaged() == str(file)
    assert index.rows("openai") == index.rows("openai", index.PATH)


def test_a_file_that_goes_away_meanwhile_is_forgotten() -> None:
    file = cached(refreshed())
    assert index.find("openai/gpt-4o") is not None
    file.unlink()
    assert index.find("openai/gpt-4o") is not None


def test_a_damaged_file_that_was_asked_for_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        index.find("openai/gpt-4o", str(tmp_path / "none.tsv"))


def test_what_is_held_gives_what_is_searched() -> None:
    searched = [index.find(model) for model in (*SAMPLE, "OPENAI/GPT-4O", "a/b", "openai/\udcff")]
    known = [index.knows(name) for name in ("openai", "OpenAI", "nope", "open")]
    index.hold()
    index.hold()
    held = [index.find(model) for model in (*SAMPLE, "OPENAI/GPT-4O", "a/b", "openai/\udcff")]
    assert held == searched
    assert [index.knows(name) for name in ("openai", "OpenAI", "nope", "open")] == known

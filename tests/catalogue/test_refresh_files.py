"""The files of a refreshed catalogue: which are taken, and what becomes of those that are not."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from visioncli.catalogue import current, facts, index
from visioncli.catalogue.refreshing import acceptance, store
from visioncli.core.errors import BadAnswer, OutputProblem

FILES = (index.NAME, facts.NAME)
Lines = list[bytes]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A copy of the package's own files."""
    for name in FILES:
        shutil.copy(current.BUNDLED + name, tmp_path)
    return tmp_path


def changed(folder: Path, change: Callable[[Lines], Lines], *names: str) -> None:
    for name in names:
        lines = (folder / name).read_bytes().split(b"\n")
        (folder / name).write_bytes(b"\n".join(change(lines)))


def test_the_package_s_own_files_are_sound(made: Path) -> None:
    ids = acceptance.check(made, {"openai/gpt-4o"})
    assert ids == [row[0] for row in index.rows(path=index.PATH)]


def swapped(lines: Lines) -> Lines:
    lines[100], lines[101] = lines[101], lines[100]
    return lines


def twice(lines: Lines) -> Lines:
    return [*lines[:100], lines[100], *lines[100:]]


def without_one(lines: Lines) -> Lines:
    return [*lines[:100], *lines[101:]]


def without_head(lines: Lines) -> Lines:
    return lines[1:]


def without_end(lines: Lines) -> Lines:
    return lines[:-1]


def of_nonsense(lines: Lines) -> Lines:
    lines[100] = lines[100].partition(b"\t")[0] + b"\tnonsense"
    return lines


def too_long(lines: Lines) -> Lines:
    lines[100] += b"x" * 1100
    return lines


def with_bytes(lines: Lines) -> Lines:
    lines[100] = lines[100].replace(b"/", b"/\xff\x1b", 1)
    return lines


@pytest.mark.parametrize("names", [FILES, FILES[:1], FILES[1:]], ids=["both", "index", "facts"])
@pytest.mark.parametrize(
    "change",
    [swapped, twice, without_one, without_head, without_end, of_nonsense, too_long, with_bytes],
)
def test_a_worse_file_is_refused(
    made: Path, change: Callable[[Lines], Lines], names: tuple[str, ...]
) -> None:
    must = acceptance.check(made, ())
    changed(made, change, *names)
    with pytest.raises(BadAnswer, match="is not sound, and the old one stays"):
        acceptance.check(made, must)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def known() -> store.State:
    tags = store.Tags('"etag"', "Tue, 24 Nov 2026 10:00:00 GMT", "digest")
    listed = store.Listed("2026-11-24", "digest", frozenset({"a/b", "a/c"}))
    return store.State({"place": tags}, {"litellm": listed})


def sound(_: Path) -> None:
    """Every folder is."""


def test_what_was_written_is_remembered(tmp_path: Path) -> None:
    store.write(tmp_path, index=b"i", facts=b"f", known=known(), check=sound)
    found = store.state(tmp_path)
    assert (found.documents, found.kinds) == (known().documents, known().kinds)
    assert names(tmp_path) == ["facts.tsv", "index.tsv", "state.json"]


def test_what_is_refused_leaves_no_trace(tmp_path: Path) -> None:
    store.write(tmp_path, index=b"i", facts=b"f", known=known(), check=sound)

    def refuse(folder: Path) -> None:
        assert (folder / "index.tsv").read_bytes() == b"worse"
        raise BadAnswer("worse")

    with pytest.raises(BadAnswer, match="worse"):
        store.write(tmp_path, index=b"worse", facts=b"f", known=known(), check=refuse)
    assert (tmp_path / "index.tsv").read_bytes() == b"i"
    assert names(tmp_path) == ["facts.tsv", "index.tsv", "state.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "[" * 100_000,
        '{"version": 1}',
        '{"version": 2, "files": "", "documents": {}, "kinds": {}}',
        '{"version": 1, "files": "", "documents": [], "kinds": {}}',
        '{"version": 1, "files": "", "documents": {"a": {"odd": 1}}, "kinds": {}}',
        '{"version": 1, "files": "", "documents": {}, "kinds": {"litellm": {"ids": 7}}}',
    ],
)
def test_a_damaged_memory_is_none(tmp_path: Path, text: str) -> None:
    store.write(tmp_path, index=b"i", facts=b"f", known=known(), check=sound)
    (tmp_path / "state.json").write_text(text)
    assert store.state(tmp_path) == store.State()


@pytest.mark.parametrize("other", ["index.tsv", "facts.tsv"])
def test_the_memory_of_other_files_is_none(tmp_path: Path, other: str) -> None:
    store.write(tmp_path, index=b"i", facts=b"f", known=known(), check=sound)
    (tmp_path / other).write_bytes(b"another")
    assert store.state(tmp_path) == store.State()


def test_the_memory_is_plain_json(tmp_path: Path) -> None:
    store.write(tmp_path, index=b"i", facts=b"f", known=known(), check=sound)
    held = json.loads((tmp_path / "state.json").read_bytes())
    assert held["kinds"]["litellm"]["ids"] == ["a/b", "a/c"]


def test_a_lock_that_is_held_is_waited_for_and_then_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "PATIENCE", 0.1)
    with (tmp_path / "lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with (
            pytest.raises(OutputProblem, match="another refresh holds") as caught,
            store.locked(tmp_path),
        ):
            pytest.fail("both have it")
    assert caught.value.exit == 13
    with store.locked(tmp_path):
        assert (tmp_path / "lock").exists()


def test_what_a_killed_refresh_left_is_cleared_away(tmp_path: Path) -> None:
    (tmp_path / ".new-abc").mkdir()
    (tmp_path / ".new-abc" / "index.tsv").write_bytes(b"half")
    with store.locked(tmp_path):
        assert names(tmp_path) == ["lock"]


def test_what_counted_before_a_refresh_was_killed_is_taken(tmp_path: Path) -> None:
    store.write(tmp_path, index=b"old", facts=b"new", known=known(), check=sound)
    (tmp_path / ".ready-abc").mkdir()
    (tmp_path / ".ready-abc" / "index.tsv").write_bytes(b"new")
    store.opened(tmp_path)
    assert (tmp_path / "index.tsv").read_bytes() == b"new"
    assert names(tmp_path) == ["facts.tsv", "index.tsv", "lock", "state.json"]

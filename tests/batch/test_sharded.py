"""Results in a folder of several journals."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.batch.running import REF, items
from visioncli.batch.item import Item, Outcome
from visioncli.batch.sharded import Sharded, is_folder
from visioncli.core.errors import OutputProblem, UsageError


def key(number: int) -> str:
    """Spread as those of pictures are; its end is the number."""
    return hashlib.sha256(b"%d" % number).hexdigest()[:56] + f"{number:08x}"


def outcome(item: Item) -> Outcome:
    return Outcome(item=item, ref=REF, key=key(item.number))


def opened(folder: Path, shards: int = 4, *, overwrite: bool = False) -> Sharded:
    return Sharded(str(folder), overwrite=overwrite, tell=lambda _: None, shards=shards)


def lines(folder: Path) -> dict[str, int]:
    return {file.name: file.read_bytes().count(b"\n") for file in sorted(folder.iterdir())}


def test_records_are_spread_and_found_again(tmp_path: Path) -> None:
    folder, many = tmp_path / "new" / "out", items([f"{n}.png" for n in range(40)])
    output = opened(folder)
    for item in many:
        output.write(outcome(item))
    copy = Item(40, ("again.png",))
    known = output.newest(key(7))
    assert known is not None
    output.copy(copy, known)
    output.close()
    expected = {f"part-{n:05}-of-00004.jsonl": 10 for n in range(4)}
    assert lines(folder) == expected | {"part-00003-of-00004.jsonl": 11}
    output = opened(folder, shards=9)  # a folder keeps to its own number
    assert all(output.has(item, key(item.number)) for item in many)
    assert output.has(copy, key(7))
    assert not output.has(copy, key(7))
    output.close()
    assert len(lines(folder)) == 4
    opened(folder, overwrite=True).close()
    assert set(lines(folder).values()) == {0}


def test_hashes_are_found_again(tmp_path: Path) -> None:
    output, identity = opened(tmp_path), (1, 2, 3, 4)
    output.remember(identity, "ab" * 32)
    output.close()
    output = opened(tmp_path)
    assert output.sha256(identity) == "ab" * 32
    assert output.sha256((1, 2, 3, 5)) is None
    output.close()


def test_a_folder_of_two_runs_is_refused(tmp_path: Path) -> None:
    for count in (2, 3):
        (tmp_path / f"part-00000-of-{count:05}.jsonl").touch()
    with pytest.raises(OutputProblem, match="of several runs: in 2 and 3 parts"):
        opened(tmp_path)


def test_one_that_cannot_be_opened_closes_the_others(tmp_path: Path) -> None:
    (tmp_path / "part-00002-of-00004.jsonl").write_text("not ours\n")
    with pytest.raises(OutputProblem, match="part-00002"):
        opened(tmp_path)
    (tmp_path / "part-00002-of-00004.jsonl").unlink()
    opened(tmp_path).close()  # no lock is left


@pytest.mark.parametrize("shards", [0, 1025])
def test_as_many_files_as_make_sense(tmp_path: Path, shards: int) -> None:
    with pytest.raises(UsageError, match="shards must be from 1 to 1024"):
        opened(tmp_path, shards)


def test_what_names_a_folder(tmp_path: Path) -> None:
    assert is_folder(str(tmp_path))
    assert is_folder("new/")
    assert not is_folder("new.jsonl")

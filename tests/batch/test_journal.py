"""-O FILE from the outside: what is in the file, what is refused, what people are told."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from visioncli.batch.output import Known

from .outcomes import (
    ROOT,
    Notes,
    answered,
    failed,
    file_index,
    filled,
    item,
    journal,
    key_of,
    newest,
    records,
    refusal,
    script,
)

# ------------------------------------------------------------------ what is written


def test_records_are_appended_in_the_order_in_which_they_come(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    before = filled(path, 2, 0, 1)
    assert [r["image"] for r in records(path)] == ["2.jpg", "0.jpg", "1.jpg"]
    assert filled(path, 5, 4).startswith(before)
    assert [r["image"] for r in records(path)][3:] == ["5.jpg", "4.jpg"]


def test_a_record_is_one_write_to_a_file_open_for_appending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fcntl = pytest.importorskip("fcntl")
    running = journal(tmp_path / "f")
    assert fcntl.fcntl(running._fd, fcntl.F_GETFL) & os.O_APPEND
    written: list[bytes] = []

    def write(fd: int, data: bytes, real: object = os.write) -> int:
        if fd == running._fd:
            written.append(bytes(data))
        return real(fd, data)  # type: ignore[operator,no-any-return]

    monkeypatch.setattr(os, "write", write)
    running.write(answered(item(0), text="long\n" * 100_000))
    running.copy(item(1), running.newest(key_of(0)) or Known(1, False, b""))
    running.write(failed(item(2)))
    running.skip(item(3))
    assert len(written) == 3
    assert b"".join(written) == (tmp_path / "f").read_bytes()
    running.close()


def test_what_is_written_is_known_at_once(tmp_path: Path) -> None:
    running = journal(tmp_path / "f")
    assert running.newest(key_of(0)) is None
    running.write(failed(item(0)))
    running.write(answered(item(1)))
    line = (tmp_path / "f").read_bytes().splitlines(keepends=True)
    assert running.newest(key_of(0)) == Known(8, True, line[0])
    assert running.newest(key_of(1)) == Known(0, False, line[1])
    running.write(answered(item(0)))
    known = running.newest(key_of(0))
    assert known
    assert known.answered
    running.close()


def test_the_same_picture_twice_is_one_answer_and_two_records(tmp_path: Path) -> None:
    path = tmp_path / "f"
    running = journal(path)
    first = item(0, "a.jpg", "x")
    running.write(answered(first, text="once"))
    known = running.newest(key_of(0))
    assert known
    running.copy(item(1, "b.jpg", "y"), known)
    running.close()
    assert [(r["image"], r["id"], r["answer"], r["cost_usd"]) for r in records(path)] == [
        ("a.jpg", "x", "once", 0.002),
        ("b.jpg", "y", "once", 0.0),
    ]
    again = journal(path)
    assert again.has(first, key_of(0))
    assert not again.has(first, key_of(0))  # the same line once more in the list needs its own
    assert again.has(item(7, "b.jpg", "y"), key_of(0))
    assert not again.has(item(1, "b.jpg", "z"), key_of(0))
    again.close()


def test_records_of_this_run_are_given_to_nobody(tmp_path: Path) -> None:
    path = tmp_path / "f"
    filled(path, 0)
    running = journal(path)
    for number in (0, 1):
        running.has(item(number), key_of(number))
        running.write(answered(item(number)))
        assert not running.has(item(number), key_of(number))
    running.close()
    again = journal(path)
    assert [again.has(item(0), key_of(0)) for _ in range(3)] == [True, True, False]
    assert [again.has(item(1), key_of(1)) for _ in range(2)] == [True, False]
    again.close()


def test_what_is_known_is_known_to_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "f"
    running = journal(path)
    running.write(answered(item(0)))
    running.write(failed(item(1), 5))
    running.write(failed(item(1), 9))
    running.remember((1, 2, 3, 4), "ab" * 32)
    running.close()
    again = journal(path)
    for key, (exit_, retryable, line) in newest(path).items():
        assert again.newest(key) == Known(exit_, retryable, line)
    assert again.sha256((1, 2, 3, 4)) == "ab" * 32
    assert again.sha256((1, 2, 3, 5)) is None
    again.close()


def test_names_that_are_not_utf8_are_known_again(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe out.jsonl")
    name = os.fsdecode(b"\xe4\x80.jpg")
    running = journal(path)
    running.write(answered(item(0, name)))
    running.close()
    again = journal(path)
    assert again.has(item(0, name), key_of(0))
    again.close()


def test_overwrite_drops_what_the_file_held(tmp_path: Path) -> None:
    path = tmp_path / "f"
    filled(path, 0, 1)
    running = journal(path, overwrite=True)
    assert running.newest(key_of(0)) is None
    assert not running.has(item(0), key_of(0))
    running.write(answered(item(2)))
    running.close()
    assert [r["image"] for r in records(path)] == ["2.jpg"]
    path.write_bytes(b"anything at all")
    running = journal(path, overwrite=True)
    running.close()
    assert path.read_bytes() == b""


# ------------------------------------------------------------------ where things are put


def test_nothing_is_put_beside_the_file(tmp_path: Path, cache: Path) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    running = journal(folder / "out.jsonl")
    for number in range(3000):
        running.write(answered(item(number)))
    assert [found.name for found in folder.iterdir()] == ["out.jsonl"]
    running.close()
    assert [found.name for found in folder.iterdir()] == ["out.jsonl"]
    assert file_index(cache).is_relative_to(cache / "visioncli" / "batch")
    assert {found.name for found in cache.rglob("*") if found.is_file()} == {"index.sqlite"}


@pytest.mark.parametrize("why", ["file", "folder"])
def test_without_a_cache_it_works_and_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    path = tmp_path / "f"
    if why == "file":  # also root may not make a folder below a file
        (tmp_path / "no").write_text("")
    else:
        (tmp_path / "no" / "visioncli").mkdir(parents=True)
        (tmp_path / "no" / "visioncli" / "batch").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "no"))
    for run in range(2):
        notes = Notes()
        running = journal(path, notes)
        assert [running.has(item(n), key_of(n)) for n in range(2)] == [run == 1] * 2
        if not run:
            running.write(answered(item(0)))
            running.write(answered(item(1)))
        running.remember((1, 2, 3, 4), "ab" * 32)
        running.close()
        (note,) = notes
        assert note.startswith("no cache can be kept (")
    assert len(records(path)) == 2


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("content", "number"),
    [
        (b'{"a": 1}\n{"a": 2}\n', 1),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, 1),
        (b"\0" * 5000, 1),
        (b"a note without an end of its line", 1),
        (b"\n", 1),
        (b'{"id":null}\n', 1),
        (b'{"identity":7', 1),
        ("täglich\n".encode("utf-16"), 1),
    ],
)
def test_a_file_that_is_not_ours_is_named_and_left_alone(
    tmp_path: Path, content: bytes, number: int
) -> None:
    path = tmp_path / "f"
    path.write_bytes(content)
    refused = refusal(path)
    assert refused.message == f"{path} holds what is no record of this program's, line {number}"
    assert refused.code == "not_ours"
    assert refused.hint
    assert "-O" in refused.hint
    assert path.read_bytes() == content


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("bad", [b"", b"{}", b'{"id":null,"image":"0.jpg","sha', b"\xff\0"])
@pytest.mark.parametrize("number", [1, 3, 5])
def test_a_bad_line_is_named_and_nothing_is_changed(
    tmp_path: Path, known: bool, bad: bytes, number: int, cache: Path
) -> None:
    path = tmp_path / "f"
    lines = filled(path, 0, 1, 2, 3).splitlines(keepends=True)
    if not known:
        file_index(cache).unlink()
    lines.insert(number - 1, bad + b"\n")
    content = b"".join(lines) + b'{"id":null,"torn'
    path.write_bytes(content)
    refused = refusal(path)
    assert refused.message == f"{path} holds what is no record of this program's, line {number}"
    assert path.read_bytes() == content
    assert refusal(path).message == refused.message  # also when it is asked again
    assert path.read_bytes() == content


def test_a_long_end_that_is_no_record_is_neither_read_nor_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "f"
    filled(path, 0)
    os.truncate(path, 1 << 33)  # it takes no room
    refused = refusal(path)
    assert refused.message == f"{path} holds what is no record of this program's, at its end"
    assert path.stat().st_size == 1 << 33


def test_records_of_another_version_are_not_ours(tmp_path: Path) -> None:
    path = tmp_path / "f"
    record = answered(item(0)).record()
    record["key"] = record["key"][:40]
    path.write_text(json.dumps(record) + "\n")
    before = path.read_bytes()
    assert refusal(path).message.endswith("line 1")
    assert path.read_bytes() == before


def test_an_empty_file_is_begun(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"")
    filled(path, 0)
    assert len(records(path)) == 1


@pytest.mark.parametrize("kind", ["folder", "fifo", "device", "missing", "nul", "long"])
def test_what_cannot_be_a_journal(tmp_path: Path, kind: str) -> None:
    path = str(tmp_path / kind)
    if kind == "folder":
        Path(path).mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "device":
        path = "/dev/null"
    elif kind == "missing":
        path += "/f"
    elif kind == "nul":
        path += "\0"
    else:
        path += "x" * 300
    said = {
        "folder": "cannot be opened: Is a directory",
        "missing": "cannot be opened: No such file or directory",
        "nul": "cannot be opened: no file can have this name",
        "long": "cannot be opened: File name too long",
    }
    assert said.get(kind, "is no regular file") in refusal(path).message


def test_without_what_windows_lacks(tmp_path: Path) -> None:
    """No fcntl, no pread, no flock: as far as that can be tried elsewhere."""
    program = script(
        "import platformdirs\n"
        "sys.modules['fcntl'] = None; sys.platform = 'win32'; del os.pread\n"
        f"for run in range(2):\n"
        f"    j = journal({str(tmp_path / 'f')!r})\n"
        "    for n in range(5):\n"
        "        if not j.has(item(n), key_of(n)): j.write(answered(item(n)))\n"
        "        assert j.newest(key_of(n)).answered\n"
        "    j.close()\n"
    )
    subprocess.run(program, cwd=ROOT, check=True)
    assert [r["image"] for r in records(tmp_path / "f")] == [f"{n}.jpg" for n in range(5)]

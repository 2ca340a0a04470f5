"""Any history of runs, of kills and of mishaps: what is known is what the file says."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from visioncli.batch.journal import Journal

from .outcomes import (
    ROOT,
    Notes,
    answered,
    check,
    crash,
    failed,
    give_away,
    item,
    journal,
    key_of,
    newest,
    records,
    script,
)

# ------------------------------------------------------------------ any history


KEYS = st.integers(0, 4)
ITEMS = st.builds(
    item,
    st.just(0),
    st.sampled_from(["a", "b\n", "\udcff", ("a", "b")]),
    st.sampled_from([None, 1]),
)


@contextmanager
def _place() -> Iterator[tuple[Path, pytest.MonkeyPatch]]:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", f"{folder}/cache")
        yield Path(folder), patch


class Histories(RuleBasedStateMachine):
    """Runs that end, are killed, or find that somebody was at the file or its index."""

    @initialize(group=st.sampled_from([1, 3, 1000]))
    def begin(self, group: int) -> None:
        self._entered = _place()
        self.folder, patch = self._entered.__enter__()
        patch.setattr("visioncli.batch.opening.GROUP", group)
        patch.setattr("visioncli.batch.opening.LOADED", group)
        self.path = self.folder / "out.jsonl"
        self.kept: list[bytes] = []
        self.index = b""
        self.running: Journal | None = None
        self.open()

    def open(self) -> None:
        notes = Notes()
        self.running = journal(self.path, notes)
        assert all("half a record" in note or "line's end" in note for note in notes)
        assert len(notes) <= 1
        check(self.running, self.path)

    def ended(self) -> Path:
        """Nobody writes; a journal that is gone already stays so."""
        if self.running:
            self.running.close()
        self.running = None
        return self.path

    @precondition(lambda self: self.running)
    @rule(of=ITEMS, key=KEYS, exit_=st.sampled_from([0, 5, 8, 9]))
    def write(self, of: Any, key: int, exit_: int) -> None:
        assert self.running
        self.running.has(of, key_of(key))
        made = failed(of, exit_, key_of(key)) if exit_ else answered(of, key_of(key))
        self.running.write(made)

    @precondition(lambda self: self.running)
    @rule(of=ITEMS, key=KEYS)
    def copy(self, of: Any, key: int) -> None:
        assert self.running
        known = self.running.newest(key_of(key))
        assert (known is not None) == (key_of(key) in newest(self.path))
        if known and not self.running.has(of, key_of(key)):
            self.running.copy(of, known)

    @precondition(lambda self: self.running)
    @rule()
    def restart(self) -> None:
        self.ended()
        self.open()

    @precondition(lambda self: self.running)
    @rule()
    def kill(self) -> None:
        assert self.running
        crash(self.running)
        self.running = None

    @precondition(lambda self: not self.running)
    @rule()
    def again(self) -> None:
        self.open()

    @precondition(lambda self: not self.running)
    @rule(cut=st.integers(1, 200))
    def torn(self, cut: int) -> None:
        data = self.path.read_bytes()
        self.path.write_bytes(data[: max(0, len(data) - cut)])

    @precondition(lambda self: not self.running)
    @rule(chance=st.randoms(use_true_random=False))
    def lines_edited(self, chance: random.Random) -> None:
        lines = self.path.read_bytes().splitlines(keepends=True)
        torn = lines.pop() if lines and not lines[-1].endswith(b"\n") else b""
        how = chance.choice(["drop", "shuffle", "double", "other", "keep"])
        if how == "drop":
            lines = [line for line in lines if chance.random() < 0.6]
        elif how == "shuffle":
            chance.shuffle(lines)
        elif how == "double":
            lines += lines
        elif how == "other":
            lines = [line.replace(b"A cat.", b"A dog.") for line in lines]
        self.path.write_bytes(b"".join(lines) + (torn if lines else b""))

    @precondition(lambda self: not self.running)
    @rule()
    def index_kept(self) -> None:
        found = list(self.folder.rglob("index.sqlite"))
        self.index = found[0].read_bytes() if found else b""

    @precondition(lambda self: not self.running)
    @rule(chance=st.randoms(use_true_random=False))
    def index_changed(self, chance: random.Random) -> None:
        for found in self.folder.rglob("index.sqlite*"):
            how = chance.choice(["gone", "old", "damaged", "fine"])
            if how == "gone":
                found.unlink()
            elif how == "old":
                found.write_bytes(self.index)
            elif how == "damaged" and (data := bytearray(found.read_bytes())):
                at = chance.randrange(len(data))
                data[at : at + 64] = chance.randbytes(len(data[at : at + 64]))
                found.write_bytes(data)

    def teardown(self) -> None:
        if not hasattr(self, "folder"):
            return
        try:
            self.ended()
            self.open()
            assert self.running
            give_away(self.running, self.path)
            self.ended()
        finally:
            self._entered.__exit__(None, None, None)


Histories.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestHistories = Histories.TestCase


# ------------------------------------------------------------------ kill -9


def test_killed_at_any_moment_it_goes_on_where_it_was(tmp_path: Path) -> None:
    """Whatever a process had been told was written is there; nothing stands there twice."""
    path = tmp_path / "f"
    chance = random.Random(6)
    program = script(
        "import visioncli.batch.opening as opening\n"
        "opening.GROUP = 7\n"
        f"running = journal({str(path)!r}, Notes())\n"
        "n = 0\n"
        "while True:\n"
        "    if not running.has(item(n), key_of(n)):\n"
        "        running.write(answered(item(n)))\n"
        "        print(n, flush=True)\n"
        "    n += 1\n"
    )
    for _ in range(8):
        with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE) as killed:
            assert killed.stdout
            said = b"".join(killed.stdout.readline() for _ in range(chance.randrange(1, 400)))
            killed.kill()
            said += killed.stdout.read()
        assert killed.returncode == -signal.SIGKILL
        *told, _ = said.split(b"\n")
        written = [json.loads(line)["image"] for line in path.read_bytes().split(b"\n")[:-1]]
        assert written == [f"{n}.jpg" for n in range(len(written))]
        assert len(written) > int(told[-1])
    running = journal(path, Notes())
    check(running, path)
    give_away(running, path)
    running.close()
    assert len(records(path)) > 100

"""How much a power failure may take: what is written and not yet on the disk."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest

from visioncli.batch.syncing import Syncing
from visioncli.core.errors import OutputProblem

from .outcomes import answered, item, journal

LONG = 30.0  # seconds; nothing waits for it, where all is well


class Disk:
    """Counts what reaches it. slow: each fsync waits until it is let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, slow: bool = False) -> None:
        self.written = 0
        self.safe = 0
        self.syncs = 0
        self.begun = threading.Semaphore(0)
        self.go = threading.Semaphore(0)
        self.synced = threading.Condition()
        self._slow = slow
        monkeypatch.setattr(os, "fsync", self.fsync)

    def fsync(self, fd: int) -> None:
        seen = self.written
        self.begun.release()
        if self._slow:
            assert self.go.acquire(timeout=LONG)
        with self.synced:
            self.safe, self.syncs = seen, self.syncs + 1
            self.synced.notify_all()

    def wait_for(self, safe: int) -> None:
        with self.synced:
            assert self.synced.wait_for(lambda: self.safe >= safe, LONG)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def no(error: OSError) -> OutputProblem:
    raise AssertionError(error)


def test_never_more_than_a_hundred_records_are_in_danger(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch)
    syncing = Syncing(0, now=Clock())  # time stands still
    for _ in range(10_000):
        disk.written += 1
        syncing.written()
        assert disk.written - disk.safe < 100
    assert disk.syncs >= 100
    syncing.close(no)
    assert disk.safe == 10_000


def test_who_writes_waits_for_a_slow_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch, slow=True)
    syncing = Syncing(0, now=Clock())

    def write() -> None:
        for _ in range(250):
            disk.written += 1
            syncing.written()

    writer = threading.Thread(target=write)
    writer.start()
    while (safe := disk.safe) <= 150:
        assert disk.begun.acquire(timeout=LONG)
        assert disk.written - safe <= 100
        disk.go.release()
        disk.wait_for(safe + 1)
    writer.join(LONG)
    assert not writer.is_alive()
    disk.go.release(5)
    syncing.close(no)
    assert disk.safe == 250


def test_what_is_written_during_an_fsync_is_not_taken_for_synced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = Disk(monkeypatch, slow=True)
    syncing = Syncing(0, now=Clock())

    def write(count: int) -> None:
        for _ in range(count):
            disk.written += 1
            syncing.written()

    write(50)
    assert disk.begun.acquire(timeout=LONG)  # of these 50
    write(49)
    disk.go.release()
    disk.wait_for(50)
    writer = threading.Thread(target=write, args=(98,))
    writer.start()
    assert disk.begun.acquire(timeout=LONG)
    writer.join(0.2)
    assert writer.is_alive()  # 49 and 51 more are in danger by now
    assert disk.written <= 150
    disk.go.release(5)
    writer.join(LONG)
    assert not writer.is_alive()
    syncing.close(no)
    assert disk.safe == 197


def test_records_that_wait_too_long_are_synced_though_they_are_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk, clock = Disk(monkeypatch), Clock()
    syncing = Syncing(0, now=clock, seconds=0.5)
    disk.written += 1
    syncing.written()
    clock.now = 0.49
    disk.written += 1
    syncing.written()
    assert disk.syncs == 0
    clock.now = 0.5
    disk.written += 1
    syncing.written()
    disk.wait_for(3)
    clock.now = 99.0  # nothing is waiting: nothing is due
    disk.written += 1
    syncing.written()
    assert disk.syncs == 1
    syncing.close(no)
    assert (disk.safe, disk.syncs) == (4, 2)


def test_the_last_record_of_a_pause_is_synced_without_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    disk = Disk(monkeypatch)
    syncing = Syncing(0, seconds=0.01)
    for number in range(1, 4):
        disk.written += 1
        syncing.written()
        disk.wait_for(number)
    syncing.close(no)


def test_a_run_that_writes_nothing_syncs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Disk(monkeypatch)
    Syncing(0).close(no)
    assert disk.syncs == 0


def test_a_writer_that_waits_is_let_go_when_the_disk_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(fd: int) -> None:
        raise OSError(errno.EIO, "I/O error")

    monkeypatch.setattr(os, "fsync", fail)
    syncing = Syncing(0, every=2, now=Clock())
    for _ in range(5):
        syncing.written()
    with pytest.raises(OutputProblem, match="I/O error"):
        syncing.check(lambda error: OutputProblem(str(error)))
    with pytest.raises(OutputProblem, match="I/O error"):
        syncing.close(lambda error: OutputProblem(str(error)))


def test_a_journal_is_on_the_disk_when_it_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = journal(tmp_path / "f")
    disk = Disk(monkeypatch)
    for number in range(1234):
        running.write(answered(item(number)))
        disk.written += 1
    assert disk.syncs >= 12
    running.close()
    assert disk.safe == 1234

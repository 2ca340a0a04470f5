"""Batches that end early, by a signal, a disk or a key: what stands, and what is asked again."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable

from tests import vendors
from tests.batch.pictures import folder
from tests.faults.peer import Peer, whole
from tests.matrix.place import Done, Place
from tests.matrix.rows import error, remedy, warning

from .kept import answers, row
from .runs import MANY, batch, of_many, summary

GOES_ON = remedy(r"every record before this one stands; the same command goes on from there")


def key_rejected(peer: Peer) -> None:
    peer.send(whole(b'{"error": {"message": "Incorrect API key"}}', 401))


def four_answered(place: Place, process: subprocess.Popen[bytes]) -> None:
    """And two more asked."""
    out = place.folder / "out"
    place.until(process, lambda: len(place.received) >= 6 and out.read_bytes().count(b"\n") >= 4)


def stopped(number: int) -> Callable[[Place], Done]:
    """By a signal, once some answers are there and others are waited for."""

    def act(place: Place) -> Done:
        folder(place.folder / "pics", MANY)
        process = place.start("-j", "2", "-O", "out", "./pics", "q")
        four_answered(place, process)
        process.send_signal(number)
        told, err = process.communicate(timeout=5)
        records = place.records()
        assert 4 <= len(records) < MANY
        return place.ended(process.returncode, told, err)

    return act


def stalls_later(peer: Peer) -> None:
    """The first four are answered, and nobody after them."""
    if peer.times <= 4:
        peer.send(whole(peer.answer, kind=peer.kind))
    else:
        peer.hang()


def killed(place: Place) -> Done:
    """kill -9 with four answers there; then the same command. Its calls in flight alone are
    asked for again.
    """
    folder(place.folder / "pics", MANY)
    process = place.start("-j", "2", "-O", "out", "./pics", "q")
    four_answered(place, process)
    process.kill()
    process.communicate()
    done = batch(place)
    answers(place, MANY)
    assert place.requests <= MANY + 2
    return done


def killed_at(call: str, when: int) -> Callable[[Place], Done]:
    """kill -9 exactly at a system call on the file; then the same command."""

    def act(place: Place) -> Done:
        folder(place.folder / "pics", MANY)
        place.write("out", b"")
        strace = ["strace", "-f", "-o", "/dev/null", "-P", str(place.folder / "out")]
        strace += ["-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={when}"]
        command = [*strace, *place.words("-j", "2", "-O", "out", "./pics", "q")]
        first = place.run(command)
        assert first.status in (-signal.SIGKILL, 128 + signal.SIGKILL), first
        done = batch(place)
        answers(place, MANY)
        assert place.requests <= MANY + 2
        return done

    return act


def failing(call: str, code: str, when: str) -> Callable[[Place], Done]:
    """A system call on the file fails."""

    def act(place: Place) -> Done:
        folder(place.folder / "pics", MANY)
        place.write("out", b"")
        strace = ["strace", "-f", "-o", "/dev/null", "-P", str(place.folder / "out")]
        strace += ["-e", f"trace={call}", "-e", f"inject={call}:error={code}:when={when}"]
        done = place.run([*strace, *place.words("-j", "1", "-O", "out", "./pics", "q")])
        whole_and_paid(place)
        return done

    return act


def whole_and_paid(place: Place) -> None:
    """Earlier records are intact, and no more was asked than the one whose answer met the fault."""
    records = place.records()
    assert len(records) < MANY
    assert place.requests <= len(records) + 1


def full(size: str, before: str = "") -> Callable[[Place], Done]:
    """A disk of that size. before: what fills it."""

    def act(place: Place) -> Done:
        folder(place.folder / "pics", MANY)
        (place.folder / "disk").mkdir()
        done = place.run(
            [
                "unshare",
                "-m",
                "bash",
                "-c",
                (
                    f"mount -t tmpfs -o size={size} t disk; {before}"
                    ' "$V" ask -m "$M" --max-tokens 9 -j 1 -O disk/out ./pics q; status=$?;'
                    " cp disk/out out 2>/dev/null; exit $status"
                ),
            ]
        )
        if not before:
            whole_and_paid(place)
        return done

    return act


def long_answers(peer: Peer) -> None:
    peer.send(whole(vendors.plain("openai", "word " * 300)))


def limited(place: Place) -> Done:
    folder(place.folder / "pics", MANY)
    done = place.shell('ulimit -f 4; "$V" ask -m "$M" -j 1 -O out ./pics q')
    whole_and_paid(place)
    return done


def stalls_once(peer: Peer) -> None:
    """The fifth and the sixth question are never answered, all others are."""
    if peer.times in (5, 6):
        peer.hang()
    else:
        peer.send(whole(peer.answer, kind=peer.kind))


ENDS = (
    row(
        "36e",
        4,
        "a key that is rejected ends a batch",
        of_many(None, "-j", "1"),
        error(r"openai rejects the key: Incorrect API key \(HTTP 401\)"),
        remedy(".+"),
        answer=key_rejected,
        requests=1,
    ),
    row(
        "55a",
        130,
        "an interrupt in a batch",
        stopped(signal.SIGINT),
        ".*",
        answer=stalls_later,
        requests=6,
    ),
    row(
        "56a",
        143,
        "termination of a batch",
        stopped(signal.SIGTERM),
        ".*",
        answer=stalls_later,
        requests=6,
    ),
    row(
        "58a",
        13,
        "a disk that is full before the first question",
        full("8k", "head -c 8k /dev/zero > disk/other;"),
        error(r"disk/out cannot be (written|opened): .+"),
        ".*",
        needs=("mount",),
        requests=0,
    ),
    row(
        "58b",
        13,
        "a disk that fills up",
        full("16k"),
        error(r"disk/out cannot be written: .+"),
        GOES_ON,
        answer=long_answers,
        needs=("mount",),
        requests=None,
    ),
    row(
        "58c",
        13,
        "EIO at the second write",
        failing("write", "EIO", "2+"),
        error(r"out cannot be written: Input/output error"),
        GOES_ON,
        needs=("ptrace",),
        requests=None,
    ),
    row(
        "58d",
        13,
        "EIO at fsync",
        failing("fsync,fdatasync", "EIO", "1+"),
        error(r"out cannot be written: Input/output error"),
        ".*",
        needs=("ptrace",),
        requests=None,
    ),
    row(
        "58e",
        13,
        "a limit on the size of files",
        limited,
        warning(r"the cache takes no index: .+"),
        error(r"out cannot be written: .+"),
        GOES_ON,
        answer=long_answers,
        requests=None,
    ),
    row(
        "59a",
        0,
        "kill -9, and the same command again",
        killed,
        summary(8, 4),
        answer=stalls_once,
        requests=None,
    ),
    row(
        "59b",
        0,
        "kill -9 exactly at the third write",
        killed_at("write", 3),
        summary(r"\d+", r"\d"),
        needs=("ptrace",),
        requests=None,
    ),
    row(
        "59c",
        0,
        "kill -9 exactly at the first fsync",
        killed_at("fsync,fdatasync", 1),
        summary(r"\d+", r"\d+"),
        needs=("ptrace",),
        requests=None,
    ),
)

ROWS = (*ENDS,)

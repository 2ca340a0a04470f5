"""Signals, and streams that are shut."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests import vendors
from tests.faults.peer import Peer, whole
from tests.matrix.place import Done, Place
from tests.matrix.rows import Row, error, remedy

from .shells import ASK, lines, shell, under, works

FULL = error(r"stdout cannot be written: (No space left on device|it is closed)")


ROOM = remedy(r"free some space, or send it elsewhere")


def asleep(process: subprocess.Popen[bytes]) -> bool:
    """In the system call that waits: a signal just before that one Python notices behind it."""
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "S"


def interrupted(number: int, times: int = 1) -> Callable[[Place], Done]:
    """While the rest of an answer is waited for; it ends within two seconds."""

    def act(place: Place) -> Done:
        process = place.start()
        assert process.stdout is not None
        begun = b""
        while not begun.endswith(b"on a") and (piece := os.read(process.stdout.fileno(), 999)):
            begun += piece
        place.until(process, lambda: asleep(process))
        sent = time.monotonic()
        for _ in range(times):
            process.send_signal(number)
        out, err = process.communicate(timeout=10)
        assert time.monotonic() - sent < 2 * times
        return place.ended(process.returncode, begun + out, err)

    return act


def interrupted_early(place: Place) -> Done:
    process = place.start()
    place.until(process, lambda: place.received and asleep(process))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    return place.ended(process.returncode, out, err)


def reader_gone(command: str) -> Callable[[Place], Done]:
    """head -1 leaves; the row's status is the program's, not that of head."""
    return shell(f'{command} | head -1 > /dev/null; exit "${{PIPESTATUS[0]}}"')


def many(peer: Peer) -> None:
    peer.send(whole(vendors.plain("openai", "word " * 20_000)))


def of_batch(place: Place) -> Done:
    for number in range(9):
        place.write(f"pics/{number}.png", (place.folder / "p.png").read_bytes() + bytes([number]))
    return place.shell('"$V" ask -m "$M" -j 1 ./pics q | head -1; exit "${PIPESTATUS[0]}"')


def to_full(place: Place) -> Done:
    return place.shell('"$V" ask -m "$M" --each p.png q > /dev/full')


def closed_stdin(place: Place) -> Done:
    return place.shell('"$V" ask -m "$M" q <&-')


def pixels(place: Place) -> Done:
    """On a disk with no room for a temporary file."""
    from tests.matrix.acts import noise

    place.write("big.png", noise())
    (place.folder / "disk").mkdir()
    return place.run(
        [
            "unshare",
            "-m",
            "bash",
            "-c",
            (
                'mount -t tmpfs -o size=8k t disk; export TMPDIR="$PWD/disk"; cat big.png |'
                ' "$V" ask -m "$M" - q'
            ),
        ]
    )


def socket_of_docker(place: Place) -> Done:
    """stdin may be a socket to which nobody writes."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = place.start("p.png", "q", stdin=theirs)
        out, err = process.communicate(timeout=30)
    return place.ended(process.returncode, out, err)


def twice(place: Place) -> Done:
    """The second ends it at once, and whichever way: by the first's status, or by the signal."""
    done = interrupted(signal.SIGINT, 2)(place)
    status = 130 if done.status == -signal.SIGINT else done.status
    return Done(status, done.out, done.err)


SIGNALS = (
    Row(
        id="55b",
        needs=("linux",),
        case="an interrupt amid an answer",
        exit=130,
        requests=1,
        answer="sse-stall",
        act=interrupted(signal.SIGINT),
        out=re.compile(r"A \*\*red\*\* square on a\n?"),
    ),
    Row(
        id="55c",
        needs=("linux",),
        case="two interrupts",
        exit=130,
        requests=1,
        answer="sse-stall",
        act=twice,
        out=re.compile(r"A \*\*red\*\* square on a\n?"),
    ),
    Row(
        id="55d",
        needs=("linux",),
        case="an interrupt before the answer begins",
        exit=130,
        requests=1,
        answer="stall-headers",
        act=interrupted_early,
    ),
    Row(
        id="56b",
        needs=("linux",),
        case="termination amid an answer",
        exit=143,
        requests=1,
        answer="sse-stall",
        act=interrupted(signal.SIGTERM),
        out=re.compile(r"A \*\*red\*\* square on a\n?"),
    ),
    Row(
        id="56c",
        case="a reader that goes away",
        exit=141,
        requests=1,
        answer=lines,
        act=reader_gone(ASK),
    ),
    Row(
        id="56d",
        case="a reader of --json that goes away",
        exit=141,
        requests=1,
        answer=many,
        act=shell(
            '{ sleep 1; "$V" ask --json -m "$M" p.png q; echo $? >status; } | true;'
            ' exit "$(cat status)"'
        ),
    ),
    Row(
        id="56e",
        case="a reader of a batch that goes away",
        exit=141,
        requests=None,
        answer=many,
        act=of_batch,
        out=re.compile(r"\{.+\n"),
    ),
)


STREAMS = (
    Row(id="57a", case="stdout is closed", exit=13, says=(FULL,), act=shell(ASK + " >&-")),
    Row(
        id="57b",
        case="/dev/full",
        exit=13,
        requests=1,
        says=(FULL, ROOM),
        act=shell(ASK + " >/dev/full"),
    ),
    Row(
        id="57c",
        case="/dev/full with --json",
        exit=13,
        requests=1,
        says=(FULL, ROOM),
        act=shell('"$V" ask --json -m "$M" p.png q >/dev/full'),
    ),
    Row(
        id="57d",
        case="/dev/full and a batch",
        exit=13,
        requests=None,
        says=(FULL, ROOM),
        act=to_full,
    ),
    works("57e", "stderr is closed", **under(ASK + " 2>&-")),
    Row(
        id="57f",
        case="help to /dev/full",
        exit=13,
        says=(FULL, ROOM),
        act=shell('"$V" --help >/dev/full'),
    ),
    Row(
        id="16h",
        case="stdin is closed",
        exit=2,
        act=closed_stdin,
        says=(error(r"no image was named, and stdin is (closed|empty)"), remedy(".+")),
    ),
    works(
        "16i",
        "stdin is a socket to which nobody writes, and a picture was named",
        act=socket_of_docker,
    ),
    Row(
        id="58f",
        case="no room for temporary files",
        exit=5,
        act=pixels,
        needs=("mount",),
        says=(error(r".+"), remedy(r".*TMPDIR.*")),
    ),
)

ROWS = (
    *SIGNALS,
    *STREAMS,
)

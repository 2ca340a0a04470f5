"""Files of results that are locked, damaged, foreign or there already."""

from __future__ import annotations

from collections.abc import Callable

from tests import vendors
from tests.batch.pictures import folder
from tests.faults.peer import Peer, whole
from tests.matrix.place import Done, Place
from tests.matrix.rows import error, remedy, warning

from .kept import answers, before, row
from .runs import MANY, batch, of_many, summary

MEND = remedy(r"name another file with -O, or mend this one: nothing in it is overwritten")


def again(change: Callable[[Place], None] | None = None, *words: str) -> Callable[[Place], Done]:
    """A second run on the file that a first one made, after a change to it."""

    def act(place: Place) -> Done:
        folder(place.folder / "pics", MANY)
        before()(place)
        if change:
            change(place)
        data = (place.folder / "out").read_bytes()
        done = batch(place, *words)
        if done.status == 13:  # nothing of it was overwritten
            assert (place.folder / "out").read_bytes() == data
        else:
            answers(place, MANY)
        return done

    return act


def foreign(data: bytes) -> Callable[[Place], Done]:
    def act(place: Place) -> Done:
        folder(place.folder / "pics", MANY)
        place.write("out", data)
        done = batch(place)
        assert (place.folder / "out").read_bytes() == data
        return done

    return act


def changed(how: Callable[[list[bytes]], bytes]) -> Callable[[Place], None]:
    def act(place: Place) -> None:
        file = place.folder / "out"
        file.write_bytes(how(file.read_bytes().splitlines(keepends=True)))

    return act


def torn(lines: list[bytes]) -> bytes:
    return b"".join(lines[:-1]) + lines[-1][:50]


def damaged(lines: list[bytes]) -> bytes:
    return lines[0] + b'{"id": nul' + b"".join(lines[1:])


def locked(place: Place) -> Done:
    """While another run waits for its answers."""
    folder(place.folder / "pics", MANY)
    first = place.start("-O", "out", "./pics", "q")
    place.until(first, lambda: place.received)
    done = batch(place)
    first.terminate()
    first.communicate(timeout=20)
    return Done(done.status, done.out, done.err.replace(str(first.pid), "PID"))


def priced(peer: Peer) -> None:
    """Each answer costs $0.25 and 1/40 more."""
    body = vendors.plain("openai").replace(b'"prompt_tokens": 85', b'"prompt_tokens": 100000')
    peer.send(whole(body, connection="close"))  # else what comes next may break off, and be charged


def prepared_twice(place: Place) -> Done:
    assert place.vision("prep", "-m", place.row.asked, "-O", "made", "p.png").status == 0
    kept = (place.folder / "made" / "p.png").read_bytes()
    done = place.vision("prep", "-m", place.row.asked, "-O", "made", "p.png")
    assert (place.folder / "made" / "p.png").read_bytes() == kept
    return done


KEPT = (
    row(
        "60a",
        13,
        "a second run on one file",
        locked,
        error(r"out is locked by PID.*"),
        ".*",
        answer="stall-headers",
        requests=None,
    ),
    row(
        "60b",
        13,
        "a file that is somebody's diary",
        foreign(b"my diary\n"),
        error(r"out holds what is no record of this program's, line 1"),
        MEND,
        requests=0,
    ),
    row(
        "60c",
        13,
        "a file of other JSON",
        foreign(b'{"a":1}\n'),
        error(r"out holds what is no record of this program's, line 1"),
        MEND,
        requests=0,
    ),
    row(
        "60d",
        13,
        "a line that is damaged",
        again(changed(damaged)),
        error(r"out holds what is no record of this program's, line 2"),
        MEND,
    ),
    row(
        "60e",
        0,
        "a last line that is torn",
        again(changed(torn)),
        warning(r".*out.*"),
        summary(1, 11),
        requests=MANY + 1,
    ),
    row("60f", 0, "all there already", again(), summary(0, MANY)),
    row(
        "60g",
        13,
        "-O names a picture",
        lambda place: place.ask("-O", "p.png", "--each", "p.png", "q"),
        error(r"p\.png is a picture.*"),
        ".*",
        requests=0,
    ),
    row(
        "60h",
        13,
        "-O names a folder",
        lambda place: place.ask("-O", ".", "--each", "p.png", "q"),
        error(r"\. cannot be opened: Is a directory"),
        requests=0,
    ),
    row(
        "61a",
        13,
        "a prepared picture that exists",
        prepared_twice,
        ".*",
        error(r"made/p\.png exists"),
        remedy(r"--overwrite, or another folder"),
        requests=0,
    ),
    row(
        "64a",
        12,
        "the cap on cost is reached",
        of_many(None, "-j", "1", "--max-cost", "1"),
        summary(3),
        error(r"the next question might pass the cap of \$1: .+"),
        remedy(r"--max-cost USD; the same command goes on where this one ended"),
        answer=priced,
        requests=3,
    ),
)

ROWS = (*KEPT,)

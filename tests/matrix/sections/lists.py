"""Lists, and the batches that they make."""

from __future__ import annotations

import json
import re
import subprocess

from tests.batch.pictures import png
from tests.faults.peer import Peer, whole
from tests.matrix.place import Done, Place
from tests.matrix.rows import Row, error, remedy

from .runs import MANY, of_many, summary


def some_fail(peer: Peer) -> None:
    """Every second question is refused."""
    if peer.times % 2:
        body = {"error": {"message": "no", "type": "invalid_request_error"}}
        peer.send(whole(json.dumps(body).encode(), 400))
    else:
        peer.send(whole(peer.answer, kind=peer.kind))


def silent_stdin(place: Place) -> Done:
    with place.start(stdin=subprocess.PIPE) as process:
        status = process.wait(30)
        assert process.stdout is not None
        assert process.stderr is not None
        return place.ended(status, process.stdout.read(), process.stderr.read())


LISTS = (
    Row(
        id="16a",
        case="an empty list",
        exit=2,
        stdin=b"",
        words=("q",),
        says=(error(r".+"), remedy(r".*")),
    ),
    Row(
        id="16b",
        case="a list of empty lines",
        exit=2,
        words=("--from", "list", "q"),
        files={"list": b"\n\n\n"},
        says=(error(r"the list is empty.*"), remedy(".+")),
    ),
    Row(
        id="16c",
        case="an empty question",
        exit=2,
        words=("p.png", ""),
        says=(error(r"the question is empty"), remedy(r'vision ask p\.png "what\'s in this\?"')),
    ),
    Row(
        id="16d",
        case="a list and a question, both from stdin",
        exit=2,
        stdin=b"p.png",
        words=("--from", "-", "-Q", "-"),
        says=(error(r"stdin can be read once, and is asked for twice"), remedy(".+")),
    ),
    Row(
        id="16e",
        case="no question",
        exit=2,
        words=("p.png",),
        says=(error(r"there is no question: .+"), remedy(r'vision ask p\.png "what\'s in this\?"')),
    ),
    Row(
        id="16f",
        case="a stdin to which nobody writes",
        exit=2,
        words=("q",),
        act=silent_stdin,
        inside={"set": {"visioncli.cli.stdin:PATIENCE": 0.5}},
        says=(error(r"no image was named, and stdin gave nothing for 0\.5 s"), remedy(".+")),
    ),
    Row(
        id="16g",
        case="a list line that holds NaN",
        exit=11,
        words=("--from", "list", "q"),
        files={"list": b'{"image": "p.png", "id": NaN}\n'},
        out=re.compile(r'\{.+"error":\{.+\n'),
        says=(r"failed: the id of a line holds what no record can: .+", summary(0, 0, 1)),
    ),
    Row(
        id="17a",
        case="the same picture under two names",
        exit=0,
        requests=1,
        out=re.compile(r"(\{.+\}\n){2}"),
        files={"r.png": png(7), "list": b"p.png\nr.png\n"},
        words=("--from", "list", "q"),
        says=(summary(2),),
    ),
    Row(
        id="73a",
        case="a batch in which some fail",
        exit=11,
        requests=MANY,
        answer=some_fail,
        act=of_many(None, "-j", "1"),
        out="",
        says=(r"failed: openai refuses the request: no \(HTTP 400\)", summary(6, 0, 6)),
    ),
)

ROWS = (*LISTS,)

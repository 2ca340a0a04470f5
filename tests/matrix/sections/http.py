"""Between the program and the provider: HTTP that is cut, stalls, or is none."""

from __future__ import annotations

import re

from tests.faults.server import serving
from tests.matrix.acts import noise
from tests.matrix.place import Done, Place
from tests.matrix.rows import Row, error, remedy, warning

from .words import ONCE, SOON, TWICE

RETRIED = warning("the request was sent 2 times, and may be billed as often")


def redirected(place: Place) -> Done:
    with serving() as other:
        place.write("to", f"{other.url}/f/ok/chat/completions".encode())
        base = place.server.at("redirect", f"{other.url}/f/ok/chat/completions", 307)
        done = place.ask(env={"OPENAI_BASE_URL": f"{base}/row-{place.row.id}"})
        assert other.connections == 0
        return Done(done.status, done.out, done.err.replace(other.address, "OTHER"))


BROKE = error(r"the connection to SERVER broke: Connection reset by peer")


HUNG_UP = error(r"SERVER hung up without an answer")


MIDDLE = error(r"SERVER hung up in the middle of its answer")


IDLE = error(r"SERVER sent nothing for 1 s")


LATER = remedy(r"try again later")


MORE_TIME = remedy(r"--timeout SECONDS")


def http8(id_: str, fault: str, says: str, **more: object) -> Row:
    return Row(
        id=id_,
        case=more.pop("case", fault),
        exit=8,
        requests=1,
        answer=fault,
        options=("--no-stream",),
        says=(error(says),),
        **more,
    )


HTTP = (
    Row(
        id="29a",
        case="reset before the first byte",
        exit=7,
        answer="rst",
        options=TWICE,
        again=1,
        requests=2,
        says=(BROKE,),
    ),
    Row(
        id="29b",
        case="closed before the first byte, three times",
        exit=7,
        answer="fin",
        again=2,
        requests=3,
        says=(HUNG_UP,),
    ),
    Row(
        id="29c",
        case="closed within the headers",
        exit=7,
        answer="fin-head",
        options=TWICE,
        again=1,
        requests=2,
        says=(HUNG_UP,),
    ),
    Row(
        id="29d",
        case="reset once, then well",
        exit=0,
        answer=("flaky", 1, "rst"),
        again=1,
        requests=2,
        says=(RETRIED,),
    ),
    Row(
        id="29e",
        case="reset, and no retries wanted",
        exit=7,
        answer="rst",
        options=ONCE,
        requests=1,
        says=(BROKE,),
    ),
    *(
        Row(
            id=f"30{letter}",
            case=case,
            exit=7,
            answer=fault,
            options=("--no-stream", *TWICE),
            again=1,
            requests=2,
            says=(says,),
        )
        for letter, case, fault, says in (
            ("a", "a plain answer is reset halfway", "rst-mid", BROKE),
            ("b", "a plain answer is shorter than its Content-Length", "cut-body", MIDDLE),
            ("c", "a plain answer ends within a chunk", "chunk-cut", MIDDLE),
            (
                "d",
                "a chunk without a length",
                "chunk-bad",
                error(r"the answer of SERVER is broken: illegal chunk header: .+"),
            ),
        )
    ),
    Row(
        id="31a",
        case="a body that stalls",
        exit=7,
        answer="stall-body",
        inside=SOON,
        options=("--no-stream", *TWICE),
        again=1,
        requests=2,
        says=(IDLE, LATER),
    ),
    Row(
        id="31b",
        case="headers that never come",
        exit=7,
        answer="stall-headers",
        requests=1,
        options=("--timeout", "3"),
        says=(error(r"no complete answer from openai within 3 s"), MORE_TIME),
    ),
    Row(
        id="31c",
        case="a byte every 0.02 s",
        exit=7,
        answer="drip",
        requests=1,
        options=("--timeout", "3"),
        says=(error(r"no complete answer from openai within 3 s"), MORE_TIME),
    ),
    Row(
        id="31d",
        case="headers without end",
        exit=7,
        answer="drip-headers",
        requests=1,
        options=("--timeout", "3"),
        says=(error(r"no complete answer from openai within 3 s"), MORE_TIME),
    ),
    Row(
        id="31e",
        case="no end of interim responses",
        exit=7,
        answer="endless-1xx",
        requests=1,
        options=("--timeout", "3"),
        says=(error(r"no complete answer from openai within 3 s"), MORE_TIME),
    ),
    *(
        Row(id=f"32{letter}", case=case, exit=0, answer=fault, requests=1)
        for letter, case, fault in (
            ("a", "HTTP/1.0, ended by closing", "http10"),
            ("b", "gzip that nobody asked for", "gzip"),
            ("c", "100 Continue that nobody asked for", "continue"),
        )
    ),
    http8("32d", "gzip-cut", r"the answer of SERVER is gzip that is cut short"),
    http8("32e", "gzip-lie", r"the answer of SERVER says that it is gzip, and is not"),
    http8("32f", "br-unasked", r"the answer of SERVER comes in the encoding 'br'.*"),
    http8(
        "32g", "cl-dup", r"SERVER does not speak HTTP as it should: conflicting Content-Length.*"
    ),
    http8("32h", "cl-neg", r"SERVER does not speak HTTP as it should: bad Content-Length.*"),
    http8("32i", "garbage", r"SERVER does not speak HTTP as it should: illegal status line.*"),
    http8("32j", "cl-short", r"openai's answer is not JSON: \{.*"),
    http8("33a", "gzip-bomb", r"the answer of SERVER is larger than 64 MB"),
    http8("33b", "endless", r"the answer of SERVER is larger than 64 MB"),
    http8("33c", "bigheader", r"the headers that SERVER sent are larger than 64 kB"),
    http8("33d", "hugeheader", r"the headers that SERVER sent are larger than 64 kB"),
    Row(
        id="33e",
        case="a stream of text without end",
        exit=8,
        answer="sse-endless",
        requests=1,
        out=re.compile(r"A \*\*red\*\* square on a(x{60000})+\n?"),
        says=(error(r"the answer of SERVER is larger than 4 MB"),),
        inside={"set": {"visioncli.transport:ANSWER_CAP": 4 << 20}},
    ),
    Row(
        id="34a",
        case="307 to another host",
        exit=8,
        requests=1,
        act=redirected,
        says=(
            error(r"SERVER sends the request on to http://OTHER/\S+, which is not followed"),
            remedy(
                r"if you trust it: --base-url, with http://OTHER/f/ok in place of http://SERVER/.+"
            ),
        ),
    ),
    Row(
        id="34b",
        case="a redirect to itself",
        exit=8,
        answer="loop",
        requests=1,
        says=(error(r"SERVER sends the request on to \S+, which is not followed"),),
    ),
    Row(
        id="35a",
        case="413 while 3 MB are still on their way, and a hang-up",
        exit=5,
        answer="early413",
        requests=1,
        words=("big.png", "q"),
        options=("--no-prep",),
        files={"big.png": noise},
        says=(
            error(r"openai refuses the picture big\.png: body too large \(HTTP 413\)"),
            remedy(r"a smaller picture, or fewer of them"),
        ),
    ),
    Row(
        id="35b",
        case="413 while 3 MB are still on their way, and no word more",
        exit=5,
        answer="early413-open",
        requests=1,
        words=("big.png", "q"),
        options=("--no-prep",),
        files={"big.png": noise},
        inside=SOON,
        says=(
            error(r"openai refuses the picture big\.png: body too large \(HTTP 413\)"),
            remedy(r"a smaller picture, or fewer of them"),
        ),
    ),
)

ROWS = (*HTTP,)

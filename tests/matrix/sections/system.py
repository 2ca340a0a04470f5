"""Limits, folders, clocks, bugs, and parts that are missing."""

from __future__ import annotations

import re
from typing import Any

from tests import vendors
from tests.faults.peer import whole
from tests.matrix.place import Done, Place
from tests.matrix.rows import Row, error, remedy, warning

from .shells import ASK, under, works


def no_folder(place: Place) -> Done:
    (place.folder / "gone").mkdir()
    picture = place.folder / "p.png"
    return place.shell(f'cd gone; rmdir "$PWD"; "$V" ask -m "$M" {picture} q')


def read_only_home(place: Place) -> Done:
    """Root may write everywhere, so what is read-only here is a file system."""
    return place.run(["unshare", "-m", "bash", "-c", ('mount -t tmpfs -o ro t "$HOME"; ' + ASK)])


def batch_without_cache(place: Place) -> Done:
    place.write("out", b"")
    return place.run(
        [
            "unshare",
            "-m",
            "bash",
            "-c",
            ('mount -t tmpfs -o ro t "$HOME"; "$V" ask -m "$M" -O out --each p.png q'),
        ]
    )


def raises(what: str, kind: str = "ZeroDivisionError") -> dict[str, Any]:
    return {"inside": {"raise": {what: kind}}}


BUG = error(r"a bug of ours: ZeroDivisionError: nobody foresaw this")


REPORT = remedy(r"--debug shows where; please report it")


PLACES = (
    works(
        "62a",
        "no HOME",
        env={
            "HOME": "UNSET",
            "XDG_CACHE_HOME": "UNSET",
            "XDG_CONFIG_HOME": "UNSET",
            "XDG_DATA_HOME": "UNSET",
        },
    ),
    works(
        "62b", "a HOME that is not there", env={"HOME": "/nowhere", "XDG_CACHE_HOME": "/nowhere"}
    ),
    works("62c", "a read-only HOME", act=read_only_home, needs=("mount",)),
    works(
        "62d",
        "a batch, and no place for its cache",
        ".*",
        ".*",
        act=batch_without_cache,
        needs=("mount",),
        out="",
    ),
    works("62e", "the working folder is deleted", act=no_folder),
    works("63a", "64 open files", **under("ulimit -n 64; " + ASK)),
    works("63b", "400 MB of address space", **under("ulimit -v 400000; " + ASK)),
    works(
        "63c",
        "LANG=C",
        env={"LANG": "C", "LC_ALL": "C"},
        answer=lambda peer: peer.send(
            whole(b"".join(vendors.streamed("openai", ("caf\u00e9",))), kind=peer.kind)
        ),
        out="caf\u00e9\n",
    ),
    works(
        "63d",
        "PYTHONIOENCODING=ascii",
        env={"PYTHONIOENCODING": "ascii"},
        answer=lambda peer: peer.send(
            whole(b"".join(vendors.streamed("openai", ("caf\u00e9",))), kind=peer.kind)
        ),
        out="caf\u00e9\n",
    ),
    works("63e", "TERM unset, no terminal", env={"TERM": "UNSET"}),
    works(
        "63f",
        "no terminal at all",
        act=lambda place: place.run(["setsid", *place.words()]),
        needs=("setsid",),
    ),
    works("63g", "an empty PATH", env={"PATH": ""}),
    works(
        "63h",
        "a batch with -j 64 and 64 files",
        r"-j 64 is lowered to \d+: .+",
        r"answered 1, .+",
        **under('ulimit -n 64; "$V" ask -m "$M" -j 64 --each p.png q'),
        out=re.compile(r"\{.+\}\n"),
    ),
    works("64b", "the clock jumps back by a day at each look", inside={"back": 86_400.0}),
    Row(
        id="64c",
        case="the clock jumps back while a server is waited for",
        exit=0,
        requests=2,
        again=1,
        inside={"back": 86_400.0},
        answer=("flaky", 1, 503),
        says=(warning(r"the request was sent 2 times, .+"),),
    ),
    works(
        "64d",
        "a clock that is two days behind",
        act=lambda place: place.run(["faketime", "-f", "-2d", *place.words()]),
        needs=("faketime",),
    ),
    Row(
        id="64e",
        case="the clock jumps back, and the deadline holds",
        exit=7,
        requests=1,
        inside={"back": 86_400.0},
        answer="stall-headers",
        options=("--timeout", "3"),
        says=(error(r"no complete answer from openai within 3 s"), remedy(r"--timeout SECONDS")),
    ),
)


BUGS = (
    Row(
        id="65a",
        case="an exception that nobody foresaw",
        exit=70,
        says=(BUG, REPORT),
        **raises("visioncli.api:built"),
    ),
    Row(
        id="65b",
        case="the same with --json",
        exit=70,
        says=(BUG, REPORT),
        options=("--json",),
        out=re.compile(r'\{"error":\{"code":"bug",.+"retryable":false,"exit":70\}\}\n'),
        **raises("visioncli.api:built"),
    ),
    Row(
        id="65c",
        case="no memory",
        exit=70,
        says=(error(r"a bug of ours: MemoryError.*"), REPORT),
        **raises("visioncli.api:built", "MemoryError"),
    ),
    Row(
        id="65d",
        case="an exception in a batch's worker",
        exit=70,
        requests=1,
        options=("--each",),
        says=(BUG, REPORT),
        **raises("visioncli.batch.asking:folded"),
    ),
)


PARTS = (
    Row(
        id="72a",
        case="libmagic is missing",
        exit=1,
        inside={"without": ["magic", "pylibmagic"]},
        says=(
            error(r"libmagic cannot be loaded: .+"),
            remedy(r"pip install --force-reinstall pylibmagic"),
        ),
    ),
    Row(
        id="72b",
        case="onnxruntime is missing",
        exit=1,
        model="local/eyes",
        words=("p.png", "how many dogs are there?"),
        inside={"without": ["onnxruntime"]},
        says=(
            r"local/eyes is an object detector .+",
            error(r"local/eyes needs onnxruntime and numpy"),
            remedy(r"pip install 'visioncli\[local\]'"),
        ),
    ),
    Row(
        id="72c",
        case="what signs for AWS is missing",
        exit=4,
        inside={"without": ["botocore"]},
        model="bedrock/us.amazon.nova-lite-v1:0",
        env={
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "of-nobody",
            "AWS_REGION": "eu-central-1",
        },
        says=(
            error(r"bedrock needs botocore to sign requests"),
            remedy(r"pip install 'visioncli\[bedrock\]', or .+"),
        ),
    ),
    works(
        "72e",
        "the faster client is missing",
        ".*",
        inside={"without": ["aiohttp"]},
        options=("--each",),
        out=re.compile(r"\{.+\}\n"),
    ),
)

ROWS = (
    *PLACES,
    *BUGS,
    *PARTS,
)

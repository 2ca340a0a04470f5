"""The whole program within this process: a thousand command lines in the time of ten processes."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

from tests.program import Done, environment
from tests.terminal.received import obeyed
from visioncli.cli.main import main

from .bounds import within

SECONDS = 60.0
# What `ask`, `check`, `models`, `prep` and `batch` may end with where nobody interrupts.
KNOWN = range(14)


def run(words: Sequence[str], *, folder: Path, env: Mapping[str, str], stdin: bytes = b"") -> Done:
    """`vision WORDS` in `folder`, without a network. What is printed need not be UTF-8 to come."""
    given = folder.parent / "stdin"
    given.write_bytes(stdin)
    out, err = io.BytesIO(), io.BytesIO()
    with (
        _at(folder),
        mock.patch.dict(os.environ, {**environment(), **env}, clear=True),
        mock.patch.object(socket, "getaddrinfo", _no_network),
        open(given) as file,  # noqa: PTH123 - as Python opens its own
        mock.patch.object(sys, "stdin", file),
        mock.patch.object(sys, "stdout", io.TextIOWrapper(out, "utf-8")),
        mock.patch.object(sys, "stderr", io.TextIOWrapper(err, "utf-8")),
        _signals(),
        within(SECONDS),
    ):
        status = main(words)
        sys.stdout.flush()
        sys.stderr.flush()
        return Done(status, out.getvalue().decode(), err.getvalue().decode())


def check(words: Sequence[str], done: Done) -> None:
    """It ended as it may, told why on lines of its own, and showed nothing that is obeyed."""
    told = f"{words!r} -> {done.status}\n{done.out[-2000:]}\n{done.err[-2000:]}"
    before = words[: words.index("--")] if "--" in words else words
    assert done.status in KNOWN, told
    assert "a bug of ours" not in done.err, told
    assert "--debug" in before or "Traceback" not in done.err, told
    for text in (done.out, done.err):
        assert not [c for c in text if obeyed(c)], told
    if done.status not in (0, 1, 3, 11):
        assert "error: " in done.err or not words or "--json" in before, told
    if "--json" in before and not {"-h", "--help"} & set(before):
        for line in done.out.splitlines():
            json.loads(line)


def _no_network(host: object, *_: object, **__: object) -> list[object]:
    raise socket.gaierror(socket.EAI_NONAME, "no network here")


@contextmanager
def _at(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _signals() -> Iterator[None]:
    """As they were: a run takes SIGTERM for itself."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, action in before.items():
            signal.signal(number, action)

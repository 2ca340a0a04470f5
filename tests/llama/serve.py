"""Serves a GGUF pair on a free loopback port with llama.cpp's own server, as a child process.

`python -m tests.llama.serve MODEL MMPROJ|-` prints the base URL, then serves until SIGTERM. With
`-` no vision tower is loaded: the server then refuses pictures.
"""

from __future__ import annotations

import signal
import sys
import threading

import xllamacpp


def start(model: str, mmproj: str | None) -> xllamacpp.Server:
    """The server is ready when this returns; it stops when the object is collected."""
    p = xllamacpp.CommonParams()
    p.model.path = model
    if mmproj:
        p.mmproj.path = mmproj
    p.n_ctx = 4096
    p.n_predict = 64  # the random model never stops by itself
    p.n_parallel = 1
    p.cpuparams.n_threads = 1
    p.hostnames = ["127.0.0.1"]
    return xllamacpp.Server(p)


def main() -> int:
    server = start(sys.argv[1], None if sys.argv[2] == "-" else sys.argv[2])
    print(server.listening_address, flush=True)  # noqa: T201 - the parent reads it
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

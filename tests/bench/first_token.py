"""How much later the first token is seen than it was sent, beside a bare socket."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

from tests.program import CAT, KEY

from .figures import Figure, Topic
from .measure import Command
from .setting import NAMES, Setting
from .streams import Streaming, streaming
from .subjects import ask

TOPIC = "first-token"
DELAY = 0.1  # seconds until the server's first token
# The least that a client can do; it prints nothing but what it received.
BARE = r"""
import os, socket, sys
body = open(sys.argv[2], "rb").read()
link = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
link.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: %d\r\n\r\n"
             % len(body) + body)
while piece := link.recv(65536):
    os.write(1, piece)
"""
Seen = tuple[float, float]  # seconds from the process's start, and from the server's sending
OURS = "vision ask, into a pipe"


def into_pipe(command: Command, server: Streaming) -> Seen:
    reading, writing = os.pipe()
    return _seen(command, server, reading, writing)


def on_terminal(command: Command, server: Streaming) -> Seen:
    reading, writing = pty.openpty()
    return _seen(command, server, reading, writing)


def _seen(command: Command, server: Streaming, reading: int, writing: int) -> Seen:
    began = time.perf_counter()
    process = subprocess.Popen(
        command.words,
        env=dict(command.env),
        stdin=subprocess.DEVNULL,
        stdout=writing,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        if not os.read(reading, 1 << 16):
            raise RuntimeError(f"it said nothing: {' '.join(command.words)}")
        now = time.perf_counter()
        while os.read(reading, 1 << 16):
            pass
    except OSError:  # a terminal whose last user has gone
        pass
    finally:
        os.close(reading)
        process.wait()
    return now - began, now - server.sent[-1]


def measure(setting: Setting) -> Topic:
    names = [name for name in ("openai", "llm") if name in setting.peers]
    with streaming(["Yes", ", a", " cat", "."], delay=DELAY) as server:
        base = f"http://127.0.0.1:{server.port}/v1"
        env = setting.env({"OPENAI_BASE_URL": base, "OPENAI_API_KEY": KEY})
        env["TERM"] = "xterm-256color"
        ours = Command(ask(CAT, "-m", "openai/gpt-4o"), env)
        bare = [sys.executable, "-c", BARE, str(server.port), CAT]
        ways: dict[str, tuple[Callable[[Command, Streaming], Seen], Command]] = {
            "a bare socket": (into_pipe, Command(bare, env)),
            OURS: (into_pipe, ours),
            "vision ask, on a terminal": (on_terminal, ours),
        }
        for name in names:
            command = setting.peer_asks(name, server.port, CAT, stream=True)
            ways[NAMES[name]] = (into_pipe, command)
        took: dict[str, list[Seen]] = {name: [] for name in ways}
        for number in range(setting.runs(15, 3) + 1):
            for name, (how, command) in ways.items():
                seen = how(command, server)
                if number:
                    took[name].append(seen)
    return Topic(
        TOPIC,
        "The first token",
        f"The server sends its first token {DELAY * 1000:.0f} ms after the request. Added: from "
        "the process's start to its first byte on stdout, beyond what a bare socket takes "
        "(median of pairs). Held: from the server's sending it to that byte.",
        tuple(_rows(took)),
        setting.peers.missing("openai", "llm"),
    )


def _rows(took: dict[str, list[Seen]]) -> list[Figure]:
    bare = took["a bare socket"]
    rows = []
    for name, seen in took.items():
        beside = not name.startswith("vision")
        held = median(held for _, held in seen) * 1000
        if seen is not bare:
            added = median(a[0] - b[0] for a, b in zip(seen, bare, strict=True)) * 1000
            rows.append(Figure(f"{name}: added", added, "ms", beside=beside))
        rows.append(Figure(f"{name}: held", held, "ms", beside=beside))
    return rows

"""Mock servers that nobody here wrote, each a child process on a free port of loopback.

`aimock` is a program for Node, @copilotkit/aimock of npm: it is taken from the variable
VISION_AIMOCK, else from PATH. `llmock` is a package of PyPI and comes with the extra [dev].
"""

from __future__ import annotations

import json
import os
import queue
import re
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ANSWERS = Path(__file__).with_name("answers.json")
GIVEN = os.environ.get("VISION_AIMOCK")
AIMOCK = str(Path(GIVEN).absolute()) if GIVEN else shutil.which("aimock")
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
LLMOCK = str(Path(sys.executable).with_name("llmock"))


@dataclass(frozen=True)
class Server:
    url: str

    def call(self, path: str, body: Any = None, method: str = "POST") -> Any:
        """What its own control interface says."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method)
        with OPENER.open(request, timeout=30) as answer:
            return json.load(answer)


@contextmanager
def started(*words: str, cwd: Path) -> Iterator[Server]:
    """The server of a command that says its address, in whatever words, once it listens."""
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", cwd=cwd
    ) as child:
        said: queue.Queue[str] = queue.Queue()
        listener = threading.Thread(target=_listen, args=(child, said))
        listener.start()
        try:
            if not (url := said.get(timeout=60)):
                raise AssertionError(f"{words} ended without an address")
            yield Server(url)
        finally:
            child.terminate()
            listener.join()


def _listen(child: subprocess.Popen[str], said: queue.Queue[str]) -> None:
    """Reads to the end, so that a talkative server never waits for its reader."""
    assert child.stdout is not None
    for line in child.stdout:
        if found := re.search(r"http://127\.0\.0\.1:[1-9]\d*", line):
            said.put(found.group())
    said.put("")


@contextmanager
def aimock(folder: Path) -> Iterator[Server]:
    assert AIMOCK
    settings = {"port": 0, "host": "127.0.0.1", "llm": {"fixtures": str(ANSWERS), "chunkSize": 5}}
    (folder / "aimock.json").write_text(json.dumps(settings))
    with started(AIMOCK, "--config", "aimock.json", cwd=folder) as server:
        yield server


@contextmanager
def llmock(folder: Path) -> Iterator[Server]:
    with started(
        *(LLMOCK, "serve", "-p", "0", "-h", "127.0.0.1", "--response-style", "echo"), cwd=folder
    ) as server:
        yield server

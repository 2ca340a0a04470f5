"""A gateway in a thread of this process, or as the installed program."""

from __future__ import annotations

import re
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from tests.program import PROGRAM, environment
from visioncli import config
from visioncli.gateway import settings
from visioncli.gateway.app import app

MASTER = "sk-master-0123456789abcdef"
ASK = "/v1/chat/completions"


@dataclass
class Served:
    """told: the lines for whoever runs it."""

    url: str = ""
    told: list[str] = field(default_factory=list)
    key: str | None = None

    def post(self, body: Any, path: str = ASK, **more: Any) -> httpx.Response:
        return self._client(more).post(path, json=body)

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self._client(more).get(path)

    def send(self, content: bytes, path: str = ASK, **more: Any) -> httpx.Response:
        return self._client(more).post(path, content=content)

    def _client(self, more: Mapping[str, Any]) -> httpx.Client:
        headers = {"authorization": f"Bearer {self.key}"} if self.key else {}
        return Once(
            base_url=self.url,
            headers={**headers, **more.get("headers", {})},
            timeout=60,
            trust_env=False,
        )


class Once(httpx.Client):
    """Closes itself behind its one request."""

    def request(self, *args: Any, **more: Any) -> httpx.Response:
        with self:
            return super().request(*args, **more)


def question(model: str = "m", image: Any = None, **fields: Any) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"type": "text", "text": "What's in this image?"}]
    if image is not None:
        parts.append({"type": "image_url", "image_url": image})
    return {"model": model, "messages": [{"role": "user", "content": parts}], **fields}


@contextmanager
def serving(
    gateway: settings.Gateway | str, env: Mapping[str, str] | None = None, own: str = ""
) -> Iterator[Served]:
    """gateway: its settings, or the text of a TOML. env: all that it finds in the environment.

    own: the text of the user's configuration.
    """
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        if isinstance(gateway, str):
            file = Path(folder, "gateway.toml")
            file.write_text(gateway, "utf-8")
            gateway = settings.load(file).gateway
        written = Path(folder, "config.toml")
        written.write_text(own, "utf-8")
        users = config.load({"VISION_CONFIG": str(written)})
    served = Served()
    made = app(gateway, users, served.told.append, env or {})
    running = uvicorn.Config(
        made,
        host="127.0.0.1",
        port=0,
        log_config=None,
        log_level="critical",
        ws="none",
        lifespan="on",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(running)
    sockets = [running.bind_socket()]
    sockets[0].listen()
    served.url = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    thread = threading.Thread(target=server.run, args=(sockets,))
    thread.start()
    try:
        yield served
    finally:
        server.should_exit = True
        thread.join(10)
        for one in sockets:
            one.close()


@dataclass
class Program:
    """`vision serve` as a process. err: what it has said so far."""

    process: subprocess.Popen[bytes]
    url: str
    err: list[str]

    def stop(self, number: int = signal.SIGTERM, within: float = 15) -> int:
        self.process.send_signal(number)
        return self.process.wait(within)


@contextmanager
def program(*words: str, env: Mapping[str, str] | None = None) -> Iterator[Program]:
    process = subprocess.Popen(
        [PROGRAM, "serve", "--port", "0", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(env),
    )
    lines: list[str] = []
    ready = threading.Event()
    assert process.stderr is not None
    stream = process.stderr

    def read() -> None:
        for raw in stream:
            lines.append(raw.decode("utf-8", "replace").rstrip("\n"))
            if "serving on" in lines[-1]:
                ready.set()
        ready.set()

    reading = threading.Thread(target=read, daemon=True)
    reading.start()
    try:
        ready.wait(30)
        found = re.search(r"serving on (\S+)", "\n".join(lines))
        yield Program(process, found[1] if found else "", lines)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(10)
        reading.join(10)
        stream.close()

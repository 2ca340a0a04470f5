"""What the gateway costs a request, beside another proxy in front of the same mock, in one run.

    python -m tests.bench.gateway [--litellm /path/to/bin/litellm] [--seconds 6] [--rounds 3]

One connection at a time says what a request takes longer than without a proxy; 64 say how many are
answered in a second; the processor time of the proxy says the same where others use the machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from tests import vendors
from tests.program import PROGRAM, environment

KEY = "sk-bench-0123456789abcdef"
MASTER = "general_settings: {master_key: " + KEY + "}\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
PARTS = [
    {"type": "text", "text": "What is in it?"},
    {"type": "image_url", "image_url": {"url": "https://example.com/x.png"}},
]
BODY = json.dumps({"model": "m", "messages": [{"role": "user", "content": PARTS}]}).encode()
HEAD = (
    "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    f"authorization: Bearer {KEY}\r\ncontent-length: {len(BODY)}\r\n\r\n"
)
TICKS = os.sysconf("SC_CLK_TCK")


async def mock(port: int) -> None:
    """Answers at once, whatever it is asked."""
    answer = vendors.plain("openai")
    head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(answer)}\r\n\r\n"

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                found = LENGTH.search(await reader.readuntil(b"\r\n\r\n"))
                await reader.readexactly(int(found[1]) if found else 0)
                writer.write(head.encode() + answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


async def load(port: int, connections: int, seconds: float) -> tuple[list[float], float]:
    """(the seconds that each request took, the seconds of all)."""
    took: list[float] = []
    began = time.monotonic()

    async def ask() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.monotonic() < began + seconds:
            start = time.perf_counter()
            writer.write(HEAD.encode() + BODY)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(head.decode())
            found = LENGTH.search(head)
            await reader.readexactly(int(found[1]) if found else 0)
            took.append(time.perf_counter() - start)
        writer.close()

    await asyncio.gather(*(ask() for _ in range(connections)))
    return took, time.monotonic() - began


def processor(pid: int) -> float:
    """Seconds that a process has used."""
    cells = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(cells[11]) + int(cells[12])) / TICKS


@contextmanager
def started(command: list[str], port: int, env: dict[str, str]) -> Iterator[int]:
    """The process, once it listens."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, env=env, stdout=quiet, stderr=quiet)
    try:
        asyncio.run(_listens(port))
        yield process.pid
    finally:
        process.terminate()
        process.wait(30)


async def _listens(port: int) -> None:
    for _ in range(600):
        with suppress(OSError):
            (await asyncio.open_connection("127.0.0.1", port))[1].close()
            return
        await asyncio.sleep(0.2)
    raise TimeoutError(port)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--litellm", help="its program; without it only ours is measured")
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=4900)
    parser.add_argument("--mock", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.mock:
        asyncio.run(mock(given.port))
        return
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder, "config.yaml")
        config.write_text(
            "model_list: [{model_name: m, litellm_params: {model: openai/gpt-4o,"
            f" api_base: http://127.0.0.1:{given.port}/v1, api_key: fake-key}}}}]\n{MASTER}"
        )
        measure(given, ["--config", str(config)])


def measure(given: argparse.Namespace, words: list[str]) -> None:
    env = {**environment(), "LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
    env["LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY"] = "true"  # there is no other user
    ports = {"mock": given.port, "vision": given.port + 1, "litellm": given.port + 2}
    here = [sys.executable, "-m", "tests.bench.gateway", "--mock", "--port", str(given.port)]
    commands = {"mock": here, "vision": [PROGRAM, "serve", *words]}
    if given.litellm:
        commands["litellm"] = [given.litellm, "--host", "127.0.0.1", *words]
    with running(commands, ports, env) as pids:
        for round_ in range(given.rounds + 1):
            for name, pid in pids.items():
                for connections in (1, 64):
                    before = processor(pid)
                    took, seconds = asyncio.run(load(ports[name], connections, given.seconds))
                    used = processor(pid) - before
                    if round_:  # the first one warms up
                        sys.stdout.write(
                            f"{name:8} {connections:3} connections: {len(took) / seconds:7.0f}/s"
                            f"  median {1000 * statistics.median(took):8.2f} ms"
                            f"  processor {1000 * used / len(took):6.2f} ms\n"
                        )


@contextmanager
def running(
    commands: dict[str, list[str]], ports: dict[str, int], env: dict[str, str]
) -> Iterator[dict[str, int]]:
    """All of them at once."""
    with ExitStack() as stack:
        pids = {}
        for name, command in commands.items():
            port = [] if name == "mock" else ["--port", str(ports[name])]
            pids[name] = stack.enter_context(started([*command, *port], ports[name], env))
        yield pids


if __name__ == "__main__":
    main()

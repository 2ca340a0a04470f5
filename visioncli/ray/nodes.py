"""The cluster itself: joined, looked at, and given a worker on each of its nodes."""

from __future__ import annotations

import io
import logging
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from typing import Any, TextIO

from visioncli.core.errors import NetworkProblem, UsageError, VisionError
from visioncli.core.record import record

from .messages import Letters
from .plan import Plan
from .worker import Worker

try:
    import ray
    from ray.exceptions import RayError, RayTaskError, RuntimeEnvSetupError
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] != "ray":
        raise
    raise UsageError(
        "--engine ray needs Ray", hint="pip install 'visioncli[ray]'", code="extra"
    ) from None

SIGNALS = (signal.SIGINT, signal.SIGTERM)
KNOCK = 10.0  # seconds that the address of a cluster has to answer


class Gone(Exception):
    """A worker has died, or its node has."""


@record
class Node:
    """id: hex. name: for people."""

    id: str
    name: str


@contextmanager
def joined(address: str | None) -> Iterator[None]:
    """A cluster at `address`, that of $RAY_ADDRESS, one that runs here already, or a new one on
    this machine alone; what was begun here ends here. Raises NetworkProblem (7).
    """
    if ray.is_initialized():
        yield
        return
    _knock(address)
    with _signals_kept():
        try:
            ray.init(address, log_to_driver=False, logging_level=logging.CRITICAL)
        except (RayError, ConnectionError, RuntimeError, OSError, ValueError) as error:
            raise _not_joined(address, error) from None
    stdout = _Apart(sys.stdout)
    with redirect_stdout(stdout):
        try:
            yield
        finally:
            stdout.is_mute = True  # what has not been printed yet is now
            with _signals_kept():
                ray.shutdown()


def _knock(address: str | None) -> None:
    """Ray itself tries for minutes where nobody is."""
    host, colon, port = (address or "").removeprefix("ray://").rpartition(":")
    if colon and host and port.isdecimal():
        try:
            socket.create_connection((host.strip("[]"), int(port)), KNOCK).close()
        except (OSError, OverflowError) as error:
            raise _not_joined(address, error) from None


def _not_joined(address: str | None, error: Exception) -> NetworkProblem:
    where = f" at {address}" if address else ""
    said = " ".join(str(error).split())[:200]
    return NetworkProblem(
        f"no Ray cluster{where} can be joined: {said}", hint="ray status --address ADDRESS"
    )


class _Apart(io.TextIOBase):
    """stdout without what Ray's own threads print to it, which may be the stream of the results."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self.is_mute = stream, False

    def write(self, text: str) -> int:
        if self.is_mute or threading.current_thread().name.startswith(("ray_", "ray-")):
            return len(text)
        return self._stream.write(text)

    def flush(self) -> None:
        self._stream.flush()

    def fileno(self) -> int:
        return self._stream.fileno()

    def isatty(self) -> bool:
        return self._stream.isatty()


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Ray takes SIGTERM for itself, for the whole process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)


def alive() -> dict[str, Node]:
    """Those that may be given a worker, by id: a node without CPUs is none of them."""
    found = {}
    for said in ray.nodes():
        if said["Alive"] and said["Resources"].get("CPU", 0) >= 1:
            name = f"{said.get('NodeManagerAddress')} ({said['NodeID'][:8]})"
            found[said["NodeID"]] = Node(said["NodeID"], name)
    return found


class Remote:
    """A worker on a node. Whatever is asked of it raises Gone once it is dead."""

    def __init__(self, node: Node) -> None:
        self.node = node
        strategy = NodeAffinitySchedulingStrategy(node.id, soft=False)
        made = ray.remote(num_cpus=1, max_restarts=0, max_task_retries=0)(Worker)
        self._actor = made.options(scheduling_strategy=strategy).remote()

    async def begin(self, plan: Plan) -> VisionError | None:
        said: VisionError | None = await self._said(self._actor.begin.remote(plan))
        return said

    async def put(self, letters: Letters) -> None:
        await self._said(self._actor.put.remote(letters))

    async def get(self) -> Letters:
        letters: Letters = await self._said(self._actor.get.remote())
        return letters

    def kill(self) -> None:
        with suppress(Exception):  # it may be dead, and its node with it
            ray.kill(self._actor, no_restart=True)

    async def _said(self, reference: Any) -> Any:
        try:
            return await reference
        except RayTaskError:  # a bug of ours
            raise
        except RuntimeEnvSetupError as error:
            raise UsageError(f"{self.node.name} cannot be set up: {error}") from None
        except RayError as error:
            raise Gone(" ".join(str(error).split())[:200]) from None

"""Pictures from programs of this machine: started without a shell, and given ten seconds."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress

from visioncli.core.errors import ImageProblem
from visioncli.core.fields import preview
from visioncli.core.record import record
from visioncli.core.types import Blob

from .blobs import from_path
from .spool import CHUNK, Spool

SECONDS = 10.0
SHOWN = 200  # characters of what a program says
FILE = "{file}"  # in a command: where it is to write, for those that do not write to stdout


@record
class Tool:
    """command: its program and words. needs: the variable without which it has nothing to show.

    check: asked first; without `word` in what it prints there is no picture. decode: for what it
    prints in a way of its own.
    """

    command: tuple[str, ...]
    needs: str = ""
    check: tuple[str, ...] = ()
    word: bytes = b""
    decode: Callable[[bytes], bytes] | None = None


def usable(tools: Sequence[Tool], env: Mapping[str, str] = os.environ) -> list[Tool]:
    """Those that are installed, and have a display to ask."""
    path = env.get("PATH", os.defpath)
    return [
        tool
        for tool in tools
        if (not tool.needs or env.get(tool.needs)) and shutil.which(tool.command[0], path=path)
    ]


def first(tools: Iterable[Tool], name: str, env: Mapping[str, str] = os.environ) -> Blob | None:
    """What the first of them gives that gives anything; None where none does. Raises the last
    one's ImageProblem where any failed.
    """
    failure: ImageProblem | None = None
    for tool in tools:
        try:
            if (blob := taken(tool, name, env)) is not None:
                return blob
        except ImageProblem as error:
            failure = error
    if failure is not None:
        raise failure
    return None


def taken(tool: Tool, name: str, env: Mapping[str, str] = os.environ) -> Blob | None:
    """What it gives; None for nothing. Raises ImageProblem where it fails, or takes too long."""
    if tool.check:
        status, blob, _ = _run(tool.check, name, env)
        if status or tool.word not in b"".join(blob.open()):
            return None
    if FILE in tool.command:
        with tempfile.TemporaryDirectory() as folder:
            return _by_file(tool, name, env, f"{folder}/picture.png")
    status, blob, complaint = _run(tool.command, name, env)
    if status:
        raise _failed(tool, name, complaint or f"status {status}")
    if tool.decode is not None:
        spool = Spool(name)
        spool.add(tool.decode(b"".join(blob.open())))
        blob = spool.blob()
    return blob if blob.size else None


def _by_file(tool: Tool, name: str, env: Mapping[str, str], file: str) -> Blob | None:
    command = [file if word == FILE else word for word in tool.command]
    status, _, complaint = _run(command, name, env)
    if status:
        raise _failed(tool, name, complaint or f"status {status}")
    if not os.path.exists(file):  # noqa: PTH110 - the word that the command was given
        return None
    spool = Spool(name)  # the file goes with its folder
    for piece in from_path(file).open():
        spool.add(piece)
    return spool.blob()


def _run(command: Sequence[str], name: str, env: Mapping[str, str]) -> tuple[int, Blob, str]:
    """(exit status, what it printed, the first line of what it complained)."""
    late = threading.Event()
    with tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaints,
                env=env,
                start_new_session=True,  # what it starts itself ends with it
            )
        except OSError as error:
            what = f"{name}: {command[0]} cannot be started: {error.strerror}"
            raise ImageProblem(what, code="image_tool") from None

        def end() -> None:
            late.set()
            _kill(process)

        timer = threading.Timer(SECONDS, end)
        timer.daemon = True
        timer.start()
        try:
            blob = _read(process, name)
            status = process.wait()
        finally:
            timer.cancel()
            if process.poll() is None:
                _kill(process)
                process.wait()
        if late.is_set():
            what = f"{name}: {command[0]} gave nothing for {SECONDS:g} s"
            raise ImageProblem(what, code="image_tool")
        complaints.seek(0)
        lines = complaints.read(CHUNK).decode("utf-8", "replace").strip().splitlines()
    return status, blob, preview(lines[0], SHOWN) if lines else ""


def _read(process: subprocess.Popen[bytes], name: str) -> Blob:
    spool = Spool(name)
    if process.stdout is not None:
        with process.stdout as stream:
            while piece := stream.read(CHUNK):
                spool.add(piece)
    return spool.blob()


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _failed(tool: Tool, name: str, why: str) -> ImageProblem:
    return ImageProblem(f"{name}: {tool.command[0]} failed: {why}", code="image_tool")

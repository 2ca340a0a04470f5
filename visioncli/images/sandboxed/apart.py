"""Readers that run apart: a process of their own, with little memory, little time and no secrets.

What draws an SVG or a page of a PDF, or decodes HEIC, is a large program in C, C++ or Rust that
eats whatever a stranger made. None of them can be told how long it may take or how much it may
hold, and where one crashes it takes its process along. So it gets one that may be lost: its
standard input is the picture, its standard output an unnamed file of limited size, and nothing that
it prints reaches a terminal. It knows no keys: its environment is empty but for where fonts and
modules are.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import IO, Any, BinaryIO

from visioncli.core.errors import ImageProblem
from visioncli.core.fields import preview
from visioncli.core.record import record
from visioncli.core.types import Blob
from visioncli.images.blobs import as_file, check_unchanged

SECONDS = 8.0  # for one picture; with the start of Python and of ours, ten at most
OUTPUT = 1 << 30  # bytes: 178 megapixels, decoded, are half of it
KEPT = (  # of the environment: where fonts, libraries and temporary files are
    *("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "SYSTEMROOT", "WINDIR", "PATH"),
    *("TMPDIR", "TEMP", "TMP", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "FONTCONFIG_PATH"),
)
HEAD = 4 << 20  # bytes of what a reader says; a colour profile is among it
SHOWN = 200  # characters of what a library says


@record
class Made:
    """facts: what the reader says of it. file: an unnamed one, whose bytes begin at `start`."""

    facts: Mapping[str, Any]
    file: IO[bytes]
    start: int

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self.facts.get("warnings", ()))

    def data(self) -> bytes:
        self.file.seek(self.start)
        return self.file.read()


def made(reader: str, blob: Blob, name: str, **how: object) -> Made:
    """What the reader makes of a picture: "heif", "svg" or "pdf". name: as messages show it.

    Raises ImageProblem: the library is not installed, the picture is damaged or hostile.
    """
    order = json.dumps({"reader": reader, "how": how})
    command = [sys.executable, "-P", "-m", f"{__package__}.reader", order]
    with as_file(blob) as picture:
        out = _temporary(name)
        try:
            status = _status(command, picture, out, name)
            check_unchanged(blob, picture, whole=True)
        except BaseException:
            out.close()
            raise
    return _result(out, status, name)


def _status(command: list[str], picture: BinaryIO, out: IO[bytes], name: str) -> int:
    """How it ended. Raises ImageProblem where it did not within SECONDS."""
    stdin = _with_descriptor(picture, name)
    try:
        process = subprocess.Popen(
            command,
            stdin=stdin,
            stdout=out,
            stderr=subprocess.DEVNULL,
            env=_environment(),
            cwd=os.path.abspath(os.sep),  # noqa: PTH100 - a drive of Windows
        )
    except OSError as error:
        what = f"{name} cannot be drawn: no process can be started: {error.strerror}"
        raise ImageProblem(what, code="image_tool") from None
    finally:
        if stdin is not picture:
            stdin.close()
    try:
        return process.wait(SECONDS)
    except subprocess.TimeoutExpired:
        raise ImageProblem(
            f"{name} takes longer than {SECONDS:g} s to be drawn",
            hint="convert it to PNG first",
            code="image_too_complex",
        ) from None
    finally:
        process.kill()
        process.wait()


def _result(out: IO[bytes], status: int, name: str) -> Made:
    out.seek(0)
    head = out.readline(HEAD)
    if status or not head.endswith(b"\n"):
        out.close()
        raise ImageProblem(
            f"{name} cannot be drawn: its reader crashed, or needs too much memory",
            hint="convert it to PNG first",
            code="image_too_complex",
        )
    facts = json.loads(head)
    if problem := facts.get("problem"):
        out.close()
        what = preview(str(problem["what"]), SHOWN)
        raise ImageProblem(f"{name} {what}", hint=problem["hint"], code=problem["code"])
    return Made(facts, out, len(head))


def _with_descriptor(picture: BinaryIO, name: str) -> IO[bytes]:
    """The same bytes, in something that another process can be given."""
    try:
        picture.fileno()
    except OSError:
        file = _temporary(name)
        try:
            file.write(picture.read())
            file.seek(0)
        except OSError as error:
            raise _no_room(name, error) from None
        return file
    return picture


def _temporary(name: str) -> IO[bytes]:
    try:
        return tempfile.TemporaryFile()
    except OSError as error:
        raise _no_room(name, error) from None


def _no_room(name: str, error: OSError) -> ImageProblem:
    return ImageProblem(
        f"{name} cannot be kept in a temporary file: {error.strerror}",
        hint="free some space, or point TMPDIR elsewhere",
    )


def _environment() -> dict[str, str]:
    """Modules are found where this process found them, the folder one happens to be in aside."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    places = os.pathsep.join(os.path.abspath(place) for place in sys.path if place)  # noqa: PTH100 - any text
    return {**kept, "PYTHONPATH": places, "PYTHONUTF8": "1"}

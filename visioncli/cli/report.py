"""How a command ends: its exit status, and what is said on stderr and, with --json, on stdout."""

from __future__ import annotations

import json as json_module
import re
import signal
import threading
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any

from visioncli.catalogue import index
from visioncli.core.errors import OutputProblem, VisionError
from visioncli.core.secret import hide_known

from .terminal import FORBIDDEN, Notes, Out, ReaderGone, stderr, stdout

IN_JSON = f"[{FORBIDDEN}]"
BUG, INTERRUPTED, TERMINATED, READER_GONE = 70, 130, 143, 141


class Terminated(BaseException):
    """SIGTERM arrived. Like KeyboardInterrupt it passes through whatever catches Exception."""


class Bug(VisionError):
    """Something that nobody foresaw."""

    exit = BUG
    default_code = "bug"


def run(action: Callable[[], int], *, json: bool, debug: bool) -> int:
    """The exit status of `action`, whatever it raises; an error has been told when this returns."""
    _on_sigterm()
    try:
        return action()
    except ReaderGone:
        return READER_GONE
    except KeyboardInterrupt:
        _at_once_next_time()
        return INTERRUPTED
    except Terminated:
        return TERMINATED
    except VisionError as error:
        return _end(error, json=json, debug=debug)
    except Exception as error:  # noqa: BLE001 - the last door: nobody sees a traceback unasked
        what = hide_known(f"a bug of ours: {type(error).__name__}: {error}")
        bug = Bug(what, hint="--debug shows where; please report it")
        bug.__cause__ = error
        return _end(bug, json=json, debug=debug)


def printed(text: str, status: int) -> int:
    """`status` once `text` is on stdout, else that of what kept it from getting there."""

    def write() -> int:
        stdout().write(text)
        return status

    return run(write, json=False, debug=False)


def _end(error: VisionError, *, json: bool, debug: bool) -> int:
    say(error, debug=debug)
    if json and not isinstance(error, OutputProblem):
        try:
            print_json(stdout(), {"error": error_json(error)})
        except ReaderGone:
            return READER_GONE
        except OutputProblem:
            pass  # the first error is the one that counts
    return error.exit


def say(error: VisionError, *, debug: bool = False) -> None:
    """An error in one or two lines on stderr; with --debug its traceback before them."""
    notes = stderr()
    if debug:
        for line in hide_known("".join(traceback.format_exception(error))).splitlines():
            notes.error(line)
    notes.error(f"error: {error.message}")
    if error.hint:
        notes.error(f"  try: {error.hint}")


def warn_of_damage(notes: Notes) -> bool:
    """Whether a refreshed catalogue could not be used, which has been told then."""
    if path := index.damaged():
        notes.warn(
            f"the refreshed catalogue is damaged, the package's own is used: {path}"
            " (vision models --refresh mends it)"
        )
    return bool(path)


def error_json(error: VisionError) -> dict[str, Any]:
    return {
        "code": error.code,
        "message": error.message,
        "hint": error.hint,
        "retryable": error.retryable,
        "exit": error.exit,
    }


def print_json(out: Out, value: Any) -> None:
    """One line of UTF-8."""
    out.write(escaped(json_module.dumps(value, ensure_ascii=False, separators=(",", ":"))) + "\n")


def escaped(text: str) -> str:
    """JSON in which also those characters are escaped that a terminal might obey."""
    return re.sub(IN_JSON, lambda found: json_module.dumps(found.group())[1:-1], text)


def _on_sigterm() -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Terminated

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)


def _at_once_next_time() -> None:
    """A second Ctrl-C, while what the first one began is being tidied up, ends the process."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_DFL)

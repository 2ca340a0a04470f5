"""The process apart: reads one picture from standard input, writes what it makes of it to stdout.

First a line of JSON, the facts; then bytes. See `apart`, which starts it and bounds it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from .frugality import Problem, frugal

EXTRAS = {  # reader -> (what it reads, the extra that brings its library)
    "heif": ("HEIC", "heic"),
    "svg": ("SVG", "svg"),
    "pdf": ("PDF", "pdf"),
}


def main() -> None:
    order = json.loads(sys.argv[1])
    out = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)  # what a library prints would spoil the result
    os.close(nowhere)
    facts, data = _read(order["reader"], order["how"])
    with os.fdopen(out, "wb") as result:
        result.write(json.dumps(facts).encode() + b"\n")
        result.write(data)


def _read(reader: str, how: Mapping[str, Any]) -> tuple[Mapping[str, Any], bytes | memoryview]:
    frugal()
    try:
        read = import_module(f".{reader}_reader", __package__).read
    except ModuleNotFoundError:
        kind, extra = EXTRAS[reader]
        what = f"is {kind}, and the library that reads it is not installed"
        return _told(Problem(what, f"pip install 'visioncli[{extra}]'", "extra_missing")), b""
    try:
        found: tuple[Mapping[str, Any], bytes | memoryview] = read(sys.stdin.buffer, **how)
    except Problem as problem:
        return _told(problem), b""
    except MemoryError:
        what = "needs more memory than a picture should"
        return _told(Problem(what, "convert it to PNG first", "image_too_complex")), b""
    return found


def _told(problem: Problem) -> Mapping[str, Any]:
    return {"problem": {"what": problem.what, "hint": problem.hint, "code": problem.code}}


if __name__ == "__main__":
    main()

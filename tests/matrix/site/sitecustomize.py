"""Loaded by the Python of every `vision` that a row runs: what the row changes in the machine.

MATRIX holds JSON: "set" {"module:attribute": value}, "deadlines" {name: seconds}, "hosts"
{name: [what each look-up finds, …]}, "raise" {"module:attribute": name of an exception}, "without"
[modules that are not installed], "peak" (a file for the most memory that was resident, in bytes),
"public" [addresses that count as such],
"back" seconds by which the clock of the wall is set back between any two looks at it.
"""

from __future__ import annotations

import builtins
import json
import os
import socket
import sys
import time
from importlib import import_module
from pathlib import Path

ASKED = json.loads(os.environ.get("MATRIX", "{}"))


def owner(name: str) -> tuple[object, str]:
    """What "module:a.b" is an attribute of, and the attribute."""
    module, _, path = name.partition(":")
    found: object = import_module(module)
    *way, last = path.split(".")
    for step in way:
        found = getattr(found, step)
    return found, last


def hosts(known: dict[str, list[list[str]]]) -> None:
    """Each look-up of a name takes what comes next, and the last one for ever."""
    system = socket.getaddrinfo

    def getaddrinfo(host, port, *rest, **more):
        if host not in known:
            return system(host, port, *rest, **more)
        found = known[host].pop(0) if len(known[host]) > 1 else known[host][0]
        family = {True: socket.AF_INET6, False: socket.AF_INET}
        return [(family[":" in a], socket.SOCK_STREAM, 6, "", (a, port)) for a in found]

    socket.getaddrinfo = getaddrinfo


def public(also: list[str]) -> None:
    fetch = import_module("visioncli.images.fetch")
    system = fetch.is_public
    fetch.is_public = lambda address: address in also or system(address)


def patient(seconds: dict[str, float]) -> None:
    """Other deadlines than the usual ones, where nobody asks for any."""
    deadlines = import_module("visioncli.transport.clock").Deadlines
    deadlines()  # a record's own way to make one is there once one was made
    system = deadlines.__init__
    deadlines.__init__ = lambda self, **asked: system(self, **{**seconds, **asked})


def raising(kind: type[Exception]):
    def broken(*_, **__):
        raise kind("nobody foresaw this")

    return broken


def remember_peak(file: str) -> None:
    """The program leaves without tidying up, so nothing but its last call can be waited for."""
    leave = os._exit

    def last(status: int) -> None:
        told = Path("/proc/self/status").read_text().splitlines()
        (line,) = (line for line in told if line.startswith("VmHWM:"))
        Path(file).write_text(str(int(line.split()[1]) << 10))
        leave(status)

    os._exit = last


def set_back(seconds: float) -> None:
    system, looks = time.time, 0

    def earlier() -> float:
        nonlocal looks
        looks += 1
        return system() - seconds * looks

    time.time = earlier


for _name in ASKED.get("without", ()):
    sys.modules[_name] = None  # type: ignore[assignment] - which makes an import of it fail
for _name, _value in ASKED.get("set", {}).items():
    setattr(*owner(_name), _value)
for _name, _kind in ASKED.get("raise", {}).items():
    setattr(*owner(_name), raising(getattr(builtins, _kind)))
if ASKED.get("deadlines"):
    patient(ASKED["deadlines"])
if ASKED.get("hosts"):
    hosts(ASKED["hosts"])
if ASKED.get("public"):
    public(ASKED["public"])
if ASKED.get("back"):
    set_back(ASKED["back"])
if ASKED.get("peak"):
    remember_peak(ASKED["peak"])

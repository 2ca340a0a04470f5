"""Changes the key store: whole or not at all, one process after the other, readable by its owner.

A new file is made with its final mode beside the old one, written, synced and moved over it. So no
moment exists at which others could open it, and a power cut leaves the one or the other.
"""

from __future__ import annotations

import glob
import json
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from visioncli.core.errors import OutputProblem

from . import store
from .store import Entry

PATIENCE = 10.0  # seconds for another process that changes the store
PAUSE = 0.02  # seconds between two looks at its lock
NEW = ".new"  # how what will be the store is called until it is whole
Change = Callable[[dict[str, Entry]], None]


def put(name: str, entry: Entry, env: Mapping[str, str] = os.environ) -> Entry | None:
    """What was kept of `name` before. Raises OutputProblem (13), KeyProblem (4)."""
    with _changing(env) as entries:
        before = entries.get(name)
        entries[name] = entry
    return before


def drop(name: str, env: Mapping[str, str] = os.environ) -> Entry | None:
    """What was kept of `name`, which is not any more. Raises as `put` does."""
    if name not in store.load(env).entries:
        return None  # nothing is made where there is nothing
    with _changing(env) as entries:
        return entries.pop(name, None)


@contextmanager
def _changing(env: Mapping[str, str]) -> Iterator[dict[str, Entry]]:
    """The entries as they are now; as they are at the end they are kept."""
    file = store.path(env)
    if file is None:
        raise OutputProblem(
            "nobody knows the home folder, where keys are kept",
            hint=f"set HOME, or name a file in {store.VARIABLE}",
        )
    try:
        if file.is_symlink():
            raise OutputProblem(
                f"the key store {file} is a symbolic link, through which no key is written",
                hint=f"{store.VARIABLE}={os.path.realpath(file)}, if that is the one you mean",
            )
        if file.exists() and not file.is_file():
            raise OutputProblem(
                f"the key store {file} is no regular file",
                hint=f"name another in {store.VARIABLE}",
            )
        _make_folder(file.parent)
        with _locked(file):
            entries = dict(store.load(env).entries)
            yield entries
            _replace(file, _encoded(entries))
    except OSError as error:
        raise _unwritable(file, error) from None


def _encoded(entries: Mapping[str, Entry]) -> bytes:
    said = {
        name: {"keyring": True} if entry.text is None else {"key": entry.text}
        for name, entry in sorted(entries.items())
    }
    return json.dumps({"version": store.VERSION, "keys": said}, indent=1).encode() + b"\n"


def _make_folder(folder: Path) -> None:
    """Every part that is not there yet is made for its owner alone, whatever the umask is."""
    missing = [part for part in (folder, *folder.parents) if not part.exists()]
    for part in reversed(missing):
        part.mkdir(0o700, exist_ok=True)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """One process at a time, by a file beside the store: the store itself is replaced."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
    fd = os.open(file.with_name(f"{file.name}.lock"), flags, 0o600)
    try:
        _wait_for(fd, file)
        for left in file.parent.glob(f"{glob.escape(file.name)}.*{NEW}"):
            left.unlink(missing_ok=True)  # of a process that was killed; it holds keys
        yield
    finally:
        os.close(fd)  # which releases it


def _wait_for(fd: int, file: Path) -> None:
    if sys.platform == "win32":
        return  # nothing there locks a file in this way; two at once are not kept apart
    import fcntl  # not on Windows

    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise OutputProblem(
                    f"another process changes the key store {file}",
                    hint="wait for it, or end it",
                    code="locked",
                ) from None
            time.sleep(PAUSE)
        else:
            return


def _replace(file: Path, data: bytes) -> None:
    made = file.with_name(f"{file.name}.{os.getpid()}-{secrets.token_hex(4)}{NEW}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    fd = os.open(made, flags | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        with os.fdopen(fd, "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        made.replace(file)
    except BaseException:
        with suppress(OSError):
            made.unlink()
        raise
    with suppress(OSError):  # the renaming itself; not every file system can
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _unwritable(file: Path, error: OSError) -> OutputProblem:
    return OutputProblem(
        f"the key store {file} cannot be written: {error.strerror or error}",
        hint=f"make its folder writable, or name another file in {store.VARIABLE}",
    )

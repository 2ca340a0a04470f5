"""The key store: one JSON file, read here and written by `store_writing`.

    {"version": 1, "keys": {"openai": {"key": "sk-…"}, "groq": {"keyring": true}}}

It says which keys the system's keyring has, so that the keyring is asked for those alone. Reading
it is no more than opening a file of that size: every `ask` without a variable does it.
"""

from __future__ import annotations

import json
import os
import shlex
import stat
import sys
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from visioncli.config import NOTHING
from visioncli.core.errors import KeyProblem
from visioncli.core.record import record

VERSION = 1
VARIABLE = "VISION_KEYS"  # another file
LONGEST = 1 << 20  # bytes
OTHERS = stat.S_IRWXG | stat.S_IRWXO
WRITERS = stat.S_IWGRP | stat.S_IWOTH
ROOT = 0


@record
class Entry:
    """text: the key; None: the system's keyring has it."""

    text: str | None = field(repr=False)


@record
class Contents:
    """entries: by the provider's name. warnings: what is worth telling of the file."""

    entries: Mapping[str, Entry] = field(default_factory=lambda: NOTHING)
    warnings: tuple[str, ...] = ()


def path(env: Mapping[str, str] = os.environ) -> Path | None:
    """$VISION_KEYS, else keys/keys.json in the user's data folder; None: nobody knows that."""
    if named := env.get(VARIABLE):
        return Path(os.path.abspath(named))  # noqa: PTH100 - Path.absolute leaves ".." in it
    import platformdirs  # for those who did not name the file

    try:
        folder = platformdirs.user_data_path("visioncli")
    except RuntimeError:  # no home folder
        return None
    return folder / "keys" / "keys.json" if folder.is_absolute() else None


def load(env: Mapping[str, str] = os.environ) -> Contents:
    """What is kept; nothing where there is no file. Raises KeyProblem (4) for one of no use."""
    file = path(env)
    if file is None:
        return Contents()
    try:
        fd = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError):
        return Contents()
    except (OSError, ValueError) as error:
        raise _useless(file, getattr(error, "strerror", None) or str(error)) from None
    try:
        there = os.fstat(fd)
        _check(file, there)
        data = os.read(fd, LONGEST + 1)
    except OSError as error:
        raise _useless(file, error.strerror or str(error)) from None
    finally:
        os.close(fd)
    return Contents(_entries(file, data), _warnings(file, there.st_mode) if data else ())


def _check(file: Path, there: os.stat_result) -> None:
    """Raises KeyProblem (4) for a file that others may have filled: pictures sent with another's
    key are seen by that other.
    """
    if str(file) == os.devnull:
        return
    if not stat.S_ISREG(there.st_mode):  # a pipe would be waited for
        raise _useless(file, "it is no regular file")
    if sys.platform == "win32":
        return
    if there.st_uid not in (os.geteuid(), ROOT):
        raise _useless(
            file, "it is another user's", f"chown {os.geteuid()} {shlex.quote(str(file))}"
        )
    if there.st_mode & WRITERS:
        raise _useless(file, "others can write into it", _chmod(file))


def _entries(file: Path, data: bytes) -> dict[str, Entry]:
    if not data.strip():
        return {}
    try:
        table = json.loads(data) if len(data) <= LONGEST else None
    except (ValueError, RecursionError):
        table = None
    listed = table.get("keys") if isinstance(table, dict) else None
    if not isinstance(table, dict) or not isinstance(listed, dict):
        raise _useless(file, "it is damaged", "vision keys path says where it is; move it away")
    if table.get("version") != VERSION:
        raise _useless(file, "it is of another version of this program", "upgrade visioncli")
    return {name: _entry(file, name, said) for name, said in listed.items()}


def _entry(file: Path, name: str, said: Any) -> Entry:
    text = said.get("key") if isinstance(said, dict) else None
    if isinstance(text, str):
        return Entry(text)
    if isinstance(said, dict) and said.get("keyring") is True:
        return Entry(None)
    raise _useless(file, f"its entry for {name} is damaged", f"vision keys set {name}")


def _warnings(file: Path, mode: int) -> tuple[str, ...]:
    if sys.platform == "win32" or not mode & OTHERS or str(file) == os.devnull:
        return ()
    return (f"others can read the keys in {file}: {_chmod(file)}",)


def _chmod(file: Path) -> str:
    return f"chmod 600 {shlex.quote(str(file))}"


def _useless(file: Path, why: str, hint: str | None = None) -> KeyProblem:
    return KeyProblem(
        f"the key store {file} cannot be used: {why}",
        hint=hint or f"make it readable, move it away, or name another file in {VARIABLE}",
        code="key_store",
    )

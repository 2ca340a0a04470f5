"""The system's keyring, asked in a process of its own: `get|set|delete PROVIDER ask|silent`.

A key comes in on stdin, and goes out on stdout in JSON.

Keyrings hang where the desktop's bus does, print what they like, and ask for passwords on whatever
terminal they find. A process without a terminal, which can be ended, keeps all that away from who
wants a key. Nothing is unlocked, either, where nobody sits who could be asked.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any, NoReturn

SERVICE = "visioncli"
USABLE = 1  # the priority from which on keyring itself recommends a backend
ASKING = "keyring.backends.kwallet"  # opens its wallet before it can be asked anything


class LockedError(Exception):
    """What may ask would have to."""


def main(words: list[str]) -> dict[str, Any]:
    operation, provider, asking = words
    try:
        keyring = importlib.import_module("keyring")
    except ModuleNotFoundError:
        return {"error": "the package keyring is not installed"}
    if asking != "ask":
        _never_unlocking()
    backend = keyring.get_keyring()
    if backend.priority < USABLE:
        return {"error": "this machine has no keyring"}
    if asking != "ask" and type(backend).__module__ == ASKING:
        raise LockedError
    if operation == "get":
        return {"key": backend.get_password(SERVICE, provider)}
    if operation == "set":
        backend.set_password(SERVICE, provider, sys.stdin.read())
        return {"backend": type(backend).__module__.rpartition(".")[2]}
    if backend.get_password(SERVICE, provider) is not None:
        backend.delete_password(SERVICE, provider)
    return {}


def _never_unlocking() -> None:
    """The Secret Service's own window for a password stays closed."""
    try:
        collection = importlib.import_module("secretstorage.collection")
        item = importlib.import_module("secretstorage.item")
    except ModuleNotFoundError:
        return

    def refuse(*_args: Any, **_more: Any) -> NoReturn:
        raise LockedError

    collection.Collection.unlock = item.Item.unlock = refuse


def _told() -> dict[str, Any]:
    try:
        return main(sys.argv[1:])
    except Exception as error:  # noqa: BLE001 - whatever a backend raises, its caller takes another source
        name = type(error).__name__
        locked = name in ("LockedError", "KeyringLocked")
        return {"error": "it is locked" if locked else f"it fails: {name}"}


if __name__ == "__main__":
    out = sys.stdout
    sys.stdout = sys.stderr  # what others print is no answer
    print(json.dumps(_told()), file=out)

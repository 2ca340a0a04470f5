"""The folder of a refreshed catalogue: what was read before, and files that are whole or not there.

`index.tsv` and `facts.tsv` are what the program reads. `state.json` remembers, for each source, the
ids it listed last and the tags by which a server tells that nothing has changed; no key is in it,
and no address, since a mirror's may hold one. New files are written into a folder beside the old
ones, brought to the disk and looked at there; then that folder gets another name, which says that
they count, and they are moved out of it, the index last. Whoever reads meanwhile finds each file
old or new; where a refresh was killed between two of them, the next one moves the rest.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, field
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any

from visioncli.core.errors import OutputProblem
from visioncli.core.record import record

try:
    import fcntl
except ImportError:  # Windows, whose renames are whole too; two refreshes at once are rare there
    fcntl = None  # type: ignore[assignment]

INDEX, FACTS, STATE, LOCK = "index.tsv", "facts.tsv", "state.json", "lock"
VERSION = 1
PATIENCE = 30.0  # seconds that another refresh may take to write what it has
MADE, COUNTS = ".new-", ".ready-"  # begin the names of such folders


@record
class Tags:
    """What a server said of a document, to ask for it again only if it has changed.

    digest: of its bytes, for servers that say nothing.
    """

    etag: str = ""
    modified: str = ""
    digest: str = ""


@record
class Listed:
    """What a source of this kind said last. ids: what it listed. digest: of all it said."""

    as_of: str
    digest: str
    ids: frozenset[str]


@record(frozen=False)
class State:
    """documents: by the address's digest. kinds: by the source's name. files: the digest of those
    that all this went into; where they are gone or others, nothing of it holds.
    """

    documents: dict[str, Tags] = field(default_factory=dict)
    kinds: dict[str, Listed] = field(default_factory=dict)
    files: str = ""


def digest(data: bytes) -> str:
    return sha256(data).hexdigest()


def opened(folder: Path) -> None:
    """Makes sure that the folder is there and can be written. Raises OutputProblem (13)."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise _unwritable(folder, error) from None
    with locked(folder):
        pass  # which finishes what a refresh began that was killed


def state(folder: Path) -> State:
    """An empty one where nothing is remembered, or of another catalogue."""
    try:
        known = _read(json.loads((folder / STATE).read_bytes()))
        held = digest((folder / INDEX).read_bytes() + (folder / FACTS).read_bytes())
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return State()
    return known if known.files == held else State()


def _read(data: Any) -> State:
    if data["version"] != VERSION:
        return State()
    return State(
        documents={str(k): Tags(**_texts(v)) for k, v in data["documents"].items()},
        kinds={
            str(k): Listed(str(v["as_of"]), str(v["digest"]), frozenset(map(str, v["ids"])))
            for k, v in data["kinds"].items()
        },
        files=str(data["files"]),
    )


def _texts(data: Mapping[str, Any]) -> dict[str, str]:
    return {str(key): str(value) for key, value in data.items()}


def _state_bytes(known: State) -> bytes:
    data = {
        "version": VERSION,
        "files": known.files,
        "documents": {key: asdict(tags) for key, tags in known.documents.items()},
        "kinds": {
            name: {"as_of": one.as_of, "digest": one.digest, "ids": sorted(one.ids)}
            for name, one in known.kinds.items()
        },
    }
    return json.dumps(data, separators=(",", ":")).encode("ascii")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """One refresh at a time writes. A process that is killed leaves no lock behind."""
    if fcntl is None:
        _finished(folder)
        yield
        return
    try:
        fd = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _unwritable(folder, error) from None
    try:
        _wait(fd, folder)
        _finished(folder)
        yield
    finally:
        os.close(fd)


def _finished(folder: Path) -> None:
    """What a refresh left that was killed: what counted already is taken, the rest is not."""
    try:
        for ready in folder.glob(f"{COUNTS}*"):
            _moved(ready, folder)
    except OSError as error:
        raise _unwritable(folder, error) from None
    for made in folder.glob(f"{MADE}*"):
        rmtree(made, ignore_errors=True)


def _moved(ready: Path, folder: Path) -> None:
    for name in (FACTS, INDEX, STATE):
        if (ready / name).exists():
            (ready / name).replace(folder / name)
    ready.rmdir()


def _wait(fd: int, folder: Path) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > end:
                raise OutputProblem(
                    f"another refresh holds {folder} for more than {PATIENCE:g} s",
                    hint="wait for it, or end it",
                    code="locked",
                ) from None
            time.sleep(0.05)
        except OSError:  # a file system without locks
            return
        else:
            return


def write(
    folder: Path,
    *,
    index: bytes,
    facts: bytes,
    known: State,
    check: Callable[[Path], None],
) -> None:
    """Puts the new files in the place of the old ones; call it within `locked`.

    check: of the folder in which the new ones lie, before they count; what it raises leaves the old
    ones as they are. Raises OutputProblem (13).
    """
    known.files = digest(index + facts)
    files = {FACTS: facts, INDEX: index, STATE: _state_bytes(known)}
    try:
        made = Path(tempfile.mkdtemp(prefix=MADE, dir=folder))
        try:
            for name, data in files.items():
                _put(made / name, data)
            check(made)
        except BaseException:
            rmtree(made, ignore_errors=True)
            raise
        ready = made.rename(made.with_name(made.name.replace(MADE, COUNTS)))
        _synced(folder)
        _moved(ready, folder)
        _synced(folder)
    except OSError as error:
        raise _unwritable(folder, error) from None


def _put(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _synced(folder: Path) -> None:
    """The renames themselves; a file system that knows no such thing has its own way."""
    with suppress(OSError):
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def _unwritable(folder: Path, error: OSError) -> OutputProblem:
    return OutputProblem(
        f"the catalogue in {folder} cannot be written: {error.strerror or error}",
        hint="the one of before is still in use; free some space, or make the folder writable"
        " (XDG_CACHE_HOME=DIR chooses another)",
    )

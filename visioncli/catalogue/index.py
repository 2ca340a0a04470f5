"""The list of known models as one sorted text file, read by bisection.

A line is seven cells between tabs: id, verdict (y | n | u), source (a key of SOURCES), date of the
statement, date of retirement or "", first date without it or "", reason. Lines are sorted by the
id's bytes with its letters made small, so that one search finds an id in any letter case. The first
line names the columns and the projects the facts come from; `build` writes the file.

path: "" is the file in use, which `current` chooses: the package's own, or a newer one from a
refresh. Where that one turns out to be damaged the package's own is used instead, and `damaged`
tells of it: a cache must never take an answer away.

Nothing but `current` is imported: the door loads this file before any argument parser, and an
import would cost more than the search (0.03 ms).
"""

from . import current

TYPE_CHECKING = False  # as type checkers know it; importing `typing` costs half as much as Python
if TYPE_CHECKING:
    import io
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

NAME = "index.tsv"
PATH = current.BUNDLED + NAME
SOURCES = {
    "L": "litellm",
    "M": "models.dev",
    "O": "ollama-library",
    "P": "provider",  # its own list
    "V": "visioncli",
}
LONGEST = 1024  # bytes; no line is longer, `build` sees to it

Row = tuple[str, str, str, str, str, str, str]


class _InUse:
    """path: the file in use, "" until it is chosen. held: its lines by their keys, once held, and
    the providers that have one.
    """

    def __init__(self) -> None:
        self.path = self.damaged = ""
        self.held: dict[bytes, list[bytes]] | None = None
        self.providers: set[bytes] = set()


_in_use = _InUse()


def use(path: str = "") -> None:
    """Reads `path` from now on; "" has it chosen anew."""
    _in_use.path, _in_use.damaged, _in_use.held = path, "", None


def damaged() -> str:
    """The path of a refreshed file that could not be used, "" where there is none."""
    return _in_use.damaged


def hold() -> None:
    """Reads the file in use into memory: 20 ms, for who will look for hundreds of ids."""
    if _in_use.held is not None:
        return
    held = _tried("", _by_key)
    if _chosen() != PATH:
        held = {**_by_key(PATH), **held}  # as `find` has it
    _in_use.held = held
    _in_use.providers = {key.partition(b"/")[0] for key in held}


def _by_key(path: str) -> dict[bytes, list[bytes]]:
    held: dict[bytes, list[bytes]] = {}
    for row in _read("", path):
        if path != PATH:
            _row(row)
        held.setdefault(row.partition(b"\t")[0].lower(), []).append(row)
    return held


def _chosen() -> str:
    if not _in_use.path:
        _in_use.path = path = current.file(NAME)
        refreshed = current.cache() + NAME
        if path == PATH and current.there(refreshed) and not current.made(refreshed):
            _in_use.damaged = refreshed
    return _in_use.path


def _tried(path: str, work: "Callable[[str], T]") -> "T":
    """What `work` makes of a file; where the one in use is damaged, of the package's own."""
    try:
        return work(path or _chosen())
    except (OSError, ValueError):
        if not _give_up(path):
            raise
        return work(PATH)


def _give_up(path: str) -> bool:
    """Whether there is another file to read from now on instead of the one in use."""
    if path or _chosen() == PATH:
        return False
    lost = _chosen()
    use(PATH)
    _in_use.damaged = lost
    return True


def find(model: str, path: str = "") -> Row | None:
    """The row of `model`, else of the id that differs from it in letter case alone, else None."""
    key = _key(model)
    if key is None:
        return None
    if _in_use.held is not None and not path:
        found = _best(*key, _in_use.held.get(key[1], []))
        return None if found is None else _row(found)

    def look(file: str) -> Row | None:
        line = _best(*key, _same(key[1], file))
        return None if line is None else _row(line)

    row = _tried(path, look)
    if row is None and not path and _chosen() != PATH:
        row = look(PATH)  # a newer package may know what an older one's refresh did not
    return row


def line(model: str, path: str) -> bytes | None:
    """The same as it stands in any file that is sorted like this one."""
    key = _key(model)
    return None if key is None else _best(*key, _same(key[1], path))


def _key(model: str) -> tuple[bytes, bytes] | None:
    """(the id's bytes, the same in small letters); None for what cannot stand in a file."""
    typed = model.encode("utf-8", "surrogateescape")
    if b"\t" in typed or b"\n" in typed or typed.startswith(b"#"):
        return None
    return typed, typed.lower()


def _same(small: bytes, path: str) -> list[bytes]:
    """The lines whose id is `small` in small letters."""
    key = small + b"\t"
    same = []
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - pathlib costs as much as Python's own start
        file.seek(_bound(file, key))
        for row in file.read(4 * LONGEST).split(b"\n"):
            if not row.lower().startswith(key):
                break
            same.append(row)
    return same


def _best(typed: bytes, small: bytes, same: list[bytes]) -> bytes | None:
    for wanted in (typed + b"\t", small + b"\t"):
        for row in same:
            if row.startswith(wanted):
                return row
    return same[0] if same else None


def knows(provider: str, path: str = "") -> bool:
    """Whether any model of this provider is listed."""
    if _in_use.held is not None and not path:
        return provider.encode("utf-8", "surrogateescape").lower() in _in_use.providers
    return bool(_tried(path, lambda file: _read(provider, file)))


def rows(provider: str = "", path: str = "") -> list[Row]:
    """Every row, or those of one provider."""
    return _tried(path, lambda file: [_row(line) for line in _read(provider, file)])


def providers(path: str = "") -> list[str]:
    """Every provider that has a row, sorted."""
    lines = _tried(path, lambda file: _read("", file))
    return sorted({line.partition(b"/")[0].decode() for line in lines})


def seeing(today: str, provider: str = "", path: str = "") -> list[bytes]:
    """The ids of all models that can see and are not retired on `today` (YYYY-MM-DD), sorted."""
    day = today.encode()

    def look(file: str) -> list[bytes]:
        lines, found = _read(provider, file), []
        if file != PATH and not b"".join(lines).decode("ascii").replace("\t", "").isprintable():
            raise ValueError(file)  # as `_row` does, for a tenth of the time
        for line in lines:
            model, verdict, _source, _as_of, retires, gone, _why = line.split(b"\t")
            if verdict not in (b"y", b"n", b"u"):
                raise ValueError(model)
            if verdict == b"y" and not gone and not b"" < retires <= day:
                found.append(model)
        return found

    return _tried(path, look)


def _read(provider: str, path: str) -> list[bytes]:
    with open(path, "rb", buffering=0) as file:  # noqa: PTH123 - as above
        if not provider:
            return file.readall().split(b"\n")[1:-1]
        prefix = provider.encode("utf-8", "surrogateescape").lower()
        start = _bound(file, prefix + b"/")
        end = _bound(file, prefix + b"0")  # "0" comes after "/"
        file.seek(start)
        return file.read(max(0, end - start)).split(b"\n")[:-1]


def _bound(file: "io.FileIO", key: bytes) -> int:
    """Where the first line starts that does not sort before `key`. Raises ValueError for a file
    that has no such lines.
    """
    low, high = 0, file.seek(0, 2)
    while high - low > 4 * LONGEST:
        middle = (low + high) // 2
        file.seek(middle)
        piece = file.read(2 * LONGEST).lower()
        start = piece.find(b"\n") + 1
        if not start:  # a line longer than any is
            raise ValueError(middle)
        if piece[start : start + len(key)] < key:
            low = middle + start
        else:
            high = middle + start
    file.seek(low)
    block = file.read(high - low).lower()
    at = 0
    while at < len(block) and block[at : at + len(key)] < key:
        at = block.find(b"\n", at) + 1
    return low + at


def _row(line: bytes) -> Row:
    """Raises ValueError for what is no row."""
    model, verdict, source, as_of, retires, gone, why = cells = line.decode("ascii").split("\t")
    if verdict not in ("y", "n", "u") or not "".join(cells).isprintable():
        raise ValueError(model)
    return model, verdict, source, as_of, retires, gone, why

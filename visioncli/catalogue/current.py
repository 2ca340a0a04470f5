"""Which files the catalogue is read from: the package's own, or newer ones from a refresh.

Nothing but os and sys is imported: the door looks here before any parser is loaded. The folders are
those that platformdirs names, which costs more to ask than the whole look-up; a test compares.
"""

import os
import sys

BUNDLED = __file__.removesuffix("current.py")
HEAD = 256  # bytes that hold the first three cells of a file's first line
MARK = b"#visioncli catalogue 1"  # the first; then the date, and the bytes of the whole file


def cache() -> str:
    """The folder of a refreshed catalogue, with a separator at its end; it may not exist."""
    if sys.platform == "win32":
        return _local() + "\\visioncli\\visioncli\\Cache\\catalogue\\"
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not base.startswith("/"):
        base = _home() + ("/Library/Caches" if sys.platform == "darwin" else "/.cache")
    return base + "/visioncli/catalogue/"


def configurations() -> list[str]:
    """Where the user's configuration may be, more places than it is looked for in: releases of
    platformdirs differ in what a variable must be like, and in whether macOS has it.
    """
    if sys.platform == "win32":
        return [_local() + "\\visioncli\\visioncli\\config.toml"]
    said = os.environ.get("XDG_CONFIG_HOME", "")
    bases = [_home() + "/.config", _home() + "/Library/Application Support", said, said.strip()]
    return [base + "/visioncli/config.toml" for base in bases if base]


def _home() -> str:
    return os.path.expanduser("~")  # noqa: PTH111 - pathlib costs as much as Python's own start


def _local() -> str:
    return os.environ.get("LOCALAPPDATA") or _home() + "\\AppData\\Local"


def file(name: str) -> str:
    """The path of "index.tsv" or "facts.tsv": the refreshed one, unless the package's is newer.

    A refresh begins with what the package holds, so that of the same day it is never the worse one.
    """
    bundled, cached = BUNDLED + name, cache() + name
    date = made(cached)
    return cached if date and date >= made(bundled) else bundled


def head(date: str, rest: str, others: int) -> str:
    """The first line of a file. rest: further cells. others: bytes of all that follows it."""
    line = f"{MARK.decode()}\t{date}\t{0:09}\t{rest}"
    return line.replace(f"\t{0:09}\t", f"\t{len(line.encode()) + 1 + others:09}\t", 1)


def made(path: str) -> str:
    """YYYY-MM-DD of a file's first line, "" where it is no such file or not all of it is there."""
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    except OSError:
        return ""
    try:
        first = os.read(fd, HEAD)
        end = os.lseek(fd, 0, os.SEEK_END)
    except OSError:  # a folder
        return ""
    finally:
        os.close(fd)
    mark, _, rest = first.partition(b"\t")
    date, _, rest = rest.partition(b"\t")
    whole = rest.partition(b"\t")[0] == b"%09d" % end
    return date.decode("ascii", "replace") if mark == MARK and len(date) == 10 and whole else ""


def there(path: str) -> bool:
    """Whether there is such a file at all."""
    try:
        os.stat(path)  # noqa: PTH116 - as above
    except OSError:
        return False
    return True

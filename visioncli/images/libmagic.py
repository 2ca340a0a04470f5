"""Which libmagic there is, for who asks after it; `sniff` uses it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from visioncli.core.errors import VisionError

from . import sniff

PROOF = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0"  # any libmagic knows it


class Library(NamedTuple):
    """version: such as "5.46". origin: the package that brought it, or "the system"."""

    version: str
    origin: str
    path: str


def found() -> Library:
    """The library in use. Raises VisionError where none can be loaded, or it knows no picture."""
    if (told := sniff.media_type(PROOF)) != "image/png":
        raise VisionError(
            f"libmagic takes a PNG for {told}: its database is not the one that belongs to it",
            hint="pip install --force-reinstall pylibmagic",
            code="libmagic",
        )
    import magic  # loaded by then, as `sniff` loads it

    name = str(magic.libmagic._name)  # noqa: SLF001 - ctypes tells it nowhere else
    number = int(magic.version())  # type: ignore[no-untyped-call]  # its own
    return Library(f"{number // 100}.{number % 100:02}", *_origin(name))


def _origin(name: str) -> tuple[str, str]:
    """(who brought it, its path) of the name that the loader was given."""
    path = _mapped(name)
    for package in ("pylibmagic", "magic"):
        if Path(path).parent.name == package or Path(path).parent.parent.name == package:
            return ("python-magic-bin" if package == "magic" else package), path
    return "the system", path


def _mapped(name: str) -> str:
    """Where the system's loader found it, which Linux tells."""
    if "/" in name or "\\" in name or not sys.platform.startswith("linux"):
        return name
    try:
        maps = Path("/proc/self/maps").read_text("utf-8", "replace")
    except OSError:
        return name
    return next((line.split()[-1] for line in maps.splitlines() if "/libmagic" in line), name)

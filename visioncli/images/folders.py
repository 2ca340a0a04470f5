"""The pictures in a folder, and those that a quoted glob means, in the order that people count.

Nothing is opened but folders, and files without an extension, whose first bytes tell. A folder is
sorted before the first name of it is given, which takes all its names: beyond RUN of them they are
sorted in pieces, which wait in an unnamed temporary file, so that memory stays flat.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from fnmatch import translate

from visioncli.core.errors import ImageProblem

from . import names, sniff
from .blobs import opened, unreadable
from .natural import ordered

EXTENSIONS = frozenset(  # what a folder's pictures end in; a PDF is none by itself
    "apng avif bmp dib gif heic heif hif ico jfif jp2 jpe jpeg jpg jxl pbm pgm png pnm ppm svg svgz"  # noqa: SIM905 - reads better
    " tga tif tiff webp".split()
)
DEEPEST = 200  # folders inside each other
MAGIC = re.compile(r"[*?[]")
ANY_DEPTH = "**"
Warn = Callable[[str], None]
Matches = Callable[[str], bool]


def inside(folder: str, *, deep: bool, warn: Warn) -> Iterator[str]:
    """Names of the pictures in it, one after the other; deep: and in the folders in it.

    Hidden files and folders are passed over, and links to folders, with a warning, are not
    followed. warn: told of what could not be looked into. Raises ImageProblem where the folder
    cannot be read or, at the end, holds no picture.
    """
    found = False
    for name in _inside(folder, deep=deep, warn=warn, depth=0):
        found = True
        yield name
    if not found:
        hint = "name the pictures, or another folder"
        raise ImageProblem(
            f"{names.shown(folder)} holds no picture",
            hint=hint if deep else "-r looks into the folders inside, too",
            code="image_missing",
        )


def matching(pattern: str, *, warn: Warn) -> Iterator[str]:
    """Names of the files that a glob means: `*`, `?`, `[…]` within a name, `**` any folders.

    Where the last part of the pattern has an extension, all that match are given, else the pictures
    among them. Hidden files need a dot in the pattern. `*.jpg` means what it says: .JPG is another.
    Raises ImageProblem at the end where nothing matches.
    """
    parts = [part for part in re.split(r"/+", pattern) if part]
    start = "/" if pattern.startswith("/") else ""
    found = False
    if parts and not pattern.endswith("/"):
        any_type = "." in parts[-1].strip(".")
        for name in _matching(start, parts, warn, 0):
            if any_type or _is_picture(name, os.path.basename(name)):  # noqa: PTH119 - the name may hold anything
                found = True
                yield f"./{name}" if name == names.STDIN else name
    if not found:
        raise ImageProblem(
            f"no picture matches {names.shown(pattern)}",
            hint="check the pattern; between quotes it is matched here, not by the shell",
            code="image_missing",
        )


def _inside(folder: str, *, deep: bool, warn: Warn, depth: int) -> Iterator[str]:
    """Files first, then folder by folder. The first folder must be readable, one in it may not."""

    def lost(error: OSError) -> None:
        if not depth:
            raise unreadable(folder, error) from None
        warn(f"{names.shown(folder)} cannot be looked into: {error.strerror}")

    for name in ordered(_names(folder, _pictures, lost)):
        yield os.path.join(folder, name)  # noqa: PTH118 - the name may hold anything
    if not deep:
        return
    if depth >= DEEPEST:
        warn(f"{names.shown(folder)} is too deep: what is in its folders was left out")
        return
    for name in ordered(_names(folder, _folders(warn), lost)):
        inner = os.path.join(folder, name)  # noqa: PTH118 - as above
        yield from _inside(inner, deep=True, warn=warn, depth=depth + 1)


def _names(
    folder: str, wanted: Callable[[os.DirEntry[str]], bool], lost: Callable[[OSError], None]
) -> Iterator[str]:
    try:
        with os.scandir(folder or ".") as entries:
            for entry in entries:
                if wanted(entry):
                    yield entry.name
    except OSError as error:
        lost(error)


def _pictures(entry: os.DirEntry[str]) -> bool:
    """Also what cannot be read, so that it is told when it is its turn: no picture is lost."""
    if entry.name.startswith(".") or _is_folder(entry):
        return False
    return _is_picture(entry.path, entry.name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a loop
        return False


def _folders(warn: Warn) -> Callable[[os.DirEntry[str]], bool]:
    def wanted(entry: os.DirEntry[str]) -> bool:
        if entry.name.startswith(".") or not _is_folder(entry):
            return False
        if entry.is_symlink():
            warn(f"{names.shown(entry.path)} is a link to a folder, and is not followed")
            return False
        return True

    return wanted


def _is_picture(path: str, name: str) -> bool:
    """By its extension, or where it has none by its first bytes."""
    _, dot, extension = name.rpartition(".")
    if dot:
        return extension.lower() in EXTENSIONS
    try:
        if not os.path.isfile(path):  # noqa: PTH113 - the name may hold anything
            return False
        fd = opened(path)
    except ImageProblem:
        return False
    try:
        return sniff.media_type(os.read(fd, sniff.HEAD)).startswith("image/")
    except OSError:
        return False
    finally:
        os.close(fd)


def _matching(start: str, parts: list[str], warn: Warn, depth: int) -> Iterator[str]:
    """start: what has been matched, "" or ending in a slash."""
    part, rest = parts[0], parts[1:]
    if part == ANY_DEPTH:
        yield from _at_any_depth(start, rest, warn, depth)
    elif not MAGIC.search(part):
        if rest:
            yield from _matching(f"{start}{part}/", rest, warn, depth)
        elif os.path.lexists(start + part) and not os.path.isdir(start + part):  # noqa: PTH112 - as above
            yield start + part
    elif rest:
        for name in ordered(_names(start, _fits(part, folders=True), _told(start, warn))):
            yield from _matching(f"{start}{name}/", rest, warn, depth)
    else:
        for name in ordered(_names(start, _fits(part, folders=False), _told(start, warn))):
            yield start + name


def _at_any_depth(start: str, rest: list[str], warn: Warn, depth: int) -> Iterator[str]:
    """`**` is no folder, one, or several inside each other; links are not followed."""
    while rest and rest[0] == ANY_DEPTH:
        rest = rest[1:]
    yield from _matching(start, rest or ["*"], warn, depth)
    if depth >= DEEPEST:
        return
    for name in ordered(_names(start, _folders(lambda _: None), _told(start, warn))):
        yield from _at_any_depth(f"{start}{name}/", rest, warn, depth + 1)


def _fits(part: str, *, folders: bool) -> Callable[[os.DirEntry[str]], bool]:
    fits = re.compile(translate(part)).match
    hidden = part.startswith(".")

    def wanted(entry: os.DirEntry[str]) -> bool:
        if not fits(entry.name) or (entry.name.startswith(".") and not hidden):
            return False
        return _is_folder(entry) is folders

    return wanted


def _told(folder: str, warn: Warn) -> Callable[[OSError], None]:
    """A folder that a pattern leads to and that is none is simply no match."""

    def lost(error: OSError) -> None:
        if not isinstance(error, FileNotFoundError | NotADirectoryError):
            warn(f"{names.shown(folder or '.')} cannot be looked into: {error.strerror}")

    return lost
